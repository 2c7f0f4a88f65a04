//! Booking and allocating. Each keeps its rows, the ledger, the operation records and the mails in the running transaction.

use serde_json::json;

use super::mails;
use super::model::{AllocationKind, Share};
use super::queries::{self, Arrived, Target};
use crate::base::db::Conn;
use crate::base::types::{Money, Number};
use crate::features::accounts::readers_of;
use crate::features::remittance::entries::EntryMove;
use crate::features::remittance::fault::Fault;
use crate::features::remittance::model::{Move, RemittanceState};
use crate::features::remittance::statements::Side;
use crate::services::context::Context;
use crate::services::ledger::{self, Posting, TransactionKind};
use crate::services::mail;
use crate::services::records::{self, Entry, Event};

/// Books an entry: what came in is in the bank and nobody's yet, what went out is out of it.
pub fn book(conn: &mut Conn, ctx: &Context, entry: &Arrived) -> Result<i64, Fault> {
    if let Some(booked) = entry.booked_transaction_id {
        return Ok(booked);
    }
    let bank = ledger::bank(conn, &entry.receiving, &entry.currency, ctx.now)?;
    let (kind, debit, credit) = match entry.side {
        Side::Credit => (TransactionKind::ReceiveEntry, bank, ledger::suspense(conn, &entry.currency, ctx.now)?),
        Side::Debit => (TransactionKind::SendEntry, ledger::outgoing(conn, &entry.currency, ctx.now)?, bank),
    };
    let transaction = post(conn, ctx, kind, &entry.number, vec![(debit, credit, entry.amount)])?;
    if !queries::booked(conn, entry, transaction)? {
        return Err(Fault::Changed);
    }
    Ok(transaction)
}

/// Undoes the booking of an entry that counts no more.
pub fn unbook(conn: &mut Conn, ctx: &Context, entry: &Arrived) -> Result<(), Fault> {
    if let Some(booked) = entry.booked_transaction_id {
        let number = ledger::number_of(conn, booked)?;
        ledger::reverse(conn, ctx, &number)?;
    }
    Ok(())
}

/// Allocates all of an entry: by a person, or by the rules when there is none. Nothing of it stays when a share cannot be kept.
pub fn allocate(
    conn: &mut Conn,
    ctx: &Context,
    by: Option<i64>,
    entry: &Arrived,
    shares: &[Share],
) -> Result<(), Fault> {
    let all = shares.iter().try_fold(Money::ZERO, |sum, share| sum.checked_add(share.amount));
    if all != Some(entry.amount) || entry.side != Side::Credit {
        return Err(Fault::AmountsDiffer);
    }
    if shares.iter().any(|share| share.target.currency != entry.currency) {
        return Err(Fault::CurrenciesDiffer);
    }
    let to = entry.state.after(EntryMove::Credit)?;
    book(conn, ctx, entry)?;
    // The entry first: two allocations of the same entry meet at its row, and the second finds it taken.
    if !queries::taken(conn, entry, to, by)? {
        return Err(Fault::Changed);
    }
    for share in shares {
        let transaction = match share.kind {
            AllocationKind::Remittance => remittance(conn, ctx, (by, entry), share)?,
            AllocationKind::Balance => balance(conn, ctx, (by, entry), share)?,
        };
        let mut details =
            json!({ "amount": share.amount, "remittance": share.target.number.as_str(), "why": share.why.as_str() });
        if let Some(transaction) = transaction {
            details["transaction"] = json!(transaction.as_str());
        }
        records::keep(conn, ctx, Entry::new(Event::EntryCredited).about(entry.number.as_str()).with(details))?;
    }
    Ok(())
}

