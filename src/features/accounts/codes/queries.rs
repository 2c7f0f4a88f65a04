//! Challenges in the database.

use std::time::Duration;

use diesel::prelude::*;

use super::Asking;
use super::model::{Challenge, LIFE, MOST_TRIES, Step};
use crate::base::db::Conn;
use crate::base::db::schema::challenges;
use crate::base::types::Moment;

pub(super) fn insert(
    conn: &mut Conn,
    asking: &Asking<'_>,
    handle_hash: &[u8],
    code_hash: &[u8],
    sealed: &[u8],
    now: Moment,
) -> QueryResult<()> {
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
            challenges::created_at.eq(now),
            challenges::sent_at.eq(now),
            challenges::expires_at.eq(now.plus(LIFE)),
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
        challenges::expires_at.eq(now.plus(LIFE)),
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

/// Uses a challenge up; true for exactly one caller. What waited in it is wiped.
pub(super) fn use_up(conn: &mut Conn, id: i64) -> QueryResult<bool> {
    let changed = diesel::update(challenges::table.find(id).filter(challenges::step.eq(Step::Code)))
        .set((challenges::step.eq(Step::Used), challenges::sealed_data.eq(None::<Vec<u8>>)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Ends every open challenge of a person.
pub(in crate::features::accounts) fn void_all(conn: &mut Conn, person_id: i64) -> QueryResult<usize> {
    diesel::update(
        challenges::table.filter(challenges::person_id.eq(person_id)).filter(challenges::step.eq(Step::Code)),
    )
    .set((challenges::step.eq(Step::Void), challenges::sealed_data.eq(None::<Vec<u8>>)))
    .execute(conn)
}

/// Deletes what ended a day ago.
pub(in crate::features::accounts) fn sweep(conn: &mut Conn, now: Moment) -> QueryResult<usize> {
    let day = Duration::from_secs(86400);
    diesel::delete(challenges::table.filter(challenges::expires_at.lt(now.minus(day)))).execute(conn)
}
