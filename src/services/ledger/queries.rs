//! Posting, reversing and reading. All SQL of the ledger but the replay.

use std::collections::BTreeMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{AccountKind, LedgerError, Posting, TransactionKind};
use crate::base::db::Conn;
use crate::base::db::schema::{accounts, ledger_accounts, ledger_transactions, ledger_transfers};
use crate::base::types::{Moment, Money, Number};
use crate::each;
use crate::services::context::Context;

/// An account of the ledger, as postings name it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Account {
    id: i64,
    kind: AccountKind,
    currency: String,
}

type AccountColumns = (ledger_accounts::id, ledger_accounts::kind, ledger_accounts::currency);
const ACCOUNT: AccountColumns = (ledger_accounts::id, ledger_accounts::kind, ledger_accounts::currency);

/// The wallet of a customer's account; opened when there is none yet.
pub fn wallet(conn: &mut Conn, account_id: i64, currency: &str, now: Moment) -> QueryResult<Account> {
    let number: String = accounts::table.find(account_id).select(accounts::number).first(conn)?;
    opened(conn, &format!("wallet/{number}"), AccountKind::Wallet, Some(account_id), currency, now)
}

/// The account that stands for a receiving bank account; opened when there is none yet.
pub fn bank(conn: &mut Conn, receiving_number: &Number, currency: &str, now: Moment) -> QueryResult<Account> {
    opened(conn, &format!("bank/{}", receiving_number.as_str()), AccountKind::Bank, None, currency, now)
}

fn opened(
    conn: &mut Conn,
    code: &str,
    kind: AccountKind,
    account_id: Option<i64>,
    currency: &str,
    now: Moment,
) -> QueryResult<Account> {
    let found = ledger_accounts::table.filter(ledger_accounts::code.eq(code)).select(ACCOUNT).first(conn).optional()?;
    if let Some(found) = found {
        return Ok(found);
    }
    let row = (
        ledger_accounts::code.eq(code),
        ledger_accounts::kind.eq(kind),
        ledger_accounts::account_id.eq(account_id),
        ledger_accounts::currency.eq(currency),
        ledger_accounts::balance.eq(Money::ZERO),
        ledger_accounts::created_at.eq(now),
    );
    // Two transactions may open it at once; the second waits for the first and finds its row.
    each!(conn, c => diesel::insert_into(ledger_accounts::table)
        .values(row)
        .on_conflict(ledger_accounts::code)
        .do_nothing()
        .execute(c))?;
    ledger_accounts::table.filter(ledger_accounts::code.eq(code)).select(ACCOUNT).first(conn)
}

