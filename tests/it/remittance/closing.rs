//! A receiving account closes: many are told in pieces, and nobody who left is.

use std::time::Duration;

use diesel::prelude::*;
use easylink::base::db::schema::{memberships, permanent_references, receiving_accounts, records, remittances};
use easylink::base::types::{Money, Number};
use easylink::features::accounts::MemberRole;
use easylink::services::records::Event;

use super::cases::again;
use super::imports::{imports, message, reasons};
use super::payers::reference;
use super::receiving::{closes_the_oldest, opens_another};
use super::{at_once, company, declares, enters_line, presses, tops_up, verified};
use crate::support::portal::Portal;

const MANY: usize = 1_201;

/// Open top-ups of this person, as many as the pages would take an hour for.
async fn many_top_ups(portal: &Portal, account: i64, person: i64) {
    let now = portal.house.clock.now();
    portal
        .write(move |conn| {
            let receiving: i64 = receiving_accounts::table.select(receiving_accounts::id).first(conn).unwrap();
            for _ in 0..MANY {
                diesel::insert_into(remittances::table)
                    .values((
                        remittances::number.eq(Number::random('R')),
                        remittances::account_id.eq(account),
                        remittances::opened_by_id.eq(person),
                        remittances::receiving_account_id.eq(receiving),
                        remittances::state.eq("open"),
                        remittances::amount.eq(Money(100)),
                        remittances::opened_at.eq(now),
                    ))
                    .execute(conn)
                    .unwrap();
            }
        })
        .await;
}

/// How many have to be told yet, and how many are on record as told.
async fn told(portal: &Portal) -> (i64, i64) {
    portal
        .read(|conn| {
            let untold = remittances::table.filter(remittances::untold.is_not_null()).count().get_result(conn);
            let event = records::event.eq(Event::RemittanceAccountClosed);
            (untold.unwrap(), records::table.filter(event).count().get_result(conn).unwrap())
        })
        .await
}

on_both! {
    async fn many_are_told_in_pieces_and_nobody_twice(portal) {
        let mut people = company(&portal).await;
        many_top_ups(&portal, people.li.account_id, people.li.person_id).await;
        opens_another(&mut people, "Bank of Seconds").await;
        portal.run_jobs().await;
        closes_the_oldest(&mut people).await;
        assert_eq!(told(&portal).await, (701, 500), "one piece in the transaction that closes it");
        portal.later(Duration::from_secs(31));
        at_once(&portal, "remittance_closed_accounts").await;
        assert_eq!(told(&portal).await, (0, 1_201));
        portal.later(Duration::from_secs(31));
        let mails = portal.mails_to("li@example.com").await;
        assert_eq!(mails.len(), 3, "one for each piece");
        let mut numbers: Vec<String> = mails
            .iter()
            .flat_map(|mail| mail.text.lines().filter_map(|line| line.split_once("/account/remittances/")))
            .map(|(_, number)| number.to_string())
            .collect();
        assert_eq!(numbers.len(), MANY);
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), MANY, "each is named once");
        assert_eq!(told(&portal).await, (0, 1_201));
        let moved: i64 = portal.read(|conn| {
            let bank = receiving_accounts::bank_name.eq("Bank of Seconds");
            remittances::table.inner_join(receiving_accounts::table).filter(bank).count().get_result(conn).unwrap()
        }).await;
        assert_eq!(moved, 1_201);
    }
}

