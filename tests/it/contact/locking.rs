//! "Lock my account" (RC9).

use super::{SECURITY, moves, out, types, undo_link};
use crate::support::page::Page;
use crate::support::people::PASSWORD;
use crate::support::people::Visitor;
use crate::support::portal::Portal;

async fn locks(visitor: &mut Visitor) -> Page {
    let form = visitor.opens("/account/security/lock").await.form("/account/security/lock");
    visitor.posts(&form).await
}

async fn signs_in(portal: &Portal, address: &str, password: &str) -> Page {
    let mut visitor = portal.visitor();
    let form = visitor.opens("/login").await.form("/login");
    visitor.posts(&form.answered(&[("email", address), ("password", password)])).await
}

async fn asks_to_unlock(visitor: &mut Visitor, address: &str) -> Page {
    let form = visitor.opens("/unlock").await.form("/unlock").with("email", address);
    visitor.posts(&form).await
}

async fn unlocks(visitor: &mut Visitor, code: &str) -> Page {
    let form = visitor.opens("/unlock/finish").await.form("/unlock/finish");
    visitor.posts(&form.answered(&[("code", code), ("password", PASSWORD), ("again", PASSWORD)])).await
}

on_both!(
    async fn a_locked_account_lets_nobody_in_until_its_owner_unlocks_it(portal) {
        let mut li = crate::accounts_in::registers(&portal, "li@example.com").await;
        let mut other = portal.visitor();
        let form = other.opens("/login").await.form("/login");
        other.posts(&form.answered(&[("email", "li@example.com"), ("password", PASSWORD)])).await;
        let code = portal.code_for("li@example.com").await;
        let form = other.opens("/login/verify").await.form("/login/verify").with("code", &code);
        assert_eq!(other.posts(&form).await.header("location"), Some("/account"));
        assert!(li.opens(SECURITY).await.text().contains("Lock my account"));
        let locked = locks(&mut li).await;
        assert_eq!(locked.header("location"), Some("/"), "{}", locked.text());
        assert!(li.opens("/").await.text().contains("Your account is locked"));
        assert!(out(&li.gets("/account").await) && out(&other.gets("/account").await), "every device is out");
        let mail = portal.mails_to("li@example.com").await.pop().unwrap();
        assert!(mail.subject.contains("is locked") && mail.text.contains("/unlock"), "{}", mail.text);
        assert_eq!(signs_in(&portal, "li@example.com", PASSWORD).await.status, 422);
        let mut stranger = portal.visitor();
        let form = stranger.opens("/password/forgot").await.form("/password/forgot").with("email", "li@example.com");
        stranger.posts(&form).await;
        assert!(!portal.mails_to("li@example.com").await.pop().unwrap().subject.contains("code"), "nor by a new password");

        let mut li = portal.visitor();
        assert_eq!(asks_to_unlock(&mut li, "nonsense").await.wrong_fields(), ["email"]);
        assert_eq!(asks_to_unlock(&mut li, "li@example.com").await.header("location"), Some("/unlock/finish"));
        assert_eq!(unlocks(&mut li, "00000000").await.wrong_fields(), ["code"]);
        let code = portal.code_for("li@example.com").await;
        let mut elsewhere = portal.visitor();
        assert_eq!(elsewhere.gets("/unlock/finish").await.header("location"), Some("/unlock"), "in this browser alone");
        let done = unlocks(&mut li, &code).await;
        assert_eq!(done.header("location"), Some("/login"), "{}", done.text());
        assert!(portal.mails_to("li@example.com").await.pop().unwrap().subject.contains("is unlocked"));
        assert_eq!(signs_in(&portal, "li@example.com", PASSWORD).await.header("location"), Some("/login/verify"));
    }
);

on_both!(
    async fn unlocking_looks_the_same_for_every_address_and_opens_what_its_owner_locked_alone(portal) {
        let mut li = portal.enters("li@example.com").await;
        let wu = portal.enters("wu@example.com").await;
        locks(&mut li).await;
        // Staff locked this one.
        let (ctx, person) = (portal.ctx(), wu.person_id);
        portal
            .write(move |conn| {
                let by = easylink::web::session::PersonMove::Lock;
                easylink::features::accounts::move_person(conn, &ctx, person, by).map(|_| ()).unwrap();
            })
            .await;
        let mut shown = Vec::new();
        for address in ["li@example.com", "wu@example.com", "nobody@example.com"] {
            let mut visitor = portal.visitor();
            let asked = asks_to_unlock(&mut visitor, address).await;
            assert_eq!(asked.header("location"), Some("/unlock/finish"));
            shown.push(visitor.opens("/unlock/finish").await.text().replace(address, "ADDRESS"));
        }
        assert!(shown[0] == shown[1] && shown[1] == shown[2]);
        assert!(portal.mails_to("wu@example.com").await.pop().unwrap().subject.contains("is locked"));
        let nobody = portal.mails_to("nobody@example.com").await.pop().unwrap();
        assert!(nobody.subject.contains("nothing to unlock"), "{}", nobody.subject);
    }
);

on_both!(
    async fn the_link_in_a_notice_locks_too_and_stops_what_waits(portal) {
        let mut li = portal.enters("li@example.com").await;
        moves(&mut li, "thief@example.com", "wait").await;
        types(&mut li, &portal.code_for("thief@example.com").await).await;
        let link = undo_link(&portal, "li@example.com").await;
        let mut owner = portal.visitor();
        let form = owner.opens(&link).await.form(&format!("{link}/lock"));
        assert_eq!(owner.posts(&form).await.header("location"), Some("/"));
        assert!(out(&li.gets("/account").await));
        portal.later(std::time::Duration::from_secs(4 * 86400));
        portal.run_jobs().await;
        asks_to_unlock(&mut owner, "li@example.com").await;
        let code = portal.code_for("li@example.com").await;
        assert_eq!(unlocks(&mut owner, &code).await.header("location"), Some("/login"), "the address is the old one");
    }
);
