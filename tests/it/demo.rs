//! The demo company: what happened in it, in the order in which it happened.

use diesel::prelude::*;
use easylink::app::demo::founded;
use easylink::base::db::schema::{consents, ledger_transactions, people, policy_versions, records, tickets};
use easylink::base::types::Moment;

use crate::support::entered::Entered;
use crate::support::portal::Portal;

on_both! {
    async fn lists_of_the_demo_go_by_time(portal) {
        portal.opens_the_demo().await;
        let (told, booked, asked) = portal
            .read(|conn| {
                let told = records::table
                    .filter(records::event.like("remittance%").or(records::event.like("ticket%")))
                    .order(records::id)
                    .select(records::at)
                    .load::<Moment>(conn)
                    .unwrap();
                let booked = ledger_transactions::table.order(ledger_transactions::id).select(ledger_transactions::at);
                let asked = tickets::table.order(tickets::id).select(tickets::opened_at);
                (told, booked.load::<Moment>(conn).unwrap(), asked.load::<Moment>(conn).unwrap())
            })
            .await;
        for list in [told, booked, asked] {
            assert!(list.len() > 5 && list.is_sorted(), "{list:?}");
        }
    }
}

on_both! {
    async fn nobody_agreed_to_a_policy_before_it_was_in_force(portal) {
        portal.opens_the_demo().await;
        let mut customer = portal.returns("customer@example.com").await;
        let page = customer.opens("/account/privacy").await;
        assert!(page.text().contains("You agreed to version 1 of the privacy policy on"), "{}", page.text());
        portal
            .read(|conn| {
                let agreed = consents::table.inner_join(policy_versions::table).select((consents::at, policy_versions::published_at));
                let agreed = agreed.load::<(Moment, Moment)>(conn).unwrap();
                assert!(agreed.len() >= 30 && agreed.iter().all(|(at, in_force)| at >= in_force), "{agreed:?}");
                // A new demo is in force before its first customer comes.
                let first = agreed.iter().map(|(at, _)| *at).min().unwrap();
                let filled = records::table.filter(records::event.eq("demo_made")).select(records::at);
                assert!(founded(filled.first(conn).unwrap()) < first);
            })
            .await;
    }
}

on_both! {
    async fn figures_of_the_desk_lead_to_what_they_count(portal) {
        portal.opens_the_demo().await;
        for (who, lists) in [
            ("finance@staff.example.com", ["/staff/remittances", "/staff/statements"].as_slice()),
            ("support@staff.example.com", ["/staff/tickets", "/staff/tickets?view=unassigned"].as_slice()),
        ] {
            let mut officer = portal.returns(who).await;
            let desk = officer.opens("/staff").await;
            for list in lists {
                let figures: Vec<String> = desk.links().into_iter().filter(|(name, to)| to == list && name.parse::<u32>().is_ok()).map(|(name, _)| name).collect();
                assert_eq!(figures.len(), 1, "{list}: {:?}", desk.links());
                let rows = officer.opens(list).await.all("tbody tr").len();
                let count: usize = figures[0].parse().unwrap();
                assert_eq!(rows, count.min(20), "{list}");
            }
        }
    }
}

on_both! {
    async fn finance_reads_customers_by_name(portal) {
        portal.opens_the_demo().await;
        let mut finance = portal.returns("finance@staff.example.com").await;
        let queue = finance.opens("/staff/remittances?state=credited").await;
        let ledger = finance.opens("/staff/ledger").await;
        for page in [&queue, &ledger] {
            assert!(page.text().contains("Li Ming"), "{}", page.text());
        }
        // Without any name, the address of who opened it, masked.
        portal
            .write(|conn| {
                let person = people::table.filter(people::address.eq("customer@example.com"));
                diesel::update(person).set(people::name.eq(None::<String>)).execute(conn).unwrap()
            })
            .await;
        for list in ["/staff/remittances?state=credited", "/staff/ledger"] {
            let page = finance.opens(list).await;
            assert!(page.text().contains("c***@example.com") && !page.text().contains("Li Ming"), "{}", page.text());
        }
        // On a phone a value is called as its column is.
        let heads = queue.all("thead th");
        assert!(heads.contains(&"Declared".to_string()));
        assert!(queue.attribute("tbody tr:first-child td:nth-child(3)", "data-label") == Some("Declared".into()));
    }
}

/// Whatever the company is paid in, its files are in it, and the books agree with them, also once what waits is imported.
#[tokio::test]
async fn the_demo_is_paid_in_euros_too() {
    let portal = Portal::sqlite_with(&[("EASYLINK_CURRENCY", "EUR")]).await;
    portal.opens_the_demo().await;
    let mut finance = portal.returns("finance@staff.example.com").await;
    let result = async |finance: &mut Entered| finance.opens("/staff/ledger").await.all("td[data-label=Result]");
    assert_eq!(result(&mut finance).await, ["Agrees"]);
    // The day before: with its file alone a day is missing between them, and with that it is not.
    let files = finance.opens("/staff/statements/imports").await;
    let path = files.link("day-before.sta");
    let page = finance.opens(&path).await;
    finance.submits(&page.form(&format!("{path}/import"))).await;
    portal.later(std::time::Duration::from_secs(6));
    portal.run_jobs().await;
    let told = result(&mut finance).await;
    assert!(told.len() == 1 && told[0].contains("28.10"), "{told:?}");
    let mut customer = portal.returns("customer@example.com").await;
    let list = customer.opens("/account/remittances").await;
    let open = list.links().into_iter().map(|(_, to)| to).filter(|to| to.contains("/remittances/R"));
    let mut codes = 0;
    for path in open.collect::<std::collections::BTreeSet<_>>() {
        codes += customer.opens(&path).await.all("svg.qr").len();
    }
    assert!(codes > 0, "a banking app reads what is to be paid");
}
