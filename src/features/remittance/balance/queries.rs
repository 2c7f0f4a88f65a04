//! What finance's pictures count, and what the banks' files say of their accounts.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::{receiving_accounts, statement_entries, statement_imports};
use crate::base::types::{Day, Money, Number};
use crate::features::remittance::entries::EntryState;
use crate::features::remittance::statements::ImportState;

/// How many entries wait for somebody to find whose they are, by the day on which the bank booked them.
pub fn waiting_by_day(conn: &mut Conn) -> QueryResult<Vec<(Day, i64)>> {
    let mut all = Vec::new();
    for state in [EntryState::Open, EntryState::Held, EntryState::Parked] {
        let of: Vec<(Day, i64)> = statement_entries::table
            .filter(statement_entries::state.eq(state))
            .group_by(statement_entries::booked_on)
            .select((statement_entries::booked_on, diesel::dsl::count_star()))
            .load(conn)?;
        all.extend(of);
    }
    Ok(all)
}

/// The receiving accounts that are this account at the bank: it may have been closed and opened anew.
pub fn rows_of(conn: &mut Conn, account_key: &str) -> QueryResult<Vec<(i64, Number)>> {
    receiving_accounts::table
        .filter(receiving_accounts::account_key.eq(account_key))
        .select((receiving_accounts::id, receiving_accounts::number))
        .load(conn)
}

/// What the files of an account say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    /// The first day of the first one.
    pub first_on: Day,
    /// With what it began.
    pub opening: Money,
    /// The last day of the newest one.
    pub last_on: Day,
    /// With what it ended.
    pub closing: Money,
}

/// With what the first file of these receiving accounts began and the newest one ended; nothing while a file is being imported, and
/// when either names no balance.
pub fn ends(conn: &mut Conn, receiving: &[i64]) -> QueryResult<Option<Ends>> {
    type End = (Option<Day>, i64, Option<Money>);
    let (mut first, mut last): (Option<End>, Option<End>) = (None, None);
    for id in receiving {
        let of = |state: ImportState| {
            statement_imports::table
                .filter(statement_imports::receiving_account_id.eq(*id))
                .filter(statement_imports::state.eq(state))
        };
        if diesel::select(diesel::dsl::exists(of(ImportState::Importing))).get_result(conn)? {
            return Ok(None);
        }
        let oldest = of(ImportState::Imported)
            .filter(statement_imports::first_on.is_not_null())
            .order((statement_imports::first_on, statement_imports::id))
            .select((statement_imports::first_on, statement_imports::id, statement_imports::opening))
            .first::<End>(conn)
            .optional()?;
        let newest = of(ImportState::Imported)
            .filter(statement_imports::last_on.is_not_null())
            .order((statement_imports::last_on.desc(), statement_imports::id.desc()))
            .select((statement_imports::last_on, statement_imports::id, statement_imports::closing))
            .first::<End>(conn)
            .optional()?;
        first = first.into_iter().chain(oldest).min_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
        last = last.into_iter().chain(newest).max_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    }
    let whole = |(first, last): (End, End)| {
        Some(Ends { first_on: first.0?, opening: first.2?, last_on: last.0?, closing: last.2? })
    };
    Ok(first.zip(last).and_then(whole))
}

/// What came in by lines that were typed in, are booked, and are of a day of which no file tells.
pub fn beside_files(conn: &mut Conn, account_key: &str, ends: Ends) -> QueryResult<Money> {
    let typed: Vec<Money> = statement_entries::table
        .filter(statement_entries::account_key.eq(account_key))
        .filter(statement_entries::import_id.is_null())
        .filter(statement_entries::state.ne(EntryState::Voided))
        .filter(statement_entries::booked_transaction_id.is_not_null())
        .filter(statement_entries::booked_on.lt(ends.first_on).or(statement_entries::booked_on.gt(ends.last_on)))
        .select(statement_entries::amount)
        .load(conn)?;
    Ok(typed.into_iter().fold(Money::ZERO, |sum, one| Money(sum.0.saturating_add(one.0))))
}
