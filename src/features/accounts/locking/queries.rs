//! Who locked a sign-in.

use diesel::prelude::*;

use super::model::{Lock, LockReason};
use crate::base::db::Conn;
use crate::base::db::schema::people;
use crate::base::types::{Address, Moment};
use crate::web::session::{PersonKind, PersonState};

/// Notes who locked a person's sign-in: its owner at this moment, staff for this reason, or nobody.
pub(super) fn set_lock(
    conn: &mut Conn,
    person_id: i64,
    own: Option<Moment>,
    staff: Option<LockReason>,
) -> QueryResult<()> {
    diesel::update(people::table.find(person_id))
        .set((people::self_locked_at.eq(own), people::lock_reason.eq(staff)))
        .execute(conn)?;
    Ok(())
}

/// Who locked a person's sign-in.
pub fn lock_of(conn: &mut Conn, person_id: i64) -> QueryResult<Lock> {
    let (state, own, reason): (PersonState, Option<Moment>, Option<LockReason>) = people::table
        .find(person_id)
        .select((people::state, people::self_locked_at, people::lock_reason))
        .first(conn)?;
    Ok(match (state, own) {
        (PersonState::Active, _) => Lock::Open,
        (PersonState::Locked, Some(_)) => Lock::Own,
        (PersonState::Locked, None) => Lock::Staff(reason),
        (PersonState::Ended, _) => Lock::Ended,
    })
}

/// The customer of this address whose sign-in is locked, and who locked it.
pub(super) fn locked(conn: &mut Conn, address: &Address) -> QueryResult<Option<(i64, Lock)>> {
    let found: Option<i64> = people::table
        .filter(people::kind.eq(PersonKind::Customer))
        .filter(people::address.eq(address))
        .filter(people::state.eq(PersonState::Locked))
        .select(people::id)
        .first(conn)
        .optional()?;
    found.map(|id| Ok((id, lock_of(conn, id)?))).transpose()
}

/// The customer of this address, if they locked their own sign-in.
pub(super) fn self_locked(conn: &mut Conn, address: &Address) -> QueryResult<Option<i64>> {
    people::table
        .filter(people::kind.eq(PersonKind::Customer))
        .filter(people::address.eq(address))
        .filter(people::state.eq(PersonState::Locked))
        .filter(people::self_locked_at.is_not_null())
        .select(people::id)
        .first(conn)
        .optional()
}
