//! What is said of a file before it is imported, while it is, and after; and how the books compare with the banks.

use std::sync::Mutex;
use std::time::Duration;

use diesel::prelude::*;
use easylink::base::db::schema::{statement_entries, statement_imports};
use easylink::base::types::Money;
use easylink::features::remittance::{Step, import_statement};

use super::imports::{imports, message, sends};
use super::{Company, company, enters_line, presses};
use crate::support::page::Page;

/// What a row of the page says.
fn row(page: &Page, name: &str) -> String {
    let (names, values) = (page.all("dt"), page.all("dd"));
    let found = names.iter().position(|one| one == name).unwrap_or_else(|| panic!("{name}: {names:?}"));
    values[found].clone()
}

const OTHERWISE: &str = "the same transfers in other words";

on_both!(
    async fn a_file_says_before_it_is_imported_how_much_of_it_is_new(portal) {
        let mut people = company(&portal).await;
        let line = ("20", "10.00", "Wu Xia", "rent", "");
        imports(&portal, &mut people, &message(&[line])).await;
        enters_line(&mut people.fay, "70", "typed ahead", "S-1").await;
        // A twin of what is here, what was typed in, and one that nobody knows.
        let file = message(&[line, line, ("23", "70.00", "Wu Xia", "rent", "S1"), ("23", "5.00", "Wu Xia", "rent", "")]);
        let path = sends(&mut people, &file).await.header("location").unwrap().to_owned();
        let page = people.fay.opens(&path).await;
        assert_eq!(row(&page, "New"), "2; 1 was typed in before; 1 is here already");
        assert!(!page.text().contains(OTHERWISE), "{}", page.text());
        presses(&mut people.fay, &path, "/import").await;
        portal.later(Duration::from_secs(6));
        portal.run_jobs().await;
        let told = people.fay.opens(&path).await.text();
        assert!(told.contains("2 new, 2 known before, of which 1 was typed in before"), "{told}");
    }
);

on_both!(
    async fn lines_that_would_count_once_more_are_warned_of(portal) {
        let mut people = company(&portal).await;
        imports(&portal, &mut people, &message(&[("20", "10.00", "Wu Xia", "rent", ""), ("21", "2.00", "Wu Xia", "milk", "N9")])).await;
        let page = async |people: &mut Company, file: &str| {
            let path = sends(people, file).await.header("location").unwrap().to_owned();
            people.fay.opens(&path).await
        };
        let same_in_other_words = message(&[("20", "10.00", "Wu Xia", "rent of November", "")]);
        let told = page(&mut people, &same_in_other_words).await;
        assert!(told.text().contains(OTHERWISE) && row(&told, "New") == "1", "{}", told.text());
        let of_another_day = message(&[("22", "10.00", "Wu Xia", "rent of November", "")]);
        assert!(!page(&mut people, &of_another_day).await.text().contains(OTHERWISE));
        let numbered = message(&[("20", "10.00", "Wu Xia", "rent of November", "N1")]);
        assert!(page(&mut people, &numbered).await.text().contains(OTHERWISE), "it has a number now");
        let other_number = message(&[("21", "2.00", "Wu Xia", "milk", "N8")]);
        assert!(!page(&mut people, &other_number).await.text().contains(OTHERWISE), "both have numbers");
        let in_another_format = message(&[("21", "2.00", "Wu Xia", "milk", "")]);
        assert!(page(&mut people, &in_another_format).await.text().contains(OTHERWISE), "it has no number any more");
    }
);

