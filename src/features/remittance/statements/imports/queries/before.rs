//! What the files of an account said before.

use diesel::prelude::*;

use super::Import;
use crate::base::db::Conn;
use crate::base::db::schema::{receiving_accounts, statement_imports};
use crate::base::types::{Day, Money};
use crate::features::remittance::statements::formats::Format;
use crate::features::remittance::statements::imports::model::ImportState;

/// The closing balance and last day of the newest import of this account, by which the next one is seen to go on from it.
pub fn last_closing(conn: &mut Conn, import: &Import) -> QueryResult<Option<(Day, Money)>> {
    let found: Option<(Option<Day>, Option<Money>)> = statement_imports::table
        .filter(statement_imports::receiving_account_id.eq(import.receiving.id))
        .filter(statement_imports::state.eq(ImportState::Imported))
        .filter(statement_imports::last_on.is_not_null())
        .order((statement_imports::last_on.desc(), statement_imports::id.desc()))
        .select((statement_imports::last_on, statement_imports::closing))
        .first(conn)
        .optional()?;
    Ok(found.and_then(|(day, closing)| Some((day?, closing?))))
}

/// How the newest MT940 of an account at the bank is read, whether it waits or was imported: what the first file settled stays.
pub fn read_before(conn: &mut Conn, account_key: &str) -> QueryResult<Option<String>> {
    let mut newest: Option<(i64, String)> = None;
    for state in [ImportState::Checked, ImportState::Importing, ImportState::Imported] {
        let found: Option<(i64, String)> = statement_imports::table
            .inner_join(receiving_accounts::table)
            .filter(receiving_accounts::account_key.eq(account_key))
            .filter(statement_imports::state.eq(state))
            .filter(statement_imports::format.eq(Format::Mt940))
            .order(statement_imports::id.desc())
            .select((statement_imports::id, statement_imports::reading))
            .first(conn)
            .optional()?;
        newest = newest.into_iter().chain(found).max_by_key(|(id, _)| *id);
    }
    Ok(newest.map(|(_, reading)| reading))
}

/// The last day of which the statements of a receiving account are imported.
pub fn imported_until(conn: &mut Conn, receiving_id: i64) -> QueryResult<Option<Day>> {
    let found: Option<Option<Day>> = statement_imports::table
        .filter(statement_imports::receiving_account_id.eq(receiving_id))
        .filter(statement_imports::state.eq(ImportState::Imported))
        .filter(statement_imports::last_on.is_not_null())
        .order((statement_imports::last_on.desc(), statement_imports::id.desc()))
        .select(statement_imports::last_on)
        .first(conn)
        .optional()?;
    Ok(found.flatten())
}

/// Whether the newest file before this one ends, on the day on which this one begins, with the balance with which this one begins.
pub fn goes_on(conn: &mut Conn, import: &Import) -> QueryResult<bool> {
    let (Some(opening), Some(first_on)) = (import.opening, import.first_on) else { return Ok(false) };
    let before = statement_imports::table
        .filter(statement_imports::receiving_account_id.eq(import.receiving.id))
        .filter(statement_imports::state.eq(ImportState::Imported))
        .filter(statement_imports::last_on.eq(Some(first_on)))
        .filter(statement_imports::id.ne(import.id))
        .filter(statement_imports::closing.eq(Some(opening)));
    diesel::select(diesel::dsl::exists(before)).get_result(conn)
}

/// Whether a file of this account began on the same day with the same balance as this one: then this one tells of it once more.
pub fn overlaps(conn: &mut Conn, import: &Import) -> QueryResult<bool> {
    let (Some(opening), Some(first_on)) = (import.opening, import.first_on) else { return Ok(false) };
    let before = statement_imports::table
        .filter(statement_imports::receiving_account_id.eq(import.receiving.id))
        .filter(statement_imports::state.eq(ImportState::Imported))
        .filter(statement_imports::first_on.eq(Some(first_on)))
        .filter(statement_imports::id.ne(import.id))
        .filter(statement_imports::opening.eq(Some(opening)));
    diesel::select(diesel::dsl::exists(before)).get_result(conn)
}

/// Whether another file of this account began and ended like this one: then it is the same one once more.
pub fn once_more(conn: &mut Conn, import: &Import) -> QueryResult<bool> {
    let same = statement_imports::table
        .filter(statement_imports::receiving_account_id.eq(import.receiving.id))
        .filter(statement_imports::state.eq(ImportState::Imported))
        .filter(statement_imports::last_on.eq(import.last_on))
        .filter(statement_imports::id.lt(import.id))
        .filter(statement_imports::opening.eq(import.opening))
        .filter(statement_imports::closing.eq(import.closing));
    diesel::select(diesel::dsl::exists(same)).get_result(conn)
}
