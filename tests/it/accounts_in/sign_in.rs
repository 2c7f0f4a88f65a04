//! Signing in and out.

use diesel::prelude::*;
use easylink::base::db::schema::{memberships, people};

use super::{asks_for_code, forgets, gives_code, registers, seen, session_of, signed_in, signs_in, signs_out};
use crate::support::people::{PASSWORD, Visitor};
use crate::support::portal::Portal;

on_both!(
    async fn a_browser_that_is_not_known_gives_a_code_as_well(portal) {
        registers(&portal, "li@example.com").await;
        let mut visitor = portal.visitor();
        let asked = signs_in(&mut visitor, "li@example.com", PASSWORD).await;
        assert_eq!((asked.status, asked.header("location")), (303, Some("/login/verify")));
        assert!(!signed_in(&mut visitor).await);
        let entered = gives_code(&mut visitor, "/login/verify", &portal.code_for("li@example.com").await).await;
        assert_eq!((entered.status, entered.header("location")), (303, Some("/account")));
        assert!(signed_in(&mut visitor).await);
        let mails = portal.mails_to("li@example.com").await;
        assert!(mails.last().unwrap().subject.contains("New browser"), "the owner is told");
        assert!(mails.last().unwrap().text.contains("Firefox on Linux"));
        // Known for thirty days, also after signing out.
        signs_out(&mut visitor).await;
        portal.minutes(29 * 24 * 60);
        let entered = signs_in(&mut visitor, "li@example.com", PASSWORD).await;
        assert_eq!(entered.header("location"), Some("/account"));
        signs_out(&mut visitor).await;
        portal.minutes(2 * 24 * 60);
        let entered = signs_in(&mut visitor, "li@example.com", PASSWORD).await;
        assert_eq!(entered.header("location"), Some("/login/verify"));
    }
);

on_both!(
    async fn a_code_alone_signs_in_and_tells_nobody_who_has_an_account(portal) {
        registers(&portal, "li@example.com").await;
        let (mut one, mut two) = (portal.visitor(), portal.visitor());
        let known = asks_for_code(&mut one, "li@example.com").await;
        let unknown = asks_for_code(&mut two, "no@example.com").await;
        assert_eq!(seen(&known, "li@example.com"), seen(&unknown, "no@example.com"));
        let known = one.opens("/login/verify").await;
        let unknown = two.opens("/login/verify").await;
        assert_eq!(seen(&known, "li@example.com"), seen(&unknown, "no@example.com"));
        let known = gives_code(&mut one, "/login/verify", "1").await;
        let unknown = gives_code(&mut two, "/login/verify", "1").await;
        assert_eq!(seen(&known, "li@example.com"), seen(&unknown, "no@example.com"));
        assert!(portal.mails_to("no@example.com").await[0].subject.contains("No account"));
        assert_eq!(gives_code(&mut one, "/login/verify", &portal.code_for("li@example.com").await).await.status, 303);
        assert!(signed_in(&mut one).await);
        let (mut one, mut two) = (portal.visitor(), portal.visitor());
        let known = forgets(&mut one, "li@example.com").await;
        let unknown = forgets(&mut two, "no@example.com").await;
        assert_eq!(seen(&known, "li@example.com"), seen(&unknown, "no@example.com"));
    }
);

on_both!(
    async fn wrong_unknown_and_locked_get_one_answer(portal) {
        registers(&portal, "li@example.com").await;
        registers(&portal, "locked@example.com").await;
        registers(&portal, "staff@example.com").await;
        portal
            .write(|conn| {
                let of = |address: &'static str| people::table.filter(people::address.eq(address));
                diesel::update(of("locked@example.com")).set(people::state.eq("locked")).execute(conn).unwrap();
                diesel::update(of("staff@example.com")).set(people::kind.eq("staff")).execute(conn).unwrap();
            })
            .await;
        let mut answers = Vec::new();
        for (address, password) in [
            ("li@example.com", "seven purple lanternS"),
            ("no@example.com", PASSWORD),
            ("locked@example.com", PASSWORD),
            ("staff@example.com", PASSWORD),
        ] {
            let mut visitor = portal.visitor();
            let page = signs_in(&mut visitor, address, password).await;
            assert_eq!(page.status, 422);
            assert!(page.text().contains("The e-mail address or the password is not right"));
            answers.push(seen(&page, address));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]));
    }
);

