//! A database that another build made is refused, however whole it looks.

use diesel::connection::SimpleConnection;
use easylink::base::db::{Db, End, MigrationFault, migrate, pending};

use crate::faults::child::Estate;

const SENTENCE: &str = "made by another build of migration 2026-11-25-000012_money";

async fn tells(estate: &Estate, statement: &'static str) {
    let db = Db::open(&estate.database).unwrap();
    let told = db.write(move |conn| End::Keep(conn.batch_execute(statement)));
    told.await.unwrap().unwrap();
}

on_both!(
    async fn a_database_of_another_build_is_refused(portal) {
        let estate = Estate::of(&portal);
        for changed in [
            "update __migration_digests set digest = 'x' where version = '20261125000012'",
            "delete from __migration_digests where version = '20261125000012'",
        ] {
            tells(&estate, changed).await;
            for arguments in [&["serve"][..], &["serve", "--demo"], &["migrate"], &["demo"], &["staff", "list"]] {
                let (well, said) = estate.runs(arguments).await;
                assert!(!well && said.contains(SENTENCE), "{arguments:?}: {said}");
                assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
            }
            let (well, said) = estate.runs(&["doctor"]).await;
            assert!(!well && said.contains(&format!("FAIL  migrations: this database was {SENTENCE}")), "{said}");
        }
        tells(&estate, "drop table __migration_digests").await;
        let (well, said) = estate.runs(&["serve"]).await;
        assert!(!well && said.contains("made by another build of migration 2026-11-25-000011_core"), "{said}");
        portal.careless();
    }
);

on_both!(
    async fn a_digest_that_a_killed_start_left_is_written_anew(portal) {
        let estate = Estate::of(&portal);
        // The last migration did not run, and another build had noted it.
        tells(
            &estate,
            "drop table plans; drop table products; drop table articles; drop table announcements; \
             update __migration_digests set digest = 'x' where version = '20261125000014'; \
             delete from __diesel_schema_migrations where version = '20261125000014'",
        )
        .await;
        assert_eq!(migrate(&estate.database, None).unwrap(), ["20261125000014"]);
        let db = Db::open(&estate.database).unwrap();
        let missing: Result<Vec<String>, MigrationFault> = db.read(pending).await.unwrap();
        assert_eq!(missing.unwrap(), Vec::<String>::new());
    }
);
