//! Limits of guesses (A7): per account and per network, without locking an owner out.

use diesel::prelude::*;
use easylink::base::db::schema::{limits, records};

use super::{asks_for_code, forgets, gives_code, registers, signed_in, signs_in, signs_out};
use crate::support::people::{PASSWORD, Visitor};
use crate::support::portal::Portal;

async fn compared(portal: &Portal) -> i64 {
    portal
        .read(|conn| records::table.filter(records::event.eq("sign_in_failed")).count().get_result(conn).unwrap())
        .await
}

on_both!(
    async fn many_guesses_at_once_are_not_compared(portal) {
        registers(&portal, "li@example.com").await;
        let mut guessers: Vec<(Visitor, _)> = Vec::new();
        for nth in 0..40 {
            let mut visitor = portal.visitor();
            let form = visitor.opens("/login").await.form("/login");
            guessers.push((visitor, form.answered(&[("email", "li@example.com"), ("password", &format!("guess {nth}"))])));
        }
        let posts = guessers.iter_mut().map(|(visitor, form)| visitor.posts_now(form));
        let pages = futures_util::future::join_all(posts).await;
        assert!(pages.iter().all(|page| page.status == 422));
        assert_eq!(compared(&portal).await, 5);
    }
);

on_both!(
    async fn a_stranger_keeps_no_owner_out(portal) {
        let mut owner = registers(&portal, "li@example.com").await;
        signs_out(&mut owner).await;
        let mut stranger = portal.visitor();
        for _ in 0..8 {
            signs_in(&mut stranger, "li@example.com", "not the password").await;
        }
        let form = stranger.opens("/login").await.form("/login");
        let form = form.answered(&[("email", "li@example.com"), ("password", PASSWORD)]);
        let right = stranger.posts_now(&form).await;
        assert_eq!(right.status, 422, "the wait grows");
        assert!(right.text().contains("Wait"), "{}", right.text());
        // The known browser does not wait, and neither does a mailed code.
        let mut fresh = portal.visitor();
        asks_for_code(&mut fresh, "li@example.com").await;
        let code = portal.code_for("li@example.com").await;
        let entered = signs_in(&mut owner, "li@example.com", PASSWORD).await;
        assert_eq!(entered.header("location"), Some("/account"));
        let told = portal.mails_to("li@example.com").await;
        assert!(told.iter().any(|mail| mail.subject.contains("after failed attempts")), "the owner is told");
        assert_eq!(gives_code(&mut fresh, "/login/verify", &code).await.status, 303);
        assert!(signed_in(&mut fresh).await);
    }
);

on_both!(
    async fn the_wait_is_over_in_its_time(portal) {
        registers(&portal, "li@example.com").await;
        let mut stranger = portal.visitor();
        for _ in 0..5 {
            let page = signs_in(&mut stranger, "li@example.com", "not the password").await;
            assert!(page.text().contains("is not right"));
        }
        let form = stranger.opens("/login").await.form("/login");
        let form = form.answered(&[("email", "li@example.com"), ("password", PASSWORD)]);
        assert!(stranger.posts_now(&form).await.text().contains("Wait 1 second"));
        assert_eq!(stranger.posts(&form).await.header("location"), Some("/login/verify"));
    }
);

on_both!(
    async fn a_network_is_slowed_alike_for_known_and_unknown(portal) {
        registers(&portal, "li@example.com").await;
        let mut stranger = portal.visitor();
        // The same few pairs again and again are no list being tried.
        for nth in 0..30 {
            let page = signs_in(&mut stranger, &format!("a{}@example.com", nth % 10), "not the password").await;
            assert_eq!(page.status, 422, "{nth}");
        }
        for address in ["li@example.com", "no@example.com"] {
            let page = signs_in(&mut stranger, address, PASSWORD).await;
            assert_eq!(page.status, 429);
            assert!(page.header("retry-after").is_some());
        }
        let kept: i64 = portal.read(|conn| limits::table.count().get_result(conn).unwrap()).await;
        let clear: i64 =
            portal.read(|conn| limits::table.filter(limits::bucket.like("%example%")).count().get_result(conn).unwrap()).await;
        assert!(kept > 20 && clear == 0, "{kept} counters, {clear} name addresses");
        // Ten minutes and at most a fifth of them.
        portal.minutes(12);
        assert_eq!(signs_in(&mut stranger, "li@example.com", PASSWORD).await.header("location"), Some("/login/verify"));
    }
);

