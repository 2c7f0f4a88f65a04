//! The books as finance reads them: the trial balance and the latest transfers.

use std::collections::BTreeMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::base::db::Conn;
use crate::base::db::schema::{ledger_accounts, ledger_transactions, ledger_transfers};
use crate::base::types::{Moment, Money, Number};
use crate::services::ledger::{AccountKind, TransactionKind};

/// The trial balance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// What we own and are owed.
    pub debits: i128,
    /// What we owe.
    pub credits: i128,
    /// Customers' wallets.
    pub wallets: i128,
    /// How many wallets.
    pub wallet_count: i64,
}

/// Sums by side; in 128 bits on this side of the database, where no sum of balances wraps.
pub fn sums(conn: &mut Conn) -> QueryResult<Sums> {
    // High and low halves, because the sum of all balances may not fit a BIGINT.
    let rows: Vec<(AccountKind, i64, i64, i64)> = ledger_accounts::table
        .group_by(ledger_accounts::kind)
        .select((
            ledger_accounts::kind,
            diesel::dsl::count_star(),
            sql::<BigInt>("cast(sum(balance / 4294967296) as bigint)"),
            sql::<BigInt>("cast(sum(balance % 4294967296) as bigint)"),
        ))
        .load(conn)?;
    let mut sums = Sums::default();
    for (kind, count, high, low) in rows {
        let sum = i128::from(high) * 4_294_967_296 + i128::from(low);
        if kind.grows_by_debit() {
            sums.debits += sum;
        } else {
            sums.credits += sum;
        }
        if kind == AccountKind::Wallet {
            sums.wallets = sum;
            sums.wallet_count = count;
        }
    }
    Ok(sums)
}

/// A transaction as the ledger page shows it.
#[derive(Debug, Clone)]
pub struct TransactionRow {
    /// Its public number.
    pub number: Number,
    /// Why.
    pub kind: TransactionKind,
    /// The public number of what it is about.
    pub object: Option<String>,
    /// When, UTC.
    pub at: Moment,
    /// What it moved, in the order in which it did.
    pub transfers: Vec<Moved>,
}

/// One transfer of a transaction.
#[derive(Debug, Clone)]
pub struct Moved {
    /// The debit account's code.
    pub debit: String,
    /// The credit account's code.
    pub credit: String,
    /// How much.
    pub amount: Money,
}

/// The latest transactions, newest first, from below `after`: each whole. `None` for an unknown cursor.
pub fn transactions(conn: &mut Conn, after: Option<&Number>, most: i64) -> QueryResult<Option<Vec<TransactionRow>>> {
    let mut below = i64::MAX;
    if let Some(after) = after {
        let found: Option<i64> = ledger_transactions::table
            .filter(ledger_transactions::number.eq(after))
            .select(ledger_transactions::id)
            .first(conn)
            .optional()?;
        let Some(found) = found else { return Ok(None) };
        below = found;
    }
    let rows: Vec<(i64, Number, TransactionKind, Option<String>, Moment)> = ledger_transactions::table
        .filter(ledger_transactions::id.lt(below))
        .order(ledger_transactions::id.desc())
        .limit(most)
        .select((
            ledger_transactions::id,
            ledger_transactions::number,
            ledger_transactions::kind,
            ledger_transactions::object,
            ledger_transactions::at,
        ))
        .load(conn)?;
    let ids: Vec<i64> = rows.iter().map(|row| row.0).collect();
    let mut moved = transfers_of(conn, &ids)?;
    let shown = |(id, number, kind, object, at)| TransactionRow {
        number,
        kind,
        object,
        at,
        transfers: moved.remove(&id).unwrap_or_default(),
    };
    Ok(Some(rows.into_iter().map(shown).collect()))
}

fn transfers_of(conn: &mut Conn, transactions: &[i64]) -> QueryResult<BTreeMap<i64, Vec<Moved>>> {
    if transactions.is_empty() {
        return Ok(BTreeMap::new());
    }
    let (debits, credits) = diesel::alias!(ledger_accounts as debits, ledger_accounts as credits);
    let mut rows: Vec<(i64, i64, String, String, Money)> = ledger_transfers::table
        .inner_join(debits.on(debits.field(ledger_accounts::id).eq(ledger_transfers::debit_id)))
        .inner_join(credits.on(credits.field(ledger_accounts::id).eq(ledger_transfers::credit_id)))
        .filter(ledger_transfers::transaction_id.eq_any(transactions))
        .select((
            ledger_transfers::transaction_id,
            ledger_transfers::id,
            debits.field(ledger_accounts::code),
            credits.field(ledger_accounts::code),
            ledger_transfers::amount,
        ))
        .load(conn)?;
    rows.sort_unstable_by_key(|row| row.1);
    let mut all: BTreeMap<i64, Vec<Moved>> = BTreeMap::new();
    for (transaction, _, debit, credit, amount) in rows {
        all.entry(transaction).or_default().push(Moved { debit, credit, amount });
    }
    Ok(all)
}
