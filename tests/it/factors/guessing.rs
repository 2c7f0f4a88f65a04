//! Wrong tries, tries at once, and sign-ins that stop half the way.

use futures_util::future::join_all;

use super::{LI, gives_password, gives_second, next_code, owner};

on_both!(
    async fn wrong_tries_end_the_wait_and_then_all_waits(portal) {
        let li = owner(&portal, LI).await;
        let mut stranger = portal.visitor();
        gives_password(&mut stranger, LI).await;
        for _ in 0..5 {
            assert_eq!(gives_second(&mut stranger, "/login/totp", "000000").await.status, 422);
        }
        assert_eq!(stranger.gets("/login/totp").await.header("location"), Some("/login"), "a sixth try");
        // Whoever has the password begins anew, and is stopped after ten.
        gives_password(&mut stranger, LI).await;
        for _ in 0..4 {
            gives_second(&mut stranger, "/login/totp", "000000").await;
        }
        gives_second(&mut stranger, "/login/totp", "000000").await;
        let mut owner = portal.visitor();
        gives_password(&mut owner, LI).await;
        let code = next_code(&portal, &li.secret).await;
        let page = gives_second(&mut owner, "/login/totp", &code).await;
        assert!(page.status == 422 && page.text().contains("Wait "), "an eleventh try: {}", page.text());
        // A recovery code has tries of its own, and lets the owner in.
        let entered = gives_second(&mut owner, "/login/totp/recovery", &li.codes[3]).await;
        assert_eq!(entered.status, 303, "{}", entered.text());
        let records = owner.opens("/account/records").await.text();
        assert!(records.contains("Wrong code of the second step"), "{records}");
    }
);

on_both!(
    async fn a_code_that_is_sent_from_many_browsers_at_once_lets_one_in(portal) {
        let li = owner(&portal, LI).await;
        for (path, recovery) in [("/login/totp", false), ("/login/totp/recovery", true)] {
            let mut twins = Vec::new();
            for _ in 0..6 {
                let mut visitor = portal.visitor();
                gives_password(&mut visitor, LI).await;
                let form = visitor.opens(path).await.form(path);
                twins.push((visitor, form));
            }
            let code = if recovery { li.codes[5].clone() } else { next_code(&portal, &li.secret).await };
            let posts = twins.iter_mut().map(|(visitor, form)| {
                let form = form.clone().with("code", &code);
                async move { visitor.posts_now(&form).await.status }
            });
            let mut statuses = join_all(posts).await;
            statuses.sort_unstable();
            assert_eq!(statuses, [303, 422, 422, 422, 422, 422], "{path}");
            portal.minutes(11);
        }
    }
);

on_both!(
    async fn a_wait_ends_after_a_quarter_of_an_hour_and_its_owner_is_told(portal) {
        let li = owner(&portal, LI).await;
        let mut half = portal.visitor();
        let page = gives_password(&mut half, LI).await;
        let before = portal.mails_to(LI).await.len();
        portal.minutes(4);
        let mails = portal.mails_to(LI).await;
        assert_eq!(mails.len(), before + 1);
        assert!(mails.last().unwrap().subject.contains("second step"), "{}", mails.last().unwrap().subject);
        portal.minutes(12);
        let code = next_code(&portal, &li.secret).await;
        assert_eq!(half.posts(&page.form("/login/totp").with("code", &code)).await.status, 422);
        assert_eq!(portal.mails_to(LI).await.len(), before + 1, "told twice");
        // Another browser's handle is no wait of this one.
        let mut other = portal.visitor();
        gives_password(&mut other, LI).await;
        let mut thief = portal.visitor();
        thief.jar.insert("challenge".into(), "a".repeat(32));
        assert_eq!(thief.gets("/login/totp").await.status, 303);
        portal.minutes(24 * 60);
        portal.run_jobs().await;
        let left = portal
            .read(|conn| {
                use diesel::prelude::*;
                easylink::base::db::schema::pending_sign_ins::table.count().get_result::<i64>(conn).unwrap()
            })
            .await;
        assert_eq!(left, 0);
    }
);
