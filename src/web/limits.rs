//! Limits that all instances share and that outlive a restart (A7).

use std::time::Duration;

use diesel::QueryResult;

use super::queries;
use crate::base::db::{Conn, Db, Fault};
use crate::base::types::Moment;

/// Counts one more in `bucket` and answers how many the present window holds, this one included.
pub fn count(conn: &mut Conn, bucket: &str, window: Duration, now: Moment) -> QueryResult<i64> {
    queries::count(conn, bucket, window, now)
}

/// How many the present window of `bucket` holds.
pub fn counted(conn: &mut Conn, bucket: &str, window: Duration, now: Moment) -> QueryResult<i64> {
    queries::counted(conn, bucket, window, now)
}

/// Deletes what is over, in pieces: counters after a day, form keys after two.
pub async fn sweep(db: &Db, now: Moment) -> Result<(), Fault> {
    db.in_pieces(move |conn, most| queries::sweep_limits(conn, now, most)).await?;
    db.in_pieces(move |conn, most| queries::sweep_submissions(conn, now, most)).await
}

/// How long the gate of `bucket` is still shut; `None` while it is open.
pub fn shut(conn: &mut Conn, bucket: &str, now: Moment) -> QueryResult<Option<Duration>> {
    queries::shut(conn, bucket, now)
}

/// Opens the gate of `bucket`; what was counted stays.
pub fn reopen(conn: &mut Conn, bucket: &str) -> QueryResult<()> {
    queries::reopen(conn, bucket)
}

/// Takes back one that was counted in the window of `now`, when it turned out to be none.
pub fn uncount(conn: &mut Conn, bucket: &str, window: Duration, now: Moment) -> QueryResult<()> {
    queries::uncount(conn, bucket, window, now)
}

/// Forgets all that `bucket` counted and its gate.
pub fn clear(conn: &mut Conn, bucket: &str) -> QueryResult<()> {
    queries::clear_limit(conn, bucket)
}

/// Passes the gate of `bucket` and shuts it for `pause`; while it is shut, answers how long it still is. Of many at once
/// exactly one passes.
pub fn pass(conn: &mut Conn, bucket: &str, pause: Duration, now: Moment) -> QueryResult<Result<(), Duration>> {
    queries::pass(conn, bucket, pause, now)
}