on_both! {
    async fn who_left_is_not_written_to_but_the_owner_is(portal) {
        let mut people = company(&portal).await;
        let mut wu = portal.joins(people.li.account_id, "wu@example.com", MemberRole::Billing).await;
        let (credited, refused, open) =
            (tops_up(&mut wu, "10").await, tops_up(&mut wu, "20").await, tops_up(&mut wu, "30").await);
        for number in [&credited, &refused] {
            declares(&mut wu, number).await;
        }
        let (person, now) = (wu.person_id, portal.house.clock.now());
        portal.write(move |conn| {
            diesel::update(memberships::table.filter(memberships::person_id.eq(person)))
                .set(memberships::ended_at.eq(Some(now)))
                .execute(conn)
                .unwrap()
        }).await;
        enters_line(&mut people.fay, "10", &credited, "S-1").await;
        presses(&mut people.finn, &format!("/staff/remittances/{credited}"), "/confirmation").await;
        let path = format!("/staff/remittances/{refused}");
        let form = people.finn.opens(&path).await.form(&format!("{path}/refusal")).with("reason", "Nothing arrived.");
        people.finn.submits(&form).await;
        closes_the_oldest(&mut people).await;
        let mails = portal.mails_to("li@example.com").await;
        assert_eq!(mails.len(), 3, "{:?}", mails.iter().map(|mail| &mail.subject).collect::<Vec<_>>());
        assert!(mails[2].text.contains(&open) && mails[2].text.contains(&refused), "{}", mails[2].text);
        assert!(portal.mails_to("wu@example.com").await.is_empty());
    }
}

const STANDING: &str = "Please change your standing orders: our bank account has changed";

/// The texts of the mails about standing orders to this address.
async fn standing(portal: &Portal, address: &str) -> Vec<String> {
    let mails = portal.mails_to(address).await;
    mails.into_iter().filter(|mail| mail.subject == STANDING).map(|mail| mail.text).collect()
}

on_both! {
    async fn whose_standing_order_goes_there_is_told_once(portal) {
        let mut people = company(&portal).await;
        let (mut wu, mut zoe) = (verified(&portal, "wu@example.com").await, verified(&portal, "zoe@example.com").await);
        let (li, theirs, _) =
            (reference(&mut people.li).await, reference(&mut zoe).await, reference(&mut wu).await);
        // Wu has a reference as well, but what came was a top-up.
        let once = tops_up(&mut wu, "40").await;
        let lines = [
            ("20", "70.00", "Li Ming", li.as_str(), "M1"),
            ("20", "30.00", "Li Ming", theirs.as_str(), "M2"),
            ("20", "40.00", "Li Ming", once.as_str(), "M3"),
        ];
        imports(&portal, &mut people, &message(&lines)).await;
        assert_eq!(reasons(&portal).await, ["permanent", "permanent", "exact"]);
        // Another owner of the same account, for which somebody else owes a top-up; and an owner who owes one.
        portal.joins(people.li.account_id, "ying@example.com", MemberRole::Owner).await;
        let mut bo = portal.joins(people.li.account_id, "bo@example.com", MemberRole::Billing).await;
        let (open, others) = (tops_up(&mut zoe, "10").await, tops_up(&mut bo, "15").await);
        opens_another(&mut people, "Bank of Seconds").await;
        let list = people.fay.opens("/staff/receiving").await;
        let oldest = list.forms().into_iter().rfind(|form| form.ends_with("/closure")).unwrap();
        people.fay.submits(&list.form(&oldest)).await;
        let link = people.finn.opens("/staff/receiving").await.links().into_iter().find(|(_, to)| to.ends_with("/closure"));
        let page = people.finn.opens(&link.unwrap().1).await;
        assert!(page.text().contains("The owners of 2 accounts whose permanent reference brought money by it"), "{}", page.text());
        people.finn.submits(&page.form("form:has(input[value=close])")).await;
        for _ in 0..2 {
            portal.later(Duration::from_secs(31));
            at_once(&portal, "remittance_closed_accounts").await;
        }
        for address in ["li@example.com", "ying@example.com"] {
            let told = standing(&portal, address).await;
            assert_eq!(told.len(), 1, "{address}: {told:?}");
            let number = Number::parse('M', &li).unwrap().to_string();
            for words in [number.as_str(), "/account/payers", "The reference stays the same"] {
                assert!(told[0].contains(words), "{words} in {}", told[0]);
            }
            assert!(!told[0].contains("7777") && !told[0].contains("3100"), "{}", told[0]);
        }
        for address in ["bo@example.com", "wu@example.com"] {
            assert_eq!(standing(&portal, address).await, Vec::<String>::new(), "{address}");
        }
        // Who opened a top-up is told of it, in a mail of its own.
        assert_eq!(standing(&portal, "zoe@example.com").await.len(), 1);
        for (address, number) in [("zoe@example.com", &open), ("bo@example.com", &others)] {
            let mails = portal.mails_to(address).await;
            let told: Vec<_> = mails.iter().filter(|mail| mail.text.contains(number.as_str())).collect();
            assert!(told.len() == 1 && told[0].subject != STANDING, "{address}");
        }
        let page = people.li.opens("/account/payers").await.text();
        assert!(page.contains("7777 0002") && !page.contains("3100 0001"), "{page}");
        // The reference itself stays as it was made.
        let untold: i64 = portal
            .read(|conn| {
                let noted = permanent_references::table.filter(permanent_references::untold_of_id.is_not_null());
                noted.count().get_result(conn).unwrap()
            })
            .await;
        assert_eq!(untold, 0);
    }
}

