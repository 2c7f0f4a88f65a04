//! Which entries are money of accounts that are also the viewer's own: others read of them and decide about them.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::StatementEntry;
use crate::base::db::Conn;
use crate::base::db::schema::{
    allocations, aml_cases, entry_decisions, permanent_references, remittances, statement_entries,
};
use crate::base::types::Number;
use crate::features::remittance::desk::DecisionState;
use crate::features::remittance::sealed::{self, CASE_CONTRADICTION};
use crate::features::staff::Officer;

/// Entries that are asked about at once: each may name some forty references, and SQLite binds 32,766 values.
const AT_ONCE: usize = 500;

/// Which of these entries may be money of one of these accounts: by the references in their texts, by what they paid, also
/// if that was undone, by what is proposed to be paid, by their cases, and by what another file told of them.
pub fn concerning(
    conn: &mut Conn,
    viewer: &Officer,
    accounts: &[i64],
    entries: &[Number],
) -> QueryResult<BTreeSet<Number>> {
    let mut found = BTreeSet::new();
    if !accounts.is_empty() {
        for some in entries.chunks(AT_ONCE) {
            found.extend(of_some(conn, viewer, accounts, some)?);
        }
    }
    Ok(found)
}

fn of_some(conn: &mut Conn, viewer: &Officer, accounts: &[i64], entries: &[Number]) -> QueryResult<BTreeSet<Number>> {
    let mut texts: Vec<(Number, String)> = statement_entries::table
        .filter(statement_entries::number.eq_any(entries))
        .select((statement_entries::number, statement_entries::remittance_text))
        .load(conn)?;
    let proposed: Vec<(Number, String)> = entry_decisions::table
        .inner_join(statement_entries::table)
        .filter(statement_entries::number.eq_any(entries))
        .filter(entry_decisions::state.eq(DecisionState::Proposed))
        .select((statement_entries::number, entry_decisions::shares))
        .load(conn)?;
    texts.extend(proposed);
    let told: Vec<(Number, Number, Option<Vec<u8>>)> = aml_cases::table
        .inner_join(statement_entries::table)
        .filter(statement_entries::number.eq_any(entries))
        .filter(aml_cases::sealed_contradiction.is_not_null())
        .select((statement_entries::number, aml_cases::number, aml_cases::sealed_contradiction))
        .load(conn)?;
    texts.extend(
        told.into_iter().map(|(entry, case, told)| {
            (entry, sealed::open(viewer.keys(), CASE_CONTRADICTION, &case, told.as_deref()))
        }),
    );
    let all: BTreeSet<Number> = texts.iter().flat_map(|(_, text)| named(text)).collect();
    let theirs = theirs(conn, accounts, &all)?;
    let mut found: BTreeSet<Number> = allocations::table
        .inner_join(statement_entries::table)
        .filter(statement_entries::number.eq_any(entries))
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

fn named(text: &str) -> Vec<Number> {
    Number::within('R', text).into_iter().chain(Number::within('M', text)).collect()
}

/// Which of these references are of top-ups of these accounts, or their permanent ones.
fn theirs(conn: &mut Conn, accounts: &[i64], numbers: &BTreeSet<Number>) -> QueryResult<BTreeSet<Number>> {
    let mut found: BTreeSet<Number> = remittances::table
        .filter(remittances::number.eq_any(numbers))
        .filter(remittances::account_id.eq_any(accounts))
        .select(remittances::number)
        .load::<Number>(conn)?
        .into_iter()
        .collect();
    let permanent = permanent_references::table
        .filter(permanent_references::number.eq_any(numbers))
        .filter(permanent_references::account_id.eq_any(accounts))
        .select(permanent_references::number);
    found.extend(permanent.load::<Number>(conn)?);
    Ok(found)
}

/// Which of these texts, of lines that are no entries yet, name a reference of one of these accounts.
pub fn naming(conn: &mut Conn, accounts: &[i64], texts: &[&str]) -> QueryResult<Vec<bool>> {
    if accounts.is_empty() {
        return Ok(vec![false; texts.len()]);
    }
    let theirs = theirs(conn, accounts, &texts.iter().flat_map(|text| named(text)).collect())?;
    Ok(texts.iter().map(|text| named(text).iter().any(|number| theirs.contains(number))).collect())
}

/// Hides who sent what, and why it waits, of the accounts of the viewer's own.
pub fn hide(conn: &mut Conn, viewer: &Officer, own: &[i64], entries: &mut [StatementEntry]) -> QueryResult<()> {
    let numbers: Vec<Number> = entries.iter().map(|entry| entry.number.clone()).collect();
    let theirs = concerning(conn, viewer, own, &numbers)?;
    for entry in entries.iter_mut().filter(|entry| theirs.contains(&entry.number)) {
        entry.hidden = true;
        entry.remitter.clear();
        entry.text.clear();
        (entry.tail, entry.hold, entry.set_aside_hold) = (None, None, None);
    }
    Ok(())
}
