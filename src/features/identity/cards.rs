//! What identity has to say on the overview.

use askama::Template;

use super::results;
use crate::base::db::Conn;
use crate::services::context::Context;
use crate::web::Error;
use crate::web::feature::Look;

#[derive(Template)]
#[template(path = "identity/task.html")]
struct Task;

/// The task of an account whose real name is not authenticated yet.
pub(super) fn task(conn: &mut Conn, ctx: &Context, _: &Look<'_>) -> Result<Option<String>, Error> {
    let Some(account) = ctx.author.account_id else { return Ok(None) };
    if results::stands_for(conn, account)? {
        return Ok(None);
    }
    Ok(Some(Task.render()?))
}
