//! Booking and allocating. Each keeps its rows, the ledger, the operation records and the mails in the running transaction.

use diesel::QueryResult;
use serde_json::json;

use super::mails;
use super::model::{AllocationKind, Payee, Share};
use super::queries::{self, Arrived, Target};
use crate::base::db::Conn;
use crate::base::types::{Money, Number};
use crate::features::accounts::{owners_of, readers_of};
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
    book_in(conn, ctx, &mut Books::default(), entry)
}

/// The accounts that the entries of one receiving account are booked in, each looked up once for many of them.
#[derive(Default)]
pub struct Books {
    bank: Option<ledger::Account>,
    suspense: Option<ledger::Account>,
    outgoing: Option<ledger::Account>,
}

/// Books an entry that is not booked yet; all that come with the same books are of one receiving account.
pub fn book_in(conn: &mut Conn, ctx: &Context, books: &mut Books, entry: &Arrived) -> Result<i64, Fault> {
    let once = |kept: &mut Option<ledger::Account>, found: &mut dyn FnMut() -> QueryResult<ledger::Account>| match kept
    {
        Some(account) => Ok(account.clone()),
        None => found().map(|account| kept.insert(account).clone()),
    };
    let (now, currency) = (ctx.now, entry.currency.as_str());
    let bank = once(&mut books.bank, &mut || ledger::bank(conn, &entry.receiving, currency, now))?;
    let (kind, debit, credit) = match entry.side {
        Side::Credit => {
            let suspense = once(&mut books.suspense, &mut || ledger::suspense(conn, currency, now))?;
            (TransactionKind::ReceiveEntry, bank, suspense)
        }
        Side::Debit => {
            let outgoing = once(&mut books.outgoing, &mut || ledger::outgoing(conn, currency, now))?;
            (TransactionKind::SendEntry, outgoing, bank)
        }
    };
    let transfers = vec![(debit, credit, entry.amount)];
    let transaction = post(conn, ctx, kind, &entry.number, transfers)?;
    if !queries::booked(conn, entry, transaction)? {
        return Err(Fault::Changed);
    }
    Ok(transaction)
}

/// Holds what entries of a receiving account are booked in until the running transaction ends: who brings entries comes one after
/// the other.
pub fn gate(conn: &mut Conn, ctx: &Context, receiving: &Number, currency: &str) -> Result<(), Fault> {
    let accounts = [ledger::bank(conn, receiving, currency, ctx.now)?, ledger::suspense(conn, currency, ctx.now)?];
    ledger::hold(conn, &accounts.iter().collect::<Vec<_>>())?;
    Ok(())
}

/// Undoes the booking of an entry that counts no more.
pub fn unbook(conn: &mut Conn, ctx: &Context, entry: &Arrived) -> Result<(), Fault> {
    let Some(booked) = entry.booked_transaction_id else { return Ok(()) };
    if ledger::kind_of(conn, booked)? == TransactionKind::ReceiveEntry {
        let number = ledger::number_of(conn, booked)?;
        ledger::reverse(conn, ctx, &number)?;
        return Ok(());
    }
    // Before entries were booked when they come, crediting was what booked them. That was undone: the money is nobody's.
    let suspense = ledger::suspense(conn, &entry.currency, ctx.now)?;
    let bank = ledger::bank(conn, &entry.receiving, &entry.currency, ctx.now)?;
    post(conn, ctx, TransactionKind::VoidEntry, &entry.number, vec![(suspense, bank, entry.amount)])?;
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
    if shares.iter().any(|share| share.target.currency() != entry.currency) {
        return Err(Fault::CurrenciesDiffer);
    }
    let to = entry.state.after(EntryMove::Credit)?;
    // The entry first: two allocations of the same entry meet at its row, and the second finds it taken. Then top-ups, then
    // the accounts of the ledger: everybody takes them in this order, so that nobody waits for another in a circle.
    if !queries::taken(conn, entry, to, by)? {
        return Err(Fault::Changed);
    }
    let targets: Vec<&Target> = shares.iter().filter_map(|share| share.target.top_up()).collect();
    queries::hold(conn, &targets)?;
    held(conn, ctx, entry, shares)?;
    book(conn, ctx, entry)?;
    for share in shares {
        let transaction = match share.kind {
            AllocationKind::Remittance => remittance(conn, ctx, (by, entry), share)?,
            AllocationKind::Balance => balance(conn, ctx, (by, entry), share)?,
        };
        let mut details =
            json!({ "amount": share.amount, "remittance": share.target.number().as_str(), "why": share.why.as_str() });
        if let Some(transaction) = transaction {
            details["transaction"] = json!(transaction.as_str());
        }
        records::keep(conn, ctx, Entry::new(Event::EntryCredited).about(entry.number.as_str()).with(details))?;
    }
    Ok(())
}