on_both!(
    async fn a_session_begins_with_a_new_reference_and_ends_for_good(portal) {
        registers(&portal, "li@example.com").await;
        let mut visitor = portal.visitor();
        // What a stranger planted in the browser is not taken over.
        visitor.jar.insert("browser".into(), "abcdefghijkmnpqrstuvwxyz23456789".into());
        signs_in(&mut visitor, "li@example.com", PASSWORD).await;
        let challenge = visitor.jar["challenge"].clone();
        gives_code(&mut visitor, "/login/verify", &portal.code_for("li@example.com").await).await;
        assert_ne!(visitor.jar["browser"], "abcdefghijkmnpqrstuvwxyz23456789");
        assert!(!visitor.jar.contains_key("challenge"));
        let first = session_of(&visitor).unwrap();
        let mut thief = visitor.twin();
        assert!(signed_in(&mut thief).await);

        let left = signs_out(&mut visitor).await;
        assert_eq!((left.status, left.header("location")), (303, Some("/")));
        assert!(left.header("clear-site-data").is_some());
        assert!(session_of(&visitor).is_none());
        assert!(!signed_in(&mut thief).await, "the cookie still works after signing out");
        signs_in(&mut visitor, "li@example.com", PASSWORD).await;
        assert_ne!(session_of(&visitor).unwrap(), first);
        visitor.jar.insert("challenge".into(), challenge);
        let mut other = portal.visitor();
        for (page, asks) in [("/login/verify", "/login"), ("/register/verify", "/register"), ("/password/reset", "/password/forgot")] {
            assert_eq!(other.gets(page).await.header("location"), Some(asks));
            let told = other.gets(asks).await.all(".flash.note");
            assert!(told.concat().contains("A code works only in the browser that asked for it"), "{told:?}");
        }
        assert_eq!(visitor.gets("/login/verify").await.header("location"), Some("/login"), "a used challenge is shown");
    }
);

on_both!(
    async fn one_comes_back_only_to_pages_of_this_portal(portal) {
        let mut visitor = registers(&portal, "li@example.com").await;
        signs_out(&mut visitor).await;
        for (next, to) in [
            ("/account/records", "/account/records"),
            ("//evil.example", "/account"),
            ("/\\evil.example", "/account"),
            ("https://evil.example/", "/account"),
        ] {
            let typed: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
            let form = visitor.opens(&format!("/login?next={typed}")).await.form("/login");
            let form = form.answered(&[("email", "li@example.com"), ("password", PASSWORD)]).tampered("next", next);
            let entered = visitor.posts(&form).await;
            assert_eq!(entered.header("location"), Some(to), "{next}");
            signs_out(&mut visitor).await;
        }
    }
);

on_both!(
    async fn a_browser_without_cookies_is_told_so(portal) {
        let mut visitor = portal.visitor();
        let form = visitor.opens("/login").await.form("/login");
        visitor.jar.clear();
        let page = visitor.posts(&form.answered(&[("email", "li@example.com"), ("password", PASSWORD)])).await;
        assert_eq!((page.status, page.h1().as_str()), (403, "Your browser blocks cookies"));
    }
);

/// How many sessions of these browsers stand.
async fn standing(browsers: &mut [Visitor]) -> usize {
    let mut count = 0;
    for browser in browsers {
        count += usize::from(signed_in(browser).await);
    }
    count
}

