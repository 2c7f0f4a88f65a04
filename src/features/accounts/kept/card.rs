//! The task on the overview.

use askama::Template;

use crate::base::db::Conn;
use crate::services::context::Context;
use crate::web::feature::Look;
use crate::web::{Error, kept};

#[derive(Template)]
#[template(path = "accounts/kept/task.html")]
struct Task;

/// Says that something typed waits to be gone on with.
pub(in crate::features::accounts) fn task(
    conn: &mut Conn,
    ctx: &Context,
    _: &Look<'_>,
) -> Result<Option<String>, Error> {
    let Some(person) = ctx.author.person_id else { return Ok(None) };
    if kept::count(conn, person, ctx.now)? == 0 {
        return Ok(None);
    }
    Ok(Some(Task.render()?))
}
