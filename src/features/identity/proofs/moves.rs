//! Asking for an amount, recording what came, and what falls with a result. Each move keeps its row, its record and its
//! mail in the running transaction.

use diesel::QueryResult;
use jiff::tz::TimeZone;
use serde_json::json;

use super::model::{ASKS, ASKS_IN, Found, LIFE, Paid, ProofKind, ProofMove, ProofState};
use super::{names, queries};
use crate::base::db::Conn;
use crate::base::types::{Money, Number};
use crate::features::accounts::{Customer, Member, Owner};
use crate::features::identity::fault::Fault;
use crate::features::identity::{Verified, letters, results};
use crate::features::staff::{Reviewer, Staff, is_own};
use crate::services::records::{self, Entry, Event};
use crate::web::Stop;

/// Whether the customer's real name is proved further already.
pub fn proved(conn: &mut Conn, customer: &Customer) -> QueryResult<bool> {
    Ok(queries::standing(conn, customer.account_id())?.is_some_and(|proof| proof.state == ProofState::Recorded))
}

/// Keeps that a company was shown this amount, to send under this reference. An amount before it counts no more.
pub fn ask_proof(
    conn: &mut Conn,
    owner: &Verified<Member<Owner>>,
    remittance: &Number,
    amount: Money,
) -> Result<(), Stop> {
    Ok(ask(conn, owner, remittance, amount)?)
}

fn ask(conn: &mut Conn, owner: &Customer, remittance: &Number, amount: Money) -> Result<(), Fault> {
    let account_id = owner.account_id();
    let held = results::hold(conn, owner.keys(), account_id)?.ok_or(Fault::Changed)?;
    if ProofKind::of(held.kind) != ProofKind::Amount || proved(conn, owner)? {
        return Err(Fault::Changed);
    }
    if queries::asks(conn, account_id, owner.now().minus(ASKS_IN))? >= ASKS {
        return Err(Fault::AsksUsedUp);
    }
    turn(conn, account_id, ProofState::Asked, ProofMove::Renew)?;
    queries::insert_asked(conn, account_id, remittance, amount, (owner.now(), owner.now().plus(LIFE)))?;
    // The amount is the secret of it: the record does without.
    let entry = Entry::new(Event::IdentityProofAsked).about(remittance.as_str()).of_account(account_id);
    Ok(records::keep(conn, owner.ctx(), entry)?)
}

/// What a remittance comes to as a proof, for the reviewer's page.
pub fn examine_proof(conn: &mut Conn, officer: &Staff<Reviewer>, paid: &Paid, zone: &TimeZone) -> Result<Found, Stop> {
    let held = results::held(conn, officer.keys(), paid.account_id)?.ok_or(Fault::NotFound)?;
    Ok(examine(conn, officer, paid, &held, zone)?)
}

fn examine(
    conn: &mut Conn,
    officer: &Staff<Reviewer>,
    paid: &Paid,
    held: &results::Held,
    zone: &TimeZone,
) -> Result<Found, Fault> {
    if is_own(conn, officer.person_id(), paid.account_id)? {
        return Err(Fault::FourEyes);
    }
    let seen = (paid.account_id, paid.number.clone());
    if queries::provable(conn, officer, std::slice::from_ref(&seen))?.is_empty() {
        return Err(Fault::NotFound);
    }
    let kind = ProofKind::of(held.kind);
    let name = names::same_name(&held.name, &paid.remitter);
    let masked_name = held.masked_name.clone();
    if kind == ProofKind::Name {
        return Ok(Found { kind, masked_name, name, amount: true, time: true });
    }
    let asked = queries::asked(conn, paid.account_id, &paid.number)?.ok_or(Fault::NotFound)?;
    let until = asked.until.ok_or(Fault::NotFound)?;
    // A bank tells the day alone, so the days of both ends count.
    let time = (asked.from.day(zone)..=until.day(zone)).contains(&paid.booked_on);
    Ok(Found { kind, masked_name, name, amount: asked.amount == Some(paid.amount), time })
}

/// Records a remittance as a further proof of the name that stands.
pub fn record_proof(conn: &mut Conn, officer: &Staff<Reviewer>, paid: &Paid, zone: &TimeZone) -> Result<(), Stop> {
    Ok(record(conn, officer, paid, zone)?)
}

fn record(conn: &mut Conn, officer: &Staff<Reviewer>, paid: &Paid, zone: &TimeZone) -> Result<(), Fault> {
    // Held for the transaction: the result that is proved does not end meanwhile.
    let held = results::hold(conn, officer.keys(), paid.account_id)?.ok_or(Fault::Changed)?;
    let found = examine(conn, officer, paid, &held, zone)?;
    if !found.name {
        return Err(Fault::NamesDiffer);
    }
    if !found.amount {
        return Err(Fault::AmountsDiffer);
    }
    if !found.time {
        return Err(Fault::TooLate);
    }
    let to = ProofState::Asked.after(ProofMove::Record).ok_or(Fault::Changed)?;
    match found.kind {
        ProofKind::Name => queries::insert_recorded(conn, officer, paid, to)?,
        ProofKind::Amount => {
            if !queries::recorded(conn, officer, paid, (ProofState::Asked, to))? {
                return Err(Fault::Changed);
            }
        }
    }
    let entry = Entry::new(Event::IdentityProofRecorded).about(paid.number.as_str()).of_account(paid.account_id);
    records::keep(conn, officer.ctx(), entry.with(json!({ "kind": found.kind.as_str() })))?;
    letters::proof_recorded(conn, officer.ctx(), (paid.account_id, paid.opened_by_id))
}

/// The account's result ends: what proved it, or was to prove it, falls with it.
pub fn fall(conn: &mut Conn, account_id: i64) -> QueryResult<()> {
    turn(conn, account_id, ProofState::Asked, ProofMove::EndResult)?;
    turn(conn, account_id, ProofState::Recorded, ProofMove::EndResult)
}

fn turn(conn: &mut Conn, account_id: i64, from: ProofState, by: ProofMove) -> QueryResult<()> {
    match from.after(by) {
        Some(to) => queries::turn(conn, account_id, from, to),
        None => Ok(()),
    }
}
