//! The accounts of the ledger: customers' wallets and those of the house.

use std::collections::HashMap;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::base::db::Conn;
use crate::base::db::schema::{accounts, ledger_accounts};
use crate::base::types::{Moment, Money, Number, stored_as};
use crate::each;
use crate::services::context::Context;
use crate::services::ledger::AccountKind;

/// A customer's account as the holder of wallets: one for each currency. It comes from the author of a request or out of
/// a row, never from a number that somebody wrote down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt)]
pub struct Holder(i64);

stored_as!(Holder, BigInt as i64, i64, |holder| &holder.0, |row| Some(Holder(row)));

impl Holder {
    /// The current account of the author.
    pub fn current(ctx: &Context) -> Option<Self> {
        ctx.author.account_id.map(Self)
    }

    /// Any holder, for what is proved without a database.
    #[cfg(test)]
    pub const fn any(account_id: i64) -> Self {
        Self(account_id)
    }

    /// The row of the account.
    pub fn account_id(self) -> i64 {
        self.0
    }
}

/// An account of the ledger, as postings name it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Account {
    pub(super) id: i64,
    pub(super) kind: AccountKind,
    pub(super) currency: String,
}

type AccountColumns = (ledger_accounts::id, ledger_accounts::kind, ledger_accounts::currency);
const ACCOUNT: AccountColumns = (ledger_accounts::id, ledger_accounts::kind, ledger_accounts::currency);

/// The wallet of a customer's account; opened when there is none yet.
pub fn wallet(conn: &mut Conn, holder: Holder, currency: &str, now: Moment) -> QueryResult<Account> {
    let number: String = accounts::table.find(holder).select(accounts::number).first(conn)?;
    opened(conn, &format!("wallet/{number}/{currency}"), AccountKind::Wallet, Some(holder), currency, now)
}

/// The account that stands for a receiving bank account; opened when there is none yet.
pub fn bank(conn: &mut Conn, receiving_number: &Number, currency: &str, now: Moment) -> QueryResult<Account> {
    opened(conn, &format!("bank/{}", receiving_number.as_str()), AccountKind::Bank, None, currency, now)
}

/// The account of received money that is nobody's yet; opened when there is none yet.
pub fn suspense(conn: &mut Conn, currency: &str, now: Moment) -> QueryResult<Account> {
    opened(conn, &format!("suspense/{currency}"), AccountKind::Suspense, None, currency, now)
}

/// The account of money that left the bank and that nobody has explained yet: below zero by as much; opened when there is none yet.
pub fn outgoing(conn: &mut Conn, currency: &str, now: Moment) -> QueryResult<Account> {
    opened(conn, &format!("suspense/outgoing/{currency}"), AccountKind::Suspense, None, currency, now)
}

/// What a customer owes us: of money that was credited by mistake and is spent; opened when there is none yet.
pub fn receivable(conn: &mut Conn, holder: Holder, currency: &str, now: Moment) -> QueryResult<Account> {
    let number: String = accounts::table.find(holder).select(accounts::number).first(conn)?;
    opened(conn, &format!("receivable/{number}/{currency}"), AccountKind::Receivable, Some(holder), currency, now)
}

/// What a customer owes us, if anything ever was.
pub fn receivable_of(conn: &mut Conn, holder: Holder, currency: &str) -> QueryResult<Option<Account>> {
    ledger_accounts::table
        .filter(ledger_accounts::account_id.eq(Some(holder)))
        .filter(ledger_accounts::currency.eq(currency))
        .filter(ledger_accounts::kind.eq(AccountKind::Receivable))
        .select(ACCOUNT)
        .first(conn)
        .optional()
}

/// The account of money on its way back to who sent it; opened when there is none yet.
pub fn refunds_payable(conn: &mut Conn, currency: &str, now: Moment) -> QueryResult<Account> {
    opened(conn, &format!("refunds/{currency}"), AccountKind::RefundsPayable, None, currency, now)
}

/// The account of bank charges that we bear; opened when there is none yet.
pub fn fees(conn: &mut Conn, currency: &str, now: Moment) -> QueryResult<Account> {
    opened(conn, &format!("fees/{currency}"), AccountKind::Fees, None, currency, now)
}

/// Holds these accounts until the running transaction ends, in the order in which postings do, and answers their balances in
/// the order in which they are named: what is decided on them stays true, and nobody waits for another in a circle.
pub fn hold(conn: &mut Conn, named: &[&Account]) -> QueryResult<Vec<Money>> {
    let mut ids: Vec<i64> = named.iter().map(|account| account.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut held = HashMap::new();
    for id in ids {
        let balance: Money = diesel::update(ledger_accounts::table.find(id))
            .set(ledger_accounts::balance.eq(ledger_accounts::balance))
            .returning(ledger_accounts::balance)
            .get_result(conn)?;
        held.insert(id, balance);
    }
    Ok(named.iter().map(|account| held.get(&account.id).copied().unwrap_or_default()).collect())
}

fn opened(
    conn: &mut Conn,
    code: &str,
    kind: AccountKind,
    holder: Option<Holder>,
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
        ledger_accounts::account_id.eq(holder),
        ledger_accounts::currency.eq(currency),
        ledger_accounts::balance.eq(Money::ZERO),
        ledger_accounts::created_at.eq(now),
    );
    // Two transactions may open it at once; the second waits for the first and finds its row. A wallet has two unique
    // indexes, and either may be the one at which they meet.
    each!(conn, c => diesel::insert_into(ledger_accounts::table).values(row).on_conflict_do_nothing().execute(c))?;
    ledger_accounts::table.filter(ledger_accounts::code.eq(code)).select(ACCOUNT).first(conn)
}

/// The account with this id.
pub(super) fn account(conn: &mut Conn, id: i64) -> QueryResult<Account> {
    ledger_accounts::table.find(id).select(ACCOUNT).first(conn)
}

/// Wallet and balance, when one was opened.
pub(super) fn wallet_of(conn: &mut Conn, holder: Holder, currency: &str) -> QueryResult<Option<(i64, Money)>> {
    ledger_accounts::table
        .filter(ledger_accounts::account_id.eq(Some(holder)))
        .filter(ledger_accounts::currency.eq(currency))
        .filter(ledger_accounts::kind.eq(AccountKind::Wallet))
        .select((ledger_accounts::id, ledger_accounts::balance))
        .first(conn)
        .optional()
}

/// What the wallet of a customer's account holds; nothing before the first credit.
pub fn wallet_balance(conn: &mut Conn, holder: Holder, currency: &str) -> QueryResult<Money> {
    Ok(wallet_of(conn, holder, currency)?.map_or(Money::ZERO, |(_, balance)| balance))
}

/// What a customer owes us; nothing as a rule.
pub fn owed_by(conn: &mut Conn, holder: Holder, currency: &str) -> QueryResult<Money> {
    let owed: Option<Money> = ledger_accounts::table
        .filter(ledger_accounts::account_id.eq(Some(holder)))
        .filter(ledger_accounts::currency.eq(currency))
        .filter(ledger_accounts::kind.eq(AccountKind::Receivable))
        .select(ledger_accounts::balance)
        .first(conn)
        .optional()?;
    Ok(owed.unwrap_or_default())
}

/// Whether money ever moved for a customer's account: its wallet is made by the first credit.
pub fn moved_for(conn: &mut Conn, account_id: i64) -> QueryResult<bool> {
    let own = ledger_accounts::table.filter(ledger_accounts::account_id.eq(Some(account_id)));
    diesel::select(diesel::dsl::exists(own)).get_result(conn)
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
