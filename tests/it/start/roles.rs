//! On PostgreSQL one role owns the schema and another serves: the second can do its work and no more.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use easylink::base::config::DatabaseUrl;
use easylink::base::db::{Db, migrate, pending};
use url::Url;

use crate::faults::child::Estate;
use crate::support::portal::{Portal, unique};
use crate::support::postgres::{drop_database, fresh_database};

#[tokio::test]
async fn the_serving_role_serves_and_changes_no_schema() {
    let owner = fresh_database("template0");
    let role = format!("portal_{}_{}", std::process::id(), unique());
    let mut owning = PgConnection::establish(&owner).unwrap();
    owning.batch_execute(&format!("create role {role} login password 'serving'")).unwrap();
    let mut serving = Url::parse(&owner).unwrap();
    serving.set_username(&role).unwrap();
    serving.set_password(Some("serving")).unwrap();
    let url = |text: &str| DatabaseUrl::parse(text).unwrap();

    let db = Db::open(&url(serving.as_str())).unwrap();
    let missing = db.read(|conn| pending(conn).unwrap()).await.unwrap();
    assert!(missing.len() >= 4, "before the first migration: {missing:?}");
    migrate(&url(&owner), Some(&role)).unwrap();
    assert_eq!(db.read(|conn| pending(conn).unwrap()).await.unwrap(), Vec::<String>::new());
    drop(db);

    let mut conn = PgConnection::establish(serving.as_str()).unwrap();
    conn.batch_execute("select count(*) from people; delete from limits").unwrap();
    for refused in ["create table mine (id bigint)", "delete from records", "update policy_versions set number = 7"] {
        assert!(conn.batch_execute(refused).unwrap_err().to_string().contains("permission denied"), "{refused}");
    }
    drop(conn);
    owning.batch_execute(&format!("drop owned by {role}; drop role {role}")).unwrap();
    drop(owning);
    drop_database(&owner);
}

#[tokio::test]
async fn the_serving_role_fills_the_demo_of_a_migrated_database_and_else_names_the_owners_command() {
    let portal = Portal::postgresql().await;
    let mut estate = Estate::of(&portal);
    let DatabaseUrl::Postgres(owner) = estate.database.clone() else { panic!("no PostgreSQL") };
    let role = format!("portal_{}_{}", std::process::id(), unique());
    let mut owning = PgConnection::establish(&owner).unwrap();
    owning.batch_execute(&format!("create role {role} login password 'serving'")).unwrap();
    let serving = |at: &str| {
        let mut url = Url::parse(at).unwrap();
        url.set_username(&role).unwrap();
        url.set_password(Some("serving")).unwrap();
        DatabaseUrl::Postgres(url.to_string())
    };
    migrate(&DatabaseUrl::Postgres(owner.clone()), Some(&role)).unwrap();

    let empty = fresh_database("template0");
    estate.database = serving(&empty);
    let (well, said) = estate.runs(&["demo"]).await;
    assert!(!well && said.contains("the owner of the database brings it up to date with `easylink migrate`"), "{said}");
    estate.database = serving(&owner);
    let (well, said) = estate.runs(&["demo"]).await;
    assert!(well, "{said}");

    owning.batch_execute(&format!("drop owned by {role}; drop role {role}")).unwrap();
    drop(owning);
    drop_database(&empty);
    portal.careless();
}
