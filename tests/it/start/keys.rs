//! A key folder goes with one database: a start with another one is refused, and every order of writes is made good.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use diesel::prelude::*;
use easylink::base::crypto::Keys;
use easylink::base::db::schema::{key_generations, records};
use easylink::services::keyring::{self, KeyringFault};

use crate::faults::child::Estate;
use crate::support::portal::Portal;

/// The numbers that the database knows.
async fn known(portal: &Portal) -> Vec<i64> {
    let numbers = key_generations::table.order(key_generations::number).select(key_generations::number);
    portal.read(move |conn| numbers.load(conn).unwrap()).await
}

/// The numbers that a database of the program knows, the portal's own or a copy of it.
async fn known_to(estate: &Estate) -> Vec<i64> {
    let numbers = key_generations::table.order(key_generations::number).select(key_generations::number);
    let db = easylink::base::db::Db::open(&estate.database).unwrap();
    db.read(move |conn| numbers.load(conn).unwrap()).await.unwrap()
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn keys(estate: &Estate) -> PathBuf {
    estate.folder().join("keys")
}

/// The program does not serve, says so in one sentence that names the way out, and makes nothing.
async fn is_refused(estate: &Estate, sentence: &str) {
    let before = names(&keys(estate));
    for arguments in [&["serve"][..], &["staff", "list"], &["keys", "rotate"]] {
        let (well, said) = estate.runs(arguments).await;
        assert!(!well && said.contains(sentence), "{arguments:?}: {said}");
        assert!(said.contains("docs/operations.md, \"Keys\""), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    let (well, said) = estate.runs(&["doctor"]).await;
    assert!(!well && said.contains("FAIL  keys: ") && said.contains(sentence), "{said}");
    for part in ["migrations", "hasher", "storage"] {
        assert!(said.contains(&format!("ok    {part}: ")), "{part} is looked at all the same: {said}");
    }
    assert_eq!(names(&keys(estate)), before, "a refused start makes no key");
}

on_both!(
    async fn a_start_without_the_databases_keys_is_refused(portal) {
        let estate = Estate::of(&portal);
        estate.serves().await.dies();
        let (own, aside) = (keys(&estate).join("0001.key"), estate.folder().join("aside"));

        std::fs::rename(&own, &aside).unwrap();
        is_refused(&estate, "the database is sealed under key 0001, and the key folder").await;
        Keys::open(&keys(&estate)).unwrap();
        is_refused(&estate, "key 0001 in the key folder").await;

        std::fs::rename(&aside, &own).unwrap();
        estate.serves().await.dies();
        let (_, said) = estate.runs(&["doctor"]).await;
        assert!(said.contains("ok    keys: 1 generation, which goes with the database"), "{said}");
    }
);

#[tokio::test]
async fn routes_are_listed_where_nothing_is_yet_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_easylink"));
    let output = command.env_clear().current_dir(folder.path()).args(["doctor", "--routes"]).output().await.unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success() && said.contains("GET\t/staff/people\tstaff("), "{said}");
    assert_eq!(names(folder.path()), BTreeSet::new());
}

on_both!(
    async fn a_rotation_is_known_to_the_database(portal) {
        let estate = Estate::of(&portal);
        let (well, said) = estate.runs(&["keys", "rotate"]).await;
        assert!(well && said.contains("2 generations"), "{said}");
        assert_eq!(known_to(&estate).await, [1, 2]);
        let db = easylink::base::db::Db::open(&estate.database).unwrap();
        let told = records::table.filter(records::event.eq("keys_rotated")).select(records::object);
        let told: Vec<Option<String>> = db.read(move |conn| told.load(conn).unwrap()).await.unwrap();
        assert_eq!(told, [Some("0002".to_string())]);
        estate.serves().await.dies();

        std::fs::remove_file(keys(&estate).join("0002.key")).unwrap();
        is_refused(&estate, "the database is sealed under key 0002, which the key folder").await;
    }
);

on_both!(
    async fn a_process_killed_between_file_and_row_is_made_good(portal) {
        let estate = Estate::of(&portal);
        // A rotation that came as far as the file.
        Keys::rotate(&keys(&estate)).unwrap();
        estate.serves().await.dies();
        assert_eq!(known_to(&estate).await, [1, 2]);
        // A first start that came as far as the file.
        let db = easylink::base::db::Db::open(&estate.database).unwrap();
        let emptied = db.write(|conn| easylink::base::db::End::Keep(diesel::delete(key_generations::table).execute(conn)));
        emptied.await.unwrap().unwrap();
        estate.serves().await.dies();
        assert_eq!(known_to(&estate).await, [1, 2]);
    }
);

on_both!(
    async fn of_machines_that_start_at_once_with_keys_of_their_own_one_serves(portal) {
        let now = portal.house.clock.now();
        portal.write(|conn| diesel::delete(key_generations::table).execute(conn).unwrap()).await;
        let folders: Vec<_> = (0..6).map(|_| tempfile::tempdir().unwrap()).collect();
        let starts = folders.iter().map(|folder| {
            let folder = folder.path().join("keys");
            let db = portal.house.db.clone();
            async move { keyring::open(&folder, &db, now).await }
        });
        let outcomes = futures_util::future::join_all(starts).await;
        let (serving, others): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!(serving.len(), 1);
        // Whoever came late made no key at all.
        let refused = |fault: &Result<_, _>| matches!(fault, Err(KeyringFault::Other(1, _) | KeyringFault::Empty(..)));
        assert!(others.iter().all(refused), "{others:?}");

        // Those that share one folder agree.
        portal.write(|conn| diesel::delete(key_generations::table).execute(conn).unwrap()).await;
        let shared = tempfile::tempdir().unwrap();
        let starts = (0..6).map(|_| {
            let folder = shared.path().join("keys");
            let db = portal.house.db.clone();
            async move { keyring::open(&folder, &db, now).await }
        });
        let outcomes = futures_util::future::join_all(starts).await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        assert_eq!(known(&portal).await, [1]);
    }
);

on_both!(
    async fn a_start_before_the_migrations_says_what_to_do(portal) {
        let folder = tempfile::tempdir().unwrap();
        portal.write(|conn| {
            use diesel::connection::SimpleConnection;
            conn.batch_execute("delete from __diesel_schema_migrations where version > '20261123000001'").unwrap();
        }).await;
        let outcome = keyring::open(&folder.path().join("keys"), &portal.house.db, portal.house.clock.now()).await;
        assert!(matches!(outcome, Err(KeyringFault::Unmigrated)), "{outcome:?}");
    }
);
