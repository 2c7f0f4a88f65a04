//! Limits that all instances share and that outlive a restart (A7).
//!
//! Windows slide in steps: a bucket keeps what each of its last six slices of time took, a slice being a fifth of the
//! limit's time. All six count whole, so that within the limit's time never more passes than the limit, wherever that time
//! begins; who used it up waits for that time and a fifth of it at most.

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
    ///
    /// # Panics
    /// When a slice cannot count so many. Limits are constants, so that is seen by the compiler.
    pub const fn of(most: i64, seconds: u64) -> Self {
        assert!(most < ONE_SLICE && seconds > 0, "a slice cannot count so many");
        Self { most, window: Duration::from_secs(seconds) }
    }

    /// A slice of the window, microseconds.
    fn slice(self) -> i64 {
        (i64::try_from(self.window.as_micros()).unwrap_or(i64::MAX / 16) / SLICES).max(1)
    }

    /// The beginning of the slice in which `at` lies.
    fn slice_of(self, at: Moment) -> i64 {
        at.0 - at.0.rem_euclid(self.slice())
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

/// A limit's time in slices, the present one left out.
const SLICES: i64 = 5;
/// One slice of a bucket takes so many bits: the lowest are the present one's. Six of them fit into a number.
const BITS: i64 = 10;
const ONE_SLICE: i64 = (1 << BITS) - 1;
const ALL_SLICES: i64 = (1 << (BITS * (SLICES + 1))) - 1;

/// Where a bucket stands.
#[derive(Debug, Clone, Copy)]
struct Level {
    /// The beginning of the present slice and the length of each, microseconds.
    start: i64,
    slice: i64,
    /// What the slices took.
    recent: i64,
}

impl Level {
    /// What the slice so many before the present one took.
    fn hits(&self, back: i64) -> i64 {
        (self.recent >> (BITS * back)) & ONE_SLICE
    }

    /// How many count.
    fn nth(&self) -> i64 {
        (0..=SLICES).map(|back| self.hits(back)).sum()
    }

    /// The same bucket in the slice that begins at `start`, if that is a later one.
    fn moved(self, start: i64) -> Self {
        let steps = (start - self.start) / self.slice;
        match steps {
            ..=0 => self,
            1..=SLICES => Self { start, recent: (self.recent << (BITS * steps)) & ALL_SLICES, ..self },
            _ => Self { start, recent: 0, ..self },
        }
    }

    /// How long it takes until one more is within the limit, when nothing comes meanwhile.
    fn wait(&self, most: i64, now: Moment) -> Duration {
        let mut left = self.nth();
        let mut until = now.0;
        for back in (0..=SLICES).rev() {
            if left < most {
                break;
            }
            left -= self.hits(back);
            until = self.start + self.slice * (SLICES + 1 - back);
        }
        Duration::from_micros((until - now.0).max(0).unsigned_abs())
    }
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
    let nth = level.nth();
    Ok(Count { nth, over: (nth > limit.most).then(|| level.wait(limit.most, now)) })
}

/// How many `bucket` holds within the limit's time.
pub fn counted(conn: &mut Conn, bucket: &str, limit: Limit, now: Moment) -> QueryResult<i64> {
    Ok(queries::level(conn, bucket, limit, now)?.nth())
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

    const SLICE: i64 = 1_000;

    /// The oldest first, in the slice that begins at 6000.
    fn level(hits: [i64; 6]) -> Level {
        Level { start: 6 * SLICE, slice: SLICE, recent: hits.iter().fold(0, |all, hits| (all << BITS) | hits) }
    }

    #[test]
    fn slices_fall_out_one_by_one() {
        let was = level([7, 1, 2, 0, 1, 3]);
        let later = [5, 6, 7, 8, 9, 10, 11, 12, 99].map(|slices| was.moved(slices * SLICE).nth());
        assert_eq!(later, [14, 14, 7, 6, 4, 4, 3, 0, 0]);
        assert_eq!((0..6).map(|back| was.moved(8 * SLICE).hits(back)).collect::<Vec<_>>(), [0, 0, 3, 1, 0, 2]);
    }

    #[test]
    fn after_the_wait_one_more_is_within_the_limit_and_not_before() {
        for hits in [[0, 0, 0, 0, 0, 4], [4, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1], [0, 2, 0, 0, 2, 0], [1023; 6]] {
            for most in [1, 2, 3] {
                for now in [6_000, 6_001, 6_999] {
                    let was = level(hits);
                    let wait = i64::try_from(was.wait(most, Moment(now)).as_micros()).unwrap();
                    let with_one_more = |at: i64| was.moved(at - at % SLICE).nth() + 1;
                    let case = format!("most {most}, {hits:?} at {now}, wait {wait}");
                    assert!(with_one_more(now + wait) <= most, "{case}");
                    assert!(wait == 0 || with_one_more(now + wait - 1) > most, "{case}: too long");
                }
            }
        }
    }
}
