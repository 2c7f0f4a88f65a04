//! The books as finance reads them: the trial balance and the latest transfers.

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

/// One transfer as the ledger page shows it.
#[derive(Debug, Clone)]
pub struct TransactionRow {
    /// The transaction's public number.
    pub number: Number,
    /// Why.
    pub kind: TransactionKind,
    /// The public number of what it is about.
    pub object: Option<String>,
    /// The debit account's code.
    pub debit: String,
    /// The credit account's code.
    pub credit: String,
    /// How much.
    pub amount: Money,
    /// When, UTC.
    pub at: Moment,
}

type TransferRow = (Number, TransactionKind, Option<String>, String, String, Money, Moment);

/// The latest transfers, newest first, from below the transaction `after`. `None` for an unknown cursor.
pub fn transactions(conn: &mut Conn, after: Option<&Number>, most: i64) -> QueryResult<Option<Vec<TransactionRow>>> {
    let (debits, credits) = diesel::alias!(ledger_accounts as debits, ledger_accounts as credits);
    let mut below = i64::MAX;
    if let Some(after) = after {
        let found: Option<i64> = ledger_transfers::table
            .inner_join(ledger_transactions::table)
            .filter(ledger_transactions::number.eq(after))
            .order(ledger_transfers::id)
            .select(ledger_transfers::id)
            .first(conn)
            .optional()?;
        let Some(found) = found else { return Ok(None) };
        below = found;
    }
    let rows: Vec<TransferRow> = ledger_transfers::table
        .inner_join(ledger_transactions::table)
        .inner_join(debits.on(debits.field(ledger_accounts::id).eq(ledger_transfers::debit_id)))
        .inner_join(credits.on(credits.field(ledger_accounts::id).eq(ledger_transfers::credit_id)))
        .filter(ledger_transfers::id.lt(below))
        .order(ledger_transfers::id.desc())
        .limit(most)
        .select((
            ledger_transactions::number,
            ledger_transactions::kind,
            ledger_transactions::object,
            debits.field(ledger_accounts::code),
            credits.field(ledger_accounts::code),
            ledger_transfers::amount,
            ledger_transfers::at,
        ))
        .load(conn)?;
    Ok(Some(
        rows.into_iter()
            .map(|(number, kind, object, debit, credit, amount, at)| TransactionRow {
                number,
                kind,
                object,
                debit,
                credit,
                amount,
                at,
            })
            .collect(),
    ))
}
