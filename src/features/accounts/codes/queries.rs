//! Challenges in the database.

use std::time::Duration;

use diesel::prelude::*;

use super::Asking;
use super::model::{Challenge, MOST_TRIES, Purpose, Step};
use crate::base::db::Conn;
use crate::base::db::schema::{challenges, people};
use crate::base::types::{Address, Moment};
use crate::services::context::Context;
use crate::web::session::PersonState;

/// How long a challenge stays after its end. With the hour between two sweeps, an unfinished registration is gone a day
/// after it was begun, and a code a day after it ended.
const KEPT: Duration = Duration::from_secs(22 * 3600);

pub(super) fn insert(
    conn: &mut Conn,
    asking: &Asking<'_>,
    handle_hash: &[u8],
    code_hash: &[u8],
    sealed: &[u8],
    ctx: &Context,
) -> QueryResult<()> {
    let now = ctx.now;
    diesel::insert_into(challenges::table)
        .values((
            challenges::handle_hash.eq(handle_hash),
            challenges::purpose.eq(asking.purpose),
            challenges::step.eq(Step::Code),
            challenges::address.eq(asking.address),
            challenges::person_id.eq(asking.person_id),
            challenges::code_hash.eq(code_hash),
            challenges::opens.eq(asking.opens),
            challenges::tries.eq(0),
            challenges::sends.eq(1),
            challenges::remembered.eq(asking.remembered),
            challenges::sealed_data.eq(Some(sealed)),
            (challenges::network.eq(&*ctx.network), challenges::device.eq(&*ctx.device)),
            challenges::created_at.eq(now),
            challenges::sent_at.eq(now),
            challenges::expires_at.eq(now.plus(asking.purpose.life())),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn by_handle(conn: &mut Conn, handle_hash: &[u8]) -> QueryResult<Option<Challenge>> {
    challenges::table
        .filter(challenges::handle_hash.eq(handle_hash))
        .select((
            challenges::id,
            challenges::purpose,
            challenges::step,
            challenges::address,
            challenges::person_id,
            challenges::tries,
            challenges::sends,
            challenges::remembered,
            challenges::sealed_data,
            challenges::created_at,
            challenges::sent_at,
            challenges::expires_at,
        ))
        .first(conn)
        .optional()
}

/// Whether a code opens it.
pub(super) fn opens(conn: &mut Conn, id: i64) -> QueryResult<bool> {
    challenges::table.find(id).select(challenges::opens).first(conn)
}

/// Puts a new code into a challenge that nobody changed since it was read.
pub(super) fn renew(conn: &mut Conn, read: &Challenge, code_hash: &[u8], now: Moment) -> QueryResult<bool> {
    let changed = diesel::update(
        challenges::table
            .find(read.id)
            .filter(challenges::step.eq(Step::Code))
            .filter(challenges::sends.eq(read.sends))
            .filter(challenges::tries.lt(MOST_TRIES)),
    )
    .set((
        challenges::code_hash.eq(code_hash),
        challenges::sends.eq(read.sends + 1),
        challenges::sent_at.eq(now),
        challenges::expires_at.eq(now.plus(read.purpose.life())),
    ))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Counts a try while tries are left and the code lives; answers the hash to compare with.
pub(super) fn count_try(conn: &mut Conn, id: i64, now: Moment) -> QueryResult<Option<Vec<u8>>> {
    diesel::update(
        challenges::table
            .find(id)
            .filter(challenges::step.eq(Step::Code))
            .filter(challenges::tries.lt(MOST_TRIES))
            .filter(challenges::expires_at.gt(now)),
    )
    .set(challenges::tries.eq(challenges::tries + 1))
    .returning(challenges::code_hash)
    .get_result(conn)
    .optional()
}

/// Ends a challenge that still is as it was read; false when something else was first. What waited in it is wiped.
pub(super) fn end(conn: &mut Conn, read: &Challenge, to: Step) -> QueryResult<bool> {
    let changed = diesel::update(challenges::table.find(read.id).filter(challenges::step.eq(read.step)))
        .set((challenges::step.eq(to), challenges::sealed_data.eq(None::<Vec<u8>>)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// A second step that nobody finished, its password having been right.
#[derive(Queryable)]
pub(in crate::features::accounts) struct Unfinished {
    pub id: i64,
    pub person_id: i64,
    pub subject_id: i64,
    pub address: Address,
    pub network: String,
    pub device: String,
    pub created_at: Moment,
}

/// The second steps that were begun `before` and are still open, which nobody looked after yet; the oldest, at most `most`.
pub(in crate::features::accounts) fn unfinished(
    conn: &mut Conn,
    before: Moment,
    most: i64,
) -> QueryResult<Vec<Unfinished>> {
    challenges::table
        .inner_join(people::table.on(challenges::person_id.eq(people::id.nullable())))
        .filter(challenges::purpose.eq(Purpose::SecondStep))
        .filter(challenges::step.eq(Step::Code))
        .filter(challenges::told_at.is_null())
        .filter(challenges::created_at.le(before))
        .filter(people::state.eq(PersonState::Active))
        .order((challenges::created_at, challenges::id))
        .limit(most)
        .select((
            challenges::id,
            people::id,
            people::subject_id,
            challenges::address,
            challenges::network,
            challenges::device,
            challenges::created_at,
        ))
        .load(conn)
}

/// Notes that unfinished second steps were looked after: their owners were told, or there is nothing to tell.
pub(in crate::features::accounts) fn told(
    conn: &mut Conn,
    ids: impl Iterator<Item = i64>,
    now: Moment,
) -> QueryResult<()> {
    diesel::update(challenges::table.filter(challenges::id.eq_any(ids)))
        .set(challenges::told_at.eq(Some(now)))
        .execute(conn)?;
    Ok(())
}

/// Ends a person's challenges of one step. Links in notices stay: whoever has the password may use it to end them.
pub(super) fn end_all(conn: &mut Conn, person_id: i64, (from, to): (Step, Step)) -> QueryResult<usize> {
    diesel::update(
        challenges::table
            .filter(challenges::person_id.eq(person_id))
            .filter(challenges::step.eq(from))
            .filter(challenges::purpose.ne(Purpose::Disown)),
    )
    .set((challenges::step.eq(to), challenges::sealed_data.eq(None::<Vec<u8>>)))
    .execute(conn)
}

/// Ends the links of notices about a person that went to one address, of one step.
pub(super) fn end_links(
    conn: &mut Conn,
    person_id: i64,
    address: &str,
    (from, to): (Step, Step),
) -> QueryResult<usize> {
    diesel::update(
        challenges::table
            .filter(challenges::person_id.eq(person_id))
            .filter(challenges::address.eq(address))
            .filter(challenges::step.eq(from))
            .filter(challenges::purpose.eq(Purpose::Disown)),
    )
    .set((challenges::step.eq(to), challenges::sealed_data.eq(None::<Vec<u8>>)))
    .execute(conn)
}

/// Deletes what ended long enough ago, at most `most`.
pub(in crate::features::accounts) fn sweep(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<usize> {
    let over: Vec<i64> = challenges::table
        .filter(challenges::expires_at.lt(now.minus(KEPT)))
        .order(challenges::expires_at)
        .limit(most)
        .select(challenges::id)
        .load(conn)?;
    diesel::delete(challenges::table.filter(challenges::id.eq_any(over))).execute(conn)
}
