//! Work orders on the overview and on the desk.

use askama::Template;

use super::desk::queries::Counts;
use super::model::end_of_day;
use super::{desk, queries};
use crate::base::db::Conn;
use crate::services::context::Context;
use crate::web::Error;
use crate::web::feature::Look;

#[derive(Template)]
#[template(path = "tickets/overview_card.html")]
struct OverviewCard {
    waiting_for_us: i64,
    waiting_for_you: i64,
}

/// What is open, and what waits for the customer.
pub(super) fn overview(conn: &mut Conn, ctx: &Context, _: &Look<'_>) -> Result<Option<String>, Error> {
    let (waiting_for_us, waiting_for_you) = queries::open_counts(conn, ctx)?;
    Ok(Some(OverviewCard { waiting_for_us, waiting_for_you }.render()?))
}

#[derive(Template)]
#[template(path = "tickets/task.html")]
struct Task {
    waiting_for_you: i64,
}

/// Answers of staff that wait for the customer.
pub(super) fn task(conn: &mut Conn, ctx: &Context, _: &Look<'_>) -> Result<Option<String>, Error> {
    let (_, waiting_for_you) = queries::open_counts(conn, ctx)?;
    if waiting_for_you == 0 {
        return Ok(None);
    }
    Ok(Some(Task { waiting_for_you }.render()?))
}

#[derive(Template)]
#[template(path = "tickets/staff/desk_card.html")]
struct DeskCard {
    counts: Counts,
}

/// How the queue stands.
pub(super) fn desk(conn: &mut Conn, ctx: &Context, look: &Look<'_>) -> Result<Option<String>, Error> {
    let Some(person_id) = ctx.author.person_id else { return Ok(None) };
    let counts = desk::queries::counts(conn, person_id, end_of_day(ctx.now, look.zone))?;
    Ok(Some(DeskCard { counts }.render()?))
}
