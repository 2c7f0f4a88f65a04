//! `kill -9` of an import: what was read stays, the rest comes with the next try, each line once, and the books are right.

use std::time::Duration;

use diesel::prelude::*;
use easylink::base::db::Db;
use easylink::base::db::schema::{remittances, statement_entries};

use super::child::Estate;
use super::killed::rounds;
use crate::remittance::imports::message;
use crate::remittance::{company, tops_up};

/// Lines of one file.
const LINES: usize = 300;

on_both!(
    async fn a_killed_import_is_ended_by_the_next_one_and_no_line_counts_twice(portal) {
        portal.careless();
        let mut people = company(&portal).await;
        let mut references = Vec::new();
        for _ in 0..8 {
            references.push(tops_up(&mut people.li, "1").await);
        }
        let estate = Estate::of(&portal);
        let path = estate.folder().join("day.sta");
        let arguments = ["statement", "import", path.to_str().unwrap()];
        let mut halves = 0;
        for round in 0..rounds() {
            let serials: Vec<String> = (0..LINES).map(|line| format!("K{round}L{line}")).collect();
            let lines: Vec<_> = serials
                .iter()
                .enumerate()
                .map(|(nth, serial)| {
                    // Some pay a top-up, some pay it twice, most name nothing.
                    let text = if nth % 40 == 0 { references[(nth / 40 + round) % 8].as_str() } else { "rent" };
                    ("20", "1.00", "Li Ming", text, serial.as_str())
                })
                .collect();
            std::fs::write(&path, message(&lines)).unwrap();
            let delay = Duration::from_millis(20 + (round as u64 * 137) % 700);
            let ended = estate.killed_after(&arguments, delay).await;
            estate.verifies();
            if !ended {
                halves += 1;
            }
            let (well, said) = estate.runs(&arguments).await;
            assert!(well && said.contains("300 entries read"), "{said}");
            estate.verifies();
        }
        assert!(halves > 0, "no import was killed");
        let db = Db::open(&estate.database).unwrap();
        let (entries, paid): (i64, i64) = db
            .read(|conn| {
                let entries = statement_entries::table.count().get_result(conn).unwrap();
                (entries, remittances::table.filter(remittances::state.eq("credited")).count().get_result(conn).unwrap())
            })
            .await
            .unwrap();
        assert_eq!((entries, paid), (i64::try_from(rounds() * LINES).unwrap(), 8));
    }
);