on_both!(
    async fn an_eleventh_session_ends_the_oldest_and_its_owner_is_told(portal) {
        let mut first = registers(&portal, "li@example.com").await;
        let (person, account): (i64, i64) = portal
            .read(|conn| {
                let li = people::table.filter(people::address.eq("li@example.com"));
                let li = li.inner_join(memberships::table.on(memberships::person_id.eq(people::id)));
                li.select((people::id, memberships::account_id)).first(conn).unwrap()
            })
            .await;
        signs_out(&mut first).await;
        let mut browsers = Vec::new();
        for _ in 0..10 {
            portal.minutes(1);
            browsers.push(portal.signed_in(person, Some(account)).await);
        }
        assert_eq!(standing(&mut browsers).await, 10);
        let told = portal.mails_to("li@example.com").await.len();
        assert_eq!(signs_in(&mut first, "li@example.com", PASSWORD).await.header("location"), Some("/account"));
        assert!(!signed_in(&mut browsers[0]).await, "the oldest is out");
        assert_eq!(standing(&mut browsers).await, 9);
        assert!(signed_in(&mut first).await);
        let mails = portal.mails_to("li@example.com").await;
        assert_eq!(mails.len(), told + 1);
        let mail = mails.last().unwrap();
        assert_eq!(mail.subject, "A device was signed out of your Easy Link account");
        for fact in ["Browser: Test", "Firefox on Linux", "23 Nov 2026", "127.0.0.0/24"] {
            assert!(mail.text.contains(fact), "{fact} in {}", mail.text);
        }
        let records = first.opens("/account/records").await.text();
        assert!(records.contains("Device signed out to make room for an eleventh: Test"), "{records}");

        // What ran out by itself makes room first, and nobody is told of it.
        portal.minutes(14 * 24 * 60 - 30);
        assert_eq!(standing(&mut browsers[9..]).await, 1);
        portal.run_jobs().await;
        portal.minutes(60);
        assert_eq!(signs_in(&mut first, "li@example.com", PASSWORD).await.header("location"), Some("/account"));
        assert!(signed_in(&mut browsers[9]).await, "one in use stays, old as it is");
        assert_eq!(portal.mails_to("li@example.com").await.len(), told + 1);
    }
);

/// How many mails with this word in their subject went to an address.
async fn told(portal: &Portal, address: &str, subject: &str) -> usize {
    portal.mails_to(address).await.iter().filter(|mail| mail.subject.contains(subject)).count()
}

on_both!(
    async fn a_right_password_without_the_code_is_told_after_three_minutes(portal) {
        registers(&portal, "li@example.com").await;
        let mut stranger = portal.visitor();
        stranger.headers[0].1 = "curl/8.0".to_string();
        signs_in(&mut stranger, "li@example.com", PASSWORD).await;
        portal.later(std::time::Duration::from_secs(179));
        assert_eq!(told(&portal, "li@example.com", "not finished").await, 0);
        portal.minutes(1);
        assert_eq!(told(&portal, "li@example.com", "not finished").await, 1);
        let mail = portal.mails_to("li@example.com").await.pop().unwrap();
        for fact in ["Browser: curl", "127.0.0.0/24", "23 Nov 2026", "/password/not-me/"] {
            assert!(mail.text.contains(fact), "{fact} in {}", mail.text);
        }
        portal.minutes(5);
        assert_eq!(told(&portal, "li@example.com", "not finished").await, 1, "told once");

        // Who comes in in time, or in the same browser with the code of a second try, is not told.
        let mut visitor = portal.visitor();
        signs_in(&mut visitor, "li@example.com", PASSWORD).await;
        signs_in(&mut visitor, "li@example.com", PASSWORD).await;
        let code = portal.code_for("li@example.com").await;
        assert_eq!(gives_code(&mut visitor, "/login/verify", &code).await.status, 303);
        portal.minutes(5);
        assert_eq!(told(&portal, "li@example.com", "not finished").await, 1);
        let records = visitor.opens("/account/records").await.text();
        assert_eq!(records.matches("Password was right, code was not given").count(), 1, "{records}");
        // A code asked for without the password says nothing about the password.
        let mut other = portal.visitor();
        asks_for_code(&mut other, "li@example.com").await;
        portal.minutes(5);
        assert_eq!(told(&portal, "li@example.com", "not finished").await, 1);
    }
);

on_both!(
    async fn a_sign_in_after_half_a_year_is_told(portal) {
        let mut visitor = registers(&portal, "li@example.com").await;
        signs_out(&mut visitor).await;
        for (days, times) in [(179, 0), (181, 1), (10, 1)] {
            portal.minutes(days * 24 * 60);
            signs_in(&mut visitor, "li@example.com", PASSWORD).await;
            let known = signed_in(&mut visitor).await;
            if !known {
                let code = portal.code_for("li@example.com").await;
                assert_eq!(gives_code(&mut visitor, "/login/verify", &code).await.status, 303);
            }
            assert_eq!(told(&portal, "li@example.com", "after a long time").await, times, "after {days} days");
            signs_out(&mut visitor).await;
        }
    }
);
