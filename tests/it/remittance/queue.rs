//! Finance's queue and what is offered for a declaration: order, age, currency; and the customer's overview beside it.

use diesel::prelude::*;
use easylink::base::db::schema::{receiving_accounts, statement_entries};
use easylink::base::types::{Money, Number};

use super::receiving::opens_another;
use super::{balance, company, declares, enters_line, entry, presses, tops_up, verified};
use crate::support::portal::Portal;

/// The number of the entry with this serial number.
async fn number_of(portal: &Portal, serial: &'static str) -> String {
    portal
        .read(move |conn| {
            let found = statement_entries::table.filter(statement_entries::bank_serial.eq(serial));
            found.select(statement_entries::number).first(conn).unwrap()
        })
        .await
}

/// Entries that were typed in, of one amount and in these states by turns.
pub async fn many_entries(portal: &Portal, count: usize, amount: Money, states: &'static [&'static str]) {
    let now = portal.house.clock.now();
    portal
        .write(move |conn| {
            let (receiving, key, person): (i64, String, i64) = receiving_accounts::table
                .select((receiving_accounts::id, receiving_accounts::account_key, receiving_accounts::proposed_by_id))
                .first(conn)
                .unwrap();
            for serial in 0..count {
                diesel::insert_into(statement_entries::table)
                    .values((
                        statement_entries::number.eq(Number::random('E')),
                        statement_entries::receiving_account_id.eq(receiving),
                        statement_entries::account_key.eq(&key),
                        statement_entries::state.eq(states[serial % states.len()]),
                        statement_entries::amount.eq(amount),
                        statement_entries::booked_on.eq("2026-11-23"),
                        statement_entries::sealed_remitter.eq(vec![0_u8]),
                        statement_entries::remittance_text.eq("something else"),
                        statement_entries::bank_serial.eq(format!("N-{serial}")),
                        statement_entries::serial_key.eq(format!("N{serial}")),
                        statement_entries::entered_by_id.eq(person),
                        statement_entries::entered_at.eq(now),
                    ))
                    .execute(conn)
                    .unwrap();
            }
        })
        .await;
}

on_both! {
    async fn an_old_entry_is_found_by_its_reference_and_by_its_amount(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        declares(&mut people.li, &number).await;
        // Banks write it as they like, and other words look like a reference.
        let spaced = format!("ref {} {}", &number[..5].to_lowercase(), &number[5..]);
        enters_line(&mut people.fay, "9", &spaced, "S-1").await;
        enters_line(&mut people.fay, "10", "nothing", "S-2").await;
        let old = [number_of(&portal, "S-1").await, number_of(&portal, "S-2").await];
        // More than are looked through, all newer and of another amount.
        many_entries(&portal, 501, Money(777_700), &["open"]).await;
        let path = format!("/staff/remittances/{number}");
        let page = people.finn.opens(&path).await;
        assert!(page.text().contains("Another amount"), "by the reference: {}", page.text());
        let form = page.form(&format!("{path}/confirmation"));
        assert_eq!(form.value("entry"), Some(old[1].as_str()), "by the amount");
        people.finn.submits(&form).await;
        assert_eq!(balance(&portal, &people.li).await, Money(1_000));
    }
}

on_both! {
    async fn another_currency_is_neither_named_nor_credited(portal) {
        let mut people = company(&portal).await;
        opens_another(&mut people, "Bank of Dollars").await;
        portal.write(|conn| {
            let dollars = receiving_accounts::table.filter(receiving_accounts::bank_name.eq("Bank of Dollars"));
            diesel::update(dollars).set(receiving_accounts::currency.eq("USD")).execute(conn).unwrap()
        }).await;
        let number = tops_up(&mut people.li, "10").await;
        let page = people.li.opens(&format!("/account/remittances/{number}")).await;
        assert!(page.text().contains("3100 0001") && !page.text().contains("7777 0002"), "{}", page.text());
        declares(&mut people.li, &number).await;
        let page = people.fay.opens("/staff/statements/new").await;
        let dollars = page.attribute("select[name=receiving] option:not(:last-child):not([value=''])", "value").unwrap();
        let form = entry(&mut people.fay, "10", &number, "S-1").await.with("receiving", &dollars);
        people.fay.submits(&form).await;
        enters_line(&mut people.fay, "10", &number, "S-2").await;
        let (other, right) = (number_of(&portal, "S-1").await, number_of(&portal, "S-2").await);
        let path = format!("/staff/remittances/{number}");
        let page = people.finn.opens(&path).await;
        assert_eq!(page.forms().iter().filter(|form| form.contains("confirmation")).count(), 1, "{:?}", page.forms());
        let form = page.form(&format!("{path}/confirmation"));
        assert_eq!(form.value("entry"), Some(right.as_str()));
        let again = people.finn.posts(&form.tampered("entry", &other)).await;
        assert_eq!(again.status, 422);
        assert!(again.text().contains("The currencies differ"), "{}", again.text());
        assert_eq!(balance(&portal, &people.li).await, Money::ZERO);
        presses(&mut people.finn, &path, "/confirmation").await;
        assert_eq!(balance(&portal, &people.li).await, Money(1_000));
        // Without an account in the installation's currency nothing can be paid in.
        portal.write(|conn| {
            diesel::update(receiving_accounts::table).set(receiving_accounts::currency.eq("USD")).execute(conn).unwrap()
        }).await;
        assert!(people.li.opens("/account/remittances/new").await.text().contains("Top-ups are paused"));
        // The books of this test are in one currency.
        portal.write(|conn| {
            diesel::update(receiving_accounts::table).set(receiving_accounts::currency.eq("CNY")).execute(conn).unwrap()
        }).await;
    }
}

