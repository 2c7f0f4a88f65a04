//! Setting a forgotten password anew (RC1).

use diesel::prelude::*;
use easylink::base::db::Conn;

use super::{challenges_made, forgets, gives_code, registers, session_of, signed_in, signs_in};
use crate::support::form::FormInPage;
use crate::support::page::Page;
use crate::support::people::{PASSWORD, Visitor};
use crate::support::portal::Portal;
use crate::support::waiting::until_others_wait;

pub(super) const NEW: &str = "eleven quiet staircases";

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
        let told = told.last().unwrap();
        assert!(told.subject.contains("set anew"));
        let link = told.text.lines().find_map(|line| line.strip_prefix(&portal.base).filter(|path| path.contains("/not-me/")));
        let mut robbed = portal.visitor();
        assert_eq!(robbed.opens(link.unwrap()).await.status, 200, "{}", told.text);
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

/// The path of the link "this was not me" in the newest mail with this word in its subject.
pub async fn way_out(portal: &Portal, address: &str, subject: &str) -> String {
    let mails = portal.mails_to(address).await;
    let mail = mails.iter().rev().find(|mail| mail.subject.contains(subject)).unwrap_or_else(|| panic!("no {subject}"));
    let line = mail.text.lines().find(|line| line.contains("/password/not-me/"));
    let line = line.unwrap_or_else(|| panic!("no link in {}", mail.text));
    line.strip_prefix(&portal.base).unwrap().to_string()
}

/// Signs in with the password and the mailed code, on a browser that was never here.
pub(super) async fn enters_anew(portal: &Portal, address: &str) -> Visitor {
    let mut visitor = portal.visitor();
    signs_in(&mut visitor, address, PASSWORD).await;
    let code = portal.code_for(address).await;
    assert_eq!(gives_code(&mut visitor, "/login/verify", &code).await.status, 303);
    visitor
}

on_both!(
    async fn a_notice_leads_out_of_what_was_not_oneself(portal) {
        let mut owner = registers(&portal, "li@example.com").await;
        let mut stranger = enters_anew(&portal, "li@example.com").await;
        let path = way_out(&portal, "li@example.com", "New browser").await;
        // Programs that read mail open links: nothing happens.
        let mut reader = portal.visitor();
        for _ in 0..10 {
            assert_eq!(reader.gets(&path).await.status, 200);
        }
        assert!(signed_in(&mut stranger).await && signed_in(&mut owner).await);

        // The stranger's new password does not void the link, which needs no sign-in.
        let form = stranger.opens("/account/security/password").await.form("/account/security/password");
        let form = form.answered(&[("current", PASSWORD), ("password", NEW), ("again", NEW)]);
        assert_eq!(stranger.posts(&form).await.status, 303);
        assert!(!signed_in(&mut owner).await && signed_in(&mut stranger).await);
        let newer = way_out(&portal, "li@example.com", "password was changed").await;
        let mut phone = portal.visitor();
        let page = phone.gets(&path).await;
        assert_eq!(page.h1(), "This was not me");
        let (form, again) = (page.form(&path), reader.gets(&path).await.form(&path));
        let out = phone.posts(&form).await;
        assert_eq!((out.status, out.header("location")), (303, Some("/password/reset")));
        assert!(!signed_in(&mut stranger).await, "the stranger is out");
        let page = phone.opens("/password/reset").await;
        assert!(page.text().contains("Every device is signed out."), "{}", page.text());

        // Once, for nobody else, and another token opens nothing.
        assert_eq!((reader.posts(&again).await.status, reader.gets(&path).await.status), (404, 404));
        assert_eq!(reader.gets(&format!("{}2", &path[..path.len() - 1])).await.status, 404);
        let challenge = phone.jar["challenge"].clone();
        assert_eq!(reader.gets(&format!("/password/not-me/{challenge}")).await.status, 404, "another kind of token");
        let token = newer.rsplit('/').next().unwrap();
        reader.jar.insert("challenge".into(), token.to_string());
        for page in ["/password/reset", "/login/verify", "/register/verify"] {
            assert_eq!(reader.gets(page).await.status, 303, "{page}");
        }

        let code = portal.code_for("li@example.com").await;
        let mine = "fourteen amber ladders";
        assert_eq!(resets(&mut phone, &code, mine).await.header("location"), Some("/login"));
        let mut back = portal.visitor();
        assert_eq!(signs_in(&mut back, "li@example.com", NEW).await.status, 422);
        assert_eq!(signs_in(&mut back, "li@example.com", mine).await.header("location"), Some("/login/verify"));
        let code = portal.code_for("li@example.com").await;
        gives_code(&mut back, "/login/verify", &code).await;
        assert!(back.opens("/account/records").await.text().contains("“This was not me”"));

        assert_eq!(reader.gets(&newer).await.status, 200);
        portal.minutes(7 * 24 * 60);
        assert_eq!(reader.gets(&newer).await.status, 404, "a link of last week");
        portal.minutes(2 * 24 * 60);
        portal.run_jobs().await;
        assert_eq!(challenges_made(&portal).await, 0);
    }
);

