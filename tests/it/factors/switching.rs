//! Switching it on and off, recovery codes, and signing in with it.

use diesel::prelude::*;
use easylink::base::db::schema::{recovery_codes, totp_factors};

use super::{
    LI, TOTP, enters, gives, gives_password, gives_second, is_in, next_code, owner, resets, signs_out, switches_on,
};
use crate::accounts_in::registers;
use crate::staff::{code, shown_secret};
use crate::support::people::PASSWORD;

on_both!(
    async fn a_secret_waits_for_its_first_code_and_looking_writes_nothing(portal) {
        let mut li = registers(&portal, LI).await;
        let mut other = portal.visitor();
        li.opens(TOTP).await;
        let rows = |conn: &mut easylink::base::db::Conn| totp_factors::table.count().get_result::<i64>(conn).unwrap();
        assert_eq!(portal.read(rows).await, 0);
        let form = li.opens(TOTP).await.form(TOTP);
        let page = li.submits(&form).await;
        let (first, shown) = (shown_secret(&page), page.all(".mono").concat());
        assert_eq!((shown.len(), page.all("svg.qr path").len()), (39, 1), "in fours: {shown}");
        let sealed: Vec<u8> =
            portal.read(|conn| totp_factors::table.select(totp_factors::sealed_secret).first(conn).unwrap()).await;
        let plain = data_encoding::BASE32_NOPAD.decode(first.text().as_bytes()).unwrap();
        assert!(!sealed.windows(plain.len()).any(|part| part == plain), "the secret stands in the database");
        // It is not asked for before it is confirmed.
        assert_eq!(gives_password(&mut other, LI).await.path(), "/login/verify");

        for (typed, status) in [("", 422), ("000000", 422), ("12345678", 422)] {
            let form = li.opens(TOTP).await.form("/account/security/totp/confirmation").with("code", typed);
            let page = li.posts(&form).await;
            assert_eq!((page.status, page.wrong_fields()), (status, vec!["code".to_string()]), "{typed}");
        }
        // An hour later the key is gone.
        let late = li.opens(TOTP).await.form("/account/security/totp/confirmation");
        portal.minutes(59);
        li.opens("/account").await;
        portal.minutes(2);
        portal.vouches().await;
        let page = li.submits(&late.with("code", &code(&portal, &first))).await;
        assert!(page.text().contains("no longer waiting"), "{}", page.text());
        portal.minutes(30);
        li.opens("/account").await;
        portal.minutes(31);
        portal.run_jobs().await;
        assert_eq!(portal.read(rows).await, 0);
        portal.vouches().await;
        let (second, _) = switches_on(&portal, &mut li).await;
        assert_ne!(first.text(), second.text());
        let mail = portal.mails_to(LI).await.pop().unwrap();
        assert!(mail.subject.contains("switched on") && mail.text.contains("/password/not-me/"), "{}", mail.text);
    }
);

on_both!(
    async fn a_sign_in_asks_for_it_and_each_code_works_once(portal) {
        let mut li = owner(&portal, LI).await;
        assert!(li.visitor.opens("/account/security").await.text().contains("10 recovery codes are left"));
        signs_out(&mut li.visitor).await;
        assert_eq!(li.visitor.gets("/login/totp").await.header("location"), Some("/login"));
        assert_eq!(gives_password(&mut li.visitor, LI).await.path(), "/login/totp");
        assert!(!is_in(&mut li.visitor).await, "the password alone is enough");
        let code = next_code(&portal, &li.secret).await;
        let entered = gives_second(&mut li.visitor, "/login/totp", &code).await;
        assert_eq!(entered.header("location"), Some("/account"), "{}", entered.text());
        assert!(li.visitor.opens("/account/records").await.text().contains("Signed in, with password and app"));

        // The same code again, from another browser: the second step stands for the mailed one.
        let mut phone = portal.visitor();
        assert_eq!(gives_password(&mut phone, LI).await.path(), "/login/totp");
        assert_eq!(gives_second(&mut phone, "/login/totp", &code).await.status, 422, "a code works twice");
        let fresh = next_code(&portal, &li.secret).await;
        assert_eq!(gives_second(&mut phone, "/login/totp", &fresh).await.status, 303);
        assert!(portal.mails_to(LI).await.iter().any(|mail| mail.subject.contains("New browser")));
    }
);

