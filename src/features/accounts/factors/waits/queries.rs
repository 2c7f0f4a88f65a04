//! Waiting sign-ins in the database.

use std::time::Duration;

use diesel::prelude::*;

use super::Wait;
use crate::base::db::Conn;
use crate::base::db::schema::{pending_sign_ins, people};
use crate::base::types::{Address, Moment};
use crate::features::accounts::codes::Step;
use crate::services::context::Context;
use crate::web::session::{PersonState, SignInMethod};

/// How long a wait stays after its end. With the hour between two sweeps it is gone within a day.
const KEPT: Duration = Duration::from_secs(22 * 3600);

pub(super) fn insert(
    conn: &mut Conn,
    ctx: &Context,
    handle_hash: &[u8],
    (person_id, method, remembered): (i64, SignInMethod, bool),
    sealed_next: &[u8],
    until: Moment,
) -> QueryResult<()> {
    diesel::insert_into(pending_sign_ins::table)
        .values((
            pending_sign_ins::handle_hash.eq(handle_hash),
            pending_sign_ins::person_id.eq(person_id),
            pending_sign_ins::method.eq(method),
            pending_sign_ins::step.eq(Step::Code),
            pending_sign_ins::tries.eq(0),
            pending_sign_ins::remembered.eq(remembered),
            pending_sign_ins::sealed_next.eq(Some(sealed_next)),
            pending_sign_ins::network.eq(&*ctx.network),
            pending_sign_ins::device.eq(&*ctx.device),
            pending_sign_ins::created_at.eq(ctx.now),
            pending_sign_ins::expires_at.eq(until),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn open(conn: &mut Conn, handle_hash: &[u8], now: Moment, most: i32) -> QueryResult<Option<Wait>> {
    pending_sign_ins::table
        .filter(pending_sign_ins::handle_hash.eq(handle_hash))
        .filter(pending_sign_ins::step.eq(Step::Code))
        .filter(pending_sign_ins::expires_at.gt(now))
        .filter(pending_sign_ins::tries.lt(most))
        .select((
            pending_sign_ins::id,
            pending_sign_ins::person_id,
            pending_sign_ins::method,
            pending_sign_ins::remembered,
            pending_sign_ins::sealed_next,
        ))
        .first(conn)
        .optional()
}

/// Whether a wait can still be tried.
pub(super) fn is_open(conn: &mut Conn, id: i64, now: Moment) -> QueryResult<bool> {
    let open = pending_sign_ins::table
        .find(id)
        .filter(pending_sign_ins::step.eq(Step::Code))
        .filter(pending_sign_ins::expires_at.gt(now));
    diesel::select(diesel::dsl::exists(open)).get_result(conn)
}

/// Counts a try while tries are left; false when none is, or the wait ended.
pub(super) fn count_try(conn: &mut Conn, id: i64, now: Moment, most: i32) -> QueryResult<bool> {
    let open = pending_sign_ins::table
        .find(id)
        .filter(pending_sign_ins::step.eq(Step::Code))
        .filter(pending_sign_ins::expires_at.gt(now))
        .filter(pending_sign_ins::tries.lt(most));
    let counted = diesel::update(open).set(pending_sign_ins::tries.eq(pending_sign_ins::tries + 1)).execute(conn)?;
    Ok(counted == 1)
}

/// Ends a wait; true for exactly one caller.
pub(super) fn end(conn: &mut Conn, id: i64, to: Step) -> QueryResult<bool> {
    let open = pending_sign_ins::table.find(id).filter(pending_sign_ins::step.eq(Step::Code));
    let ended = diesel::update(open)
        .set((pending_sign_ins::step.eq(to), pending_sign_ins::sealed_next.eq(None::<Vec<u8>>)))
        .execute(conn)?;
    Ok(ended == 1)
}

/// Ends every wait of a person.
pub(super) fn end_all(conn: &mut Conn, person_id: i64, to: Step) -> QueryResult<usize> {
    let open = pending_sign_ins::table
        .filter(pending_sign_ins::person_id.eq(person_id))
        .filter(pending_sign_ins::step.eq(Step::Code));
    diesel::update(open)
        .set((pending_sign_ins::step.eq(to), pending_sign_ins::sealed_next.eq(None::<Vec<u8>>)))
        .execute(conn)
}

/// Address and subject of a person who may sign in.
pub(super) fn entrant(conn: &mut Conn, person_id: i64) -> QueryResult<Option<(i64, Address)>> {
    people::table
        .find(person_id)
        .filter(people::state.eq(PersonState::Active))
        .select((people::subject_id, people::address))
        .first(conn)
        .optional()
}

/// A wait that nobody finished.
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

/// The waits that were begun `before`, are still open and which nobody looked after yet; the oldest, at most `most`.
pub(in crate::features::accounts) fn unfinished(
    conn: &mut Conn,
    before: Moment,
    most: i64,
) -> QueryResult<Vec<Unfinished>> {
    pending_sign_ins::table
        .inner_join(people::table)
        .filter(pending_sign_ins::step.eq(Step::Code))
        .filter(pending_sign_ins::told_at.is_null())
        .filter(pending_sign_ins::created_at.le(before))
        .filter(people::state.eq(PersonState::Active))
        .order((pending_sign_ins::created_at, pending_sign_ins::id))
        .limit(most)
        .select((
            pending_sign_ins::id,
            people::id,
            people::subject_id,
            people::address,
            pending_sign_ins::network,
            pending_sign_ins::device,
            pending_sign_ins::created_at,
        ))
        .load(conn)
}

/// Notes that unfinished waits were looked after.
pub(in crate::features::accounts) fn told(
    conn: &mut Conn,
    ids: impl Iterator<Item = i64>,
    now: Moment,
) -> QueryResult<()> {
    diesel::update(pending_sign_ins::table.filter(pending_sign_ins::id.eq_any(ids)))
        .set(pending_sign_ins::told_at.eq(Some(now)))
        .execute(conn)?;
    Ok(())
}

/// Deletes what ended long enough ago, at most `most`.
pub(in crate::features::accounts) fn sweep(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<usize> {
    let over: Vec<i64> = pending_sign_ins::table
        .filter(pending_sign_ins::expires_at.lt(now.minus(KEPT)))
        .order(pending_sign_ins::expires_at)
        .limit(most)
        .select(pending_sign_ins::id)
        .load(conn)?;
    diesel::delete(pending_sign_ins::table.filter(pending_sign_ins::id.eq_any(over))).execute(conn)
}
