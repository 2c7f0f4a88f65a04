//! The order in which files of the bank come, how their lines are cut into files, and how often each comes, is of no account.

use diesel::prelude::*;
use easylink::base::db::schema::remittances;
use easylink::base::types::Money;
use easylink::features::remittance::import_statement;

use super::imports::{Line, books_are_right, message};
use super::{Company, balance, company, tops_up};
use crate::support::portal::Portal;

/// Numbers in no order, the same ones for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % most).unwrap()
    }
}

/// How lines are cut into files, each a list of their places.
fn arranged(way: usize, dice: &mut Dice) -> Vec<Vec<usize>> {
    let mut files: Vec<Vec<usize>> = match way {
        0 => return vec![(0..9).collect()],
        1 => vec![vec![8, 7, 6], vec![5, 4, 3], vec![2, 1, 0]],
        _ => vec![vec![0, 1, 2, 3], vec![2, 3, 4, 5], vec![5, 6, 7, 8], vec![8], vec![0, 4, 8]],
    };
    if way > 1 {
        files.extend(files.clone());
        for at in (1..files.len()).rev() {
            files.swap(at, dice.below(at as u64 + 1));
        }
    }
    files
}

/// What the same payments come to when they arrive in this way: the wallet, and state and received amount of each top-up.
async fn outcome(portal: &Portal, people: &mut Company, seed: u64, way: usize) -> (i64, Vec<(String, i64)>) {
    let before = balance(portal, &people.li).await;
    let mut references = Vec::new();
    for amount in ["100", "50", "20"] {
        references.push(tops_up(&mut people.li, amount).await);
    }
    let mut dice = Dice(seed);
    let amounts = ["20.00", "50.00", "60.00", "100.00", "7.50"];
    let planned: Vec<(String, &str, String, String)> = (0..9)
        .map(|nth| {
            let (reference, amount) = (dice.below(3), amounts[dice.below(5)]);
            (format!("{:02}", nth + 1), amount, references[reference].clone(), format!("Q{seed}W{way}N{nth}"))
        })
        .collect();
    let path = portal.folder().join("part.sta");
    for file in arranged(way, &mut dice) {
        let lines: Vec<Line<'_>> = file
            .iter()
            .map(|nth| {
                let (day, amount, reference, serial) = &planned[*nth];
                (day.as_str(), *amount, "Li Ming", reference.as_str(), serial.as_str())
            })
            .collect();
        std::fs::write(&path, message(&lines)).unwrap();
        import_statement(
            &portal.house.db,
            (&portal.ctx(), &portal.house.clock, &portal.house.config.zone),
            &path,
            None,
            (Money::ZERO, &|_| ()),
        )
        .await
        .unwrap();
    }
    let after = balance(portal, &people.li).await;
    let received = portal
        .read(move |conn| {
            let mut all = Vec::new();
            for number in &references {
                let one = remittances::table.filter(remittances::number.eq(number));
                all.push(one.select((remittances::state, remittances::received)).first(conn).unwrap());
            }
            all
        })
        .await;
    (after.0 - before.0, received)
}

on_both!(
    async fn files_in_any_order_and_number_come_to_the_same(portal) {
        let mut people = company(&portal).await;
        for seed in [1, 2] {
            let first = outcome(&portal, &mut people, seed, 0).await;
            assert!(first.0 > 0, "nothing was credited by seed {seed}");
            for way in [1, 2] {
                assert_eq!(outcome(&portal, &mut people, seed, way).await, first, "seed {seed}, way {way}");
            }
        }
        books_are_right(&portal).await;
    }
);
