//! Opening an account.

use diesel::prelude::*;
use easylink::base::db::schema::{consents, people, policy_versions};

use super::{
    asks_to_register, challenges_made, gives_code, registers, seen, session_of, sessions_open, signed_in, signs_in,
    signs_out,
};
use crate::support::page::{FormInPage, Page};
use crate::support::people::{PASSWORD, Visitor};
use crate::support::portal::{Portal, code_in};

on_both!(
    async fn an_account_is_opened_with_a_mailed_code(portal) {
        let mut visitor = portal.visitor();
        let form = visitor.opens("/register").await.form("/register");
        assert_eq!((form.value("agreement"), form.value("notices")), (None, None), "boxes are ticked beforehand");
        let form = form.answered(&[("email", " Li@Example.com "), ("password", PASSWORD), ("again", PASSWORD)]);
        let refused = visitor.posts(&form).await;
        assert_eq!((refused.status, refused.wrong_fields()), (422, vec!["agreement".to_string()]));
        assert_eq!(refused.form("/register").value("email"), Some(" Li@Example.com "), "typed text is lost");
        assert!(!refused.html.contains(PASSWORD), "a password is sent back");
        assert_eq!(challenges_made(&portal).await, 0);

        let form = refused.form("/register").answered(&[
            ("password", PASSWORD),
            ("again", PASSWORD),
            ("agreement", "yes"),
            ("notices", "yes"),
        ]);
        let asked = visitor.submits(&form).await;
        assert_eq!(asked.path(), "/register/verify");
        assert!(asked.text().contains("li@example.com"));
        assert!(session_of(&visitor).is_none());
        let code = portal.code_for("li@example.com").await;
        let wrong = gives_code(&mut visitor, "/register/verify", "00000000").await;
        assert_eq!((wrong.status, wrong.wrong_fields()), (422, vec!["code".to_string()]));
        assert!(!signed_in(&mut visitor).await);
        let entered = gives_code(&mut visitor, "/register/verify", &code).await;
        assert_eq!((entered.status, entered.header("location")), (303, Some("/account")));
        assert!(signed_in(&mut visitor).await);

        let kept: Vec<(String, Option<i64>, String)> = portal
            .read(|conn| {
                consents::table
                    .inner_join(people::table.on(consents::person_id.eq(people::id)))
                    .left_join(policy_versions::table.on(consents::policy_version_id.eq(policy_versions::id.nullable())))
                    .filter(people::address.eq("li@example.com"))
                    .order(consents::purpose)
                    .select((consents::purpose, policy_versions::number.nullable(), consents::network))
                    .load(conn)
                    .unwrap()
            })
            .await;
        let network = "127.0.0.0/24".to_string();
        assert_eq!(
            kept,
            [
                ("agreement".to_string(), Some(1), network.clone()),
                ("business_notices".to_string(), Some(1), network),
            ]
        );
    }
);

on_both!(
    async fn nobody_learns_whether_an_address_has_an_account(portal) {
        registers(&portal, "known@example.com").await;
        let (mut one, mut two) = (portal.visitor(), portal.visitor());
        let known = asks_to_register(&mut one, "known@example.com").await;
        let fresh = asks_to_register(&mut two, "fresh@example.com").await;
        assert_eq!(seen(&known, "known@example.com"), seen(&fresh, "fresh@example.com"));
        let known = one.opens("/register/verify").await;
        let fresh = two.opens("/register/verify").await;
        assert_eq!(seen(&known, "known@example.com"), seen(&fresh, "fresh@example.com"));
        let known = gives_code(&mut one, "/register/verify", "12345678").await;
        let fresh = gives_code(&mut two, "/register/verify", "12345678").await;
        assert_eq!(seen(&known, "known@example.com"), seen(&fresh, "fresh@example.com"));
        let mails = portal.mails_to("known@example.com").await;
        assert_eq!(mails.len(), 2, "the owner is told");
        assert!(mails[1].subject.contains("already have an account"));
        // Sent anew, it looks and tells the same.
        portal.minutes(2);
        for visitor in [&mut one, &mut two] {
            let form = visitor.opens("/register/verify").await.form("/register/verify/resend");
            assert_eq!(visitor.posts(&form).await.status, 303);
        }
        assert_eq!(portal.mails_to("known@example.com").await.len(), 3);
        assert_eq!(sessions_open(&portal).await, 1);
    }
);

on_both!(
    async fn machines_are_asked_again(portal) {
        let mut visitor = portal.visitor();
        let fill = |form: crate::support::page::FormInPage| {
            form.answered(&[("email", "m@example.com"), ("password", PASSWORD), ("again", PASSWORD), ("agreement", "yes")])
        };
        let form = fill(visitor.opens("/register").await.form("/register"));
        let fast = visitor.posts_now(&form).await;
        assert_eq!((fast.status, fast.wrong_fields()), (422, vec!["password".to_string()]), "nobody types that fast");
        assert!(fast.text().contains("type both passwords again"), "{}", fast.text());
        let form = fill(visitor.opens("/register").await.form("/register")).with("website", "https://spam.example");
        assert_eq!(visitor.posts(&form).await.status, 422, "nobody fills what is not seen");
        let form = fill(visitor.opens("/register").await.form("/register"));
        portal.minutes(24 * 60 + 1);
        assert_eq!(visitor.posts(&form).await.status, 422, "a form of yesterday is asked again");
        assert_eq!(challenges_made(&portal).await, 0);
    }
);