/// A share that pays a top-up. The wallet is credited once, with all of the amount, when all of it is there.
fn remittance(
    conn: &mut Conn,
    ctx: &Context,
    (by, entry): (Option<i64>, &Arrived),
    share: &Share,
) -> Result<Option<Number>, Fault> {
    let target = &share.target;
    if share.amount > target.rest() {
        return Err(Fault::AmountsDiffer);
    }
    let whole = share.amount == target.rest();
    let to = target.state.after(if whole { Move::Credit } else { Move::Receive })?;
    if !queries::received(conn, target, share.amount, to, ctx.now)? {
        return Err(Fault::Changed);
    }
    let details = json!({ "amount": share.amount, "entry": entry.number.as_str() });
    if to == RemittanceState::Partial {
        queries::insert(conn, entry, share, None, (by, ctx.now))?;
        told(conn, ctx, target, Event::RemittancePartReceived, details)?;
        let rest = Money(target.rest().0 - share.amount.0);
        for reader in readers_of(conn, target.holder.account_id(), target.opened_by_id)? {
            mail::send(conn, ctx, mails::part(ctx, target, share.amount, rest, &reader)?)?;
        }
        return Ok(None);
    }
    let number = credit(conn, ctx, TransactionKind::CreditRemittance, target, target.amount)?;
    let transaction = ledger::row_of(conn, &number)?;
    queries::complete(conn, target, transaction)?;
    queries::insert(conn, entry, share, Some(transaction), (by, ctx.now))?;
    let details = json!({ "amount": target.amount, "entry": entry.number.as_str(), "transaction": number.as_str() });
    told(conn, ctx, target, Event::RemittanceCredited, details)?;
    for reader in readers_of(conn, target.holder.account_id(), target.opened_by_id)? {
        mail::send(conn, ctx, mails::credited(ctx, target, target.amount, &reader)?)?;
    }
    Ok(Some(number))
}

/// A share that goes to the balance of the account.
fn balance(
    conn: &mut Conn,
    ctx: &Context,
    (by, entry): (Option<i64>, &Arrived),
    share: &Share,
) -> Result<Option<Number>, Fault> {
    let target = &share.target;
    let number = credit(conn, ctx, TransactionKind::CreditBalance, target, share.amount)?;
    let transaction = ledger::row_of(conn, &number)?;
    queries::insert(conn, entry, share, Some(transaction), (by, ctx.now))?;
    let details = json!({ "amount": share.amount, "entry": entry.number.as_str(), "transaction": number.as_str() });
    told(conn, ctx, target, Event::BalanceCredited, details)?;
    for reader in readers_of(conn, target.holder.account_id(), target.opened_by_id)? {
        mail::send(conn, ctx, mails::balance(ctx, target, share.amount, &reader)?)?;
    }
    Ok(Some(number))
}

/// Nobody's money becomes that of the account.
fn credit(
    conn: &mut Conn,
    ctx: &Context,
    kind: TransactionKind,
    target: &Target,
    amount: Money,
) -> Result<Number, Fault> {
    let suspense = ledger::suspense(conn, &target.currency, ctx.now)?;
    let wallet = ledger::wallet(conn, target.holder, &target.currency, ctx.now)?;
    let object = Some(target.number.as_str().to_string());
    Ok(ledger::post(conn, ctx, Posting { kind, object, transfers: vec![(suspense, wallet, amount)] })?)
}

fn post(
    conn: &mut Conn,
    ctx: &Context,
    kind: TransactionKind,
    object: &Number,
    transfers: Vec<(ledger::Account, ledger::Account, Money)>,
) -> Result<i64, Fault> {
    let number = ledger::post(conn, ctx, Posting { kind, object: Some(object.as_str().to_string()), transfers })?;
    Ok(ledger::row_of(conn, &number)?)
}

fn told(
    conn: &mut Conn,
    ctx: &Context,
    target: &Target,
    event: Event,
    details: serde_json::Value,
) -> Result<(), Fault> {
    let entry = Entry::new(event).about(target.number.as_str()).of_account(target.holder.account_id());
    Ok(records::keep(conn, ctx, entry.with(details))?)
}
