//! The id of a row that was just inserted.

use diesel::prelude::*;

diesel::define_sql_function! {
    /// The id of the last row that this connection inserted.
    fn last_insert_rowid() -> BigInt;
}

/// The id of the last row that this connection inserted.
pub fn last_id(conn: &mut SqliteConnection) -> QueryResult<i64> {
    diesel::select(last_insert_rowid()).get_result(conn)
}

/// Inserts a row and answers its id. `SQLite` remembers it anyhow; to have it returned, it would open a table in memory and
/// copy every page that the row and its indexes touch once more.
#[macro_export]
macro_rules! insert_for_id {
    ($conn:expr, $id:expr, $insert:expr) => {
        match $conn {
            $crate::base::db::Conn::Pg(c) => $insert.returning($id).get_result::<i64>(c),
            $crate::base::db::Conn::Sqlite(c) => $insert.execute(c).and_then(|_| $crate::base::db::last_id(c)),
        }
    };
}
