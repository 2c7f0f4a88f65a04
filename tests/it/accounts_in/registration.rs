//! Opening an account.

use diesel::prelude::*;
use easylink::base::db::schema::{consents, people, policy_versions};

use super::{
    asks_to_register, challenges_made, gives_code, registers, seen, session_of, sessions_open, signed_in, signs_in,
    signs_out,
};
use crate::support::people::PASSWORD;

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
        assert_eq!(visitor.posts_now(&form).await.status, 422, "nobody types that fast");
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
