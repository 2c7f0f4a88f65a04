//! Entries that wait, by the reference that they carry and by how many they are.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::{allocations, remittances, statement_entries};
use crate::base::types::{Money, Number};
use crate::features::remittance::entries::model::{EntryState, Hold};

/// Why money that carries this reference waits for a person, and how much: of the newest such entry, also when it was set aside
/// since.
pub fn held_for(conn: &mut Conn, number: &Number) -> QueryResult<Option<(Hold, Money)>> {
    let mut newest: Option<(i64, Hold, Money)> = None;
    for state in [EntryState::Held, EntryState::Parked] {
        let found: Option<(i64, Option<Hold>, Option<Hold>, Money)> = statement_entries::table
            .filter(statement_entries::reference.eq(Some(number)))
            .filter(statement_entries::state.eq(state))
            .filter(statement_entries::hold.is_not_null().or(statement_entries::set_aside_hold.is_not_null()))
            .order(statement_entries::id.desc())
            .select((
                statement_entries::id,
                statement_entries::hold,
                statement_entries::set_aside_hold,
                statement_entries::amount,
            ))
            .first(conn)
            .optional()?;
        let found = found.and_then(|(id, hold, before, amount)| Some((id, hold.or(before)?, amount)));
        newest = newest.into_iter().chain(found).max_by_key(|(id, ..)| *id);
    }
    Ok(newest.map(|(_, hold, amount)| (hold, amount)))
}

/// An entry that waits for a person without a reason of its own. What was credited and undone was not meant for what it names, and
/// what a bank brings back is ours.
macro_rules! unexplained {
    () => {
        diesel::dsl::not(diesel::dsl::exists(
            allocations::table
                .filter(allocations::entry_id.eq(statement_entries::id))
                .filter(allocations::undone_by_id.is_not_null()),
        ))
        .and(statement_entries::reversal.eq(false))
        .and(statement_entries::state.eq_any([EntryState::New, EntryState::Open, EntryState::Parked]))
    };
}

/// Whether money that carries this reference arrived and waits for a person without a reason of its own.
pub fn waits_for(conn: &mut Conn, number: &Number) -> QueryResult<bool> {
    let waiting = statement_entries::table.filter(statement_entries::reference.eq(Some(number))).filter(unexplained!());
    diesel::select(diesel::dsl::exists(waiting)).get_result(conn)
}

/// Whether money that carries this reference arrived and waits for a person, for whichever reason.
pub fn arrived(conn: &mut Conn, number: &Number) -> QueryResult<bool> {
    Ok(waits_for(conn, number)? || held_for(conn, number)?.is_some())
}

/// The top-ups of this account for which money arrived that waits for a person.
pub fn arrived_of(conn: &mut Conn, account_id: i64) -> QueryResult<Vec<Number>> {
    statement_entries::table
        .inner_join(remittances::table.on(statement_entries::reference.eq(remittances::number.nullable())))
        .filter(remittances::account_id.eq(account_id))
        .filter(statement_entries::state.eq(EntryState::Held).or(unexplained!()))
        .select(remittances::number)
        .load(conn)
}

/// How much goes back, or went back, of the newest money that carried this reference, and whether it did already; nothing when none
/// does.
pub fn goes_back(conn: &mut Conn, number: &Number) -> QueryResult<Option<(Money, bool)>> {
    let mut newest: Option<(i64, Money, bool)> = None;
    for state in [EntryState::Returning, EntryState::Returned] {
        let found: Option<(i64, Money)> = statement_entries::table
            .filter(statement_entries::reference.eq(Some(number)))
            .filter(statement_entries::state.eq(state))
            .order(statement_entries::id.desc())
            .select((statement_entries::id, statement_entries::amount))
            .first(conn)
            .optional()?;
        let found = found.map(|(id, amount)| (id, amount, state == EntryState::Returned));
        newest = newest.into_iter().chain(found).max_by_key(|(id, ..)| *id);
    }
    Ok(newest.map(|(_, amount, went)| (amount, went)))
}

/// How many entries need a person: those that fit nothing, and those that are held.
pub fn waiting(conn: &mut Conn) -> QueryResult<(i64, i64)> {
    let of = |state: EntryState| statement_entries::table.filter(statement_entries::state.eq(state)).count();
    Ok((of(EntryState::Open).get_result(conn)?, of(EntryState::Held).get_result(conn)?))
}
