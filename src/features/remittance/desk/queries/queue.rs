//! The queue of entries that need a person, oldest first.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::statement_entries;
use crate::base::types::Number;
use crate::features::remittance::desk::model::{COUNTED, Place};
use crate::features::remittance::entries::EntryState;

/// States in which an entry needs a person.
const NEEDS: [EntryState; 2] = [EntryState::Open, EntryState::Held];

/// The oldest entry after this one that needs a person; the oldest of all without one, and when none comes after it.
pub fn next(conn: &mut Conn, after: Option<&Number>) -> QueryResult<Option<Number>> {
    let mut above = 0;
    if let Some(after) = after {
        let id = statement_entries::table.filter(statement_entries::number.eq(after)).select(statement_entries::id);
        above = id.first(conn).optional()?.unwrap_or(0);
    }
    match oldest_above(conn, above)? {
        None if above > 0 => Ok(oldest_above(conn, 0)?.filter(|found| Some(found) != after)),
        found => Ok(found),
    }
}

fn oldest_above(conn: &mut Conn, above: i64) -> QueryResult<Option<Number>> {
    let mut oldest: Option<(i64, Number)> = None;
    for state in NEEDS {
        let found: Option<(i64, Number)> = statement_entries::table
            .filter(statement_entries::state.eq(state))
            .filter(statement_entries::id.gt(above))
            .order(statement_entries::id)
            .select((statement_entries::id, statement_entries::number))
            .first(conn)
            .optional()?;
        oldest = match (oldest, found) {
            (Some(one), Some(other)) => Some(if one.0 < other.0 { one } else { other }),
            (one, other) => one.or(other),
        };
    }
    Ok(oldest.map(|(_, number)| number))
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
