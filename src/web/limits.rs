//! Limits that all instances share and that outlive a restart (A7).

use std::time::Duration;

use diesel::QueryResult;

use super::queries;
use crate::base::db::Conn;
use crate::base::types::Moment;

/// Counts one more in `bucket` and answers how many the present window holds, this one included.
pub fn count(conn: &mut Conn, bucket: &str, window: Duration, now: Moment) -> QueryResult<i64> {
    queries::count(conn, bucket, window, now)
}

/// How many the present window of `bucket` holds.
pub fn counted(conn: &mut Conn, bucket: &str, window: Duration, now: Moment) -> QueryResult<i64> {
    queries::counted(conn, bucket, window, now)
}

/// Forgets what was counted in `bucket`: what it stood for has come to a good end.
pub fn forget(conn: &mut Conn, bucket: &str) -> QueryResult<()> {
    queries::forget(conn, bucket)
}

/// Takes one back from the present window of `bucket`.
pub fn take_back(conn: &mut Conn, bucket: &str, window: Duration, now: Moment) -> QueryResult<()> {
    queries::take_back(conn, bucket, window, now)
}

/// Deletes what is over: counters after a day, form keys after two.
pub fn sweep(conn: &mut Conn, now: Moment) -> QueryResult<()> {
    queries::sweep(conn, now)
}
