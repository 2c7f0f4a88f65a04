//! Finance and auditors look for an entry: by its amount, the bank's serial number, its number, and a reference.

use diesel::prelude::*;
use easylink::base::db::schema::statement_entries;
use easylink::base::types::Money;
use easylink::web::feature::StaffRole;

use super::imports::{imports, message};
use super::payers::reference;
use super::queue::many_entries;
use super::{company, enters_line, tops_up};
use crate::support::entered::Entered;
use crate::support::portal::Portal;

const HERE: &str = "/staff/statements";

/// The serial numbers of what is found, newest first.
async fn found(officer: &mut Entered, state: &str, typed: &str) -> Vec<String> {
    let form = officer.opens(&format!("{HERE}?state={state}")).await.form(HERE);
    assert_eq!((form.method.as_str(), form.value("state")), ("get", Some(state)), "the search stays in its state");
    let page = officer.opens(&format!("{HERE}?{}", form.with("q", typed).urlencoded())).await;
    assert_eq!(page.form(HERE).value("q"), Some(typed), "{}", page.text());
    let serial = |row: String| row.rsplit("serial ").next().unwrap_or_default().trim().to_string();
    page.all("tbody th .meta").into_iter().map(serial).collect()
}

async fn number_of(portal: &Portal, serial: &'static str) -> String {
    portal
        .read(move |conn| {
            let one = statement_entries::table.filter(statement_entries::serial_key.eq(serial));
            one.select(statement_entries::number).first(conn).unwrap()
        })
        .await
}

on_both!(
    async fn an_entry_is_found_by_what_finance_has_in_hand(portal) {
        let mut people = company(&portal).await;
        let mut ann = portal.employs("Ann", &[StaffRole::Auditor]).await;
        let (number, permanent) = (tops_up(&mut people.li, "1250").await, reference(&mut people.li).await);
        let lines = [
            ("20", "1250.00", "Li Ming", number.as_str(), "AB-71-1"),
            ("21", "7.00", "Wu Xia", "rent", "B2"),
            ("22", "1250.00", "Wu Xia", "rent", "B3"),
            ("23", "9.00", "Wu Xia", permanent.as_str(), "1250"),
            ("24", "-7.00", "Wu Xia", "fees", "B5"),
        ];
        imports(&portal, &mut people, &message(&lines)).await;
        for officer in [&mut people.fay, &mut ann] {
            // An amount, in the state and in all; digits alone may be a serial number, too.
            assert_eq!(found(officer, "open", "1,250.00").await, ["B3"]);
            assert_eq!(found(officer, "all", "¥ 1,250.00").await, ["B3", "AB-71-1"]);
            assert_eq!(found(officer, "all", "1250").await, ["1250", "B3", "AB-71-1"]);
            assert_eq!(found(officer, "outgoing", "7").await, ["B5"]);
            assert_eq!(found(officer, "all", "7.01").await, Vec::<String>::new());
            // The bank's serial number, however it is typed.
            assert_eq!(found(officer, "credited", "ab 71-1").await, ["AB-71-1"]);
            assert_eq!(found(officer, "open", "AB711").await, Vec::<String>::new());
            // A reference, with a sign that is taken for another; and the permanent one.
            let shown = format!("{}-{} {}", &number[..4].to_lowercase(), &number[4..8], &number[8..]).replacen('2', "z", 1);
            assert_eq!(found(officer, "all", &shown).await, ["AB-71-1"]);
            assert_eq!(found(officer, "held", &permanent).await, ["1250"]);
            // The number of an entry.
            let own = number_of(&portal, "B2").await;
            assert_eq!(found(officer, "open", &own.to_lowercase()).await, ["B2"]);
            assert_eq!(found(officer, "credited", &own).await, Vec::<String>::new());
        }
        // The look is recorded with what was asked, but with nobody's amount.
        let page = ann.opens("/staff/audit?event=listed").await.text();
        assert!(page.contains("by: amount, serial number") && page.contains(&format!("by: {permanent}")), "{page}");
        assert!(!page.contains("1,250") && !page.contains("by: 1250") && !page.contains("AB711"), "{page}");
    }
);

on_both!(
    async fn what_cannot_be_found_is_said_kindly(portal) {
        let mut people = company(&portal).await;
        imports(&portal, &mut people, &message(&[("21", "7.00", "Wu Xia", "rent", "B2")])).await;
        let page = people.fay.opens("/staff/statements?state=held&q=Wu+Xia").await;
        assert!(page.text().contains("Nothing found") && page.text().contains("kept sealed"), "{}", page.text());
        assert!(!page.text().contains("rent"), "nobody is found by name");
        let every = page.link("Search in every state");
        assert_eq!(every, "/staff/statements?state=all&q=Wu+Xia");
        for (typed, words) in [("%E2%80%93%2F", "at least one letter or digit"), (&"9".repeat(201), "200")] {
            let page = people.fay.gets(&format!("/staff/statements?state=held&q={typed}")).await;
            assert_eq!((page.status, page.wrong_fields()), (422, vec!["q".to_string()]), "{typed}");
            assert!(page.text().contains(words) && page.text().contains("Nothing was searched"), "{}", page.text());
            assert_eq!(page.form(HERE).value("state"), Some("held"));
        }
        // Blanks ask for nothing.
        let page = people.fay.opens("/staff/statements?q=+").await;
        assert!(page.text().contains("rent"), "{}", page.text());
    }
);

on_both!(
    async fn what_is_found_comes_page_by_page(portal) {
        let mut people = company(&portal).await;
        enters_line(&mut people.fay, "10", "nothing", "S-1").await;
        many_entries(&portal, 45, Money(777_700), &["open", "parked"]).await;
        let mut at = "/staff/statements?state=all&q=7777".to_string();
        let mut seen = Vec::new();
        for rows in [20, 20, 5] {
            let page = people.fay.opens(&at).await;
            let links = page.links().into_iter().filter(|(_, to)| to.starts_with("/staff/statements/E"));
            let numbers: Vec<String> = links.map(|(_, to)| to).collect();
            assert_eq!(numbers.len(), rows, "{}", page.text());
            seen.extend(numbers);
            at = page.links().into_iter().find(|(word, _)| word.contains("Older")).map(|(_, to)| to).unwrap_or_default();
        }
        assert_eq!(at, "");
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 45, "each once");
        let parked = people.fay.opens("/staff/statements?state=parked&q=7777").await.all("tbody tr").len();
        assert_eq!(parked, 20, "a page of the 22");
    }
);
