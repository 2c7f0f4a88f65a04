//! What owners do with the permanent reference and the payers of their account. Each move keeps its row, its operation record and
//! its mails in the running transaction.

use serde_json::json;

use super::mails;
use super::model::AGREEMENT;
use super::queries::{self, NewPayer};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::accounts::owners_of;
use crate::features::identity::{hold_name, same_name};
use crate::features::remittance::actor::Payer;
use crate::features::remittance::fault::Fault;
use crate::services::mail;
use crate::services::records::{self, Entry, Event};

/// Makes the permanent reference of the account; answers the one that it has when it has one.
pub fn make_reference(conn: &mut Conn, owner: &impl Payer) -> Result<Number, Fault> {
    let number = Number::random('M');
    if !queries::insert_reference(conn, owner, &number)? {
        return queries::reference_of(conn, owner.account_id())?.ok_or(Fault::Changed);
    }
    let entry = Entry::new(Event::PermanentReferenceMade).about(number.as_str()).of_all(owner.account_id());
    records::keep(conn, owner.ctx(), entry)?;
    Ok(number)
}

/// Approves a payer. All owners are told.
pub fn add(conn: &mut Conn, owner: &impl Payer, new: &NewPayer) -> Result<Number, Fault> {
    let (ctx, account_id) = (owner.ctx(), owner.account_id());
    // Held, so that payers of one account come one after the other.
    let own = hold_name(conn, &ctx.keys, account_id)?.ok_or(Fault::NotFound)?;
    if same_name(&own, &new.name) {
        return Err(Fault::PayerIsOwn);
    }
    if queries::names_of(conn, &ctx.keys, account_id)?.iter().any(|name| same_name(name, &new.name)) {
        return Err(Fault::PayerKnown);
    }
    let number = Number::random('Y');
    if !queries::insert(conn, owner, &number, new, (AGREEMENT.on, AGREEMENT.hash()?))? {
        return Err(Fault::PayersFull);
    }
    told(conn, owner, Event::PayerAdded, &number, new)?;
    Ok(number)
}

/// Removes a payer: money in this name waits for a person from now on. All owners are told.
pub fn remove(conn: &mut Conn, owner: &impl Payer, number: &Number) -> Result<(), Fault> {
    // Held, so that no money goes by this name in this very moment.
    hold_name(conn, &owner.ctx().keys, owner.account_id())?;
    let (state, payer) = queries::own(conn, owner, number)?.ok_or(Fault::NotFound)?;
    if !queries::removed(conn, owner, number, (state, state.removed()?))? {
        return Err(Fault::Changed);
    }
    told(conn, owner, Event::PayerRemoved, number, &payer)
}

fn told(conn: &mut Conn, owner: &impl Payer, event: Event, number: &Number, payer: &NewPayer) -> Result<(), Fault> {
    let (ctx, account_id) = (owner.ctx(), owner.account_id());
    let entry = Entry::new(event).about(number.as_str()).of_all(account_id);
    records::keep(conn, ctx, entry.with(json!({ "relation": payer.relation })))?;
    let by = queries::called(conn, owner.person_id())?;
    for reader in owners_of(conn, account_id)? {
        let mail = match event {
            Event::PayerAdded => mails::added(ctx, payer, &by, &reader)?,
            _ => mails::removed(ctx, payer, &by, &reader)?,
        };
        mail::send(conn, ctx, mail)?;
    }
    Ok(())
}
