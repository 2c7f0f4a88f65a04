//! The generations of keys that a database knows.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::key_generations;
use crate::base::types::Moment;
use crate::each;

/// A generation: its number and its fingerprint.
pub(super) type Mark = (i64, String);

/// Every generation, oldest first.
pub(super) fn known(conn: &mut Conn) -> QueryResult<Vec<Mark>> {
    key_generations::table
        .order(key_generations::number)
        .select((key_generations::number, key_generations::fingerprint))
        .load(conn)
}

/// Adds those whose numbers are new, and answers all that are known then. Of machines that add one number at once the
/// first is believed, and the others see what it wrote.
pub(super) fn register(conn: &mut Conn, marks: &[Mark], now: Moment) -> QueryResult<Vec<Mark>> {
    for (number, fingerprint) in marks {
        let row = (
            key_generations::number.eq(number),
            key_generations::fingerprint.eq(fingerprint),
            key_generations::created_at.eq(now),
        );
        each!(&mut *conn, c => diesel::insert_into(key_generations::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    known(conn)
}

/// When the first generation was registered: the birth of this database's data. UTC.
pub(super) fn first_at(conn: &mut Conn) -> QueryResult<Option<Moment>> {
    key_generations::table.order(key_generations::created_at).select(key_generations::created_at).first(conn).optional()
}
