//! A receiving account closes: many are told in pieces, and nobody who left is.

use std::time::Duration;

use diesel::prelude::*;
use easylink::base::db::schema::{memberships, receiving_accounts, records, remittances};
use easylink::base::types::{Money, Number};
use easylink::features::accounts::MemberRole;
use easylink::services::records::Event;

use super::receiving::{closes_the_oldest, opens_another};
use super::{company, declares, enters_line, presses, tops_up};
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
        // Two instances at once: both come to tell.
        futures_util::future::join(portal.run_jobs(), portal.run_jobs()).await;
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
