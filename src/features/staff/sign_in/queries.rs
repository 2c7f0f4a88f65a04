//! Whom a sign-in of the staff is aimed at.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::people;
use crate::base::types::Number;

/// The public number of a person.
pub(super) fn number_of(conn: &mut Conn, person_id: i64) -> QueryResult<Number> {
    people::table.find(person_id).select(people::public_id).first(conn)
}
