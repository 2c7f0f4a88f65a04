//! Moving money: posting a transaction and undoing one.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::accounts::{Account, account};
use crate::base::db::Conn;
use crate::base::db::schema::{ledger_accounts, ledger_transactions, ledger_transfers};
use crate::base::types::{Moment, Money, Number};
use crate::each;
use crate::services::context::Context;
use crate::services::ledger::{AccountKind, LedgerError, Posting, TransactionKind};

/// Posts a transaction in the running one and answers its public number.
pub fn post(conn: &mut Conn, ctx: &Context, posting: Posting) -> Result<Number, LedgerError> {
    Ok(posted(conn, ctx, posting)?.1)
}

/// The same, and answers its row, too, for what refers to it.
pub fn posted(conn: &mut Conn, ctx: &Context, posting: Posting) -> Result<(i64, Number), LedgerError> {
    checked(&posting)?;
    let number = Number::random('L');
    let id: i64 = diesel::insert_into(ledger_transactions::table)
        .values((
            ledger_transactions::number.eq(&number),
            ledger_transactions::kind.eq(posting.kind),
            ledger_transactions::object.eq(&posting.object),
            ledger_transactions::made_by_id.eq(ctx.author.person_id),
            ledger_transactions::at.eq(ctx.now),
        ))
        .returning(ledger_transactions::id)
        .get_result(conn)?;
    transfer(conn, id, &posting.transfers, ctx.now)?;
    Ok((id, number))
}

/// The row of a transaction, for what refers to it; `NotFound` when there is none.
pub fn row_of(conn: &mut Conn, transaction: &Number) -> QueryResult<i64> {
    ledger_transactions::table
        .filter(ledger_transactions::number.eq(transaction))
        .select(ledger_transactions::id)
        .first(conn)
}

/// The number of a transaction's row; `NotFound` when there is none.
pub fn number_of(conn: &mut Conn, row: i64) -> QueryResult<Number> {
    ledger_transactions::table.find(row).select(ledger_transactions::number).first(conn)
}

/// Why the transaction of this row was posted.
pub fn kind_of(conn: &mut Conn, row: i64) -> QueryResult<TransactionKind> {
    ledger_transactions::table.find(row).select(ledger_transactions::kind).first(conn)
}

/// Undoes a transaction by its mirror image: once, and never a reversal.
pub fn reverse(conn: &mut Conn, ctx: &Context, transaction: &Number) -> Result<Number, LedgerError> {
    let found: Option<(i64, TransactionKind, Option<String>)> = ledger_transactions::table
        .filter(ledger_transactions::number.eq(transaction))
        .select((ledger_transactions::id, ledger_transactions::kind, ledger_transactions::object))
        .first(conn)
        .optional()?;
    let (original, kind, object) = found.ok_or(LedgerError::Unknown)?;
    if kind == TransactionKind::Reverse {
        return Err(LedgerError::AlreadyReversed);
    }
    let number = Number::random('L');
    let row = (
        ledger_transactions::number.eq(&number),
        ledger_transactions::kind.eq(TransactionKind::Reverse),
        ledger_transactions::object.eq(&object),
        ledger_transactions::made_by_id.eq(ctx.author.person_id),
        ledger_transactions::reverses_id.eq(Some(original)),
        ledger_transactions::at.eq(ctx.now),
    );
    // The unique column decides between two reversals at once.
    let id: Option<i64> = each!(conn, c => diesel::insert_into(ledger_transactions::table)
        .values(row)
        .on_conflict(ledger_transactions::reverses_id)
        .do_nothing()
        .returning(ledger_transactions::id)
        .get_result(c)
        .optional())?;
    let id = id.ok_or(LedgerError::AlreadyReversed)?;
    let rows: Vec<(i64, i64, Money)> = ledger_transfers::table
        .filter(ledger_transfers::transaction_id.eq(original))
        .order(ledger_transfers::id)
        .select((ledger_transfers::debit_id, ledger_transfers::credit_id, ledger_transfers::amount))
        .load(conn)?;
    let mut mirrored = Vec::with_capacity(rows.len());
    for (debit, credit, amount) in rows {
        mirrored.push((account(conn, credit)?, account(conn, debit)?, amount));
    }
    transfer(conn, id, &mirrored, ctx.now)?;
    Ok(number)
}

