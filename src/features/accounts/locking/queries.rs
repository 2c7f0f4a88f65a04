//! Who locked their own sign-in.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::people;
use crate::base::types::{Address, Moment};
use crate::web::session::{PersonKind, PersonState};

/// Notes that a person locked their own sign-in, or that it is unlocked.
pub(super) fn set_self_locked(conn: &mut Conn, person_id: i64, at: Option<Moment>) -> QueryResult<()> {
    diesel::update(people::table.find(person_id)).set(people::self_locked_at.eq(at)).execute(conn)?;
    Ok(())
}

/// The customer of this address, if they locked their own sign-in.
pub(super) fn self_locked(conn: &mut Conn, address: &Address) -> QueryResult<Option<i64>> {
    people::table
        .filter(people::kind.eq(PersonKind::Customer))
        .filter(people::address.eq(address))
        .filter(people::state.eq(PersonState::Locked))
        .filter(people::self_locked_at.is_not_null())
        .select(people::id)
        .first(conn)
        .optional()
}
