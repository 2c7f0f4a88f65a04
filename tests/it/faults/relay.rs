//! The relay of mails fails in every way: no page waits for it, nothing is lost, and a mail comes once.

use std::time::Duration;

use diesel::prelude::*;
use easylink::app::jobs;
use easylink::base::db::schema::mails;
use easylink::services::mail::{self, Mail};

use super::wire::Wire;
use crate::support::page::Page;
use crate::support::people::{PASSWORD, Visitor};
use crate::support::portal::{Portal, code_in};
use crate::support::smtp::Smtp;
use crate::tickets::opened;

/// Makes two tests of one body: a portal, and the relay it sends through.
macro_rules! with_relay {
    (async fn $name:ident($portal:ident, $smtp:ident) $body:block) => {
        mod $name {
            use super::*;

            async fn run($portal: Portal, $smtp: Smtp) $body

            #[tokio::test]
            async fn sqlite() {
                let smtp = Smtp::start();
                run(Portal::sqlite_with(&[("EASYLINK_SMTP_URL", &smtp.url())]).await, smtp).await;
            }

            #[tokio::test]
            async fn postgresql() {
                let smtp = Smtp::start();
                run(Portal::postgresql_with(&[("EASYLINK_SMTP_URL", &smtp.url())]).await, smtp).await;
            }
        }
    };
}

/// Asks for an account; the code is on its way then.
async fn registers(portal: &Portal, address: &str) -> Visitor {
    let mut visitor = portal.visitor();
    let form = visitor.opens("/register").await.form("/register");
    let form = form.answered(&[("email", address), ("password", PASSWORD), ("again", PASSWORD), ("agreement", "yes")]);
    let page = visitor.posts(&form).await;
    assert_eq!((page.status, page.header("location")), (303, Some("/register/verify")), "{}", page.text());
    visitor
}

/// Types the code of the newest mail to this address.
async fn enters(visitor: &mut Visitor, smtp: &Smtp, address: &str) -> Page {
    let mails = smtp.mails();
    let mail = mails.iter().rfind(|mail| mail.to == [address]).unwrap_or_else(|| panic!("no mail to {address}"));
    let code = code_in(&mail.text).unwrap();
    let form = visitor.opens("/register/verify").await.form("/register/verify").with("code", &code);
    visitor.posts(&form).await
}

fn seconds(portal: &Portal, seconds: u64) {
    portal.later(Duration::from_secs(seconds));
}

/// Mails waiting and dead.
async fn queue(portal: &Portal) -> (i64, i64) {
    portal.read(|conn| (mail::waiting_count(conn).unwrap(), mail::dead_count(conn).unwrap())).await
}

with_relay!(
    async fn a_registration_outlives_a_relay_that_is_away(portal, smtp) {
        smtp.stop();
        let mut li = registers(&portal, "li@example.com").await;
        portal.run_jobs().await;
        assert_eq!(queue(&portal).await, (1, 0));
        smtp.start_again();
        portal.run_jobs().await;
        assert_eq!(smtp.mails().len(), 0, "it is tried again at once");
        seconds(&portal, 31);
        portal.run_jobs().await;
        assert_eq!((smtp.mails().len(), queue(&portal).await), (1, (0, 0)));
        let entered = enters(&mut li, &smtp, "li@example.com").await;
        assert_eq!((entered.status, entered.header("location")), (303, Some("/account")), "{}", entered.text());
        for _ in 0..3 {
            portal.minutes(120);
            portal.run_jobs().await;
        }
        assert_eq!(smtp.mails().iter().filter(|mail| code_in(&mail.text).is_some()).count(), 1, "the code came twice");
    }
);

with_relay!(
    async fn a_relay_that_is_busy_is_asked_less_and_less_often(portal, smtp) {
        let mut li = registers(&portal, "li@example.com").await;
        smtp.fail_next(3, 451);
        portal.run_jobs().await;
        // Asked too early, it would refuse too early, and the mail would come before its time.
        for wait in [30, 60, 120] {
            assert_eq!((smtp.mails().len(), queue(&portal).await), (0, (1, 0)), "before {wait} seconds");
            seconds(&portal, wait - 1);
            portal.run_jobs().await;
            assert_eq!(smtp.mails().len(), 0, "asked before {wait} seconds");
            seconds(&portal, 1);
            portal.run_jobs().await;
        }
        assert_eq!((smtp.mails().len(), queue(&portal).await), (1, (0, 0)));
        assert_eq!(enters(&mut li, &smtp, "li@example.com").await.status, 303);
    }
);

with_relay!(
    async fn a_mail_refused_for_good_is_put_aside_and_holds_up_no_other(portal, smtp) {
        portal.careless();
        registers(&portal, "gone@example.com").await;
        smtp.fail_next(1, 550);
        portal.run_jobs().await;
        assert_eq!((smtp.mails().len(), queue(&portal).await), (0, (0, 1)));
        let mut li = registers(&portal, "li@example.com").await;
        portal.run_jobs().await;
        assert_eq!(enters(&mut li, &smtp, "li@example.com").await.status, 303);
        portal.minutes(24 * 60);
        portal.run_jobs().await;
        assert!(smtp.mails().iter().all(|mail| mail.to == ["li@example.com"]), "a dead mail is sent again");
        let reasons: Vec<Option<String>> = portal
            .read(|conn| mails::table.filter(mails::state.eq("dead")).select(mails::last_error).load(conn).unwrap())
            .await;
        assert_eq!(reasons, [Some("the relay answered 550".to_string())]);
    }
);

