//! Which entries are money of accounts that are also the viewer's own: others read of them and decide about them.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::StatementEntry;
use crate::base::db::Conn;
use crate::base::db::schema::{allocations, aml_cases, permanent_references, remittances, statement_entries};
use crate::base::types::Number;

/// Which of these entries may be money of one of these accounts: by the references in their texts, by what they paid, and by their
/// cases.
pub fn concerning(conn: &mut Conn, accounts: &[i64], entries: &[Number]) -> QueryResult<BTreeSet<Number>> {
    if accounts.is_empty() || entries.is_empty() {
        return Ok(BTreeSet::new());
    }
    let texts: Vec<(Number, String)> = statement_entries::table
        .filter(statement_entries::number.eq_any(entries))
        .select((statement_entries::number, statement_entries::remittance_text))
        .load(conn)?;
    let named = |text: &str| Number::within('R', text).into_iter().chain(Number::within('M', text)).collect::<Vec<_>>();
    let all: Vec<Number> = texts.iter().flat_map(|(_, text)| named(text)).collect();
    let mut theirs: Vec<Number> = remittances::table
        .filter(remittances::number.eq_any(&all))
        .filter(remittances::account_id.eq_any(accounts))
        .select(remittances::number)
        .load(conn)?;
    theirs.extend(
        permanent_references::table
            .filter(permanent_references::number.eq_any(&all))
            .filter(permanent_references::account_id.eq_any(accounts))
            .select(permanent_references::number)
            .load::<Number>(conn)?,
    );
    let mut found: BTreeSet<Number> = allocations::table
        .inner_join(statement_entries::table)
        .filter(statement_entries::number.eq_any(entries))
        .filter(allocations::undone_by_id.is_null())
        .filter(allocations::account_id.eq_any(accounts))
        .select(statement_entries::number)
        .load::<Number>(conn)?
        .into_iter()
        .collect();
    let cases: Vec<Number> = aml_cases::table
        .inner_join(statement_entries::table)
        .filter(statement_entries::number.eq_any(entries))
        .filter(aml_cases::account_id.eq_any(accounts))
        .select(statement_entries::number)
        .load(conn)?;
    found.extend(cases);
    let by_text = texts.into_iter().filter(|(_, text)| named(text).iter().any(|number| theirs.contains(number)));
    found.extend(by_text.map(|(number, _)| number));
    Ok(found)
}

/// Hides who sent what, and why it waits, of the accounts of the viewer's own.
pub fn hide(conn: &mut Conn, own: &[i64], entries: &mut [StatementEntry]) -> QueryResult<()> {
    let numbers: Vec<Number> = entries.iter().map(|entry| entry.number.clone()).collect();
    let theirs = concerning(conn, own, &numbers)?;
    for entry in entries.iter_mut().filter(|entry| theirs.contains(&entry.number)) {
        entry.hidden = true;
        entry.remitter.clear();
        entry.text.clear();
        (entry.tail, entry.hold, entry.set_aside_hold) = (None, None, None);
    }
    Ok(())
}
