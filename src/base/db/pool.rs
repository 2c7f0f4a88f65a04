//! Connections at hand. A server that was restarted leaves dead ones behind: one request may meet the first of them,
//! the others are found out before they are given to anybody.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use diesel::r2d2::{Pool, PooledConnection, R2D2Connection};

use super::connect::Manager;
use super::{Conn, ConnectFault, Fault};
use crate::base::config::DatabaseUrl;

/// How long one waits for a connection.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long a connection that was alive is believed to be so still. A busy one is never asked.
const BELIEVED: Duration = Duration::from_secs(1);

/// Some connections to one database.
pub(super) struct Connections {
    pool: Pool<Manager>,
    /// How many connections have broken so far.
    broken: AtomicU64,
}

/// When a connection was last alive, and how many had broken until then.
struct Seen {
    at: Instant,
    broken: u64,
}

impl Connections {
    /// Opens the first connection.
    pub(super) fn open(url: DatabaseUrl, read_only: bool, most: u32) -> Result<Self, ConnectFault> {
        let pool = Pool::builder()
            .max_size(most)
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_timeout(PATIENCE)
            .build(Manager::new(url, read_only))
            .map_err(|fault| ConnectFault(fault.to_string()))?;
        Ok(Self { pool, broken: AtomicU64::new(0) })
    }

    /// Runs `f` on a connection.
    pub(super) fn with<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut conn = self.alive()?;
        let broken = self.broken.load(Ordering::Acquire);
        let outcome = f(&mut conn);
        if conn.is_broken() {
            self.broken.fetch_add(1, Ordering::AcqRel);
        } else {
            PooledConnection::extensions_mut(&mut conn).insert(Seen { at: Instant::now(), broken });
        }
        outcome
    }

    /// A connection that answers. Dead ones are dropped on the way, and the pool makes new ones for them.
    fn alive(&self) -> Result<PooledConnection<Manager>, Fault> {
        for _ in 0..=self.pool.max_size() {
            let mut conn = self.pool.get().map_err(|fault| Fault::Pool(fault.to_string()))?;
            if matches!(*conn, Conn::Sqlite(_)) || self.believed(&conn) || conn.ping().is_ok() {
                return Ok(conn);
            }
        }
        Err(Fault::Pool("every connection had broken".into()))
    }

    fn believed(&self, conn: &PooledConnection<Manager>) -> bool {
        PooledConnection::extensions(conn)
            .get::<Seen>()
            .is_some_and(|seen| seen.at.elapsed() < BELIEVED && seen.broken == self.broken.load(Ordering::Acquire))
    }
}
