//! What the demo asks of tables that belong to no room.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::people;

/// Whether nobody has ever been here.
pub(super) fn is_empty(conn: &mut Conn) -> QueryResult<bool> {
    let anybody: Option<i64> = people::table.select(people::id).first(conn).optional()?;
    Ok(anybody.is_none())
}
