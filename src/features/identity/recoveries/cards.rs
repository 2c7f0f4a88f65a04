//! What a recovery has to say on the overview of its person, and what waits on the reviewers' desk.

use askama::Template;

use super::queries;
use super::telling::stop_path;
use crate::base::db::Conn;
use crate::services::context::Context;
use crate::web::Error;
use crate::web::feature::Look;

#[derive(Template)]
#[template(path = "identity/recoveries/task.html")]
struct Task {
    path: String,
}

/// Whoever is signed in has the second factor, or a browser that was trusted: they are asked whether it was them.
pub(in crate::features::identity) fn task(
    conn: &mut Conn,
    ctx: &Context,
    _: &Look<'_>,
) -> Result<Option<String>, Error> {
    let Some(person) = ctx.author.person_id else { return Ok(None) };
    let Some(open) = queries::open_of(conn, person)? else { return Ok(None) };
    Ok(Some(Task { path: stop_path(&ctx.keys, &open.number) }.render()?))
}

#[derive(Template)]
#[template(path = "identity/recoveries/staff/card.html")]
struct Card {
    waiting: i64,
}

pub(in crate::features::identity) fn card(conn: &mut Conn, _: &Context, _: &Look<'_>) -> Result<Option<String>, Error> {
    let waiting = queries::count(conn)?;
    if waiting == 0 {
        return Ok(None);
    }
    Ok(Some(Card { waiting }.render()?))
}