with_relay!(
    async fn a_mail_is_given_up_after_ten_tries(portal, smtp) {
        portal.careless();
        // A code would be wiped after a day, before the last try.
        let mut li = portal.enters("li@example.com").await;
        opened(&mut li, "Slow disks").await;
        smtp.fail_next(10, 451);
        for _ in 0..9 {
            portal.run_jobs().await;
            assert_eq!(queue(&portal).await, (1, 0));
            portal.minutes(6 * 60);
        }
        portal.run_jobs().await;
        assert_eq!(queue(&portal).await, (0, 1));
        portal.minutes(24 * 60);
        portal.run_jobs().await;
        assert_eq!(smtp.mails().len(), 0, "a dead mail is sent again");
    }
);

/// A portal whose wire to the relay can be cut, on either database.
macro_rules! on_a_wire {
    (async fn $name:ident($portal:ident, $smtp:ident, $wire:ident) $body:block) => {
        mod $name {
            use super::*;

            async fn run($portal: Portal, $smtp: Smtp, $wire: Wire) $body

            fn parts() -> (Smtp, Wire, String) {
                let smtp = Smtp::start();
                let wire = Wire::to(smtp.url().trim_start_matches("smtp://").parse().unwrap());
                let url = format!("smtp://{}", wire.address);
                (smtp, wire, url)
            }

            #[tokio::test]
            async fn sqlite() {
                let (smtp, wire, url) = parts();
                run(Portal::sqlite_with(&[("EASYLINK_SMTP_URL", &url)]).await, smtp, wire).await;
            }

            #[tokio::test]
            async fn postgresql() {
                let (smtp, wire, url) = parts();
                run(Portal::postgresql_with(&[("EASYLINK_SMTP_URL", &url)]).await, smtp, wire).await;
            }
        }
    };
}

/// Runs the portal's jobs until the relay keeps them waiting, then lets `meanwhile` happen.
async fn hanging<T>(portal: &Portal, wire: &Wire, meanwhile: impl AsyncFnOnce() -> T) -> T {
    let met = wire.silenced();
    let work = jobs::run_due(&portal.house);
    let other = async {
        wire.silences_more_than(met).await;
        meanwhile().await
    };
    tokio::select! {
        failed = work => panic!("the jobs ended before the relay answered: {failed:?}"),
        done = other => done,
    }
}

on_a_wire!(
    async fn no_page_waits_for_a_silent_relay(portal, smtp, wire) {
        registers(&portal, "li@example.com").await;
        wire.silence();
        let mut wu = hanging(&portal, &wire, async || {
            let mut wu = registers(&portal, "wu@example.com").await;
            assert_eq!(wu.gets("/").await.status, 200);
            wu
        })
        .await;
        // The one that sent was stopped in the middle, as a crash would: what it held is free after two minutes.
        wire.mend();
        seconds(&portal, 60);
        portal.run_jobs().await;
        assert_eq!(smtp.mails().len(), 0, "somebody else may still be sending them");
        seconds(&portal, 61);
        portal.run_jobs().await;
        let mut to: Vec<String> = smtp.mails().into_iter().flat_map(|mail| mail.to).collect();
        to.sort();
        assert_eq!(to, ["li@example.com", "wu@example.com"]);
        assert_eq!(enters(&mut wu, &smtp, "wu@example.com").await.status, 303);
    }
);

on_a_wire!(
    async fn a_wire_that_breaks_in_the_middle_costs_a_try(portal, smtp, wire) {
        registers(&portal, "li@example.com").await;
        wire.silence();
        let met = wire.silenced();
        let cut = async {
            wire.silences_more_than(met).await;
            wire.cut();
        };
        let (failed, ()) = tokio::join!(jobs::run_due(&portal.house), cut);
        assert_eq!(failed, Vec::<&str>::new());
        assert_eq!(queue(&portal).await, (1, 0));
        wire.mend();
        seconds(&portal, 31);
        portal.run_jobs().await;
        assert_eq!((smtp.mails().len(), queue(&portal).await), (1, (0, 0)));
    }
);

/// Puts a mail into the outbox.
async fn writes(portal: &Portal, to: String, holds_code: bool) {
    let ctx = portal.ctx();
    let mail = Mail {
        person_id: None,
        kind: "ticket_opened",
        address: to,
        subject: "S".into(),
        text: "T".into(),
        html: "<p>T</p>".into(),
        holds_code,
    };
    portal.write(move |conn| mail::send(conn, &ctx, mail).unwrap()).await;
}

with_relay!(
    async fn codes_go_first_and_a_rush_goes_in_batches(portal, smtp) {
        for nth in 0..14 {
            writes(&portal, format!("rush-{nth}@example.com"), false).await;
        }
        seconds(&portal, 1);
        writes(&portal, "code@example.com".into(), true).await;
        let house = &portal.house;
        let deliver = async || {
            let now = house.clock.now();
            mail::deliver_due(&house.db, &house.keys, &house.post, "house@example.com", now, false).await.unwrap()
        };
        assert_eq!((deliver().await, queue(&portal).await), (10, (5, 0)));
        let to: Vec<String> = smtp.mails().into_iter().flat_map(|mail| mail.to).collect();
        assert_eq!((to[0].as_str(), to[1].as_str(), to.len()), ("code@example.com", "rush-0@example.com", 10));
        let wiped: Vec<String> = portal
            .read(|conn| mails::table.filter(mails::sealed_text.is_null()).select(mails::address).load(conn).unwrap())
            .await;
        assert_eq!(wiped, ["code@example.com"], "the body of a code that was sent stays, or that of another goes");
        smtp.fail_next(2, 451);
        assert_eq!((deliver().await, queue(&portal).await), (5, (2, 0)), "what failed counts as sent, or the other way");
        assert_eq!((deliver().await, smtp.mails().len()), (0, 13));
        seconds(&portal, 31);
        assert_eq!((deliver().await, smtp.mails().len(), queue(&portal).await), (2, 15, (0, 0)));
    }
);
