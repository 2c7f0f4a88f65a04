//! Locking and unlocking.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::model::{Lock, LockReason, UnlockReason};
use super::queries;
use crate::base::db::Conn;
use crate::base::types::Address;
use crate::features::accounts::letters::{self, Facts};
use crate::features::accounts::queries::standing;
use crate::features::accounts::recovery::disown;
use crate::features::accounts::standing::move_person_for;
use crate::features::accounts::{Stays, browsers, codes, contact, move_person};
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};
use crate::web::session::{self, PersonMove};
use crate::web::{Error, Errors, FieldError, Stop};

/// Locks a person's own sign-in: every session ends, no browser is known, no code works, nothing that was asked for is made.
pub(in crate::features::accounts) fn lock(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    facts: &Facts,
) -> Result<(), Stop> {
    session::hold(conn, person_id)?;
    move_person(conn, ctx, person_id, PersonMove::Lock).map_err(stays)?;
    queries::set_lock(conn, person_id, Some(ctx.now), None)?;
    browsers::forget_all(conn, person_id)?;
    codes::void_all(conn, person_id)?;
    contact::cancel_open(conn, ctx, person_id)?;
    let (address, ..) = contact::address_of(conn, person_id)?;
    letters::account_locked(conn, ctx, &address, Some(person_id), facts)?;
    Ok(())
}

/// Lets a person in again who locked their own sign-in. The caller has proved that and sets a new password.
pub(super) fn unlock(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    address: &Address,
    facts: Facts,
) -> Result<(), Stop> {
    move_person(conn, ctx, person_id, PersonMove::Unlock).map_err(stays)?;
    queries::set_lock(conn, person_id, None, None)?;
    let facts = facts.with_disown(disown::link(conn, ctx, person_id, address)?);
    letters::account_unlocked(conn, ctx, address, Some(person_id), &facts)?;
    Ok(())
}

/// Locks a customer's sign-in for the staff, also one that its owner had locked: from now on staff alone unlock it. The owner
/// is told, with `words` of whoever locks it.
pub fn lock_by_staff(
    conn: &mut Conn,
    ctx: &Context,
    zone: &TimeZone,
    person_id: i64,
    (reason, words): (LockReason, &str),
) -> Result<(), Stop> {
    session::hold(conn, person_id)?;
    let why = json!({ "reason": reason.as_str(), "words": words });
    match queries::lock_of(conn, person_id)? {
        Lock::Open => move_person_for(conn, ctx, person_id, PersonMove::Lock, why).map_err(stays).map(|_| ())?,
        Lock::Own => keep_staff_lock(conn, ctx, person_id, why)?,
        Lock::Staff(_) | Lock::Ended => return Err(Errors::one("form", FieldError::ReplacedMeanwhile).into()),
    }
    queries::set_lock(conn, person_id, None, Some(reason))?;
    browsers::forget_all(conn, person_id)?;
    codes::void_all(conn, person_id)?;
    contact::cancel_open(conn, ctx, person_id)?;
    let (address, ..) = contact::address_of(conn, person_id)?;
    let facts = Facts::of(ctx, zone).with_reason(reason.as_str(), words);
    letters::locked_by_us(conn, ctx, &address, Some(person_id), &facts)?;
    Ok(())
}

/// Lets a customer in again whom staff locked. The owner is told.
pub fn unlock_by_staff(
    conn: &mut Conn,
    ctx: &Context,
    zone: &TimeZone,
    person_id: i64,
    (reason, words): (UnlockReason, &str),
) -> Result<(), Stop> {
    session::hold(conn, person_id)?;
    if !matches!(queries::lock_of(conn, person_id)?, Lock::Staff(_)) {
        return Err(Errors::one("form", FieldError::ReplacedMeanwhile).into());
    }
    let why = json!({ "reason": reason.as_str(), "words": words });
    move_person_for(conn, ctx, person_id, PersonMove::Unlock, why).map_err(stays)?;
    queries::set_lock(conn, person_id, None, None)?;
    let (address, ..) = contact::address_of(conn, person_id)?;
    let facts = Facts::of(ctx, zone).with_reason(reason.as_str(), words);
    letters::unlocked_by_us(conn, ctx, &address, Some(person_id), &facts)?;
    Ok(())
}

/// Tells the owner of an address that its sign-in is locked, and who unlocks it, where a mail would else say that there is no
/// account or nothing to unlock. False when it is not locked.
pub(in crate::features::accounts) fn tell_locked(
    conn: &mut Conn,
    ctx: &Context,
    address: &Address,
    facts: &Facts,
) -> Result<bool, Error> {
    let Some((person_id, lock)) = queries::locked(conn, address)? else { return Ok(false) };
    let own = lock == Lock::Own;
    let facts = facts.clone().with_reason(if own { "own" } else { "staff" }, "");
    letters::sign_in_locked(conn, ctx, address, Some(person_id), &facts)?;
    Ok(true)
}

/// A mail in the place of a code: that the sign-in is locked, or that no account has this address.
pub(in crate::features::accounts) fn no_code(
    conn: &mut Conn,
    ctx: &Context,
    address: &Address,
    facts: &Facts,
) -> Result<(), Error> {
    if tell_locked(conn, ctx, address, facts)? { Ok(()) } else { letters::no_account(conn, ctx, address, None, facts) }
}

/// The person stays locked; on record is who locks them now.
fn keep_staff_lock(conn: &mut Conn, ctx: &Context, person_id: i64, why: Value) -> Result<(), Stop> {
    let (_, subject_id, number) = standing(conn, person_id)?;
    let entry = Entry::new(Event::PersonLocked).about(number.as_str()).of_person(person_id, subject_id);
    Ok(records::keep(conn, ctx, entry.with(why))?)
}

fn stays(why: Stays) -> Stop {
    match why {
        Stays::Illegal(_) => Error::Conflict.into(),
        Stays::Database(fault) => fault.into(),
    }
}
