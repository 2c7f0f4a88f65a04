//! The rows of the limits: one for each bucket, one more for its gate.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{BITS, Level, Limit, SLICES};
use crate::base::db::Value::{Number, Text};
use crate::base::db::schema::limits;
use crate::base::db::{Conn, Prepared};
use crate::base::types::Moment;
use crate::each;

const _: () = assert!(SLICES == 5 && BITS == 10, "the statements below say so, too");

/// What the slices of a row took, seen from the slice of the hit: those that are too old are pushed out on the left.
macro_rules! pushed {
    () => {
        "(case when excluded.slice_start <= limits.slice_start then limits.recent \
         when excluded.slice_start >= limits.slice_start + 6 * $4 then 0 \
         else (limits.recent << cast(10 * ((excluded.slice_start - limits.slice_start) / $4) as integer)) \
         & 1152921504606846975 end)"
    };
}

/// How many those are together.
macro_rules! together {
    () => {
        concat!(
            "((",
            pushed!(),
            " & 1023) + ((",
            pushed!(),
            " >> 10) & 1023) + ((",
            pushed!(),
            " >> 20) & 1023) + ((",
            pushed!(),
            " >> 30) & 1023) + ((",
            pushed!(),
            " >> 40) & 1023) + (",
            pushed!(),
            " >> 50))"
        )
    };
}

/// Counts one more, in one statement: of many at once each gets a number of its own. Beyond the limit one more is enough:
/// whoever hammers does not wait the longer for it.
const COUNT: &str = concat!(
    "insert into limits (bucket, slice_start, recent, ends_at) values ($1, $2, 1, $3) on conflict (bucket) do update set \
     recent = case when ",
    together!(),
    " > $5 then ",
    pushed!(),
    " else ",
    pushed!(),
    " + 1 end, \
     ends_at = case when limits.ends_at > excluded.ends_at then limits.ends_at else excluded.ends_at end, \
     slice_start = case when limits.slice_start > excluded.slice_start then limits.slice_start \
     else excluded.slice_start end \
     returning slice_start, recent"
);

const UNCOUNT: &str = "update limits set \
     recent = recent - (cast(1 as bigint) << cast(10 * ((slice_start - $1) / $2) as integer)) \
     where bucket = $3 and slice_start >= $1 and slice_start < $1 + 6 * $2 \
     and ((recent >> cast(10 * ((slice_start - $1) / $2) as integer)) & 1023) > 0";

const PASS: &str = "insert into limits (bucket, slice_start, recent, ends_at) values ($1, 0, 1, $2) \
     on conflict (bucket) do update set ends_at = excluded.ends_at where limits.ends_at <= $3";

pub(super) fn count(conn: &mut Conn, bucket: &str, limit: Limit, now: Moment) -> QueryResult<Level> {
    let (start, slice) = (limit.slice_of(now), limit.slice());
    let end = start.saturating_add((SLICES + 1) * slice);
    let values = [Text(bucket), Number(start), Number(end), Number(slice), Number(limit.most)];
    let count = Prepared::<(BigInt, BigInt)>::new(COUNT, &values);
    let (start, recent) = each!(conn, c => count.get_result::<(i64, i64)>(c))?;
    Ok(Level { start, slice, recent })
}

pub(super) fn level(conn: &mut Conn, bucket: &str, limit: Limit, now: Moment) -> QueryResult<Level> {
    let (start, slice) = (limit.slice_of(now), limit.slice());
    let row = limits::table.find(bucket).select((limits::slice_start, limits::recent)).first(conn).optional()?;
    let (kept, recent) = row.unwrap_or((start, 0));
    Ok(Level { start: kept, slice, recent }.moved(start))
}

/// Takes back one that was counted at `at`, from the slice that took it.
pub(super) fn uncount(conn: &mut Conn, bucket: &str, limit: Limit, at: Moment) -> QueryResult<()> {
    let values = [Number(limit.slice_of(at)), Number(limit.slice()), Text(bucket)];
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
