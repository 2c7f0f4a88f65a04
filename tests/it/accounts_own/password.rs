//! Changing one's own password.

use diesel::prelude::*;
use easylink::base::db::schema::known_browsers;

use super::{NEW, changes, gives_password, sent_to_sign_in};
use crate::support::people::PASSWORD;

on_both!(
    async fn a_changed_password_ends_everything_that_hung_on_the_old(portal) {
        let mut li = portal.enters("li@example.com").await;
        gives_password(&portal, li.person_id).await;
        let (person, account) = (li.person_id, li.account_id);
        let mut phone = portal.signed_in(person, Some(account)).await;
        assert_eq!(phone.gets("/account").await.status, 200);

        let refused = changes(&mut li, "seven purple lantern", NEW, NEW).await;
        assert_eq!((refused.status, refused.wrong_fields()), (422, vec!["current".to_string()]));
        assert!(refused.text().contains("This is not your current password"), "{}", refused.text());
        assert!(!refused.html.contains(NEW), "no typed password comes back");
        assert_eq!(changes(&mut li, PASSWORD, NEW, "eleven green umbrella").await.wrong_fields(), ["again"]);
        assert_eq!(changes(&mut li, PASSWORD, "li@example.com", "li@example.com").await.wrong_fields(), ["password"]);
        assert_eq!(changes(&mut li, "", "", "").await.wrong_fields(), ["current", "password", "again"]);
        assert_eq!(phone.gets("/account").await.status, 200, "a refused change ends nothing");

        let mut before = li.twin();
        let changed = changes(&mut li, PASSWORD, NEW, NEW).await;
        assert_eq!((changed.status, changed.header("location")), (303, Some("/account/security")));
        let page = li.opens("/account/security").await;
        assert!(page.text().contains("Your password is changed."), "{}", page.text());
        assert!(sent_to_sign_in(&phone.gets("/account").await), "the other device is out at its next request");
        assert!(sent_to_sign_in(&before.gets("/account").await), "the reference of before is worth nothing");
        let known: i64 = portal
            .read(move |conn| {
                let own = known_browsers::table.filter(known_browsers::person_id.eq(person));
                own.count().get_result(conn).unwrap()
            })
            .await;
        assert_eq!(known, 0);

        let mails = portal.mails_to("li@example.com").await;
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].subject, "Your Easy Link password was changed");
        for fact in ["Firefox on Linux", "127.0.0.0/24", "/password/not-me/", "23 Nov 2026"] {
            assert!(mails[0].text.contains(fact), "{fact} in {}", mails[0].text);
        }
        let records = li.opens("/account/records").await.text();
        assert!(records.contains("Password changed") && records.contains("Wrong password while changing it"));

        assert_eq!(changes(&mut li, PASSWORD, "another long password", "another long password").await.status, 422);
        assert_eq!(changes(&mut li, NEW, PASSWORD, PASSWORD).await.status, 303);
        portal.run_jobs().await;
    }
);

on_both!(
    async fn guessing_the_current_password_has_to_wait(portal) {
        let mut li = portal.enters("li@example.com").await;
        gives_password(&portal, li.person_id).await;
        let mut tries = 0;
        while !changes(&mut li, "not the password", NEW, NEW).await.text().contains("Wait ") {
            tries += 1;
            assert!(tries < 20, "nobody may guess for ever");
            portal.vouches().await;
        }
        assert!(tries >= 5, "a slip of the finger costs nothing");
        // While the gate is shut the right one is not even compared.
        let form = li.opens("/account/security/password").await.form("/account/security/password");
        let form = form.answered(&[("current", PASSWORD), ("password", NEW), ("again", NEW)]);
        let page = li.posts_now(&form).await;
        assert!(page.status == 422 && page.text().contains("Wait "), "{}", page.text());
        portal.minutes(10);
        portal.vouches().await;
        assert_eq!(changes(&mut li, PASSWORD, NEW, NEW).await.status, 303);
    }

);

on_both!(
    async fn a_form_shows_nothing_that_it_holds_before_it_is_known_whose_it_is(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut wu = portal.enters("wu@example.com").await;
        let form = li.opens("/account/security/password").await.form("/account/security/password");
        assert_eq!(wu.posts(&form).await.status, 409, "another's form is refused before anything in it is looked at");
        assert_eq!(li.posts(&form).await.wrong_fields(), ["current", "password", "again"]);
        li.visitor = portal.signed_in(li.person_id, Some(li.account_id)).await;
        let page = li.posts(&form).await;
        assert!(page.status == 422 && page.text().contains("You signed in again"), "{}", page.text());
        assert!(page.wrong_fields().is_empty(), "nothing of the form was judged");
    }
);
