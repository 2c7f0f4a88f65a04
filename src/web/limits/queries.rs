//! The rows of the limits: one for each bucket, one more for its gate.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{Level, Limit, start_of};
use crate::base::db::Value::{Number, Text};
use crate::base::db::schema::limits;
use crate::base::db::{Conn, Prepared};
use crate::base::types::Moment;
use crate::each;

/// Counts one more, in one statement: of many at once each gets a number of its own. A window that begins takes what the
/// last one held along. Beyond the limit one more is enough: whoever hammers does not wait the longer for it.
const COUNT: &str = "insert into limits (bucket, window_start, hits, before, ends_at) values ($1, $2, 1, 0, $3) \
     on conflict (bucket) do update set \
     before = case when limits.window_start >= excluded.window_start then limits.before \
     when limits.window_start = excluded.window_start - $4 then limits.hits else 0 end, \
     hits = case when limits.window_start < excluded.window_start then 1 \
     when limits.hits > $5 then limits.hits else limits.hits + 1 end, \
     ends_at = case when limits.ends_at > excluded.ends_at then limits.ends_at else excluded.ends_at end, \
     window_start = case when limits.window_start > excluded.window_start then limits.window_start \
     else excluded.window_start end \
     returning window_start, hits, before";

const UNCOUNT: &str = "update limits set hits = case when window_start = $1 and hits > 0 then hits - 1 else hits end, \
     before = case when window_start = $2 and before > 0 then before - 1 else before end where bucket = $3";

const PASS: &str = "insert into limits (bucket, window_start, hits, before, ends_at) values ($1, 0, 1, 0, $2) \
     on conflict (bucket) do update set hits = limits.hits + 1, ends_at = excluded.ends_at \
     where limits.ends_at <= $3";

pub(super) fn count(conn: &mut Conn, bucket: &str, limit: Limit, now: Moment) -> QueryResult<Level> {
    let length = limit.length();
    let start = start_of(now, length);
    // What a window held weighs until the end of the next one.
    let end = start.saturating_add(2 * length);
    let values = [Text(bucket), Number(start), Number(end), Number(length), Number(limit.most)];
    let count = Prepared::<(BigInt, BigInt, BigInt)>::new(COUNT, &values);
    let (start, hits, before) = each!(conn, c => count.get_result::<(i64, i64, i64)>(c))?;
    Ok(Level { start, length, hits, before })
}

pub(super) fn level(conn: &mut Conn, bucket: &str, limit: Limit, now: Moment) -> QueryResult<Level> {
    let length = limit.length();
    let start = start_of(now, length);
    let row: Option<(i64, i64, i64)> = limits::table
        .find(bucket)
        .select((limits::window_start, limits::hits, limits::before))
        .first(conn)
        .optional()?;
    Ok(match row {
        Some((kept, hits, before)) if kept >= start => Level { start: kept, length, hits, before },
        Some((kept, hits, _)) if kept == start - length => Level { start, length, hits: 0, before: hits },
        _ => Level { start, length, hits: 0, before: 0 },
    })
}

/// Takes back one that was counted at `at`, from whichever window holds it now.
pub(super) fn uncount(conn: &mut Conn, bucket: &str, limit: Limit, at: Moment) -> QueryResult<()> {
    let length = limit.length();
    let start = start_of(at, length);
    let values = [Number(start), Number(start.saturating_add(length)), Text(bucket)];
    let uncount = Prepared::<()>::new(UNCOUNT, &values);
    each!(conn, c => uncount.execute(c))?;
    Ok(())
}

/// Forgets all of a bucket, its gate too.
pub(super) fn clear(conn: &mut Conn, bucket: &str) -> QueryResult<()> {
    let both = limits::table.filter(limits::bucket.eq(bucket).or(limits::bucket.eq(gate(bucket))));
    each!(conn, c => diesel::delete(both).execute(c))?;
    Ok(())
}

/// The row of a bucket's gate; it is open from `ends_at` on.
fn gate(bucket: &str) -> String {
    format!("gate:{bucket}")
}

/// How long a gate is still shut.
pub(super) fn shut(conn: &mut Conn, bucket: &str, now: Moment) -> QueryResult<Option<Duration>> {
    let until: Option<Moment> = limits::table.find(gate(bucket)).select(limits::ends_at).first(conn).optional()?;
    Ok(until.filter(|until| *until > now).map(|until| until.since(now)))
}

/// Opens a gate.
pub(super) fn reopen(conn: &mut Conn, bucket: &str) -> QueryResult<()> {
    diesel::delete(limits::table.find(gate(bucket))).execute(conn)?;
    Ok(())
}

/// Shuts an open gate; `Err` with the time left when it is shut.
pub(super) fn pass(conn: &mut Conn, bucket: &str, pause: Duration, now: Moment) -> QueryResult<Result<(), Duration>> {
    let gate = gate(bucket);
    let values = [Text(&gate), Number(now.plus(pause).0), Number(now.0)];
    let pass = Prepared::<()>::new(PASS, &values);
    let passed = each!(conn, c => pass.execute(c))?;
    Ok(match passed {
        0 => Err(limits::table.find(gate).select(limits::ends_at).first::<Moment>(conn)?.since(now)),
        _ => Ok(()),
    })
}

/// Deletes what counts for nothing any more.
pub(super) fn sweep(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<usize> {
    diesel::sql_query(
        "delete from limits where bucket in \
         (select bucket from limits where ends_at <= $1 order by ends_at limit $2)",
    )
    .bind::<BigInt, _>(now)
    .bind::<BigInt, _>(most)
    .execute(conn)
}