/// Holds the accounts that shares move, all of them before the first is moved.
fn held(conn: &mut Conn, ctx: &Context, entry: &Arrived, shares: &[Share]) -> Result<(), Fault> {
    let mut accounts = Vec::new();
    if entry.booked_transaction_id.is_none() {
        accounts.push(ledger::bank(conn, &entry.receiving, &entry.currency, ctx.now)?);
    }
    for share in shares {
        let (holder, currency) = (share.target.holder(), share.target.currency());
        accounts.push(ledger::suspense(conn, currency, ctx.now)?);
        accounts.push(ledger::wallet(conn, holder, currency, ctx.now)?);
        accounts.extend(ledger::receivable_of(conn, holder, currency)?);
        if share.charges.is_positive() {
            accounts.push(ledger::fees(conn, currency, ctx.now)?);
        }
    }
    ledger::hold(conn, &accounts.iter().collect::<Vec<_>>())?;
    Ok(())
}

/// A share that pays a top-up. The wallet is credited once, with all of the amount, when all of it is there.
fn remittance(
    conn: &mut Conn,
    ctx: &Context,
    (by, entry): (Option<i64>, &Arrived),
    share: &Share,
) -> Result<Option<Number>, Fault> {
    let payee = &share.target;
    let target = payee.top_up().ok_or(Fault::NotFound)?;
    let arrives = share.amount.checked_add(share.charges).unwrap_or(share.amount);
    let whole = arrives == target.rest();
    if arrives > target.rest() || (share.charges.is_positive() && !whole) {
        return Err(Fault::AmountsDiffer);
    }
    let to = target.state.after(if whole { Move::Credit } else { Move::Receive })?;
    if !queries::received(conn, target, (arrives, share.charges), to, ctx.now)? {
        return Err(Fault::Changed);
    }
    let details = json!({ "amount": share.amount, "entry": entry.number.as_str() });
    if to == RemittanceState::Partial {
        queries::insert(conn, entry, share, None, (by, ctx.now))?;
        told(conn, ctx, payee, Event::RemittancePartReceived, details)?;
        let rest = Money(target.rest().0 - share.amount.0);
        for reader in readers_of(conn, target.holder.account_id(), target.opened_by_id)? {
            mail::send(conn, ctx, mails::part(ctx, target, share.amount, rest, &reader)?)?;
        }
        return Ok(None);
    }
    let number = credit(conn, ctx, TransactionKind::CreditRemittance, payee, (target.amount, share.charges))?;
    let transaction = ledger::row_of(conn, &number)?;
    queries::complete(conn, target, transaction)?;
    queries::insert(conn, entry, share, Some(transaction), (by, ctx.now))?;
    let mut details =
        json!({ "amount": target.amount, "entry": entry.number.as_str(), "transaction": number.as_str() });
    if share.charges.is_positive() {
        details["charges"] = json!(share.charges);
    }
    credited(conn, ctx, target, details)?;
    Ok(Some(number))
}

/// Records that all of a top-up is in the wallet, and tells its people.
fn credited(conn: &mut Conn, ctx: &Context, target: &Target, details: serde_json::Value) -> Result<(), Fault> {
    told(conn, ctx, &target.clone().into(), Event::RemittanceCredited, details)?;
    for reader in readers_of(conn, target.holder.account_id(), target.opened_by_id)? {
        mail::send(conn, ctx, mails::credited(ctx, target, target.amount, &reader)?)?;
    }
    Ok(())
}

