//! All SQL of mappings.

use diesel::prelude::*;
use diesel::result::Error::DeserializationError;

use crate::base::db::Conn;
use crate::base::db::schema::{receiving_accounts, statement_mappings};
use crate::base::types::Moment;
use crate::each;
use crate::features::remittance::statements::formats::Mapping;

/// A mapping that was kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its row.
    pub id: i64,
    /// Counted from 1 for each receiving account.
    pub version: i64,
    /// How a file is read by it.
    pub mapping: Mapping,
}

/// The newest mapping for this account at the bank, which may stand among the receiving accounts several times.
pub fn current(conn: &mut Conn, account_key: &str) -> QueryResult<Option<Kept>> {
    let same = receiving_accounts::table.filter(receiving_accounts::account_key.eq(account_key));
    let accounts: Vec<i64> = same.select(receiving_accounts::id).load(conn)?;
    let mut newest: Option<(i64, i64, String)> = None;
    for account in accounts {
        let found: Option<(i64, i64, String)> = statement_mappings::table
            .filter(statement_mappings::receiving_account_id.eq(account))
            .order(statement_mappings::version.desc())
            .select((statement_mappings::id, statement_mappings::version, statement_mappings::mapping))
            .first(conn)
            .optional()?;
        // The one that was made last.
        if found.as_ref().map(|one| one.0) > newest.as_ref().map(|one| one.0) {
            newest = found;
        }
    }
    let Some((id, version, text)) = newest else { return Ok(None) };
    let mapping = serde_json::from_str(&text).map_err(|fault| DeserializationError(fault.into()))?;
    Ok(Some(Kept { id, version, mapping }))
}

/// Keeps the next version for a receiving account, and answers its row and number; nothing when somebody else kept one in this
/// very moment.
pub fn keep(
    conn: &mut Conn,
    receiving_id: i64,
    mapping: &Mapping,
    (person, now): (i64, Moment),
) -> QueryResult<Option<(i64, i64)>> {
    let last: Option<i64> = statement_mappings::table
        .filter(statement_mappings::receiving_account_id.eq(receiving_id))
        .order(statement_mappings::version.desc())
        .select(statement_mappings::version)
        .first(conn)
        .optional()?;
    let version = last.unwrap_or_default() + 1;
    let text =
        serde_json::to_string(mapping).map_err(|fault| diesel::result::Error::SerializationError(fault.into()))?;
    let row = (
        statement_mappings::receiving_account_id.eq(receiving_id),
        statement_mappings::version.eq(version),
        statement_mappings::mapping.eq(text),
        statement_mappings::made_by_id.eq(person),
        statement_mappings::made_at.eq(now),
    );
    let id: Option<i64> = each!(conn, c => diesel::insert_into(statement_mappings::table)
        .values(row)
        .on_conflict_do_nothing()
        .returning(statement_mappings::id)
        .get_result(c)
        .optional())?;
    Ok(id.map(|id| (id, version)))
}
