//! How often customers may send what people have to read, and what is said to those who send more.

use std::time::Duration;

use diesel::prelude::*;
use easylink::base::db::schema::{remittances, ticket_entries, tickets, uploads};
use easylink::base::types::Moment;
use easylink::web::limits::{Limit, bucket, count};

use crate::limits::only_hashes;
use crate::remittance::{company, verified};
use crate::support::entered::Entered;
use crate::support::page::Page;
use crate::support::portal::Portal;
use crate::tickets::{filled, opened, pdf};

const HOUR: Duration = Duration::from_secs(3600);

/// Counts so many as if they had been sent from this account and its network now.
async fn sent(portal: &Portal, what: &'static str, whose: [(&'static str, String, i64); 2]) {
    let (keys, now): (_, Moment) = (portal.house.keys.clone(), portal.house.clock.now());
    portal
        .write(move |conn| {
            for (kind, id, times) in whose {
                let bucket = bucket(&keys, what, &[kind, &id]);
                for _ in 0..times {
                    count(conn, &bucket, Limit::of(1000, 3600), now).unwrap();
                }
            }
        })
        .await;
}

/// All but one of what an account may send in an hour.
async fn nearly_all(portal: &Portal, what: &'static str, who: &Entered, most: i64) {
    let network = who.address().to_string();
    sent(portal, what, [("account", who.account_id.to_string(), most - 1), ("network", network, most - 1)]).await;
}

/// Two gibibytes less one begun piece.
async fn nearly_all_bytes(portal: &Portal, who: &Entered) {
    let (keys, now, person) = (portal.house.keys.clone(), portal.house.clock.now(), who.person_id);
    portal
        .write(move |conn| {
            let bucket = bucket(&keys, "upload_pieces", &[&person.to_string()]);
            for _ in 0..511 {
                count(conn, &bucket, Limit::of(512, 3600), now).unwrap();
            }
        })
        .await;
}

/// The page says how long to wait, and the browser is told the same.
fn waits(page: &Page) {
    assert_eq!(page.status, 429, "{}", page.text());
    let seconds: u64 = page.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=4320).contains(&seconds), "{seconds}");
    let text = page.text();
    assert!(text.contains("There is a problem") && text.contains("What you wrote is kept on this page"), "{text}");
}

on_both!(
    async fn an_account_opens_so_many_work_orders_an_hour(portal) {
        let mut li = portal.enters("li@example.com").await;
        nearly_all(&portal, "work_order", &li, 30).await;
        opened(&mut li, "The thirtieth").await;
        let form = filled(&mut li, "One more").await.file("files", "kept.pdf", "application/pdf", &pdf(20));
        let page = li.posts(&form).await;
        waits(&page);
        let again = page.form("/account/tickets/new");
        assert_eq!((again.value("subject"), again.has("kept")), (Some("One more"), true));
        assert!(page.text().contains("kept.pdf"));
        let count = |conn: &mut _| tickets::table.count().get_result::<i64>(conn).unwrap();
        assert_eq!(portal.read(count).await, 1);
        // Others are not kept waiting, and what was kept is sent when there is room.
        let mut wu = portal.enters("wu@example.com").await;
        opened(&mut wu, "Another account").await;
        portal.later(HOUR * 6 / 5);
        assert_eq!(li.submits(&again).await.h1(), "One more");
        let counted = only_hashes(&portal).await;
        assert!(counted.contains(&"work_order".to_string()), "{counted:?}");
    }
);

on_both!(
    async fn an_account_opens_so_many_top_ups_an_hour(portal) {
        let mut people = company(&portal).await;
        let page = people.li.opens("/account/remittances/new").await;
        let form = page.form("/account/remittances/new");
        nearly_all(&portal, "top_up", &people.li, 20).await;
        assert_eq!(people.li.posts(&form.clone().with("amount", "12")).await.status, 303);
        let form = people.li.opens("/account/remittances/new").await.form("/account/remittances/new");
        let page = people.li.posts(&form.with("amount", "13")).await;
        waits(&page);
        assert_eq!(page.form("/account/remittances/new").value("amount"), Some("13"));
        let count = |conn: &mut _| remittances::table.count().get_result::<i64>(conn).unwrap();
        assert_eq!(portal.read(count).await, 1);
    }
);

on_both!(
    async fn an_account_sends_so_many_replies_an_hour(portal) {
        let mut li = portal.enters("li@example.com").await;
        let path = opened(&mut li, "A question").await.path();
        let path = path.split('?').next().unwrap();
        nearly_all(&portal, "reply", &li, 120).await;
        for (text, status) in [("The last", 303), ("One too many", 429)] {
            let form = li.opens(path).await.form(path).with("text", text);
            let page = li.posts(&form).await;
            assert_eq!(page.status, status, "{}", page.text());
            if status == 429 {
                waits(&page);
                assert_eq!(page.form(path).value("text"), Some(text));
            }
        }
        let count = |conn: &mut _| ticket_entries::table.count().get_result::<i64>(conn).unwrap();
        assert_eq!(portal.read(count).await, 2);
    }
);

on_both!(
    async fn many_accounts_of_one_network_wait_together(portal) {
        let mut li = verified(&portal, "li@example.com").await;
        let network = li.address().to_string();
        let none = ("account", "0".to_string(), 0);
        sent(&portal, "work_order", [none, ("network", network, 150)]).await;
        let form = filled(&mut li, "From a crowd").await;
        waits(&li.posts(&form).await);
        portal.careless();
    }
);

on_both!(
    async fn refused_files_and_bytes_count_before_they_are_kept(portal) {
        let mut li = portal.enters("li@example.com").await;
        for _ in 0..4 {
            let form = (0..50).fold(filled(&mut li, "").await, |form, _| {
                form.file("files", "page.png", "image/png", b"<html>no picture")
            });
            assert_eq!(li.posts(&form).await.status, 422);
        }
        let kept = |conn: &mut _| uploads::table.count().get_result::<i64>(conn).unwrap();
        let form = filled(&mut li, "").await.file("files", "a.pdf", "application/pdf", &pdf(5));
        let page = li.posts(&form).await;
        assert_eq!((page.status, portal.read(kept).await), (429, 0), "{}", page.text());
        assert!(page.header("retry-after").is_some());
        // Whoever sends no file is not concerned.
        opened(&mut li, "Without files").await;

        let mut wu = portal.enters("wu@example.com").await;
        nearly_all_bytes(&portal, &wu).await;
        for (bytes, status) in [(5, 422), (5, 429)] {
            let form = filled(&mut wu, "").await.file("files", "a.pdf", "application/pdf", &pdf(bytes));
            let page = wu.posts(&form).await;
            assert_eq!((page.status, portal.read(kept).await), (status, 1), "{}", page.text());
        }
        let mut xu = portal.enters("xu@example.com").await;
        nearly_all_bytes(&portal, &xu).await;
        // The second piece of one file.
        let form = filled(&mut xu, "").await.file("files", "a.pdf", "application/pdf", &pdf(4 * 1024 * 1024));
        assert_eq!((xu.posts(&form).await.status, portal.read(kept).await), (429, 1));
    }
);