on_both! {
    async fn the_queue_is_in_the_order_of_declaring(portal) {
        let mut people = company(&portal).await;
        let (late, early) = (tops_up(&mut people.li, "10").await, tops_up(&mut people.li, "20").await);
        declares(&mut people.li, &early).await;
        portal.minutes(1);
        declares(&mut people.li, &late).await;
        let rows = people.finn.opens("/staff/remittances").await.all("tbody tr");
        assert_eq!(rows.len(), 2);
        assert!(rows[0].contains("20.00") && rows[1].contains("10.00"), "{rows:?}");
        let older = people.finn.opens(&format!("/staff/remittances?after={early}")).await.all("tbody tr");
        assert!(older.len() == 1 && older[0].contains("10.00"), "{older:?}");
        assert!(people.finn.opens(&format!("/staff/remittances?after={late}")).await.all("tbody tr").is_empty());
    }
}

on_both! {
    async fn what_waits_for_the_customer_is_not_under_way(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        let page = people.li.opens("/account").await;
        assert!(page.text().contains("Transfer and declare") && !page.text().contains("Remittance under way"), "{}", page.text());
        declares(&mut people.li, &number).await;
        let page = people.li.opens("/account").await;
        assert!(!page.text().contains("Transfer and declare") && page.text().contains("Remittance under way"), "{}", page.text());
    }
}

on_both! {
    async fn what_has_arrived_asks_nothing_of_the_customer(portal) {
        let mut people = company(&portal).await;
        let first = tops_up(&mut people.li, "10").await;
        portal.minutes(1);
        let second = tops_up(&mut people.li, "20").await;
        let overview = people.li.opens("/account").await.text();
        assert!(overview.contains("Transfer and declare ¥ 20.00") && overview.contains("1 more waits"), "{overview}");
        // The money of the newer one is there: the older one alone waits for the customer.
        enters_line(&mut people.fay, "20", &second, "S-1").await;
        let overview = people.li.opens("/account").await.text();
        assert!(overview.contains("Transfer and declare ¥ 10.00") && !overview.contains("more waits"), "{overview}");
        assert!(overview.contains("Remittance under way") && overview.contains("Arrived, we look at it"), "{overview}");
        let list = people.li.opens("/account/remittances").await.all("tbody tr");
        assert!(list[0].contains("Arrived, we look at it") && list[1].contains("Waiting for your declaration"), "{list:?}");
        enters_line(&mut people.fay, "10", &first, "S-2").await;
        let overview = people.li.opens("/account").await.text();
        assert!(!overview.contains("Transfer and declare") && overview.contains("1 more under way"), "{overview}");
        // Nobody cancels what has arrived, not even from an address that was kept.
        assert_eq!(people.li.gets(&format!("/account/remittances/{first}/withdrawal")).await.status, 409);
        // Another customer’s money says nothing here.
        let mut other = verified(&portal, "zoe@example.com").await;
        tops_up(&mut other, "10").await;
        let overview = other.opens("/account").await.text();
        assert!(overview.contains("Transfer and declare") && !overview.contains("Arrived"), "{overview}");
    }
}

on_both! {
    async fn a_place_in_the_queue_is_counted_as_far_as_it_helps(portal) {
        let mut people = company(&portal).await;
        enters_line(&mut people.fay, "9", "nothing", "S-1").await;
        enters_line(&mut people.fay, "10", "nothing", "S-2").await;
        let (first, second) = (number_of(&portal, "S-1").await, number_of(&portal, "S-2").await);
        let page = people.finn.opens(&format!("/staff/statements/{second}")).await.text();
        assert!(page.contains("entry 2 of 2 that need a person"), "{page}");
        many_entries(&portal, 1_000, Money(777_700), &["open"]).await;
        let page = people.finn.opens(&format!("/staff/statements/{first}")).await.text();
        assert!(page.contains("entry 1 of more than 1,000 that need a person"), "{page}");
        let last = number_of(&portal, "N-999").await;
        let page = people.finn.opens(&format!("/staff/statements/{last}")).await.text();
        assert!(page.contains("one of more than 1,000 that need a person"), "{page}");
        let page = people.finn.opens(&format!("/staff/statements/{last}")).await;
        assert!(page.links().iter().any(|(word, _)| word == "Next one that needs a person"), "{}", page.text());
    }
}
