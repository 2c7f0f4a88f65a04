//! Sums of entries, allocations and top-ups. They pass over whole tables: for the operator's command, never for a page.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::{allocations, receiving_accounts, remittances, statement_entries};
use crate::base::types::{Money, Number};
use crate::features::remittance::allocating::AllocationKind;
use crate::features::remittance::entries::EntryState;
use crate::features::remittance::statements::Side;
use crate::services::ledger;

/// Rows that are read at once.
const PIECE: i64 = 5_000;

type Compared = (String, Money, Money);

/// Entry, what it says is allocated, what its allocations come to.
pub(super) fn entries(conn: &mut Conn) -> QueryResult<Vec<Compared>> {
    let mut all = Vec::new();
    let mut after = 0;
    loop {
        let rows: Vec<(i64, Number, Money)> = statement_entries::table
            .filter(statement_entries::id.gt(after))
            .order(statement_entries::id)
            .limit(PIECE)
            .select((statement_entries::id, statement_entries::number, statement_entries::allocated))
            .load(conn)?;
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(all) };
        let parts: Vec<(i64, Money)> = allocations::table
            .filter(allocations::entry_id.between(first.0, last.0))
            .filter(allocations::undone_by_id.is_null())
            .select((allocations::entry_id, allocations::amount))
            .load(conn)?;
        let sums = summed(parts);
        after = last.0;
        all.extend(rows.into_iter().map(|(id, number, stored)| {
            (number.as_str().to_string(), stored, sums.get(&id).copied().unwrap_or_default())
        }));
    }
}

/// Top-up, what it says has arrived, what its allocations and charges come to.
pub(super) fn remittances(conn: &mut Conn) -> QueryResult<Vec<Compared>> {
    let mut all = Vec::new();
    let mut after = 0;
    loop {
        let rows: Vec<(i64, Number, Money, Money)> = remittances::table
            .filter(remittances::id.gt(after))
            .order(remittances::id)
            .limit(PIECE)
            .select((remittances::id, remittances::number, remittances::received, remittances::charges))
            .load(conn)?;
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(all) };
        let parts: Vec<(Option<i64>, Money)> = allocations::table
            .filter(allocations::remittance_id.between(first.0, last.0))
            .filter(allocations::kind.eq(AllocationKind::Remittance))
            .filter(allocations::undone_by_id.is_null())
            .select((allocations::remittance_id, allocations::amount))
            .load(conn)?;
        let sums = summed(parts.into_iter().filter_map(|(id, amount)| Some((id?, amount))));
        after = last.0;
        all.extend(rows.into_iter().map(|(id, number, stored, charges)| {
            let parts = sums.get(&id).copied().unwrap_or_default();
            (number.as_str().to_string(), stored, Money(parts.0 + charges.0))
        }));
    }
}

fn summed(parts: impl IntoIterator<Item = (i64, Money)>) -> BTreeMap<i64, Money> {
    let mut sums: BTreeMap<i64, Money> = BTreeMap::new();
    for (id, amount) in parts {
        let sum = sums.entry(id).or_default();
        *sum = Money(sum.0 + amount.0);
    }
    sums
}

/// What banks, suspense, refunds and the account of money that went out have to hold, by their codes.
pub(super) fn house(conn: &mut Conn) -> QueryResult<Vec<Compared>> {
    let mut wanted: BTreeMap<String, Money> = BTreeMap::new();
    let mut add = |code: String, amount: i64| {
        let sum = wanted.entry(code).or_default();
        *sum = Money(sum.0 + amount);
    };
    let mut after = 0;
    loop {
        type Row = (i64, EntryState, Side, Money, Option<i64>, Option<i64>, (String, Number));
        let rows: Vec<Row> = statement_entries::table
            .inner_join(receiving_accounts::table)
            .filter(statement_entries::id.gt(after))
            .order(statement_entries::id)
            .limit(PIECE)
            .select((
                statement_entries::id,
                statement_entries::state,
                statement_entries::side,
                statement_entries::amount,
                statement_entries::booked_transaction_id,
                statement_entries::explained_transaction_id,
                (receiving_accounts::currency, receiving_accounts::number),
            ))
            .load(conn)?;
        let Some(last) = rows.last() else { break };
        after = last.0;
        for (_, state, side, amount, booked, explained, (currency, receiving)) in rows {
            // What is in the bank came by an entry: one that is gone is missed here.
            if booked.is_some() && state != EntryState::Voided {
                let moved = if side == Side::Credit { amount.0 } else { -amount.0 };
                add(format!("bank/{}", receiving.as_str()), moved);
            }
            match (side, state) {
                (Side::Debit, _) if explained.is_none() => add(format!("suspense/outgoing/{currency}"), -amount.0),
                (Side::Credit, EntryState::Returning) => add(format!("refunds/{currency}"), amount.0),
                (Side::Credit, EntryState::New | EntryState::Open | EntryState::Held | EntryState::Parked)
                    if booked.is_some() =>
                {
                    add(format!("suspense/{currency}"), amount.0);
                }
                _ => {}
            }
        }
    }
    let reserved: Vec<(Money, String)> = allocations::table
        .inner_join(statement_entries::table.inner_join(receiving_accounts::table))
        .filter(allocations::transaction_id.is_null())
        .filter(allocations::undone_by_id.is_null())
        .select((allocations::amount, receiving_accounts::currency))
        .load(conn)?;
    for (amount, currency) in reserved {
        add(format!("suspense/{currency}"), amount.0);
    }
    let accounts = ledger::accounts_of_the_house(conn)?;
    let ours = |code: &str| ["bank/", "suspense/", "refunds/"].iter().any(|kind| code.starts_with(kind));
    let mut all: Vec<Compared> = accounts
        .into_iter()
        .filter(|one| ours(&one.code))
        .map(|one| {
            let counted = wanted.remove(&one.code).unwrap_or_default();
            (one.code, one.balance, counted)
        })
        .collect();
    all.extend(wanted.into_iter().map(|(code, counted)| (code, Money::ZERO, counted)));
    Ok(all)
}
