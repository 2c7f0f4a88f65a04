//! Slips of transfers: who reads them, and what becomes of one that is replaced.

use std::time::Duration;

use diesel::prelude::*;
use easylink::base::db::schema::{records, remittances, uploads};

use super::{company, declaration, declares, presses, sends, tops_up};
use crate::support::portal::Portal;

/// The keys of the slips that remittances name, and of the files that wait for the sweep.
async fn keys(portal: &Portal) -> (Vec<String>, Vec<String>) {
    let now = portal.house.clock.now();
    portal
        .read(move |conn| {
            let named: Vec<Option<String>> = remittances::table.select(remittances::slip_key).load(conn).unwrap();
            let waiting = uploads::table.filter(uploads::expires_at.le(now)).select(uploads::storage_key);
            (named.into_iter().flatten().collect(), waiting.load(conn).unwrap())
        })
        .await
}

on_both! {
    async fn a_slip_is_never_read_unrecorded(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        let form = declaration(&mut people.li, &number).await.file("slip", "one.pdf", "application/pdf", b"%PDF-1.7\none");
        sends(&mut people.li, &form).await;
        let slip = format!("/staff/remittances/{number}/slip");
        let looks = async || -> i64 {
            let looked = records::table.filter(records::event.eq("looked"));
            portal.read(move |conn| looked.count().get_result(conn).unwrap()).await
        };
        people.fay.headers.push(("range".into(), "bytes=1-".into()));
        assert_eq!((people.fay.gets(&slip).await.status, looks().await), (206, 1));
        people.fay.headers.pop();
        assert_eq!((people.fay.gets(&slip).await.status, looks().await), (200, 1));
        let anew = declaration(&mut people.li, &number).await.file("slip", "two.pdf", "application/pdf", b"%PDF-1.7\ntwo");
        sends(&mut people.li, &anew).await;
        assert_eq!((people.fay.gets(&slip).await.status, looks().await), (200, 2), "another slip is another file");
    }
}

on_both! {
    async fn a_replaced_slip_goes_after_the_change_stands(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        let with = |name: &'static str| ("slip", name, "application/pdf", b"%PDF-1.7\nslip");
        let (field, name, kind, bytes) = with("first.pdf");
        let form = declaration(&mut people.li, &number).await.file(field, name, kind, bytes);
        sends(&mut people.li, &form).await;
        let first = keys(&portal).await.0[0].clone();
        let second = || with("second.pdf");

        // A change that is refused: the first slip stays, and nothing waits for the sweep.
        let (field, name, kind, bytes) = second();
        let wrong = declaration(&mut people.li, &number).await.with("remitter", "").file(field, name, kind, bytes);
        assert_eq!(people.li.posts(&wrong).await.status, 422);
        assert_eq!(keys(&portal).await, (vec![first.clone()], vec![]));
        let stale = declaration(&mut people.li, &number).await.file(field, name, kind, bytes);

        // A change that stands: the file is still there, and the sweep knows it, however the process ends.
        let form = declaration(&mut people.li, &number).await.file(field, name, kind, bytes);
        sends(&mut people.li, &form).await;
        let (named, waiting) = keys(&portal).await;
        assert_eq!(waiting, std::slice::from_ref(&first));
        assert!(portal.house.storage.head(&first).await.is_ok());
        portal.later(Duration::from_secs(3700));
        portal.run_jobs().await;
        assert!(portal.house.storage.head(&first).await.is_err(), "the sweep takes it away");
        assert_eq!(keys(&portal).await, (named.clone(), vec![]));

        // A declaration without a slip keeps it, and one that comes too late changes nothing.
        declares(&mut people.li, &number).await;
        presses(&mut people.li, &format!("/account/remittances/{number}/withdrawal"), "/withdrawal").await;
        assert_eq!(people.li.posts(&stale).await.status, 409);
        assert_eq!(keys(&portal).await, (named.clone(), vec![]));
        assert!(portal.house.storage.head(&named[0]).await.is_ok());
    }
}

on_both! {
    async fn some_customers_of_the_demo_attach_a_slip(portal) {
        portal.opens_the_demo().await;
        let mut finance = portal.returns("finance@staff.example.com").await;
        let queue = finance.opens("/staff/remittances").await;
        let mut pictures = 0;
        for (_, path) in queue.links().into_iter().filter(|(_, href)| href.starts_with("/staff/remittances/R")) {
            let page = finance.opens(&path).await;
            if page.links().iter().any(|(_, href)| *href == format!("{path}/slip")) {
                let slip = finance.gets(&format!("{path}/slip")).await;
                assert_eq!((slip.status, slip.header("content-type")), (200, Some("image/png")));
                pictures += 1;
            }
        }
        assert!(pictures >= 3, "{pictures} slips");
    }
}
