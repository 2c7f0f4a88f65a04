//! What a person can be asked for.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::people;

/// Whether the person has a password.
pub(in crate::features::accounts) fn has_password(conn: &mut Conn, person_id: i64) -> QueryResult<bool> {
    people::table.find(person_id).select(people::password_hash.is_not_null()).first(conn)
}
