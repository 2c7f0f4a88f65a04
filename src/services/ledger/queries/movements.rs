//! What happened in a wallet.

use std::cmp::Reverse;

use diesel::prelude::*;

use super::accounts::{Holder, wallet_of};
use crate::base::db::Conn;
use crate::base::db::schema::{ledger_transactions, ledger_transfers};
use crate::base::types::{Moment, Money, Number};
use crate::services::ledger::TransactionKind;

/// One change of a wallet.
#[derive(Debug, Clone)]
pub struct Movement {
    /// The transaction's public number.
    pub number: Number,
    /// Why.
    pub kind: TransactionKind,
    /// The public number of what it is about.
    pub object: Option<String>,
    /// By how much; below zero when money left.
    pub amount: Money,
    /// What was left.
    pub balance: Money,
    /// When, UTC.
    pub at: Moment,
}

/// The changes of a customer's wallet, newest first, from below the transaction `after`. `None` for a foreign cursor.
pub fn movements(
    conn: &mut Conn,
    holder: Holder,
    currency: &str,
    after: Option<&Number>,
    most: i64,
) -> QueryResult<Option<Vec<Movement>>> {
    let Some((wallet, _)) = wallet_of(conn, holder, currency)? else {
        return Ok(after.is_none().then(Vec::new));
    };
    let below = match after {
        None => i64::MAX,
        Some(after) => match place(conn, wallet, after)? {
            None => return Ok(None),
            Some(place) => place,
        },
    };
    let newest = || {
        let transfers = ledger_transfers::table.inner_join(ledger_transactions::table).select(MOVEMENT);
        transfers.filter(ledger_transfers::id.lt(below)).order(ledger_transfers::id.desc()).limit(most)
    };
    let out = newest().filter(ledger_transfers::debit_id.eq(wallet)).load(conn)?;
    let into = newest().filter(ledger_transfers::credit_id.eq(wallet)).load(conn)?;
    Ok(Some(merged(wallet, out, into, most)))
}

/// The changes of a customer's wallet from a moment on, oldest first: for a picture of it.
pub fn movements_since(
    conn: &mut Conn,
    holder: Holder,
    currency: &str,
    since: Moment,
    most: i64,
) -> QueryResult<Vec<Movement>> {
    let Some((wallet, _)) = wallet_of(conn, holder, currency)? else { return Ok(Vec::new()) };
    let recent = || {
        let transfers = ledger_transfers::table.inner_join(ledger_transactions::table).select(MOVEMENT);
        transfers.filter(ledger_transfers::at.ge(since)).order(ledger_transfers::at.desc()).limit(most)
    };
    let out = recent().filter(ledger_transfers::debit_id.eq(wallet)).load(conn)?;
    let into = recent().filter(ledger_transfers::credit_id.eq(wallet)).load(conn)?;
    let mut list = merged(wallet, out, into, most);
    list.reverse();
    Ok(list)
}

/// Where a transaction stands among the transfers of this wallet.
fn place(conn: &mut Conn, wallet: i64, transaction: &Number) -> QueryResult<Option<i64>> {
    let transfers: Vec<(i64, i64, i64)> = ledger_transfers::table
        .inner_join(ledger_transactions::table)
        .filter(ledger_transactions::number.eq(transaction))
        .order(ledger_transfers::id)
        .select((ledger_transfers::id, ledger_transfers::debit_id, ledger_transfers::credit_id))
        .load(conn)?;
    let own = transfers.into_iter().find(|(_, debit, credit)| *debit == wallet || *credit == wallet);
    Ok(own.map(|(id, ..)| id))
}

/// Newest first. Two questions, each along its own index, cost a page; one with `or` would sort all that ever moved.
fn merged(wallet: i64, out: Vec<Row>, into: Vec<Row>, most: i64) -> Vec<Movement> {
    let mut rows = out;
    rows.extend(into);
    rows.sort_unstable_by_key(|row| Reverse(row.0));
    rows.truncate(usize::try_from(most).unwrap_or_default());
    rows.into_iter().map(|row| movement(row, wallet)).collect()
}

type Row = (i64, Number, TransactionKind, Option<String>, i64, Money, Money, Money, Moment);
type Columns = (
    ledger_transfers::id,
    ledger_transactions::number,
    ledger_transactions::kind,
    ledger_transactions::object,
    ledger_transfers::credit_id,
    ledger_transfers::amount,
    ledger_transfers::debit_balance,
    ledger_transfers::credit_balance,
    ledger_transfers::at,
);
const MOVEMENT: Columns = (
    ledger_transfers::id,
    ledger_transactions::number,
    ledger_transactions::kind,
    ledger_transactions::object,
    ledger_transfers::credit_id,
    ledger_transfers::amount,
    ledger_transfers::debit_balance,
    ledger_transfers::credit_balance,
    ledger_transfers::at,
);

fn movement(row: Row, wallet: i64) -> Movement {
    let (_, number, kind, object, credit, amount, debit_balance, credit_balance, at) = row;
    let (amount, balance) = if credit == wallet { (amount, credit_balance) } else { (Money(-amount.0), debit_balance) };
    Movement { number, kind, object, amount, balance, at }
}
