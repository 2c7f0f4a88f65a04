//! Entries that are looked for: by where they stand, by what one knows of them, and by the references that a text carries.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{StatementEntry, some};
use crate::base::db::Conn;
use crate::base::db::schema::{permanent_references, remittances, statement_entries};
use crate::base::types::Number;
use crate::features::remittance::entries::model::EntryState;
use crate::features::remittance::entries::sought::By;
use crate::features::staff::Officer;

/// Entries, newest first, from below `after`; of one state or of all, and only those that one of `sought` finds unless there is
/// none. `None` for an unknown cursor.
pub fn list(
    conn: &mut Conn,
    viewer: &Officer,
    (state, sought): (Option<EntryState>, &[By]),
    after: Option<&Number>,
    most: i64,
) -> QueryResult<Option<Vec<StatementEntry>>> {
    let mut below = i64::MAX;
    if let Some(after) = after {
        let row = statement_entries::table.filter(statement_entries::number.eq(after)).select(statement_entries::id);
        let Some(row) = row.first(conn).optional()? else { return Ok(None) };
        below = row;
    }
    let ids =
        if sought.is_empty() { listed(conn, state, below, most)? } else { found(conn, state, sought, below, most)? };
    some(conn, viewer, &ids).map(Some)
}

/// The rows of a page of the list.
fn listed(conn: &mut Conn, state: Option<EntryState>, below: i64, most: i64) -> QueryResult<Vec<i64>> {
    let all = statement_entries::table
        .filter(statement_entries::id.lt(below))
        .order(statement_entries::id.desc())
        .limit(most)
        .select(statement_entries::id);
    match state {
        Some(state) => all.filter(statement_entries::state.eq(state)).load(conn),
        None => all.load(conn),
    }
}

/// The rows of a page of what is found. Each state and each thing is looked up on its own, along its index.
fn found(conn: &mut Conn, state: Option<EntryState>, sought: &[By], below: i64, most: i64) -> QueryResult<Vec<i64>> {
    let states = state.as_ref().map_or(EntryState::ALL, std::slice::from_ref);
    let mut ids = BTreeSet::new();
    for by in sought {
        for state in states {
            ids.extend(found_by(conn, by, *state, below, most)?);
        }
    }
    Ok(ids.into_iter().rev().take(usize::try_from(most).unwrap_or(usize::MAX)).collect())
}

fn found_by(conn: &mut Conn, by: &By, state: EntryState, below: i64, most: i64) -> QueryResult<Vec<i64>> {
    let of_state = || {
        statement_entries::table
            .filter(statement_entries::state.eq(state))
            .filter(statement_entries::id.lt(below))
            .select(statement_entries::id)
    };
    let page = || of_state().order(statement_entries::id.desc()).limit(most);
    match by {
        By::Amount(amount) => page().filter(statement_entries::amount.eq(*amount)).load(conn),
        By::Serial(signs) => page().filter(statement_entries::serial_key.eq(Some(signs))).load(conn),
        By::Reference(number) => page().filter(statement_entries::reference.eq(Some(number))).load(conn),
        // There is one at most.
        By::Entry(number) => of_state().filter(statement_entries::number.eq(number)).load(conn),
    }
}

/// Which of these are references of ours: of top-ups, or permanent ones.
pub fn ours_among(conn: &mut Conn, numbers: &BTreeSet<Number>) -> QueryResult<BTreeSet<Number>> {
    let all: Vec<&Number> = numbers.iter().collect();
    let mut found = BTreeSet::new();
    for some in all.chunks(1_000) {
        let top_ups = remittances::table.filter(remittances::number.eq_any(some.iter().copied()));
        found.extend(top_ups.select(remittances::number).load::<Number>(conn)?);
        let permanent = permanent_references::table.filter(permanent_references::number.eq_any(some.iter().copied()));
        found.extend(permanent.select(permanent_references::number).load::<Number>(conn)?);
    }
    Ok(found)
}

/// The top-up whose reference a text carries, the first that there is; else the permanent reference that it carries.
pub fn named_in(conn: &mut Conn, text: &str) -> QueryResult<Option<Number>> {
    let named = Number::within('R', text);
    if !named.is_empty() {
        let known: Vec<Number> =
            remittances::table.filter(remittances::number.eq_any(&named)).select(remittances::number).load(conn)?;
        if let Some(number) = named.into_iter().find(|number| known.contains(number)) {
            return Ok(Some(number));
        }
    }
    let named = Number::within('M', text);
    if named.is_empty() {
        return Ok(None);
    }
    let known: Vec<Number> = permanent_references::table
        .filter(permanent_references::number.eq_any(&named))
        .select(permanent_references::number)
        .load(conn)?;
    Ok(named.into_iter().find(|number| known.contains(number)))
}
