//! Looks at what was imported and does as the rules say: each entry in a transaction of its own, so that one that fails keeps no
//! other back. What waits for a real name alone is looked at once more when its account has one.

use diesel::QueryResult;

use super::queries::{self, Nameless, Unseen};
use super::rules::{Decision, Entry, Named, decide};
use crate::base::clock::Clock;
use crate::base::crypto::Keys;
use crate::base::db::{Conn, Db, End};
use crate::base::types::{Money, Number};
use crate::features::identity;
use crate::features::remittance::allocating::{self, Arrived, Payee};
use crate::features::remittance::aml;
use crate::features::remittance::entries::{EntryMove, EntryState, Hold};
use crate::features::remittance::fault::Fault;
use crate::features::remittance::payers;
use crate::features::staff::is_own;
use crate::services::context::Context;

/// Entries that are looked at in one transaction.
const AT_ONCE: i64 = 50;

/// Entries that wait for a real name of which is asked at once.
const ASKED_OF: i64 = 500;

/// Looks at every entry that nobody looked at, and once more at those whose account has a real name by now.
pub async fn look_at_all(db: &Db, (ctx, clock): (&Context, &Clock), tolerance: Money) -> Result<(), String> {
    let mut failed = give_again(db, ctx).await?;
    let mut above = 0;
    loop {
        let keys = ctx.keys.clone();
        let next = db.read(move |conn| queries::unseen(conn, &keys, above, AT_ONCE)).await;
        let next = next.map_err(|fault| fault.to_string())?.map_err(|fault| fault.to_string())?;
        let Some(last) = next.last() else { break };
        // What cannot be looked at now is looked at in the next run, and keeps no other back.
        above = last.id;
        for entry in next {
            let (ctx, number) = (ctx.at(clock.now()), entry.number.clone());
            let looked = db.write(move |conn| match look_at(conn, &ctx, &entry, tolerance) {
                Ok(()) => End::Keep(Ok(())),
                // Somebody changed it in this very moment: it is looked at again.
                Err(Fault::Changed | Fault::IllegalMove(_)) => End::Undo(Ok(())),
                Err(fault) => End::Undo(Err(fault.to_string())),
            });
            if let Err(cause) = looked.await.map_err(|fault| fault.to_string())? {
                tracing::error!(event = "entry_not_matched", entry = %number, cause = %cause);
                failed += 1;
            }
        }
    }
    if failed > 0 { Err(format!("{failed} entries were not matched")) } else { Ok(()) }
}

/// Gives the rules once more what was held for want of a real name alone, where one stands now. Answers how many failed.
async fn give_again(db: &Db, ctx: &Context) -> Result<u32, String> {
    let (mut above, mut failed) = (0, 0);
    loop {
        let keys = ctx.keys.clone();
        let found = db.read(move |conn| named_by_now(conn, &keys, above)).await;
        let (last, named) = found.map_err(|fault| fault.to_string())?.map_err(|fault| fault.to_string())?;
        for entry in named {
            let number = entry.number.clone();
            let given = db.write(move |conn| match look_again(conn, &entry) {
                Ok(()) => End::Keep(Ok(())),
                // A person was first.
                Err(Fault::Changed | Fault::IllegalMove(_)) => End::Undo(Ok(())),
                Err(fault) => End::Undo(Err(fault.to_string())),
            });
            if let Err(cause) = given.await.map_err(|fault| fault.to_string())? {
                tracing::error!(event = "entry_not_matched", entry = %number, cause = %cause);
                failed += 1;
            }
        }
        match last {
            Some(last) => above = last,
            None => return Ok(failed),
        }
    }
}

/// Of the next entries that wait for a real name, those whose account has one; and the last of all, when there may be more.
fn named_by_now(conn: &mut Conn, keys: &Keys, above: i64) -> QueryResult<(Option<i64>, Vec<Nameless>)> {
    let mut found = queries::nameless(conn, above, ASKED_OF)?;
    let more = i64::try_from(found.len()).is_ok_and(|count| count == ASKED_OF);
    let last = found.last().map(|entry| entry.id).filter(|_| more);
    let mut accounts: Vec<i64> = found.iter().filter_map(|entry| entry.account_id).collect();
    accounts.sort_unstable();
    accounts.dedup();
    if accounts.is_empty() {
        return Ok((last, Vec::new()));
    }
    let names = identity::names_of(conn, keys, &accounts)?;
    found.retain(|entry| entry.account_id.is_some_and(|account| names.contains_key(&account)));
    Ok((last, found))
}

fn look_again(conn: &mut Conn, entry: &Nameless) -> Result<(), Fault> {
    let to = entry.state.after(EntryMove::LookAgain)?;
    if queries::looked_at_again(conn, entry, to)? { Ok(()) } else { Err(Fault::Changed) }
}

