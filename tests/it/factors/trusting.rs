//! Browsers in which the second factor is not asked again.

use super::{LI, gives, gives_password, gives_second, is_in, next_code, owner, resets, signs_out};

async fn trusts(portal: &crate::support::portal::Portal, li: &mut super::Owner) {
    signs_out(&mut li.visitor).await;
    let page = gives_password(&mut li.visitor, LI).await;
    let code = next_code(portal, &li.secret).await;
    let form = page.form("/login/totp").with("code", &code).with("trust", "yes");
    assert_eq!(li.visitor.posts(&form).await.header("location"), Some("/account"));
    signs_out(&mut li.visitor).await;
}

on_both!(
    async fn a_trusted_browser_needs_the_password_alone(portal) {
        let mut li = owner(&portal, LI).await;
        trusts(&portal, &mut li).await;
        assert_eq!(gives_password(&mut li.visitor, LI).await.path(), "/account");
        assert!(li.visitor.opens("/account/records").await.text().contains("on a trusted browser"));
        // A mailed code is no password, here neither.
        let mut twin = li.visitor.twin();
        signs_out(&mut twin).await;
        let form = twin.opens("/login/code").await.form("/login/code").with("email", LI);
        let page = twin.submits(&form).await;
        let mailed = portal.code_for(LI).await;
        let page = twin.submits(&page.form("/login/verify").with("code", &mailed)).await;
        assert_eq!(page.path(), "/login/totp");
        let code = next_code(&portal, &li.secret).await;
        assert_eq!(gives_second(&mut twin, "/login/totp", &code).await.status, 303);
        signs_out(&mut twin).await;
        assert_eq!(gives_password(&mut twin, LI).await.path(), "/account", "the trust was lost");
        // Another browser is not trusted, and somebody else's cookie neither.
        assert_eq!(gives_password(&mut portal.visitor(), LI).await.path(), "/login/totp");

        let page = twin.opens("/account/security/sessions").await;
        let forms = page.posted_forms();
        let end = forms.iter().find(|form| form.action.contains("/security/browsers/")).unwrap();
        let page = twin.submits(end).await;
        assert!(page.text().contains("no longer trusted") && !page.text().contains("Trusted browsers"), "{}", page.text());
        signs_out(&mut twin).await;
        assert_eq!(gives_password(&mut twin, LI).await.path(), "/login/totp");
    }
);

on_both!(
    async fn trust_ends_with_password_factor_and_time(portal) {
        let mut li = owner(&portal, LI).await;
        trusts(&portal, &mut li).await;
        portal.minutes(30 * 24 * 60 + 1);
        assert_eq!(gives_password(&mut li.visitor, LI).await.path(), "/login/totp", "thirty days");
        let code = next_code(&portal, &li.secret).await;
        gives_second(&mut li.visitor, "/login/totp", &code).await;
        trusts(&portal, &mut li).await;
        // New recovery codes change the factor.
        assert_eq!(gives_password(&mut li.visitor, LI).await.path(), "/account");
        let form = li.visitor.opens("/account/security/totp").await.form("/account/security/totp/codes");
        portal.vouches().await;
        li.visitor.submits(&form).await;
        signs_out(&mut li.visitor).await;
        assert_eq!(gives_password(&mut li.visitor, LI).await.path(), "/login/totp", "a change of the factor");
        let code = next_code(&portal, &li.secret).await;
        gives_second(&mut li.visitor, "/login/totp", &code).await;
        trusts(&portal, &mut li).await;
        let browser = li.visitor.jar["browser"].clone();
        resets(&portal, &mut li.visitor, "eleven quiet staircases").await;
        li.visitor.jar.insert("browser".into(), browser);
        assert_eq!(gives(&mut li.visitor, LI, "eleven quiet staircases").await.path(), "/login/totp", "a reset");
        assert!(!is_in(&mut li.visitor).await);
    }
);
