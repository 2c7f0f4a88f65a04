//! Undoing the credit of an entry (D3): what it paid is payable again, and its money is nobody's. What the wallet does not hold any
//! more the account owes us; a wallet never goes below zero.

use std::collections::BTreeMap;

use serde_json::json;

use super::mails;
use super::model::AllocationKind;
use super::queries::{self, Arrived, Live, Target};
use crate::base::db::Conn;
use crate::base::types::{Money, Number};
use crate::features::accounts::{owners_of, readers_of};
use crate::features::remittance::entries::EntryMove;
use crate::features::remittance::fault::Fault;
use crate::features::remittance::model::{Move, RemittanceState};
use crate::features::remittance::receiving;
use crate::services::context::Context;
use crate::services::ledger::{self, Account, Holder, Posting, TransactionKind};
use crate::services::mail;
use crate::services::records::{self, Entry, Event};

/// What an account gives back: all of it, and how much of that the house had borne as charges.
#[derive(Debug, Clone, Copy, Default)]
struct Taken {
    amount: Money,
    charges: Money,
}

/// Undoes the credit of an entry by a decision of two people, which is kept as done already.
pub fn undo(conn: &mut Conn, ctx: &Context, entry: &Arrived, decision: i64) -> Result<(), Fault> {
    let to = entry.state.after(EntryMove::Undo)?;
    if !queries::freed(conn, entry, to)? {
        return Err(Fault::Changed);
    }
    let mut taken: BTreeMap<i64, (Holder, Taken)> = BTreeMap::new();
    // Top-ups before their allocations, as in crediting: nobody waits for another in a circle.
    let live = queries::live(conn, entry)?;
    let numbers: Vec<Number> = live.iter().filter_map(|one| one.remittance.clone()).collect();
    let targets = queries::target_of(conn, &numbers)?;
    // Whoever closes a receiving account holds it before what names it.
    receiving::stay(conn)?;
    queries::hold(conn, &targets.iter().collect::<Vec<_>>())?;
    // Undoing what another entry brought for the same top-up reserves this one's part anew.
    if queries::live(conn, entry)?.iter().map(|one| one.id).ne(live.iter().map(|one| one.id)) {
        return Err(Fault::Changed);
    }
    for live in live {
        queries::undone(conn, live.id, decision)?;
        let holder = live.holder;
        let give = if let (AllocationKind::Remittance, Some(number)) = (live.kind, &live.remittance) {
            let target = queries::target(conn, number)?.ok_or(Fault::NotFound)?;
            remittance(conn, ctx, &target, live.amount, decision)?
        } else {
            kept(conn, ctx, entry, &live)?;
            Taken { amount: live.amount, charges: Money::ZERO }
        };
        let (_, sum) = taken.entry(holder.account_id()).or_insert((holder, Taken::default()));
        sum.amount = Money(sum.amount.0 + give.amount.0);
        sum.charges = Money(sum.charges.0 + give.charges.0);
    }
    take_back(conn, ctx, entry, &taken.into_values().filter(|(_, sum)| sum.amount.is_positive()).collect::<Vec<_>>())
}

/// The top-up gets as much less. What other entries brought for it is reserved again when it had been credited.
fn remittance(conn: &mut Conn, ctx: &Context, target: &Target, amount: Money, decision: i64) -> Result<Taken, Fault> {
    let charges = queries::charges(conn, target)?;
    let credited = target.state == RemittanceState::Credited;
    let left = Money(target.received.0 - amount.0 - charges.0);
    let by = match (left.is_positive(), target.declared_at) {
        (true, _) => Move::LosePart,
        (false, Some(_)) => Move::LoseAll,
        (false, None) => Move::Reopen,
    };
    let to = target.state.after(by)?;
    if credited {
        queries::reserve_again(conn, target, decision)?;
    }
    if !queries::lost(conn, target, left, to)? {
        return Err(Fault::Changed);
    }
    receiving::payable_again(conn, &target.number)?;
    // What else had arrived for it is reserved again, and was meant for it.
    let reserved = if credited { left } else { Money::ZERO };
    let details = json!({ "amount": amount });
    let record = Entry::new(Event::RemittanceUndone).about(target.number.as_str());
    records::keep(conn, ctx, record.of_account(target.holder.account_id()).with(details))?;
    for reader in readers_of(conn, target.holder.account_id(), target.opened_by_id)? {
        mail::send(conn, ctx, mails::undone(ctx, (target, reserved), amount, &reader)?)?;
    }
    Ok(if credited { Taken { amount: target.amount, charges } } else { Taken::default() })
}