/// Looks at the next entries within the running transaction: for the demo company.
pub fn look_at_next(conn: &mut Conn, ctx: &Context) -> Result<(), Fault> {
    for entry in queries::unseen(conn, &ctx.keys, 0, AT_ONCE)? {
        look_at(conn, ctx, &entry, Money::ZERO)?;
    }
    Ok(())
}

fn look_at(conn: &mut Conn, ctx: &Context, entry: &Unseen, tolerance: Money) -> Result<(), Fault> {
    let top_ups = allocating::target_of(conn, &Number::within('R', &entry.text))?;
    let permanent = allocating::permanent_of(conn, &Number::within('M', &entry.text), &entry.currency)?;
    let mut found: Vec<Payee> =
        top_ups.into_iter().map(Payee::from).chain(permanent.into_iter().map(Payee::Account)).collect();
    // Everybody holds accounts in one order.
    found.sort_by_key(|payee| payee.holder().account_id());
    let mut named = Vec::new();
    for payee in found {
        let account_id = payee.holder().account_id();
        // Held, so that the name does not end, and no payer is removed, while the money goes by it.
        let name = identity::hold_name(conn, &ctx.keys, account_id)?;
        let payers = payers::names_of(conn, &ctx.keys, account_id)?;
        named.push(Named { payee, name, payers });
    }
    let facts = Entry {
        amount: entry.amount,
        currency: entry.currency.clone(),
        remitter: entry.remitter.clone(),
        twin: queries::has_twin(conn, entry)?,
        reversal: entry.reversal,
    };
    let account = named.first().map(|one| one.payee.holder().account_id());
    let (by, hold) = match decide(&facts, &named, tolerance) {
        // Nobody brings money for an account of their own: another person looks at it.
        Decision::Credit(_) if own(conn, entry, account)? => (EntryMove::Ask, None),
        Decision::Credit(_) if doubled(conn, entry, account)? => (EntryMove::Hold, Some(Hold::Twin)),
        Decision::Credit(shares) => {
            let caught = match account {
                Some(account) => aml::caught(conn, account, entry.amount, ctx.now)?,
                None => None,
            };
            let arrived = allocating::arrived(conn, &entry.number)?.ok_or(Fault::NotFound)?;
            match caught {
                Some(rule) => (EntryMove::Hold, Some(rule.hold())),
                // Somebody tried to credit it before, and it has to be said why it may be.
                None if aml::waits(conn, &arrived)? => (EntryMove::Ask, None),
                None => return allocating::allocate(conn, ctx, None, &arrived, &shares),
            }
        }
        Decision::Hold(hold) => (EntryMove::Hold, Some(hold)),
        Decision::Ask => (EntryMove::Ask, None),
    };
    if !queries::left(conn, entry, EntryState::New.after(by)?, hold)? {
        return Err(Fault::Changed);
    }
    // What the bank takes back is money of ours, whatever its text names.
    if let Some(named) = named.iter().find(|one| entry.is_named(one.payee.number()) && !entry.reversal) {
        let arrived = allocating::arrived(conn, &entry.number)?.ok_or(Fault::NotFound)?;
        allocating::tell_held(conn, ctx, &arrived, &named.payee)?;
    }
    match (account, hold) {
        (Some(account), Some(hold)) if hold.is_for_aml() => aml::opened(conn, ctx, &entry.number, Some(account), hold),
        _ => Ok(()),
    }
}

/// Whether an entry looks like another one that is here: then a person who credits it to one of these accounts says why it is none.
pub fn is_double(conn: &mut Conn, ctx: &Context, arrived: &Arrived, accounts: &[i64]) -> Result<bool, Fault> {
    let Some(entry) = queries::as_seen(conn, &ctx.keys, &arrived.number)? else { return Ok(false) };
    if queries::has_twin(conn, &entry)? {
        return Ok(true);
    }
    for &account in accounts {
        if queries::has_double(conn, &entry, account)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the same transfer was credited already, worded otherwise.
fn doubled(conn: &mut Conn, entry: &Unseen, account: Option<i64>) -> Result<bool, Fault> {
    match account {
        Some(account) => Ok(queries::has_double(conn, entry, account)?),
        None => Ok(false),
    }
}

/// Whether who brought the file of an entry, or agreed to it, is one of this account.
fn own(conn: &mut Conn, entry: &Unseen, account: Option<i64>) -> Result<bool, Fault> {
    let Some(account) = account else { return Ok(false) };
    for person in queries::brought_by(conn, entry)? {
        if is_own(conn, person, account)? {
            return Ok(true);
        }
    }
    Ok(false)
}
