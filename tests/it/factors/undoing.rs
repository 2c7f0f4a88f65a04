//! "This was not me" in the notices of the second factor (RC4).

use super::{
    LI, TOTP, enters, gives, gives_password, gives_second, is_in, next_code, owner, resets, switches_on, way_out,
};
use crate::accounts_in::registers;
use crate::support::people::PASSWORD;

const NEW: &str = "eleven quiet staircases";

on_both!(
    async fn what_was_switched_off_is_on_again_with_the_old_app(portal) {
        let li = owner(&portal, LI).await;
        let mut stranger = portal.visitor();
        enters(&portal, &mut stranger, &li.secret).await;
        let form = stranger.opens("/account/security/totp/end").await.form("/account/security/totp/end");
        stranger.submits(&form).await;
        let path = way_out(&portal, LI, "switched off").await;
        let mut mailbox = portal.visitor();
        for _ in 0..3 {
            mailbox.gets(&path).await;
        }
        assert!(is_in(&mut stranger).await, "looking changes something");
        let page = mailbox.gets(&path).await;
        assert!(page.text().contains("on again"), "{}", page.text());
        let form = page.form(&path);
        assert_eq!(mailbox.posts(&form).await.header("location"), Some("/password/reset"));
        assert!(!is_in(&mut stranger).await);
        assert_eq!(mailbox.gets(&path).await.status, 404, "it works twice");
        let mut back = portal.visitor();
        assert_eq!(gives_password(&mut back, LI).await.path(), "/login/totp");
        let code = next_code(&portal, &li.secret).await;
        assert_eq!(gives_second(&mut back, "/login/totp", &code).await.status, 303);
        assert!(back.opens("/account/records").await.text().contains("Second step switched on again, by the link"));
        assert!(back.opens("/account/security").await.text().contains("Make new recovery codes"));
    }
);

on_both!(
    async fn a_newer_app_is_not_the_mailboxs_to_take_away(portal) {
        let mut li = owner(&portal, LI).await;
        let form = li.visitor.opens("/account/security/totp/end").await.form("/account/security/totp/end");
        li.visitor.submits(&form).await;
        let path = way_out(&portal, LI, "switched off").await;
        let mut mailbox = portal.visitor();
        let form = mailbox.opens(&path).await.form(&path);
        let (newer, _) = switches_on(&portal, &mut li.visitor).await;
        let page = mailbox.gets(&path).await;
        assert!(page.status == 200 && !page.text().contains("on again"), "{}", page.text());
        // The rest of the link still works: whoever is in the account is put out, and the newer app stays.
        assert_eq!(mailbox.posts(&form).await.header("location"), Some("/password/reset"));
        assert!(!is_in(&mut li.visitor).await);
        enters(&portal, &mut portal.visitor(), &newer).await;
    }
);

on_both!(
    async fn what_was_switched_on_goes_off_with_the_password_only(portal) {
        let mut li = owner(&portal, LI).await;
        let path = way_out(&portal, LI, "switched on").await;
        let proof = format!("{path}/proof");
        let mut mailbox = portal.visitor();
        let page = mailbox.gets(&path).await;
        // The button of other notices does nothing here.
        let token = page.form(&proof).value("token").unwrap_or_default().to_owned();
        let bare = mailbox.posts_raw(&path, "application/x-www-form-urlencoded", format!("token={token}")).await;
        assert_eq!((bare.status, is_in(&mut li.visitor).await), (404, true));
        for typed in ["", "not the password"] {
            let form = mailbox.gets(&path).await.form(&proof).with("password", typed);
            let page = mailbox.posts(&form).await;
            assert_eq!((page.status, page.wrong_fields()), (422, vec!["password".to_string()]), "{typed}");
        }
        assert!(is_in(&mut li.visitor).await);
        let form = mailbox.gets(&path).await.form(&proof).with("password", PASSWORD);
        assert_eq!(mailbox.posts(&form).await.header("location"), Some("/password/reset"));
        assert!(!is_in(&mut li.visitor).await);
        assert_eq!(gives_password(&mut portal.visitor(), LI).await.path(), "/login/verify", "it is still on");
    }
);

on_both!(
    async fn after_a_mailed_reset_the_mailbox_takes_no_second_factor_away(portal) {
        owner(&portal, LI).await;
        let path = way_out(&portal, LI, "switched on").await;
        let mut mailbox = portal.visitor();
        let form = mailbox.gets(&path).await.form(&format!("{path}/proof"));
        resets(&portal, &mut mailbox, NEW).await;
        let page = mailbox.gets(&path).await;
        assert!(page.status == 200 && !page.text().contains("goes off again"), "{}", page.text());
        assert_eq!(mailbox.posts(&form.with("password", NEW)).await.status, 303);
        assert_eq!(gives(&mut mailbox, LI, NEW).await.path(), "/login/totp");
    }
);

on_both!(
    async fn recovery_codes_that_somebody_else_made_or_used_are_void(portal) {
        let mut li = owner(&portal, LI).await;
        let form = li.visitor.opens(TOTP).await.form("/account/security/totp/codes");
        let codes = li.visitor.submits(&form).await.all(".codes .mono");
        let path = way_out(&portal, LI, "New recovery codes").await;
        let mut mailbox = portal.visitor();
        let form = mailbox.gets(&path).await.form(&path);
        assert_eq!(mailbox.posts(&form).await.status, 303);
        assert!(!is_in(&mut li.visitor).await);
        gives_password(&mut li.visitor, LI).await;
        assert_eq!(gives_second(&mut li.visitor, "/login/totp/recovery", &codes[0]).await.status, 422);
        let code = next_code(&portal, &li.secret).await;
        assert_eq!(gives_second(&mut li.visitor, "/login/totp", &code).await.status, 303, "the factor itself stays");

        let form = li.visitor.opens(TOTP).await.form("/account/security/totp/codes");
        let codes = li.visitor.submits(&form).await.all(".codes .mono");
        let mut stranger = portal.visitor();
        gives_password(&mut stranger, LI).await;
        assert_eq!(gives_second(&mut stranger, "/login/totp/recovery", &codes[0]).await.status, 303);
        let path = way_out(&portal, LI, "recovery code was used").await;
        let form = mailbox.gets(&path).await.form(&path);
        assert_eq!(mailbox.posts(&form).await.status, 303);
        assert!(!is_in(&mut stranger).await);
        gives_password(&mut stranger, LI).await;
        assert_eq!(gives_second(&mut stranger, "/login/totp/recovery", &codes[1]).await.status, 422);
    }
);

on_both!(
    async fn the_link_works_for_seven_days(portal) {
        registers(&portal, "another@example.com").await;
        owner(&portal, LI).await;
        let path = way_out(&portal, LI, "switched on").await;
        portal.minutes(7 * 24 * 60 - 1);
        assert_eq!(portal.visitor().gets(&path).await.status, 200);
        portal.minutes(2);
        assert_eq!(portal.visitor().gets(&path).await.status, 404);
    }
);
