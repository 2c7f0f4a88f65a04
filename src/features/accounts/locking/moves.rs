//! Locking and unlocking.

use super::queries;
use crate::base::db::Conn;
use crate::base::types::Address;
use crate::features::accounts::letters::{self, Facts};
use crate::features::accounts::recovery::disown;
use crate::features::accounts::{Stays, browsers, codes, contact, move_person};
use crate::services::context::Context;
use crate::web::session::{self, PersonMove};
use crate::web::{Error, Stop};

/// Locks a person's own sign-in: every session ends, no browser is known, no code works, nothing that was asked for is made.
pub(in crate::features::accounts) fn lock(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    facts: &Facts,
) -> Result<(), Stop> {
    session::hold(conn, person_id)?;
    move_person(conn, ctx, person_id, PersonMove::Lock).map_err(stays)?;
    queries::set_self_locked(conn, person_id, Some(ctx.now))?;
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
    queries::set_self_locked(conn, person_id, None)?;
    let facts = facts.with_disown(disown::link(conn, ctx, person_id, address)?);
    letters::account_unlocked(conn, ctx, address, Some(person_id), &facts)?;
    Ok(())
}

fn stays(why: Stays) -> Stop {
    match why {
        Stays::Illegal(_) => Error::Conflict.into(),
        Stays::Database(fault) => fault.into(),
    }
}