/// What has arrived of a top-up is all that its people want: it is credited, and the rest is payable no more.
pub fn settle(conn: &mut Conn, ctx: &Context, target: &Target) -> Result<(), Fault> {
    let to = target.state.after(Move::Settle)?;
    let settled = Target { amount: target.received, ..target.clone() };
    if !queries::settled(conn, target, to, ctx.now)? {
        return Err(Fault::Changed);
    }
    let number =
        credit(conn, ctx, TransactionKind::CreditRemittance, &settled.clone().into(), (settled.amount, Money::ZERO))?;
    let transaction = ledger::row_of(conn, &number)?;
    queries::complete(conn, target, transaction)?;
    credited(conn, ctx, &settled, json!({ "amount": settled.amount, "transaction": number.as_str(), "settled": true }))
}

/// A share that goes to the balance of the account.
fn balance(
    conn: &mut Conn,
    ctx: &Context,
    (by, entry): (Option<i64>, &Arrived),
    share: &Share,
) -> Result<Option<Number>, Fault> {
    let payee = &share.target;
    let number = credit(conn, ctx, TransactionKind::CreditBalance, payee, (share.amount, Money::ZERO))?;
    let transaction = ledger::row_of(conn, &number)?;
    queries::insert(conn, entry, share, Some(transaction), (by, ctx.now))?;
    let details = json!({ "amount": share.amount, "entry": entry.number.as_str(), "transaction": number.as_str() });
    told(conn, ctx, payee, Event::BalanceCredited, details)?;
    let account_id = payee.holder().account_id();
    match payee {
        Payee::TopUp(target) => {
            for reader in readers_of(conn, account_id, target.opened_by_id)? {
                mail::send(conn, ctx, mails::balance(ctx, target, share.amount, &reader)?)?;
            }
        }
        Payee::Account(account) => {
            for reader in owners_of(conn, account_id)? {
                mail::send(conn, ctx, mails::permanent(ctx, account, share.amount, &reader)?)?;
            }
        }
    }
    Ok(Some(number))
}

/// Nobody's money becomes that of the account: `amount`, of which the house bears the charges. What the account owes us is
/// paid out of it at once.
fn credit(
    conn: &mut Conn,
    ctx: &Context,
    kind: TransactionKind,
    payee: &Payee,
    (amount, charges): (Money, Money),
) -> Result<Number, Fault> {
    let (holder, currency) = (payee.holder(), payee.currency());
    let suspense = ledger::suspense(conn, currency, ctx.now)?;
    let wallet = ledger::wallet(conn, holder, currency, ctx.now)?;
    let mut transfers = vec![(suspense.clone(), wallet.clone(), Money(amount.0 - charges.0))];
    if charges.is_positive() {
        transfers.push((ledger::fees(conn, currency, ctx.now)?, wallet.clone(), charges));
    }
    if let Some(receivable) = ledger::receivable_of(conn, holder, currency)? {
        let owed = ledger::hold(conn, &[&suspense, &wallet, &receivable])?[2];
        if owed.is_positive() {
            transfers.push((wallet, receivable, owed.min(amount)));
        }
    }
    let object = Some(payee.number().as_str().to_string());
    Ok(ledger::post(conn, ctx, Posting { kind, object, transfers })?)
}

fn post(
    conn: &mut Conn,
    ctx: &Context,
    kind: TransactionKind,
    object: &Number,
    transfers: Vec<(ledger::Account, ledger::Account, Money)>,
) -> Result<i64, Fault> {
    Ok(ledger::posted(conn, ctx, Posting { kind, object: Some(object.as_str().to_string()), transfers })?.0)
}

fn told(conn: &mut Conn, ctx: &Context, payee: &Payee, event: Event, details: serde_json::Value) -> Result<(), Fault> {
    let entry = Entry::new(event).about(payee.number().as_str()).of_account(payee.holder().account_id());
    Ok(records::keep(conn, ctx, entry.with(details))?)
}
