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

/// What a file says of the account: its days, with what it began and ended, and how many
/// entries it has.
pub type Told = (i64, Option<Day>, Option<Day>, Option<Money>, Option<Money>, i64);

/// Files of one day that are looked at.
const OF_A_DAY: i64 = 50;

/// The files of these receiving accounts that begin on the first day, and those that end on the last one; nothing while one is
/// being imported.
pub fn outermost(conn: &mut Conn, receiving: &[i64]) -> QueryResult<Option<(Vec<Told>, Vec<Told>)>> {
    let (mut firsts, mut lasts) = (Vec::new(), Vec::new());
    for id in receiving {
        let of = |state: ImportState| {
            statement_imports::table
                .filter(statement_imports::receiving_account_id.eq(*id))
                .filter(statement_imports::state.eq(state))
        };
        if diesel::select(diesel::dsl::exists(of(ImportState::Importing))).get_result(conn)? {
            return Ok(None);
        }
        let told = (
            statement_imports::id,
            statement_imports::first_on,
            statement_imports::last_on,
            statement_imports::opening,
            statement_imports::closing,
            statement_imports::entries,
        );
        let oldest = of(ImportState::Imported).filter(statement_imports::first_on.is_not_null()).limit(OF_A_DAY);
        let oldest = oldest.order((statement_imports::first_on, statement_imports::id)).select(told);
        firsts.extend(oldest.load::<Told>(conn)?);
        let newest = of(ImportState::Imported).filter(statement_imports::last_on.is_not_null()).limit(OF_A_DAY);
        let newest = newest.order((statement_imports::last_on.desc(), statement_imports::id.desc())).select(told);
        lasts.extend(newest.load::<Told>(conn)?);
    }
    let (first, last) = (firsts.iter().filter_map(|one| one.1).min(), lasts.iter().filter_map(|one| one.2).max());
    firsts.retain(|one| one.1 == first);
    lasts.retain(|one| one.2 == last);
    Ok(Some((firsts, lasts)))
}

/// The number of a file.
pub fn number_of(conn: &mut Conn, import: i64) -> QueryResult<Number> {
    statement_imports::table.find(import).select(statement_imports::number).first(conn)
}

/// What came in by lines that were typed in, are booked, and are of a day of which no file tells.
pub fn beside_files(conn: &mut Conn, account_key: &str, (first_on, last_on): (Day, Day)) -> QueryResult<Money> {
    let typed: Vec<Money> = statement_entries::table
        .filter(statement_entries::account_key.eq(account_key))
        .filter(statement_entries::import_id.is_null())
        .filter(statement_entries::state.ne(EntryState::Voided))
        .filter(statement_entries::booked_transaction_id.is_not_null())
        .filter(statement_entries::booked_on.lt(first_on).or(statement_entries::booked_on.gt(last_on)))
        .select(statement_entries::amount)
        .load(conn)?;
    Ok(typed.into_iter().fold(Money::ZERO, |sum, one| Money(sum.0.saturating_add(one.0))))
}
