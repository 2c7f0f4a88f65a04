//! What the clock does to changes: it makes those that have waited, tells of those that are near, ends what nobody went on
//! with, and deletes what can no longer be undone.

use std::time::Duration;

use diesel::Connection;
use jiff::tz::TimeZone;

use super::model::{Change, ChangeState, KEPT, REMINDER};
use super::telling::{News, tell};
use super::{moves, queries};
use crate::base::config::SmsRules;
use crate::base::db::Conn;
use crate::services::context::Context;
use crate::web::Error;
use crate::web::session::PersonState;

/// When a change that is broken is tried again.
const AGAIN: Duration = Duration::from_secs(3600);

/// Makes the changes whose day has come, at most `most`; answers how many were looked after.
pub(in crate::features::accounts) fn finish_due(
    conn: &mut Conn,
    ctx: &Context,
    zone: &TimeZone,
    rules: &SmsRules,
    most: i64,
) -> Result<usize, Error> {
    let due = queries::due(conn, ChangeState::Waiting, ctx.now, most)?;
    for change in &due {
        // In a savepoint: one that is broken does not keep the others waiting, and is tried again in an hour.
        if let Err(fault) = conn.transaction(|conn| finish(conn, ctx, zone, rules, change)) {
            tracing::error!(event = "change_broken", change = %change.number, cause = %fault);
            queries::put_off(conn, change, ctx.now.plus(AGAIN))?;
        }
    }
    Ok(due.len())
}

fn finish(conn: &mut Conn, ctx: &Context, zone: &TimeZone, rules: &SmsRules, change: &Change) -> Result<(), Error> {
    let (_, _, state) = queries::address_of(conn, change.person_id)?;
    if state != PersonState::Active {
        moves::cancel(conn, ctx, change)?;
        return Ok(());
    }
    if moves::make(conn, ctx, zone, change, rules, None)? == Some(moves::Made::Taken) {
        tracing::warn!(event = "change_not_made", change = %change.number, "what it brings is somebody else's now");
    }
    Ok(())
}

/// Tells everybody again of changes that are made within a day, at most `most`; answers how many.
pub(in crate::features::accounts) fn tell_again(
    conn: &mut Conn,
    ctx: &Context,
    zone: &TimeZone,
    most: i64,
) -> Result<usize, Error> {
    let near = queries::untold(conn, ctx.now.plus(REMINDER), most)?;
    for change in &near {
        queries::told(conn, change.id, ctx.now)?;
        if let Err(fault) = conn.transaction(|conn| tell(conn, ctx, zone, change, News::Near, None)) {
            tracing::error!(event = "change_untold", change = %change.number, cause = %fault);
        }
    }
    Ok(near.len())
}

/// Ends what nobody went on with and deletes what is settled for good, at most `most` of each.
pub(in crate::features::accounts) fn sweep(conn: &mut Conn, ctx: &Context, most: i64) -> Result<usize, Error> {
    let mut most_done = 0;
    for state in [ChangeState::Asked, ChangeState::Proved] {
        let stale = queries::due(conn, state, ctx.now, most)?;
        for change in &stale {
            moves::expire(conn, ctx, change)?;
        }
        most_done = most_done.max(stale.len());
    }
    Ok(most_done.max(queries::sweep(conn, ctx.now.minus(KEPT), most)?))
}
