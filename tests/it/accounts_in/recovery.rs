//! Setting a forgotten password anew (RC1).

use super::{forgets, registers, session_of, signed_in, signs_in};
use crate::support::page::Page;
use crate::support::people::{PASSWORD, Visitor};

const NEW: &str = "eleven quiet staircases";

async fn resets(visitor: &mut Visitor, code: &str, password: &str) -> Page {
    let form = visitor.opens("/password/reset").await.form("/password/reset");
    visitor.posts(&form.answered(&[("code", code), ("password", password), ("again", password)])).await
}

on_both!(
    async fn a_reset_ends_every_session_and_signs_nobody_in(portal) {
        let mut owner = registers(&portal, "li@example.com").await;
        let mut waiting = portal.visitor();
        signs_in(&mut waiting, "li@example.com", PASSWORD).await;
        let waiting_form = waiting.opens("/login/verify").await.form("/login/verify");
        let waiting_code = portal.code_for("li@example.com").await;

        let mut visitor = portal.visitor();
        assert_eq!(forgets(&mut visitor, "li@example.com").await.header("location"), Some("/password/reset"));
        let code = portal.code_for("li@example.com").await;
        let weak = resets(&mut visitor, &code, "li@example.com").await;
        assert_eq!((weak.status, weak.wrong_fields()), (422, vec!["password".to_string()]));
        let wrong = resets(&mut visitor, "00000000", NEW).await;
        assert_eq!((wrong.status, wrong.wrong_fields()), (422, vec!["code".to_string()]));
        assert!(signed_in(&mut owner).await, "nothing is done before the right code");
        let done = resets(&mut visitor, &code, NEW).await;
        assert_eq!((done.status, done.header("location")), (303, Some("/login")));
        assert!(session_of(&visitor).is_none() && !signed_in(&mut visitor).await);

        assert!(!signed_in(&mut owner).await, "a session outlives the password");
        let waited = waiting.posts(&waiting_form.with("code", &waiting_code)).await;
        assert_eq!(waited.status, 422, "a second step outlives the password");
        assert_eq!(waiting.gets("/login/verify").await.header("location"), Some("/login"));
        let told = portal.mails_to("li@example.com").await;
        assert!(told.last().unwrap().subject.contains("set anew"));
        assert_eq!(signs_in(&mut owner, "li@example.com", PASSWORD).await.status, 422);
        let entered = signs_in(&mut owner, "li@example.com", NEW).await;
        assert_eq!(entered.header("location"), Some("/login/verify"), "a browser is known after a reset");
    }
);

on_both!(
    async fn only_one_address_is_written_to(portal) {
        registers(&portal, "li@example.com").await;
        let mut stranger = portal.visitor();
        let form = stranger.opens("/password/forgot").await.form("/password/forgot");
        let mut twice = form.clone().with("email", "li@example.com");
        twice.fields.push(("email".into(), "evil@example.com".into()));
        assert!(stranger.posts(&twice).await.status >= 400);
        for typed in ["li@example.com, evil@example.com", "li@example.com\r\nBcc: evil@example.com"] {
            let page = stranger.posts(&form.clone().with("email", typed)).await;
            assert_eq!(page.status, 422, "{typed}");
        }
        assert!(portal.mails_to("evil@example.com").await.is_empty());
        assert_eq!(portal.mails_to("li@example.com").await.len(), 1);
    }
);

on_both!(
    async fn an_unknown_address_leads_nowhere(portal) {
        let mut visitor = portal.visitor();
        assert_eq!(visitor.gets("/password/reset").await.header("location"), Some("/password/forgot"));
        forgets(&mut visitor, "no@example.com").await;
        assert_eq!(resets(&mut visitor, "12345678", NEW).await.status, 422);
        assert!(portal.mails_to("no@example.com").await[0].subject.contains("No account"));
    }
);
