//! Limits that all instances share and that outlive a restart (A7).
//!
//! Windows slide: a bucket keeps what the present window of the calendar holds and what the last one held, and the last
//! one weighs as much as of it still lies within the limit's time, as if it were spread evenly. A burst at the end of a
//! window is therefore forgiven early: at the worst nearly twice the limit passes within one window's length, never more,
//! and over two windows no more than the limit for each.

mod queries;

use std::time::Duration;

use data_encoding::HEXLOWER;
use diesel::QueryResult;

use crate::base::crypto::Keys;
use crate::base::db::{Conn, Db, Fault};
use crate::base::types::Moment;

/// So many in such a time.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// The most.
    pub most: i64,
    /// The time.
    pub window: Duration,
}

impl Limit {
    /// So many in so many seconds.
    pub const fn of(most: i64, seconds: u64) -> Self {
        Self { most, window: Duration::from_secs(seconds) }
    }

    /// The window in microseconds.
    fn length(self) -> i64 {
        i64::try_from(self.window.as_micros()).unwrap_or(i64::MAX / 4).max(1)
    }
}

/// What was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How many there are within the limit's time, this one included.
    pub nth: i64,
    /// How long to wait when that is too many.
    pub over: Option<Duration>,
}

/// Where a bucket stands.
#[derive(Debug, Clone, Copy)]
struct Level {
    /// The beginning of the present window and its length, microseconds.
    start: i64,
    length: i64,
    hits: i64,
    /// What the window before held.
    before: i64,
}

impl Level {
    /// How much of the window before lies within the limit's time.
    fn rest(&self, now: Moment) -> i64 {
        (self.start + self.length - now.0).clamp(0, self.length)
    }

    /// How many count at `now`. What is not whole counts whole.
    fn nth(&self, now: Moment) -> i64 {
        self.hits + share(self.before, self.rest(now), self.length)
    }

    /// How long it takes until one more is within the limit, when nothing comes meanwhile.
    fn wait(&self, most: i64, now: Moment) -> Duration {
        // The longest rest of a window that held `hits` beside which `allowed` more still fit.
        let bearable =
            |hits: i64, allowed: i64| if hits <= 0 { self.length } else { allowed.max(0) * self.length / hits };
        let rest = self.rest(now);
        let wait = if self.hits < most {
            rest - bearable(self.before, most - self.hits - 1)
        } else {
            rest + self.length - bearable(self.hits, most - 1)
        };
        Duration::from_micros(wait.max(0).unsigned_abs())
    }
}

/// `of` by `part / whole`, rounded up.
fn share(of: i64, part: i64, whole: i64) -> i64 {
    let product = i128::from(of) * i128::from(part);
    i64::try_from((product + i128::from(whole) - 1) / i128::from(whole)).unwrap_or(i64::MAX)
}

/// The beginning of the window of the calendar in which `at` lies.
fn start_of(at: Moment, length: i64) -> i64 {
    at.0 - at.0.rem_euclid(length)
}

/// The name of a bucket: what is counted in clear, and of whom or what as a keyed hash.
pub fn bucket(keys: &Keys, what: &str, parts: &[&str]) -> String {
    let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
    let hash = keys.hash("limit", &parts);
    let short: &[u8] = &hash[..16];
    format!("{what}:{}", HEXLOWER.encode(short))
}

/// Counts one more in `bucket`.
pub fn count(conn: &mut Conn, bucket: &str, limit: Limit, now: Moment) -> QueryResult<Count> {
    let level = queries::count(conn, bucket, limit, now)?;
    let nth = level.nth(now);
    Ok(Count { nth, over: (nth > limit.most).then(|| level.wait(limit.most, now)) })
}

/// How many `bucket` holds within the limit's time.
pub fn counted(conn: &mut Conn, bucket: &str, limit: Limit, now: Moment) -> QueryResult<i64> {
    Ok(queries::level(conn, bucket, limit, now)?.nth(now))
}

/// Deletes what is over, in pieces: of the longest window, two days, nothing is kept longer.
pub async fn sweep(db: &Db, now: Moment) -> Result<(), Fault> {
    db.in_pieces(move |conn, most| queries::sweep(conn, now, most)).await
}

/// How long the gate of `bucket` is still shut; `None` while it is open.
pub fn shut(conn: &mut Conn, bucket: &str, now: Moment) -> QueryResult<Option<Duration>> {
    queries::shut(conn, bucket, now)
}

/// Opens the gate of `bucket`; what was counted stays.
pub fn reopen(conn: &mut Conn, bucket: &str) -> QueryResult<()> {
    queries::reopen(conn, bucket)
}

/// Takes back one that was counted at `at`, when it turned out to be none.
pub fn uncount(conn: &mut Conn, bucket: &str, limit: Limit, at: Moment) -> QueryResult<()> {
    queries::uncount(conn, bucket, limit, at)
}

/// Forgets all that `bucket` counted and its gate.
pub fn clear(conn: &mut Conn, bucket: &str) -> QueryResult<()> {
    queries::clear(conn, bucket)
}

/// Passes the gate of `bucket` and shuts it for `pause`; while it is shut, answers how long it still is. Of many at once
/// exactly one passes. This is the tool for "once an hour".
pub fn pass(conn: &mut Conn, bucket: &str, pause: Duration, now: Moment) -> QueryResult<Result<(), Duration>> {
    queries::pass(conn, bucket, pause, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(hits: i64, before: i64) -> Level {
        Level { start: 1_000, length: 1_000, hits, before }
    }

    #[test]
    fn the_window_before_weighs_as_much_as_is_left_of_it() {
        let at = |now| level(1, 10).nth(Moment(now));
        assert_eq!([at(1_000), at(1_001), at(1_100), at(1_500), at(1_999), at(2_000)], [11, 11, 10, 6, 2, 1]);
        // A row that a machine with a faster clock wrote weighs whole.
        assert_eq!(at(900), 11);
    }

    #[test]
    fn after_the_wait_one_more_is_within_the_limit_and_not_before() {
        for most in [1, 2, 3, 30] {
            for (hits, before) in [(1, 1), (1, 30), (2, 0), (31, 31), (31, 0), (4, 3), (1, 31)] {
                for now in [1_000, 1_001, 1_250, 1_999] {
                    let was = level(hits, before);
                    if was.nth(Moment(now)) <= most {
                        continue;
                    }
                    let wait = i64::try_from(was.wait(most, Moment(now)).as_micros()).unwrap();
                    let with_one_more = |at: i64| {
                        let then = match at {
                            ..2_000 => Level { hits: hits + 1, ..was },
                            2_000..3_000 => Level { start: 2_000, hits: 1, before: hits, ..was },
                            _ => Level { start: 3_000, hits: 1, before: 0, ..was },
                        };
                        then.nth(Moment(at))
                    };
                    let case = format!("most {most}, {hits} and {before} at {now}, wait {wait}");
                    assert!(with_one_more(now + wait) <= most, "{case}");
                    assert!(wait == 0 || with_one_more(now + wait - 1) > most, "{case}: too long");
                }
            }
        }
    }
}