on_both!(
    async fn a_recovery_code_works_once_and_is_told_of(portal) {
        let mut li = owner(&portal, LI).await;
        // Shown to the session that made them, until they are put away.
        let form = li.visitor.opens("/account/security/totp/codes").await.form("/account/security/totp/codes/kept");
        li.visitor.submits(&form).await;
        assert_eq!(li.visitor.gets("/account/security/totp/codes").await.header("location"), Some(TOTP));
        let hashes: Vec<Vec<u8>> =
            portal.read(|conn| recovery_codes::table.select(recovery_codes::code_hash).load(conn).unwrap()).await;
        assert!(hashes.len() == 10 && hashes.iter().all(|hash| hash.len() == 32));
        let left: Option<Vec<u8>> =
            portal.read(|conn| totp_factors::table.select(totp_factors::sealed_codes).first(conn).unwrap()).await;
        assert!(left.is_none(), "codes that were put away are kept");

        signs_out(&mut li.visitor).await;
        gives_password(&mut li.visitor, LI).await;
        let wrong = gives_second(&mut li.visitor, "/login/totp/recovery", "abcd-efgh-jkmn-pqrs-tuvw-xyz2").await;
        assert_eq!((wrong.status, wrong.wrong_fields()), (422, vec!["code".to_string()]));
        let typed = li.codes[0].to_uppercase().replace('-', " ");
        let entered = gives_second(&mut li.visitor, "/login/totp/recovery", &typed).await;
        assert_eq!(entered.header("location"), Some("/account"), "{}", entered.text());
        let mail = portal.mails_to(LI).await.pop().unwrap();
        assert!(mail.subject.contains("recovery code was used") && mail.text.contains("9 of them are left"), "{}", mail.text);
        assert!(li.visitor.opens("/account/security").await.text().contains("9 recovery codes are left"));
        assert!(li.visitor.opens("/account/records").await.text().contains("Signed in, with password and recovery code"));

        let mut other = portal.visitor();
        gives_password(&mut other, LI).await;
        assert_eq!(gives_second(&mut other, "/login/totp/recovery", &li.codes[0]).await.status, 422, "it works twice");

        // A new set voids the old one and ends the other sessions.
        let mut second = portal.visitor();
        enters(&portal, &mut second, &li.secret).await;
        let form = li.visitor.opens(TOTP).await.form("/account/security/totp/codes");
        let page = li.visitor.submits(&form).await;
        let new = page.all(".codes .mono");
        assert!(new.len() == 10 && !new.contains(&li.codes[1]));
        assert!(!is_in(&mut second).await && is_in(&mut li.visitor).await);
        assert!(portal.mails_to(LI).await.pop().unwrap().subject.contains("New recovery codes"));
        gives_password(&mut second, LI).await;
        assert_eq!(gives_second(&mut second, "/login/totp/recovery", &li.codes[1]).await.status, 422, "an old code");
        assert_eq!(gives_second(&mut second, "/login/totp/recovery", &new[1]).await.status, 303);
        // Another session never sees them.
        assert_eq!(second.gets("/account/security/totp/codes").await.status, 303);
    }
);

on_both!(
    async fn neither_a_mailed_code_nor_a_reset_passes_it(portal) {
        let mut li = owner(&portal, LI).await;
        let mut stranger = portal.visitor();
        let form = stranger.opens("/login/code").await.form("/login/code").with("email", LI);
        let page = stranger.submits(&form).await;
        let mailed = portal.code_for(LI).await;
        let page = stranger.submits(&page.form("/login/verify").with("code", &mailed)).await;
        assert_eq!(page.path(), "/login/totp", "a mailed code stands for the second factor");
        assert!(!is_in(&mut stranger).await);
        let waiting = page.form("/login/totp");

        let mut robbed = portal.visitor();
        resets(&portal, &mut robbed, "eleven quiet staircases").await;
        assert!(!is_in(&mut li.visitor).await);
        // The sign-in that waited is dead, with a right code too (MF7).
        let code = next_code(&portal, &li.secret).await;
        assert_eq!(stranger.posts(&waiting.with("code", &code)).await.status, 422, "a wait outlives the password");
        let page = gives(&mut robbed, LI, "eleven quiet staircases").await;
        assert_eq!(page.path(), "/login/totp", "a reset takes the second factor away");
        let code = next_code(&portal, &li.secret).await;
        assert_eq!(gives_second(&mut robbed, "/login/totp", &code).await.status, 303);
    }
);

on_both!(
    async fn it_goes_off_with_its_codes(portal) {
        let mut li = owner(&portal, LI).await;
        let mut other = portal.visitor();
        enters(&portal, &mut other, &li.secret).await;
        let mut waiting = portal.visitor();
        gives_password(&mut waiting, LI).await;
        let form = li.visitor.opens("/account/security/totp/end").await.form("/account/security/totp/end");
        let page = li.visitor.submits(&form).await;
        assert!(page.text().contains("The second step is off"), "{}", page.text());
        assert!(!is_in(&mut other).await && is_in(&mut li.visitor).await);
        assert_eq!(waiting.gets("/login/totp").await.header("location"), Some("/login"), "a wait outlives the factor");
        assert!(portal.mails_to(LI).await.pop().unwrap().subject.contains("switched off"));
        let codes = portal.read(|conn| recovery_codes::table.count().get_result::<i64>(conn).unwrap()).await;
        assert_eq!(codes, 0);
        signs_out(&mut li.visitor).await;
        assert_eq!(gives_password(&mut li.visitor, LI).await.path(), "/account");
        // Twice is no error page with a trace: there is nothing to switch off.
        assert_eq!(li.visitor.gets("/account/security/totp/end").await.status, 303);
        assert_eq!(li.visitor.posts(&form).await.status, 403, "an old form");
    }
);

on_both!(
    async fn the_staff_are_told_where_theirs_comes_from(portal) {
        use easylink::web::feature::StaffRole;
        let mut ana = portal.employs("ana", &[StaffRole::Support]).await.visitor;
        let page = ana.opens(TOTP).await;
        assert!(page.text().contains("new activation link") && page.posted_forms().iter().all(|form| form.action == "/logout"));
        let token = page.form("/logout").value("token").unwrap_or_default().to_owned();
        for path in [TOTP, "/account/security/totp/end", "/account/security/totp/codes"] {
            let sent = ana.posts_raw(path, "application/x-www-form-urlencoded", format!("token={token}")).await;
            assert_eq!(sent.status, 403, "{path}");
        }
        assert_eq!(PASSWORD.len(), 21);
    }
);
