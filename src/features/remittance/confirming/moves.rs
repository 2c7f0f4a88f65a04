//! What finance does with a declaration. Each move keeps its rows, its operation records and its mails in the running
//! transaction.

use diesel::QueryResult;
use serde_json::json;

use super::mails;
use super::matching::another;
use super::queries::{self, Sight, Standing};
use crate::base::db::Conn;
use crate::base::types::{Moment, Number};
use crate::features::accounts::readers_of;
use crate::features::remittance::actor::Treasurer;
use crate::features::remittance::entries::EntryMove;
use crate::features::remittance::fault::Fault;
use crate::features::remittance::model::Move;
use crate::features::staff::is_own;
use crate::services::context::Context;
use crate::services::ledger::{self, Posting, TransactionKind};
use crate::services::mail;
use crate::services::records::{self, Entry, Event};

/// Confirms a declaration against an entry of the statement and credits the wallet: declaration, entry, ledger, records
/// and mail in one transaction.
pub fn confirm(
    conn: &mut Conn,
    officer: &impl Treasurer,
    number: &Number,
    entry: &Number,
    sight: Sight,
) -> Result<(), Fault> {
    let (ctx, person) = (officer.ctx(), officer.person_id());
    let found = queries::standing(conn, number)?.ok_or(Fault::NotFound)?;
    let entered = queries::entered(conn, entry)?.ok_or(Fault::NotFound)?;
    if entered.author_id == person || is_own(conn, person, found.holder.account_id())? {
        return Err(Fault::FourEyes);
    }
    if another(&entered.text, number).is_some() && !sight.another_checked {
        return Err(Fault::NamesAnother);
    }
    if found.currency != entered.currency {
        return Err(Fault::CurrenciesDiffer);
    }
    let to = (entered.state.after(EntryMove::Credit)?, found.state.after(Move::Credit)?);
    // The entry first: two confirmations of the same entry meet at its row, and the second finds it taken.
    if !queries::take(conn, &entered, to.0, person)? {
        return Err(Fault::Changed);
    }
    let credited = queries::credited(conn, (&found, to.1), &entered, officer, sight.declared_at)?;
    let (declared, amount, currency) = (credited.ok_or(Fault::Changed)?, entered.amount, &entered.currency);
    if declared != amount {
        return Err(Fault::AmountsDiffer);
    }
    let bank = ledger::bank(conn, &entered.receiving, currency, ctx.now)?;
    let wallet = ledger::wallet(conn, found.holder, currency, ctx.now)?;
    let posting = Posting {
        kind: TransactionKind::CreditRemittance,
        object: Some(number.as_str().to_string()),
        transfers: vec![(bank, wallet, amount)],
    };
    let transaction = ledger::post(conn, ctx, posting)?;
    let details = json!({ "amount": amount, "remittance": number.as_str() });
    records::keep(conn, ctx, Entry::new(Event::EntryCredited).about(entry.as_str()).with(details))?;
    let details = json!({ "amount": amount, "entry": entry.as_str(), "transaction": transaction.as_str() });
    told(conn, ctx, &found, number, Event::RemittanceCredited, details)?;
    for reader in readers_of(conn, found.holder.account_id(), found.opened_by_id)? {
        mail::send(conn, ctx, mails::credited(ctx, number, amount, currency, &reader)?)?;
    }
    Ok(())
}

/// Refuses the declaration that was made at the moment `seen`; the customer reads the reason.
pub fn refuse(
    conn: &mut Conn,
    officer: &impl Treasurer,
    number: &Number,
    reason: &str,
    seen: Moment,
) -> Result<(), Fault> {
    let ctx = officer.ctx();
    let found = queries::standing(conn, number)?.ok_or(Fault::NotFound)?;
    if is_own(conn, officer.person_id(), found.holder.account_id())? {
        return Err(Fault::FourEyes);
    }
    let to = found.state.after(Move::Refuse)?;
    if !queries::refused(conn, (&found, to), reason, seen, ctx.now)? {
        return Err(Fault::Changed);
    }
    told(conn, ctx, &found, number, Event::RemittanceRefused, json!({ "reason": reason }))?;
    for reader in readers_of(conn, found.holder.account_id(), found.opened_by_id)? {
        mail::send(conn, ctx, mails::refused(ctx, number, found.amount, &found.currency, reason, &reader)?)?;
    }
    Ok(())
}

fn told(
    conn: &mut Conn,
    ctx: &Context,
    found: &Standing,
    number: &Number,
    event: Event,
    details: serde_json::Value,
) -> QueryResult<()> {
    records::keep(
        conn,
        ctx,
        Entry::new(event).about(number.as_str()).of_account(found.holder.account_id()).with(details),
    )
}