on_both!(
    async fn a_network_that_tries_a_list_is_shut_out_for_a_day(portal) {
        let mut owner = registers(&portal, "li@example.com").await;
        signs_out(&mut owner).await;
        let mut stranger = portal.visitor();
        // To the beginning of a window of three hours.
        portal.minutes(60);
        for nth in 0..14 {
            // A pair that was tried before is no further one, and slowness does not help.
            for _ in 0..2 {
                let page = signs_in(&mut stranger, &format!("a{nth}@example.com"), "leaked elsewhere").await;
                assert_eq!(page.status, 422, "{nth}");
            }
            portal.minutes(6);
        }
        // The last pair that is let through is right: nobody is shut out for it, however often.
        for _ in 0..2 {
            let page = signs_in(&mut portal.visitor(), "li@example.com", PASSWORD).await;
            assert_eq!(page.header("location"), Some("/login/verify"));
        }
        assert_eq!(signs_in(&mut stranger, "b@example.com", "leaked elsewhere").await.status, 422);
        portal.minutes(11);
        let mut answers = Vec::new();
        for (address, password) in [("li@example.com", PASSWORD), ("b@example.com", "leaked elsewhere")] {
            let page = signs_in(&mut stranger, address, password).await;
            assert_eq!(page.status, 429);
            let wait: u64 = page.header("retry-after").unwrap().parse().unwrap();
            assert!((82_000..86_400).contains(&wait), "{wait}");
            answers.push(page.text());
        }
        // Its people still come in: in browsers that are known, and with a mailed code.
        assert_eq!(signs_in(&mut owner, "li@example.com", PASSWORD).await.header("location"), Some("/account"));
        let mut fresh = portal.visitor();
        asks_for_code(&mut fresh, "li@example.com").await;
        let code = portal.code_for("li@example.com").await;
        assert_eq!(gives_code(&mut fresh, "/login/verify", &code).await.status, 303);
        portal.minutes(24 * 60);
        assert_eq!(signs_in(&mut stranger, "li@example.com", PASSWORD).await.header("location"), Some("/login/verify"));
        let kept: Vec<String> = portal.read(|conn| limits::table.select(limits::bucket).load(conn).unwrap()).await;
        assert!(kept.iter().all(|bucket| !bucket.contains("leaked") && !bucket.contains("example")), "{kept:?}");
    }
);

on_both!(
    async fn a_stranger_who_asks_for_codes_keeps_no_owner_out(portal) {
        let mut owner = registers(&portal, "li@example.com").await;
        signs_out(&mut owner).await;
        // Until the code of the registration counts no longer.
        portal.minutes(120);
        let mut stranger = portal.visitor_from([127, 0, 0, 9]);
        for _ in 0..5 {
            assert_eq!(forgets(&mut stranger, "li@example.com").await.status, 303);
        }
        for _ in 0..30 {
            assert_eq!(forgets(&mut stranger, "li@example.com").await.status, 429);
        }
        let mut fresh = portal.visitor();
        assert_eq!(forgets(&mut fresh, "li@example.com").await.status, 303);
        assert_eq!(asks_for_code(&mut fresh, "li@example.com").await.status, 303);
        let code = portal.code_for("li@example.com").await;
        assert_eq!(gives_code(&mut fresh, "/login/verify", &code).await.status, 303);
        // What many networks ask for together has an end, too, for the sake of the mailbox; not for a known browser.
        for last in 10..13 {
            let mut stranger = portal.visitor_from([127, 0, 0, last]);
            for nth in 0..5 {
                let sent = 7 + 5 * (last - 10) + nth;
                let page = asks_for_code(&mut stranger, "li@example.com").await;
                assert_eq!(page.status, if sent < 20 { 303 } else { 429 }, "{sent}");
            }
        }
        assert_eq!(asks_for_code(&mut portal.visitor_from([127, 0, 0, 14]), "li@example.com").await.status, 429);
        assert_eq!(asks_for_code(&mut owner, "li@example.com").await.status, 303);
        let code = portal.code_for("li@example.com").await;
        assert_eq!(gives_code(&mut owner, "/login/verify", &code).await.status, 303);
    }
);

on_both!(
    async fn strangers_who_try_codes_keep_no_owner_out(portal) {
        let address = "li@example.com";
        let mut owner = registers(&portal, address).await;
        signs_out(&mut owner).await;
        for last in 10..15 {
            portal.minutes(60);
            let mut stranger = portal.visitor_from([127, 0, 0, last]);
            for _ in 0..4 {
                assert_eq!(asks_for_code(&mut stranger, address).await.status, 303);
                for _ in 0..5 {
                    assert_eq!(gives_code(&mut stranger, "/login/verify", "00000000").await.status, 422);
                }
            }
            if last == 10 {
                // One network has had its share: even a right code does not work there, and elsewhere it does.
                asks_for_code(&mut stranger, address).await;
                let code = portal.code_for(address).await;
                assert_eq!(gives_code(&mut stranger, "/login/verify", &code).await.status, 422);
                let mut fresh = portal.visitor();
                asks_for_code(&mut fresh, address).await;
                let code = portal.code_for(address).await;
                assert_eq!(gives_code(&mut fresh, "/login/verify", &code).await.status, 303);
            }
        }
        portal.minutes(60);
        // A hundred wrong tries are all that strangers get in a day, …
        let mut fresh = portal.visitor();
        asks_for_code(&mut fresh, address).await;
        let code = portal.code_for(address).await;
        assert_eq!(gives_code(&mut fresh, "/login/verify", &code).await.status, 422);
        // … while the owner comes in by the password and a code, and by a code in a browser that is known.
        let mut fresh = portal.visitor();
        assert_eq!(signs_in(&mut fresh, address, PASSWORD).await.header("location"), Some("/login/verify"));
        let code = portal.code_for(address).await;
        assert_eq!(gives_code(&mut fresh, "/login/verify", &code).await.status, 303);
        asks_for_code(&mut owner, address).await;
        let code = portal.code_for(address).await;
        assert_eq!(gives_code(&mut owner, "/login/verify", &code).await.status, 303);
    }
);

on_both!(
    async fn a_known_browser_does_not_wait_for_its_neighbours(portal) {
        let mut owner = registers(&portal, "li@example.com").await;
        signs_out(&mut owner).await;
        let mut neighbour = portal.visitor();
        for nth in 0..30 {
            signs_in(&mut neighbour, &format!("a{}@example.com", nth % 10), "not the password").await;
        }
        assert_eq!(signs_in(&mut portal.visitor(), "li@example.com", PASSWORD).await.status, 429);
        assert_eq!(signs_in(&mut owner, "li@example.com", PASSWORD).await.header("location"), Some("/account"));
    }
);