/// Posts a transaction in the running one and answers its public number.
pub fn post(conn: &mut Conn, ctx: &Context, posting: Posting) -> Result<Number, LedgerError> {
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
    Ok(number)
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

fn account(conn: &mut Conn, id: i64) -> QueryResult<Account> {
    ledger_accounts::table.find(id).select(ACCOUNT).first(conn)
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

/// What the wallet of a customer's account holds; nothing before the first credit.
pub fn wallet_balance(conn: &mut Conn, account_id: i64) -> QueryResult<Money> {
    let found: Option<Money> = ledger_accounts::table
        .filter(ledger_accounts::account_id.eq(account_id))
        .filter(ledger_accounts::kind.eq(AccountKind::Wallet))
        .select(ledger_accounts::balance)
        .first(conn)
        .optional()?;
    Ok(found.unwrap_or_default())
}

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

type MovementRow = (Number, TransactionKind, Option<String>, i64, Money, Money, Money, Moment);

/// The changes of an account's wallet, newest first, from below the transaction `after`. `None` for a foreign cursor.
pub fn movements(
    conn: &mut Conn,
    account_id: i64,
    after: Option<&Number>,
    most: i64,
) -> QueryResult<Option<Vec<Movement>>> {
    let Some(wallet) = wallet_id(conn, account_id)? else { return Ok(after.is_none().then(Vec::new)) };
    let mut below = i64::MAX;
    if let Some(after) = after {
        let found: Option<i64> = ledger_transfers::table
            .inner_join(ledger_transactions::table)
            .filter(ledger_transactions::number.eq(after))
            .filter(ledger_transfers::debit_id.eq(wallet).or(ledger_transfers::credit_id.eq(wallet)))
            .order(ledger_transfers::id)
            .select(ledger_transfers::id)
            .first(conn)
            .optional()?;
        let Some(found) = found else { return Ok(None) };
        below = found;
    }
    let rows: Vec<MovementRow> = ledger_transfers::table
        .inner_join(ledger_transactions::table)
        .filter(ledger_transfers::debit_id.eq(wallet).or(ledger_transfers::credit_id.eq(wallet)))
        .filter(ledger_transfers::id.lt(below))
        .order(ledger_transfers::id.desc())
        .limit(most)
        .select(MOVEMENT)
        .load(conn)?;
    Ok(Some(rows.into_iter().map(|row| movement(row, wallet)).collect()))
}

/// The changes of an account's wallet from a moment on, oldest first: for a picture of it.
pub fn movements_since(conn: &mut Conn, account_id: i64, since: Moment, most: i64) -> QueryResult<Vec<Movement>> {
    let Some(wallet) = wallet_id(conn, account_id)? else { return Ok(Vec::new()) };
    let mut rows: Vec<MovementRow> = ledger_transfers::table
        .inner_join(ledger_transactions::table)
        .filter(ledger_transfers::debit_id.eq(wallet).or(ledger_transfers::credit_id.eq(wallet)))
        .filter(ledger_transfers::at.ge(since))
        .order(ledger_transfers::id.desc())
        .limit(most)
        .select(MOVEMENT)
        .load(conn)?;
    rows.reverse();
    Ok(rows.into_iter().map(|row| movement(row, wallet)).collect())
}

type MovementColumns = (
    ledger_transactions::number,
    ledger_transactions::kind,
    ledger_transactions::object,
    ledger_transfers::credit_id,
    ledger_transfers::amount,
    ledger_transfers::debit_balance,
    ledger_transfers::credit_balance,
    ledger_transfers::at,
);
const MOVEMENT: MovementColumns = (
    ledger_transactions::number,
    ledger_transactions::kind,
    ledger_transactions::object,
    ledger_transfers::credit_id,
    ledger_transfers::amount,
    ledger_transfers::debit_balance,
    ledger_transfers::credit_balance,
    ledger_transfers::at,
);

fn movement(row: MovementRow, wallet: i64) -> Movement {
    let (number, kind, object, credit, amount, debit_balance, credit_balance, at) = row;
    let (amount, balance) = if credit == wallet { (amount, credit_balance) } else { (Money(-amount.0), debit_balance) };
    Movement { number, kind, object, amount, balance, at }
}

fn wallet_id(conn: &mut Conn, account_id: i64) -> QueryResult<Option<i64>> {
    ledger_accounts::table
        .filter(ledger_accounts::account_id.eq(account_id))
        .filter(ledger_accounts::kind.eq(AccountKind::Wallet))
        .select(ledger_accounts::id)
        .first(conn)
        .optional()
}

/// An account that is no customer's.
#[derive(Debug, Clone, Queryable)]
pub struct HouseAccount {
    /// Its code.
    pub code: String,
    /// What it holds.
    pub kind: AccountKind,
    /// Its balance.
    pub balance: Money,
}

/// Every account that is no customer's, by code.
pub fn accounts_of_the_house(conn: &mut Conn) -> QueryResult<Vec<HouseAccount>> {
    ledger_accounts::table
        .filter(ledger_accounts::account_id.is_null())
        .order(ledger_accounts::code)
        .select((ledger_accounts::code, ledger_accounts::kind, ledger_accounts::balance))
        .load(conn)
}

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
