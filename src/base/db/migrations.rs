//! Schema changes, embedded for both engines and applied in order.

mod digests;

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::pg::Pg;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connect::{Conn, ConnectFault, connect};
use crate::base::config::DatabaseUrl;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRESQL: EmbeddedMigrations = embed_migrations!("migrations/postgresql");
/// Any number: instances that start together wait for the one that migrates.
const MIGRATION_LOCK: i64 = 7_305_181_400_112;

/// The schema could not be read or brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrationFault {
    /// The database could not be opened.
    #[error(transparent)]
    Connect(#[from] ConnectFault),
    /// A migration failed; what came before it stays.
    #[error("a migration failed: {0}")]
    Failed(String),
    /// Another build made the database: its schema is not the one that this build was written for.
    #[error(
        "this database was made by another build of migration {0}: serve it with that build, or begin with an empty \
         database (docs/operations.md, \"Migrations\")"
    )]
    OtherBuild(String),
}

fn failed(fault: impl ToString) -> MigrationFault {
    MigrationFault::Failed(fault.to_string())
}

/// Applies what is missing and answers the names of what it applied. With `serves` (a PostgreSQL role) it then grants
/// that role what the portal needs and no more: append-only tables cannot be changed by it.
pub fn migrate(url: &DatabaseUrl, serves: Option<&str>) -> Result<Vec<String>, MigrationFault> {
    let mut conn = connect(url, false)?;
    if let Conn::Sqlite(_) = conn {
        return bring_up(&mut conn);
    }
    conn.batch_execute(&format!("select pg_advisory_lock({MIGRATION_LOCK})")).map_err(failed)?;
    let applied = bring_up(&mut conn);
    let granted = match (&applied, serves) {
        (Ok(_), Some(role)) => conn.batch_execute(&grants(role)).map_err(failed),
        _ => Ok(()),
    };
    conn.batch_execute(&format!("select pg_advisory_unlock({MIGRATION_LOCK})")).map_err(failed)?;
    granted?;
    applied
}

/// What is applied is that of this build, or nothing more is. A digest is noted before its migration runs: a process that
/// is killed in between leaves one that the next start writes again.
fn bring_up(conn: &mut Conn) -> Result<Vec<String>, MigrationFault> {
    let missing = pending(conn)?;
    digests::note(conn, &missing).map_err(failed)?;
    let applied = match conn {
        Conn::Sqlite(c) => c.run_pending_migrations(SQLITE).map(|applied| names(&applied)),
        Conn::Pg(c) => c.run_pending_migrations(POSTGRESQL).map(|applied| names(&applied)),
    };
    applied.map_err(failed)
}

/// The names of migrations that the database lacks. One that another build of the portal made is refused.
pub fn pending(conn: &mut Conn) -> Result<Vec<String>, MigrationFault> {
    let applied = digests::applied(conn).map_err(failed)?;
    let all = match conn {
        Conn::Sqlite(_) => MigrationSource::<Sqlite>::migrations(&SQLITE).map(|all| named(&all)),
        Conn::Pg(_) => MigrationSource::<Pg>::migrations(&POSTGRESQL).map(|all| named(&all)),
    };
    let mut missing = Vec::new();
    for (version, name) in all.map_err(failed)? {
        match applied.iter().find(|known| known.version == version) {
            None => missing.push(name),
            Some(known) if known.digest.as_deref() == digests::of(conn, &name) => {}
            Some(_) => return Err(MigrationFault::OtherBuild(name)),
        }
    }
    Ok(missing)
}

/// Version and name of each.
fn named<DB: diesel::backend::Backend>(all: &[Box<dyn Migration<DB>>]) -> Vec<(String, String)> {
    all.iter().map(|one| (one.name().version().to_string(), one.name().to_string())).collect()
}

fn names(applied: &[MigrationVersion<'_>]) -> Vec<String> {
    applied.iter().map(ToString::to_string).collect()
}

fn grants(role: &str) -> String {
    let role = format!("\"{}\"", role.replace('"', "\"\""));
    format!(
        "grant usage on schema public to {role}; \
         grant select, insert, update, delete on all tables in schema public to {role}; \
         grant usage on all sequences in schema public to {role}; \
         revoke update, delete, truncate on records, consents, policy_versions, ledger_transactions, ledger_transfers from {role}; \
         revoke insert, update, delete, truncate on __diesel_schema_migrations, __migration_digests from {role};"
    )
}
