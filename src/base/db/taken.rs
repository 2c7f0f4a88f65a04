//! What only the database can tell: which of two at once was first.

use diesel::connection::Connection;
use diesel::result::{DatabaseErrorKind, Error as Fault};

use super::Conn;

/// Runs `f`, which writes what may exist once; `None`, with nothing written, when it exists already, also when somebody
/// else wrote it in this very moment.
pub fn unless_taken<T>(
    conn: &mut Conn,
    f: impl FnOnce(&mut Conn) -> diesel::QueryResult<T>,
) -> diesel::QueryResult<Option<T>> {
    // A savepoint: PostgreSQL goes on in a transaction only from before the statement that it refused.
    match conn.transaction(f) {
        Ok(done) => Ok(Some(done)),
        Err(Fault::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(None),
        Err(fault) => Err(fault),
    }
}
