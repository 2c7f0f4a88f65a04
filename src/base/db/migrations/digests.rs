//! What each applied migration said: a digest of its SQL, beside diesel's own table. A schema that was edited since looks
//! whole to diesel and lacks columns; by its digest it is known.

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use crate::base::db::Conn;

include!(concat!(env!("OUT_DIR"), "/digests.rs"));

/// Diesel makes it with the first migration.
const APPLIED: &str = "__diesel_schema_migrations";
const DIGESTS: &str = "__migration_digests";

/// A migration that the database has.
#[derive(QueryableByName)]
pub(super) struct Applied {
    /// The digits of its name.
    #[diesel(sql_type = Text)]
    pub version: String,
    /// What its SQL was, when that was noted.
    #[diesel(sql_type = Nullable<Text>)]
    pub digest: Option<String>,
}

/// The digest that this build has of a migration.
pub(super) fn of(conn: &Conn, name: &str) -> Option<&'static str> {
    let all = match conn {
        Conn::Sqlite(_) => SQLITE_DIGESTS,
        Conn::Pg(_) => POSTGRESQL_DIGESTS,
    };
    all.iter().find(|(known, _)| *known == name).map(|(_, digest)| *digest)
}

/// Every migration that the database has. Diesel's own look first makes its table where there is none, which a role that
/// only serves may not.
pub(super) fn applied(conn: &mut Conn) -> QueryResult<Vec<Applied>> {
    if !exists(conn, APPLIED)? {
        return Ok(Vec::new());
    }
    let with = if exists(conn, DIGESTS)? {
        format!("select a.version, d.digest from {APPLIED} a left join {DIGESTS} d on d.version = a.version")
    } else {
        format!("select version, null as digest from {APPLIED}")
    };
    diesel::sql_query(with).load(conn)
}

/// Notes what this build's migrations of these names say.
pub(super) fn note(conn: &mut Conn, names: &[String]) -> QueryResult<()> {
    if names.is_empty() {
        return Ok(());
    }
    conn.batch_execute(&format!(
        "create table if not exists {DIGESTS} (version text not null primary key, digest text not null)"
    ))?;
    for name in names {
        let version: String = name.chars().take_while(|sign| *sign != '_').filter(char::is_ascii_digit).collect();
        diesel::sql_query(format!(
            "insert into {DIGESTS} (version, digest) values ($1, $2) \
             on conflict (version) do update set digest = excluded.digest"
        ))
        .bind::<Text, _>(version)
        .bind::<Text, _>(of(conn, name).unwrap_or_default())
        .execute(conn)?;
    }
    Ok(())
}

fn exists(conn: &mut Conn, table: &str) -> QueryResult<bool> {
    match conn {
        Conn::Pg(c) => diesel::select(sql::<Bool>(&format!("to_regclass('{table}') is not null"))).get_result(c),
        Conn::Sqlite(c) => {
            let named = format!("(select count(*) from sqlite_master where type = 'table' and name = '{table}')");
            Ok(diesel::select(sql::<BigInt>(&named)).get_result::<i64>(c)? > 0)
        }
    }
}
