//! The database behind three verbs. SQLite reads from a small pool and writes through one thread with group commit;
//! PostgreSQL does both through a pool. Callers see neither.

mod connect;
mod inserted;
mod migrations;
mod piece;
mod pool;
mod prepared;
pub mod schema;
mod taken;
mod writer;

pub use connect::{Conn, ConnectFault};
pub use inserted::last_id;
pub use migrations::{MigrationFault, migrate, pending};
pub use prepared::{Prepared, Value};
pub use taken::unless_taken;

use std::fmt;
use std::sync::Arc;

use crate::base::config::DatabaseUrl;
use pool::Connections;
use writer::Writer;

/// Rows that long work touches in one transaction.
pub const PIECE: i64 = 500;
/// The same where each row takes several statements, a mail and a record.
pub const FEW: i64 = 20;

/// How a write ends.
#[derive(Debug)]
pub enum End<T> {
    /// Commit, then answer.
    Keep(T),
    /// Roll back, then answer.
    Undo(T),
}

/// Why the database gave no answer. Nothing was kept, except after `Lost`, where the COMMIT itself may have failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Fault {
    /// Too much is waiting already.
    #[error("the database has too much waiting")]
    Busy,
    /// The job panicked; its changes were rolled back.
    #[error("a database job panicked")]
    Panicked,
    /// No connection could be had in time.
    #[error("no database connection: {0}")]
    Pool(String),
    /// The transaction could not be begun or ended.
    #[error("the transaction was lost: {0}")]
    Lost(String),
}

/// Runs an expression on the connection that is really behind `Conn`, for the rare statement that the common
/// connection does not offer (upserts, row locks, batches).
#[macro_export]
macro_rules! each {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::base::db::Conn::Pg($c) => $body,
            $crate::base::db::Conn::Sqlite($c) => $body,
        }
    };
}

/// A handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    readers: Connections,
    writer: Option<Writer>,
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.writer.is_some() { "Db(SQLite)" } else { "Db(PostgreSQL)" })
    }
}

impl Db {
    /// Opens the database that `url` names. Does not migrate.
    pub fn open(url: &DatabaseUrl) -> Result<Self, ConnectFault> {
        let sqlite = matches!(url, DatabaseUrl::Sqlite(_));
        let writer = if sqlite { Some(Writer::start(url.clone())?) } else { None };
        let readers = Connections::open(url.clone(), sqlite, pool_size())?;
        Ok(Self(Arc::new(Inner { readers, writer })))
    }

    /// Runs `f` on a connection that cannot write (SQLite) or does not (PostgreSQL), each statement on its own.
    pub async fn read<T: Send + 'static>(&self, f: impl FnOnce(&mut Conn) -> T + Send + 'static) -> Result<T, Fault> {
        self.on_reader(move |conn| Ok(f(conn))).await
    }

    /// Like `read`, but all statements see one state of the database.
    pub async fn read_snapshot<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Conn) -> T + Send + 'static,
    ) -> Result<T, Fault> {
        self.on_reader(move |conn| piece::snapshot(conn, f)).await
    }

    /// Runs `f` in one transaction. The answer comes after the COMMIT. The job runs once: no retries.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Conn) -> End<T> + Send + 'static,
    ) -> Result<T, Fault> {
        match &self.0.writer {
            Some(writer) => writer.run(f).await,
            None => self.on_reader(move |conn| piece::piece(conn, f)).await,
        }
    }

    /// Repeats `f`, each time in a transaction of its own, until it did less than a whole piece: `f` is told how many rows
    /// it may touch and answers how many it did. Nobody waits for long behind it.
    pub async fn in_pieces<E, F>(&self, f: F) -> Result<(), Fault>
    where
        E: fmt::Display,
        F: Fn(&mut Conn, i64) -> Result<usize, E> + Clone + Send + 'static,
    {
        self.in_pieces_of(PIECE, f).await
    }

    /// The same in pieces of `most`: for rows of which each takes several statements. `f` may fail in its own words.
    pub async fn in_pieces_of<E, F>(&self, most: i64, f: F) -> Result<(), Fault>
    where
        E: fmt::Display,
        F: Fn(&mut Conn, i64) -> Result<usize, E> + Clone + Send + 'static,
    {
        loop {
            let f = f.clone();
            let done = self.write(move |conn| match f(conn, most) {
                Ok(done) => End::Keep(Ok(done)),
                Err(fault) => End::Undo(Err(Fault::Lost(fault.to_string()))),
            });
            if i64::try_from(done.await??).unwrap_or(most) < most {
                return Ok(());
            }
        }
    }

    async fn on_reader<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Conn) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let inner = Arc::clone(&self.0);
        let job = move || inner.readers.with(f);
        tokio::task::spawn_blocking(job).await.unwrap_or(Err(Fault::Panicked))
    }
}

/// Four connections a core: as many as there are threads that read, so that none of them waits for another. More would
/// only queue inside PostgreSQL.
fn pool_size() -> u32 {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    u32::try_from(cores * 4).unwrap_or(8)
}
