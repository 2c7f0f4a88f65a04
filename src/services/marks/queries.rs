//! Reading and setting marks.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::marks;

/// The value of a mark.
pub fn read_mark(conn: &mut Conn, name: &str) -> QueryResult<Option<String>> {
    marks::table.find(name).select(marks::value).first(conn).optional()
}

/// Sets a mark that does not exist yet.
pub fn set_mark(conn: &mut Conn, name: &str, value: &str) -> QueryResult<()> {
    diesel::insert_into(marks::table).values((marks::name.eq(name), marks::value.eq(value))).execute(conn)?;
    Ok(())
}
