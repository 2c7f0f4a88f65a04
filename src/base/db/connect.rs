//! Opening connections: the URL chooses the engine at run time.

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ManageConnection, R2D2Connection};
use diesel::{Connection, PgConnection, SqliteConnection};

use crate::base::config::DatabaseUrl;
use crate::base::process;

/// A connection of whichever engine runs. Functions in `queries.rs` take `&mut Conn` and do not ask which.
#[derive(diesel::MultiConnection)]
#[allow(missing_docs)]
pub enum Conn {
    Pg(PgConnection),
    Sqlite(SqliteConnection),
}

/// The database could not be reached or opened.
#[derive(Debug, thiserror::Error)]
#[error("the database cannot be opened: {0}")]
pub struct ConnectFault(pub String);

impl From<diesel::ConnectionError> for ConnectFault {
    fn from(fault: diesel::ConnectionError) -> Self {
        Self(fault.to_string())
    }
}

impl From<diesel::result::Error> for ConnectFault {
    fn from(fault: diesel::result::Error) -> Self {
        Self(fault.to_string())
    }
}

/// Opens one connection. `read_only` is enforced on SQLite.
pub(super) fn connect(url: &DatabaseUrl, read_only: bool) -> Result<Conn, ConnectFault> {
    match url {
        DatabaseUrl::Postgres(url) => {
            let mut conn = PgConnection::establish(&impatient(url))?;
            conn.batch_execute(SETTLED)?;
            Ok(Conn::Pg(conn))
        }
        DatabaseUrl::Sqlite(path) => {
            private_folder(path)?;
            let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
            conn.batch_execute(PRAGMAS)?;
            if read_only {
                conn.batch_execute("pragma query_only = on;")?;
            }
            Ok(Conn::Sqlite(conn))
        }
    }
}

/// FULL: what was acknowledged survives a power cut. Secure delete: destroyed data leaves the file's free pages too. The log
/// is carried over into the file at 32 MiB: pages that every write touches are then carried over once for many writes. Recursive triggers: a
/// row that `replace` puts in another's place is deleted past no trigger.
const PRAGMAS: &str = "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full; \
     pragma foreign_keys = on; pragma temp_store = memory; pragma cache_size = -8000; pragma secure_delete = on; \
     pragma recursive_triggers = on; pragma wal_autocheckpoint = 8192;";

/// Statements are prepared once for each connection, and so are their plans: those of the portal follow an index whatever
/// is asked for, and to plan a page's statement anew takes the server longer than to run it.
const SETTLED: &str = "set plan_cache_mode = force_generic_plan";

/// Nobody waits for ever for a server that went silent: what the connection string does not say (libpq, 34.1.2) is set
/// so that a dead line is noticed within half a minute. Seconds; milliseconds for `tcp_user_timeout`.
const PATIENCE: [(&str, &str); 5] = [
    ("connect_timeout", "5"),
    ("tcp_user_timeout", "20000"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
];

/// The connection string with [`PATIENCE`]. One that is no URL, such as one with several hosts, stays as it is.
fn impatient(url: &str) -> String {
    let Ok(mut parsed) = url::Url::parse(url) else { return url.to_string() };
    let said: Vec<String> = parsed.query_pairs().map(|(name, _)| name.into_owned()).collect();
    let unsaid = PATIENCE.iter().filter(|(name, _)| said.iter().all(|said| said != name));
    parsed.query_pairs_mut().extend_pairs(unsaid);
    parsed.into()
}

fn private_folder(path: &std::path::Path) -> Result<(), ConnectFault> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    let fault = |fault: std::io::Error| ConnectFault(format!("{}: {fault}", path.display()));
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(fault)?;
    }
    // A copy that was put back has the modes of whoever copied it.
    for ending in ["", "-wal", "-shm"] {
        let file = format!("{}{ending}", path.display());
        process::own_file(file.as_ref()).map_err(|wide| ConnectFault(wide.to_string()))?;
    }
    if !path.exists() {
        std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(fault)?;
    }
    Ok(())
}

/// Makes connections for the pool.
pub(super) struct Manager {
    url: DatabaseUrl,
    read_only: bool,
}

impl Manager {
    pub(super) fn new(url: DatabaseUrl, read_only: bool) -> Self {
        Self { url, read_only }
    }
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = ConnectFault;

    fn connect(&self) -> Result<Conn, ConnectFault> {
        connect(&self.url, self.read_only)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), ConnectFault> {
        Ok(conn.ping()?)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_connection_string_says_counts() {
        let told = impatient("postgres://me:p%40ss@db:5433/portal?connect_timeout=60&sslmode=verify-full");
        assert!(told.starts_with("postgres://me:p%40ss@db:5433/portal?connect_timeout=60&sslmode=verify-full&"));
        assert!(told.contains("&keepalives_idle=10&") && !told.contains("connect_timeout=5&"), "{told}");
        assert!(
            impatient("postgres:///portal?host=/run/postgresql").contains("?host=/run/postgresql&connect_timeout=5&")
        );
        let several = "postgres://one:1,two:2/portal";
        assert_eq!(impatient(several), several);
    }
}
