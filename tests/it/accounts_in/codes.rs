//! Mailed codes: bound, counted, short-lived, used once (OT2-OT7).

use std::time::Duration;

use diesel::prelude::*;
use easylink::base::db::schema::challenges;

use super::{
    asks_for_code, asks_to_register, challenges_made, forgets, gives_code, registers, seen, sessions_open, signed_in,
};
use crate::support::people::Visitor;

const HERE: &str = "/login/verify";

on_both!(
    async fn a_right_code_posted_many_times_at_once_opens_once(portal) {
        registers(&portal, "li@example.com").await;
        let mut visitor = portal.visitor();
        asks_for_code(&mut visitor, "li@example.com").await;
        let code = portal.code_for("li@example.com").await;
        let before = sessions_open(&portal).await;
        let mut twins: Vec<(Visitor, _)> = Vec::new();
        for _ in 0..50 {
            let mut twin = visitor.twin();
            let form = twin.opens(HERE).await.form(HERE).with("code", &code);
            twins.push((twin, form));
        }
        let posts = twins.iter_mut().map(|(twin, form)| twin.posts_now(form));
        let pages = futures_util::future::join_all(posts).await;
        let entered = pages.iter().filter(|page| page.status == 303).count();
        assert_eq!(entered, 1, "{:?}", pages.iter().map(|page| page.status).collect::<Vec<_>>());
        assert_eq!(sessions_open(&portal).await, before + 1);
    }
);

on_both!(
    async fn five_wrong_tries_end_a_code_even_at_once_and_for_the_next_one(portal) {
        registers(&portal, "li@example.com").await;
        let mut visitor = portal.visitor();
        asks_for_code(&mut visitor, "li@example.com").await;
        let code = portal.code_for("li@example.com").await;
        let mut twins: Vec<(Visitor, _)> = Vec::new();
        for _ in 0..12 {
            let mut twin = visitor.twin();
            let form = twin.opens(HERE).await.form(HERE).with("code", "00000000");
            twins.push((twin, form));
        }
        let posts = twins.iter_mut().map(|(twin, form)| twin.posts_now(form));
        assert!(futures_util::future::join_all(posts).await.iter().all(|page| page.status == 422));
        let tries: i32 =
            portal.read(|conn| challenges::table.select(challenges::tries).order(challenges::id.desc()).first(conn).unwrap()).await;
        assert_eq!(tries, 5);
        assert_eq!(gives_code(&mut visitor, HERE, &code).await.status, 422);
        assert!(!signed_in(&mut visitor).await);
        portal.minutes(2);
        let form = visitor.opens(HERE).await.form("/login/verify/resend");
        assert_eq!(visitor.posts(&form).await.status, 422, "a spent challenge is sent anew");
    }
);

on_both!(
    async fn a_code_dies_after_ten_minutes(portal) {
        registers(&portal, "li@example.com").await;
        let mut visitor = portal.visitor();
        asks_for_code(&mut visitor, "li@example.com").await;
        let code = portal.code_for("li@example.com").await;
        portal.later(Duration::from_secs(601));
        let right = gives_code(&mut visitor, HERE, &code).await;
        let wrong = gives_code(&mut visitor, HERE, "00000000").await;
        let both = [seen(&right, "li@example.com"), seen(&wrong, "li@example.com")];
        assert_eq!(both[0], both[1], "the answer tells a right code from a wrong one");
        assert_eq!(right.status, 422);
        assert!(!signed_in(&mut visitor).await);
    }
);

on_both!(
    async fn a_code_serves_one_browser_and_one_purpose(portal) {
        registers(&portal, "li@example.com").await;
        let (mut one, mut two, mut three) = (portal.visitor(), portal.visitor(), portal.visitor());
        asks_for_code(&mut one, "li@example.com").await;
        let code = portal.code_for("li@example.com").await;
        // Another browser, with a challenge of its own and with none.
        asks_for_code(&mut two, "li@example.com").await;
        assert_eq!(gives_code(&mut two, HERE, &code).await.status, 422);
        assert_eq!(three.gets(HERE).await.header("location"), Some("/login"));
        // The same browser at the forms of other purposes.
        let form = one.opens(HERE).await.form(HERE).with("code", &code);
        for path in ["/register/verify", "/password/reset"] {
            let mut other = form.clone().tampered("password", "seven purple lanterns");
            other = other.tampered("again", "seven purple lanterns");
            other.action = path.to_string();
            let page = one.posts(&other).await;
            assert!(page.status == 422 || page.header("location") == Some("/password/forgot"), "{path}: {}", page.status);
            assert!(!signed_in(&mut one).await);
        }
        assert_eq!(one.posts(&form).await.status, 303);
        assert!(signed_in(&mut one).await);
        // And once.
        assert_eq!(gives_again(&mut two, &code).await, 422);
    }
);

async fn gives_again(visitor: &mut Visitor, code: &str) -> u16 {
    gives_code(visitor, HERE, code).await.status
}

on_both!(
    async fn a_code_is_sent_anew_after_a_minute_and_the_old_one_is_void(portal) {
        let mut visitor = portal.visitor();
        asks_to_register(&mut visitor, "new@example.com").await;
        let old = portal.code_for("new@example.com").await;
        let form = visitor.opens("/register/verify").await.form("/register/verify/resend");
        assert_eq!(visitor.posts(&form).await.status, 422, "too early");
        portal.minutes(1);
        let form = visitor.opens("/register/verify").await.form("/register/verify/resend");
        let sent = visitor.submits(&form).await;
        assert!(sent.text().contains("We have sent a new code"), "{}", sent.text());
        let new = portal.code_for("new@example.com").await;
        assert_ne!(old, new);
        assert_eq!(gives_code(&mut visitor, "/register/verify", &old).await.status, 422);
        assert_eq!(gives_code(&mut visitor, "/register/verify", &new).await.status, 303);
    }
);

on_both!(
    async fn an_address_gets_five_codes_an_hour_whoever_has_it(portal) {
        registers(&portal, "li@example.com").await;
        portal.minutes(120);
        let mut visitor = portal.visitor();
        for address in ["li@example.com", "nobody@example.com"] {
            for nth in 1..=5 {
                assert_eq!(forgets(&mut visitor, address).await.status, 303, "{nth} to {address}");
            }
            let refused = forgets(&mut visitor, address).await;
            assert_eq!(refused.status, 429);
            assert!(refused.header("retry-after").is_some());
            assert_eq!(asks_for_code(&mut visitor, address).await.status, 429, "another door");
        }
        portal.minutes(120);
        assert_eq!(forgets(&mut visitor, "li@example.com").await.status, 303);
    }
);

on_both!(
    async fn codes_are_kept_as_hashes_and_swept(portal) {
        registers(&portal, "li@example.com").await;
        let mut visitor = portal.visitor();
        asks_for_code(&mut visitor, "li@example.com").await;
        let code = portal.code_for("li@example.com").await;
        let hashes: Vec<Vec<u8>> = portal.read(|conn| challenges::table.select(challenges::code_hash).load(conn).unwrap()).await;
        assert!(hashes.iter().all(|hash| hash.len() == 32 && hash != code.as_bytes()));
        portal.minutes(25 * 60);
        portal.run_jobs().await;
        assert_eq!(challenges_made(&portal).await, 0);
    }
);
