//! Schema changes, embedded for both engines and applied in order.

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::migration::{MigrationSource, MigrationVersion};
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
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
}

/// Applies what is missing and answers the names of what it applied. With `serves` (a PostgreSQL role) it then grants
/// that role what the portal needs and no more: append-only tables cannot be changed by it.
pub fn migrate(url: &DatabaseUrl, serves: Option<&str>) -> Result<Vec<String>, MigrationFault> {
    let mut conn = connect(url, false)?;
    let failed = |fault: Box<dyn std::error::Error + Send + Sync>| MigrationFault::Failed(fault.to_string());
    match &mut conn {
        Conn::Sqlite(c) => Ok(names(&c.run_pending_migrations(SQLITE).map_err(failed)?)),
        Conn::Pg(c) => {
            let run = |c: &mut PgConnection, sql: &str| {
                c.batch_execute(sql).map_err(|fault| MigrationFault::Failed(fault.to_string()))
            };
            run(c, &format!("select pg_advisory_lock({MIGRATION_LOCK})"))?;
            let applied = c.run_pending_migrations(POSTGRESQL).map(|applied| names(&applied)).map_err(failed);
            let granted = match (&applied, serves) {
                (Ok(_), Some(role)) => run(c, &grants(role)),
                _ => Ok(()),
            };
            run(c, &format!("select pg_advisory_unlock({MIGRATION_LOCK})"))?;
            granted?;
            applied
        }
    }
}

/// The names of migrations that the database lacks.
pub fn pending(conn: &mut Conn) -> Result<Vec<String>, MigrationFault> {
    let failed = |fault: Box<dyn std::error::Error + Send + Sync>| MigrationFault::Failed(fault.to_string());
    match conn {
        Conn::Sqlite(c) => {
            let missing = c.pending_migrations(SQLITE).map_err(failed)?;
            Ok(missing.iter().map(|migration| migration.name().to_string()).collect())
        }
        Conn::Pg(c) => {
            let applied = applied(c).map_err(|fault| MigrationFault::Failed(fault.to_string()))?;
            let all = MigrationSource::<Pg>::migrations(&POSTGRESQL).map_err(failed)?;
            let names = all.iter().map(|migration| migration.name());
            Ok(names.filter(|name| !applied.contains(&name.version().to_string())).map(ToString::to_string).collect())
        }
    }
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

/// The versions that a PostgreSQL database has. Diesel's own look first makes its table where there is none, which a
/// role that only serves may not.
fn applied(conn: &mut PgConnection) -> QueryResult<Vec<String>> {
    let table = "__diesel_schema_migrations";
    let there = sql::<Bool>(&format!("to_regclass('{table}') is not null"));
    if !diesel::select(there).get_result::<bool>(conn)? {
        return Ok(Vec::new());
    }
    let rows: Vec<Applied> = diesel::sql_query(format!("select version from {table}")).load(conn)?;
    Ok(rows.into_iter().map(|row| row.version).collect())
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
         revoke insert, update, delete, truncate on __diesel_schema_migrations from {role};"
    )
}
