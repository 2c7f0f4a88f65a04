//! What waits for reviewers, on the desk.

use askama::Template;

use super::queries;
use crate::base::db::Conn;
use crate::services::context::Context;
use crate::web::Error;
use crate::web::feature::Look;

#[derive(Template)]
#[template(path = "identity/staff/card.html")]
struct Card {
    waiting: i64,
}

pub(in crate::features::identity) fn card(conn: &mut Conn, _: &Context, _: &Look<'_>) -> Result<Option<String>, Error> {
    Ok(Some(Card { waiting: queries::count(conn)? }.render()?))
}
