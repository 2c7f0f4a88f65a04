//! What the replay reads, in pieces.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::{ledger_accounts, ledger_transactions, ledger_transfers};
use crate::base::types::Money;
use crate::services::ledger::AccountKind;

const PIECE: i64 = 5_000;

/// An account and what stands there.
#[derive(Queryable)]
pub(super) struct Kept {
    pub id: i64,
    pub code: String,
    pub kind: AccountKind,
    pub currency: String,
    pub balance: Money,
}

pub(super) fn accounts(conn: &mut Conn) -> QueryResult<Vec<Kept>> {
    ledger_accounts::table
        .select((
            ledger_accounts::id,
            ledger_accounts::code,
            ledger_accounts::kind,
            ledger_accounts::currency,
            ledger_accounts::balance,
        ))
        .load(conn)
}

/// A transfer.
#[derive(Queryable)]
pub(super) struct Transfer {
    pub id: i64,
    pub transaction: String,
    pub debit_id: i64,
    pub credit_id: i64,
    pub amount: Money,
    pub debit_balance: Money,
    pub credit_balance: Money,
}

/// The next piece of the transfers. Each account's row is held from its change to the commit, so the order of ids is
/// the order of its balances.
pub(super) fn transfers(conn: &mut Conn, after: i64) -> QueryResult<Vec<Transfer>> {
    ledger_transfers::table
        .inner_join(ledger_transactions::table)
        .filter(ledger_transfers::id.gt(after))
        .order(ledger_transfers::id)
        .limit(PIECE)
        .select((
            ledger_transfers::id,
            ledger_transactions::number,
            ledger_transfers::debit_id,
            ledger_transfers::credit_id,
            ledger_transfers::amount,
            ledger_transfers::debit_balance,
            ledger_transfers::credit_balance,
        ))
        .load(conn)
}

/// Transactions without a transfer.
pub(super) fn empty(conn: &mut Conn) -> QueryResult<Vec<String>> {
    ledger_transactions::table
        .left_join(ledger_transfers::table)
        .filter(ledger_transfers::id.nullable().is_null())
        .select(ledger_transactions::number)
        .load(conn)
}