on_both! {
    async fn standing_orders_behind_many_top_ups_are_told_of_by_the_job(portal) {
        let mut people = company(&portal).await;
        let mut wu = verified(&portal, "wu@example.com").await;
        let number = reference(&mut wu).await;
        imports(&portal, &mut people, &message(&[("20", "70.00", "Li Ming", &number, "M1")])).await;
        many_top_ups(&portal, people.li.account_id, people.li.person_id).await;
        closes_the_oldest(&mut people).await;
        assert_eq!(standing(&portal, "wu@example.com").await.len(), 0, "the first piece is told in the transaction that closes it");
        portal.later(Duration::from_secs(31));
        at_once(&portal, "remittance_closed_accounts").await;
        let told = standing(&portal, "wu@example.com").await;
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("stop standing orders"), "no other account is open: {}", told[0]);
    }
}

on_both! {
    async fn a_standing_order_of_long_ago_is_none(portal) {
        let mut people = company(&portal).await;
        let number = reference(&mut people.li).await;
        imports(&portal, &mut people, &message(&[("20", "70.00", "Li Ming", &number, "M1")])).await;
        portal.later(Duration::from_secs(396 * 86_400));
        again(&portal, &mut people).await;
        closes_the_oldest(&mut people).await;
        portal.later(Duration::from_secs(31));
        portal.run_jobs().await;
        assert_eq!(standing(&portal, "li@example.com").await, Vec::<String>::new());
    }
}

on_both! {
    async fn of_another_currency_nothing_is_said_to_stand_beside_the_reference(portal) {
        let mut people = company(&portal).await;
        let number = reference(&mut people.li).await;
        imports(&portal, &mut people, &message(&[("20", "70.00", "Li Ming", &number, "M1")])).await;
        opens_another(&mut people, "Bank of Dollars").await;
        portal.write(|conn| {
            diesel::update(receiving_accounts::table).set(receiving_accounts::currency.eq("USD")).execute(conn).unwrap()
        }).await;
        closes_the_oldest(&mut people).await;
        let told = standing(&portal, "li@example.com").await;
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("It was an account in USD") && told[0].contains("in CNY alone"), "{}", told[0]);
        assert!(!told[0].contains("The account to pay to") && !told[0].contains("As\nsoon as"), "{}", told[0]);
        let page = people.li.opens("/account/payers").await.text();
        assert!(!page.contains("7777 0002") && !page.contains("3100 0001"), "{page}");
        // The books of this test are in one currency.
        portal.write(|conn| {
            diesel::update(receiving_accounts::table).set(receiving_accounts::currency.eq("CNY")).execute(conn).unwrap()
        }).await;
    }
}
