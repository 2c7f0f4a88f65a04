//! What finance's pictures count.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::statement_entries;
use crate::base::types::Day;
use crate::features::remittance::entries::EntryState;

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