fn checked(posting: &Posting) -> Result<(), LedgerError> {
    let first = posting.transfers.first().ok_or(LedgerError::NoAmount)?;
    for (debit, credit, amount) in &posting.transfers {
        if !amount.is_positive() {
            return Err(LedgerError::NoAmount);
        }
        if debit.id == credit.id {
            return Err(LedgerError::SameAccount);
        }
        if debit.currency != first.0.currency || credit.currency != first.0.currency {
            return Err(LedgerError::Currencies);
        }
    }
    Ok(())
}

/// By how much a debit or credit of `amount` changes the balance of an account of this kind.
fn change(kind: AccountKind, debit: bool, amount: Money) -> Money {
    if kind.grows_by_debit() == debit { amount } else { Money(-amount.0) }
}

/// Changes the balances, each account once and in the order of ids so that two postings never wait for each other in
/// a circle, then writes the transfers with the balances that they left behind.
fn transfer(
    conn: &mut Conn,
    transaction: i64,
    transfers: &[(Account, Account, Money)],
    now: Moment,
) -> Result<(), LedgerError> {
    let mut changes: BTreeMap<i64, (AccountKind, Money)> = BTreeMap::new();
    for (debit, credit, amount) in transfers {
        for (account, is_debit) in [(debit, true), (credit, false)] {
            let (_, sum) = changes.entry(account.id).or_insert((account.kind, Money::ZERO));
            *sum = sum.checked_add(change(account.kind, is_debit, *amount)).ok_or(LedgerError::Overflow)?;
        }
    }
    let mut balances: BTreeMap<i64, Money> = BTreeMap::new();
    for (id, (kind, by)) in changes {
        let before = Money(moved(conn, id, kind, by)?.0 - by.0);
        balances.insert(id, before);
    }
    for (debit, credit, amount) in transfers {
        let mut left = [Money::ZERO; 2];
        for (place, (account, is_debit)) in [(debit, true), (credit, false)].into_iter().enumerate() {
            let balance = balances.entry(account.id).or_default();
            *balance = balance.checked_add(change(account.kind, is_debit, *amount)).ok_or(LedgerError::Overflow)?;
            left[place] = *balance;
        }
        diesel::insert_into(ledger_transfers::table)
            .values((
                ledger_transfers::transaction_id.eq(transaction),
                ledger_transfers::debit_id.eq(debit.id),
                ledger_transfers::credit_id.eq(credit.id),
                ledger_transfers::amount.eq(*amount),
                ledger_transfers::debit_balance.eq(left[0]),
                ledger_transfers::credit_balance.eq(left[1]),
                ledger_transfers::at.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Changes one balance and answers it. Whether there is enough is asked by the same statement, so no race gets past.
fn moved(conn: &mut Conn, id: i64, kind: AccountKind, by: Money) -> Result<Money, LedgerError> {
    let least = match (by.0 < 0, kind) {
        (true, AccountKind::Wallet) => by.0.checked_neg().ok_or(LedgerError::Overflow)?,
        (true, _) => i64::MIN.checked_sub(by.0).ok_or(LedgerError::Overflow)?,
        (false, _) => i64::MIN,
    };
    let most = if by.0 > 0 { i64::MAX - by.0 } else { i64::MAX };
    let balance: Option<Money> = diesel::update(ledger_accounts::table.find(id))
        .filter(ledger_accounts::balance.ge(least))
        .filter(ledger_accounts::balance.le(most))
        .set(ledger_accounts::balance.eq(ledger_accounts::balance + by.0))
        .returning(ledger_accounts::balance)
        .get_result(conn)
        .optional()?;
    balance.ok_or(if by.0 < 0 && kind == AccountKind::Wallet {
        LedgerError::Insufficient
    } else {
        LedgerError::Overflow
    })
}