on_both!(
    async fn a_link_sent_twice_at_once_works_once(portal) {
        registers(&portal, "li@example.com").await;
        enters_anew(&portal, "li@example.com").await;
        let path = way_out(&portal, "li@example.com", "New browser").await;
        let mut twins = Vec::new();
        for _ in 0..8 {
            let mut visitor = portal.visitor();
            let form = visitor.gets(&path).await.form(&path);
            twins.push((visitor, form));
        }
        let posts = twins.iter_mut().map(|(visitor, form)| visitor.posts_now(form));
        let mut statuses: Vec<u16> =
            futures_util::future::join_all(posts).await.iter().map(|page| page.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 404, 404, 404, 404, 404, 404, 404]);
        let codes = portal.mails_to("li@example.com").await;
        assert_eq!(codes.iter().filter(|mail| mail.subject.contains("new password")).count(), 1);
    }
);

/// A sign-in stands between its session and its end while `out` is sent; answers how both ended.
async fn meet(portal: &Portal, enters: (&mut Visitor, &FormInPage), out: (&mut Visitor, &FormInPage)) -> (u16, u16) {
    let (tell, told) = tokio::sync::oneshot::channel();
    let between = portal.write(move |conn| {
        if let Conn::Pg(pg) = conn {
            // The last thing that a sign-in by code writes is the known browser.
            diesel::sql_query("lock table known_browsers in share mode").execute(pg).unwrap();
        }
        tell.send(()).unwrap();
        until_others_wait(conn, 2);
    });
    let enters = async {
        told.await.unwrap();
        let entering = enters.0.posts_now(enters.1);
        let leaving = async {
            portal.read(|conn| until_others_wait(conn, 1)).await;
            out.0.posts_now(out.1).await
        };
        let (entered, left) = futures_util::future::join(entering, leaving).await;
        (entered.status, left.status)
    };
    futures_util::future::join(between, enters).await.1
}

on_both!(
    async fn a_sign_in_that_is_under_way_does_not_outlive_a_way_out(portal) {
        registers(&portal, "li@example.com").await;
        enters_anew(&portal, "li@example.com").await;
        for way in ["not-me", "reset"] {
            let mut stranger = portal.visitor();
            signs_in(&mut stranger, "li@example.com", if way == "reset" { NEW } else { PASSWORD }).await;
            let code = portal.code_for("li@example.com").await;
            let form = stranger.opens("/login/verify").await.form("/login/verify").with("code", &code);
            let mut owner = portal.visitor();
            let out = if way == "reset" {
                forgets(&mut owner, "li@example.com").await;
                let code = portal.code_for("li@example.com").await;
                let form = owner.opens("/password/reset").await.form("/password/reset");
                form.answered(&[("code", &code), ("password", PASSWORD), ("again", PASSWORD)])
            } else {
                let path = way_out(&portal, "li@example.com", "New browser").await;
                owner.gets(&path).await.form(&path)
            };
            let (entered, left) = meet(&portal, (&mut stranger, &form), (&mut owner, &out)).await;
            // SQLite has one writer: there either comes first, and a code that was voided before is refused.
            let one_writer = portal.read(|conn| matches!(conn, Conn::Sqlite(_))).await;
            assert!(left == 303 && (entered == 303 || one_writer && entered == 422), "{way}: {entered} {left}");
            assert!(!signed_in(&mut stranger).await, "a session outlives {way}");
            if way == "not-me" {
                let code = portal.code_for("li@example.com").await;
                assert_eq!(resets(&mut owner, &code, NEW).await.status, 303);
                portal.minutes(60);
            }
            let password = if way == "reset" { PASSWORD } else { NEW };
            let again = signs_in(&mut stranger, "li@example.com", password).await;
            assert_ne!(again.header("location"), Some("/account"), "a browser stays known after {way}");
        }
    }
);
