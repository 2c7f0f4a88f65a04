//! Databases on the `PostgreSQL` server of the test run.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl};
use url::Url;

use super::given::given;

/// The server of this run, as the address of its maintenance database.
fn server() -> Url {
    Url::parse(&given("EASYLINK_TEST_POSTGRES")).unwrap()
}

fn tell_server(statement: &str) {
    let mut conn = PgConnection::establish(server().as_str()).unwrap();
    if let Err(error) = conn.batch_execute(statement) {
        panic!("PostgreSQL refused `{statement}`: {error}");
    }
}

/// A connection that was closed a moment ago may still be there for the server: waits until none is, up to ten seconds.
fn await_nobody_in(template: &str) {
    let mut conn = PgConnection::establish(server().as_str()).unwrap();
    let open = diesel::dsl::sql::<diesel::sql_types::BigInt>("(select count(*) from pg_stat_activity where datname = ")
        .bind::<diesel::sql_types::Text, _>(template.to_owned())
        .sql(")");
    let begun = std::time::Instant::now();
    while diesel::select(open.clone()).get_result::<i64>(&mut conn).unwrap() > 0 {
        assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{template} is still in use");
        // The server tells nobody that a connection has ended: it can only be asked again.
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

fn name_of(database: &str) -> String {
    let url = Url::parse(database).unwrap();
    url.path().trim_start_matches('/').to_owned()
}

/// Makes a database as a copy of another, given by name or address, and tells its address.
///
/// No connection to the one that is copied may be open. `template0` gives an empty database.
pub fn fresh_database(template: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let template = if template.contains("://") { name_of(template) } else { template.to_owned() };
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("easylink_{}_{count}", std::process::id());
    await_nobody_in(&template);
    tell_server(&format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\""));
    let mut url = server();
    url.set_path(&name);
    url.to_string()
}

/// Drops a database that [`fresh_database`] made, connections or not.
pub fn drop_database(database: &str) {
    tell_server(&format!("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", name_of(database)));
}

#[test]
fn a_copy_holds_what_its_template_held() {
    let template = fresh_database("template0");
    PgConnection::establish(&template).unwrap().batch_execute("CREATE TABLE cloud (id bigint)").unwrap();
    let (one, two) = (fresh_database(&template), fresh_database(&template));
    assert_ne!(one, two);
    for copy in [one, two] {
        PgConnection::establish(&copy).unwrap().batch_execute("INSERT INTO cloud VALUES (1)").unwrap();
        drop_database(&copy);
        assert!(PgConnection::establish(&copy).is_err());
    }
    drop_database(&template);
}