on_both!(
    async fn passwords_are_judged_by_how_fast_they_are_guessed(portal) {
        let mut visitor = portal.visitor();
        let too_long = "correct horse battery ".repeat(12);
        for bad in ["short", "passwordpassword", "easylink2026!", "li.ming2026", "li.ming@example.com", &too_long] {
            let form = visitor.opens("/register").await.form("/register");
            let form =
                form.answered(&[("email", "li.ming@example.com"), ("password", bad), ("again", bad), ("agreement", "yes")]);
            let page = visitor.posts(&form).await;
            assert_eq!((page.status, page.wrong_fields()), (422, vec!["password".to_string()]), "{bad}");
        }
        let form = visitor.opens("/register").await.form("/register");
        let form = form.answered(&[
            ("email", "li.ming@example.com"),
            ("password", "山川草木鳥獣虫魚花月"),
            ("again", "山川草木鳥獣虫魚花月"),
            ("agreement", "yes"),
        ]);
        assert_eq!(visitor.posts(&form).await.status, 303);
    }
);

on_both!(
    async fn what_is_registered_signs_in(portal) {
        let mut first = registers(&portal, "li@example.com").await;
        signs_out(&mut first).await;
        assert!(!signed_in(&mut first).await);
        let entered = signs_in(&mut first, "LI@example.com", PASSWORD).await;
        assert_eq!((entered.status, entered.header("location")), (303, Some("/account")), "the browser is known");
        assert!(signed_in(&mut first).await);
    }
);

/// The answers to the forms that these browsers send in one moment.
async fn at_once(twins: &mut [(Visitor, FormInPage)]) -> Vec<Page> {
    futures_util::future::join_all(twins.iter_mut().map(|(visitor, form)| visitor.posts_now(form))).await
}

async fn people_with(portal: &Portal, address: &'static str) -> i64 {
    portal.read(move |conn| people::table.filter(people::address.eq(address)).count().get_result(conn).unwrap()).await
}

on_both!(
    async fn one_address_registered_many_times_at_once_gets_one_answer(portal) {
        let address = "li@example.com";
        let mut asking = Vec::new();
        for _ in 0..5 {
            let mut visitor = portal.visitor();
            let form = visitor.opens("/register").await.form("/register");
            let fields = [("email", address), ("password", PASSWORD), ("again", PASSWORD), ("agreement", "yes")];
            asking.push((visitor, form.answered(&fields)));
        }
        portal.later(std::time::Duration::from_secs(3));
        for page in at_once(&mut asking).await {
            assert_eq!((page.status, page.header("location")), (303, Some("/register/verify")), "{}", page.text());
        }
        let mails = portal.mails_to(address).await;
        assert_eq!(mails.iter().filter_map(|mail| code_in(&mail.text)).count(), 5, "every one gets a code");
        assert_eq!((people_with(&portal, address).await, sessions_open(&portal).await), (0, 0));
    }
);

on_both!(
    async fn two_right_codes_for_one_address_at_once_open_one_account(portal) {
        let address = "li@example.com";
        let mut confirming = Vec::new();
        for _ in 0..5 {
            let mut visitor = portal.visitor();
            assert_eq!(asks_to_register(&mut visitor, address).await.status, 303);
            let code = portal.code_for(address).await;
            let form = visitor.opens("/register/verify").await.form("/register/verify").with("code", &code);
            confirming.push((visitor, form));
        }
        let answers = at_once(&mut confirming).await;
        let (entered, refused): (Vec<&Page>, Vec<&Page>) = answers.iter().partition(|page| page.status == 303);
        assert_eq!((entered.len(), refused.len()), (1, 4), "{:?}", answers.iter().map(|page| page.status).collect::<Vec<_>>());
        assert_eq!((people_with(&portal, address).await, sessions_open(&portal).await), (1, 1));
        // The others are told what anybody is told whose code has run out.
        let mut stranger = portal.visitor();
        asks_to_register(&mut stranger, "late@example.com").await;
        let code = portal.code_for("late@example.com").await;
        portal.minutes(11);
        let over = gives_code(&mut stranger, "/register/verify", &code).await;
        for page in refused {
            assert_eq!(seen(page, address), seen(&over, "late@example.com"));
        }
    }
);

on_both!(
    async fn one_code_sent_many_times_at_once_opens_one_account(portal) {
        let mut visitor = portal.visitor();
        asks_to_register(&mut visitor, "li@example.com").await;
        let code = portal.code_for("li@example.com").await;
        let mut twins = Vec::new();
        for _ in 0..20 {
            let mut twin = visitor.twin();
            let form = twin.opens("/register/verify").await.form("/register/verify").with("code", &code);
            twins.push((twin, form));
        }
        let answers = at_once(&mut twins).await;
        assert_eq!(answers.iter().filter(|page| page.status == 303).count(), 1);
        assert!(answers.iter().all(|page| [303, 422].contains(&page.status)));
        assert_eq!((people_with(&portal, "li@example.com").await, sessions_open(&portal).await), (1, 1));
    }
);