on_both!(
    async fn a_file_that_waits_for_others_and_entries_that_wait_for_the_rules_say_so(portal) {
        let mut people = company(&portal).await;
        let mut paths = Vec::new();
        for serial in ["Q1", "Q2"] {
            let file = message(&[("20", "10.00", "Wu Xia", "rent", serial)]);
            let path = sends(&mut people, &file).await.header("location").unwrap().to_owned();
            presses(&mut people.fay, &path, "/import").await;
            paths.push(path);
        }
        let page = people.fay.opens(&paths[0]).await.text();
        assert!(page.contains("0 of 1 entries were read"), "{page}");
        let page = people.fay.opens(&paths[1]).await.text();
        assert!(page.contains("It waits for files before it") && page.contains("One file is imported first"), "{page}");
        portal.later(Duration::from_secs(6));
        portal.run_jobs().await;
        assert!(!people.fay.opens(&paths[1]).await.text().contains("The rules look"));
        // As it is before the rules looked at it.
        portal
            .write(|conn| {
                let last = statement_entries::table.filter(statement_entries::bank_serial.eq("Q2"));
                diesel::update(last).set(statement_entries::state.eq("new")).execute(conn).unwrap();
            })
            .await;
        let page = people.fay.opens(&paths[1]).await;
        assert!(page.text().contains("One entry is still to be looked at"), "{}", page.text());
        assert_eq!(page.attribute("meta[http-equiv=refresh]", "content").as_deref(), Some("5"));
    }
);

on_both!(
    async fn the_command_says_how_far_it_came(portal) {
        company(&portal).await;
        let path = portal.folder().join("day.sta");
        std::fs::write(&path, message(&[("20", "10.00", "Wu Xia", "rent", "C1"), ("20", "5.00", "Wu Xia", "rent", "C2")])).unwrap();
        let (ctx, house, steps) = (portal.ctx(), &portal.house, Mutex::new(Vec::new()));
        let told = |step: Step| steps.lock().unwrap().push(step);
        import_statement(&house.db, (&ctx, &house.clock, &house.config.zone), &path, None, (Money::ZERO, &told)).await.unwrap();
        assert_eq!(*steps.lock().unwrap(), [Step::Kept(2, 2), Step::Looking(2)]);
    }
);

on_both!(
    async fn the_books_are_compared_with_what_the_banks_say(portal) {
        let mut people = company(&portal).await;
        assert!(people.fay.opens("/staff/ledger").await.text().contains("no file of it was imported yet"));
        // Typed in of a day of which no file tells yet.
        let result = async |people: &mut Company| {
            people.fay.opens("/staff/ledger").await.all("td[data-label=Result]").concat()
        };
        imports(&portal, &mut people, &message(&[("20", "10.00", "Wu Xia", "rent", "B1"), ("21", "-3.00", "", "charges", "B2")])).await;
        enters_line(&mut people.fay, "70", "typed ahead", "S-1").await;
        let page = people.fay.opens("/staff/ledger").await;
        assert!(page.text().contains("1,007.00"), "{}", page.text());
        assert_eq!(result(&mut people).await, "Agrees");
        // A file that goes on, and one that leaves a day out.
        let goes_on = message(&[("22", "5.00", "Wu Xia", "rent", "B3")])
            .replace("60F:C261101CNY1000,00", "60F:C261101CNY1007,00")
            .replace("62F:C261130CNY1005,00", "62F:C261130CNY1012,00");
        imports(&portal, &mut people, &goes_on).await;
        assert_eq!(result(&mut people).await, "Agrees");
        let skips = message(&[("24", "1.00", "Wu Xia", "rent", "B4")])
            .replace("60F:C261101CNY1000,00", "60F:C261101CNY1100,00")
            .replace("62F:C261130CNY1001,00", "62F:C261130CNY1101,00");
        imports(&portal, &mut people, &skips).await;
        // 88.00 of the bank's are missing here, beside the 70.00 that were typed in of a day that is over.
        let told = result(&mut people).await;
        assert!(told.contains("Differs") && told.contains("18.00"), "{told}");
        // While a file is being imported nothing is said.
        portal
            .write(|conn| {
                diesel::update(statement_imports::table.filter(statement_imports::id.eq(1)))
                    .set((statement_imports::state.eq("importing"), statement_imports::settled_at.eq(None::<i64>)))
                    .execute(conn)
                    .unwrap();
            })
            .await;
        assert!(people.fay.opens("/staff/ledger").await.text().contains("a file of it is being imported"));
    }
);