/// Records that money went out of a balance again, and tells its people.
fn kept(conn: &mut Conn, ctx: &Context, entry: &Arrived, live: &Live) -> Result<(), Fault> {
    let account_id = live.holder.account_id();
    let details = json!({ "amount": live.amount, "entry": entry.number.as_str() });
    let record = Entry::new(Event::BalanceUndone).of_account(account_id).with(details);
    let target = match &live.remittance {
        Some(number) => queries::target(conn, number)?,
        None => None,
    };
    if let Some(target) = target {
        records::keep(conn, ctx, record.about(target.number.as_str()))?;
        for reader in readers_of(conn, account_id, target.opened_by_id)? {
            mail::send(conn, ctx, mails::undone(ctx, (&target, Money::ZERO), live.amount, &reader)?)?;
        }
        return Ok(());
    }
    let Some(account) = queries::permanent_for(conn, live.holder, &entry.currency)? else {
        return Ok(records::keep(conn, ctx, record)?);
    };
    records::keep(conn, ctx, record.about(account.number.as_str()))?;
    for reader in owners_of(conn, account_id)? {
        mail::send(conn, ctx, mails::undone_permanent(ctx, &account, live.amount, &reader)?)?;
    }
    Ok(())
}

/// One transaction: from each wallet what is there, the rest from what the account owes us from now on.
fn take_back(conn: &mut Conn, ctx: &Context, entry: &Arrived, taken: &[(Holder, Taken)]) -> Result<(), Fault> {
    if taken.is_empty() {
        return Ok(());
    }
    let currency = &entry.currency;
    let suspense = ledger::suspense(conn, currency, ctx.now)?;
    let fees = ledger::fees(conn, currency, ctx.now)?;
    let mut pairs: Vec<(Account, Account, Taken)> = Vec::new();
    for (holder, sum) in taken {
        let wallet = ledger::wallet(conn, *holder, currency, ctx.now)?;
        pairs.push((wallet, ledger::receivable(conn, *holder, currency, ctx.now)?, *sum));
    }
    let mut named = vec![&suspense, &fees];
    named.extend(pairs.iter().flat_map(|(wallet, receivable, _)| [wallet, receivable]));
    let balances = ledger::hold(conn, &named)?;
    let mut transfers = Vec::new();
    for (nth, (wallet, receivable, sum)) in pairs.iter().enumerate() {
        let there = balances[2 + nth * 2].min(sum.amount);
        let mut sources = vec![(receivable, Money(sum.amount.0 - there.0)), (wallet, there)];
        for (sink, wanted) in [(&fees, sum.charges), (&suspense, Money(sum.amount.0 - sum.charges.0))] {
            let mut wanted = wanted;
            while wanted.is_positive() {
                let Some((source, left)) = sources.last_mut() else { break };
                let moved = wanted.min(*left);
                if moved.is_positive() {
                    transfers.push(((*source).clone(), sink.clone(), moved));
                }
                wanted = Money(wanted.0 - moved.0);
                *left = Money(left.0 - moved.0);
                if !left.is_positive() {
                    sources.pop();
                }
            }
        }
    }
    let object = Some(entry.number.as_str().to_string());
    ledger::post(conn, ctx, Posting { kind: TransactionKind::UndoCredit, object, transfers })?;
    Ok(())
}
