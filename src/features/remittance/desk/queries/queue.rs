//! The queue of entries that need a person, oldest first.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::statement_entries;
use crate::base::types::Number;
use crate::features::remittance::desk::model::{COUNTED, Place};
use crate::features::remittance::entries::EntryState;

/// States in which an entry needs a person.
const NEEDS: [EntryState; 2] = [EntryState::Open, EntryState::Held];

/// Entries that need a person, at most so many: those after this one, oldest first, then round from the oldest of all.
pub fn following(conn: &mut Conn, after: Option<&Number>, most: i64) -> QueryResult<Vec<Number>> {
    let mut above = 0;
    if let Some(after) = after {
        let id = statement_entries::table.filter(statement_entries::number.eq(after)).select(statement_entries::id);
        above = id.first(conn).optional()?.unwrap_or(0);
    }
    let mut found = oldest_above(conn, above, most)?;
    if above > 0 && found.len() < usize::try_from(most).unwrap_or(usize::MAX) {
        let round = oldest_above(conn, 0, most)?;
        found.extend(round.into_iter().filter(|(id, _)| *id < above));
    }
    found.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(found.into_iter().map(|(_, number)| number).collect())
}

fn oldest_above(conn: &mut Conn, above: i64, most: i64) -> QueryResult<Vec<(i64, Number)>> {
    let mut oldest: Vec<(i64, Number)> = Vec::new();
    for state in NEEDS {
        let found: Vec<(i64, Number)> = statement_entries::table
            .filter(statement_entries::state.eq(state))
            .filter(statement_entries::id.gt(above))
            .order(statement_entries::id)
            .limit(most)
            .select((statement_entries::id, statement_entries::number))
            .load(conn)?;
        oldest.extend(found);
    }
    oldest.sort_unstable_by_key(|(id, _)| *id);
    oldest.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(oldest)
}

/// Which of the entries that need a person this one is.
pub fn place(conn: &mut Conn, entry: &Number) -> QueryResult<Place> {
    let id: i64 = statement_entries::table
        .filter(statement_entries::number.eq(entry))
        .select(statement_entries::id)
        .first(conn)?;
    let mut oldest: Vec<i64> = Vec::new();
    for state in NEEDS {
        let found: Vec<i64> = statement_entries::table
            .filter(statement_entries::state.eq(state))
            .order(statement_entries::id)
            .limit(COUNTED + 1)
            .select(statement_entries::id)
            .load(conn)?;
        oldest.extend(found);
    }
    Ok(Place::of(oldest.iter().filter(|other| **other < id).count(), oldest.len()))
}
