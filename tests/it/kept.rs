//! Nothing typed is lost (A9), and what is sensitive asks anew (C2, MF4, MF5).

use std::collections::BTreeSet;
use std::path::Path;

use diesel::prelude::*;
use easylink::base::crypto::Secret;
use easylink::base::db::schema::{kept_posts, people};
use easylink::features::accounts::{PasswordClass, set_password};
use easylink::web::feature::StaffRole;
use easylink::web::kept::NEVER;
use easylink::web::session;

use crate::support::entered::Entered;
use crate::support::page::Page;
use crate::support::people::{PASSWORD, Visitor};
use crate::support::portal::Portal;

const TEXT: &str = "The disk of the shop\nfills up every night.";

async fn ends_sessions(portal: &Portal, person: i64) {
    let now = portal.house.clock.now();
    portal.write(move |conn| session::end_all(conn, person, None, now).unwrap()).await;
}

async fn gives_password(portal: &Portal, person: i64) {
    let hash = portal.house.hasher.hash(Secret::new(PASSWORD)).await.unwrap();
    let now = portal.house.clock.now();
    portal.write(move |conn| set_password(conn, person, &hash, PasswordClass::Strong, now).unwrap()).await;
}

async fn count(portal: &Portal) -> i64 {
    portal.read(|conn| kept_posts::table.count().get_result(conn).unwrap()).await
}

/// Sends a long text in a session that has ended; answers where that led.
async fn types_too_late(portal: &Portal, li: &mut Entered) -> Page {
    let form = li.opens("/account/tickets/new").await.form("/account/tickets/new");
    let form = form.with("subject", "Disk full").with("text", TEXT);
    ends_sessions(portal, li.person_id).await;
    li.posts(&form).await
}

on_both!(
    async fn what_was_typed_into_an_ended_session_waits_behind_the_sign_in(portal) {
        let mut li = portal.enters("li@example.com").await;
        gives_password(&portal, li.person_id).await;
        let sent = types_too_late(&portal, &mut li).await;
        assert_eq!((sent.status, sent.header("location")), (303, Some("/login?next=%2Faccount%2Fkept")));
        let page = li.opens("/login?next=%2Faccount%2Fkept").await;
        assert!(page.text().contains("What you typed is kept for you"), "{}", page.text());

        // Nobody else is shown it.
        let mut wu = portal.enters("wu@example.com").await;
        assert_eq!(wu.gets("/account/kept").await.header("location"), Some("/account"));

        let mut back = portal.signed_in(li.person_id, Some(li.account_id)).await;
        let page = back.opens("/account").await;
        assert!(page.text().contains("Go on with what you had typed"), "{}", page.text());
        let page = back.opens("/account/kept").await;
        assert!(page.text().contains("Your work order") && page.text().contains("Disk full"), "{}", page.text());
        // The form itself comes back, with everything in it, and nothing was done.
        let page = back.posts(&page.form("/account/tickets/new")).await;
        assert_eq!(page.status, 422);
        let form = page.form("/account/tickets/new");
        assert_eq!((form.value("subject"), form.value("text")), (Some("Disk full"), Some(TEXT)));
        assert_eq!(count(&portal).await, 0, "offered once");
        assert_eq!(back.gets("/account/kept").await.header("location"), Some("/account"));
        let page = back.submits(&form).await;
        assert!(page.path().starts_with("/account/tickets/"), "{}", page.text());
        portal.run_jobs().await;
    }
);

on_both!(
    async fn the_staff_find_theirs_at_the_desk(portal) {
        let mut ana = portal.employs("Ana", &[StaffRole::Admin]).await;
        let form = ana.opens("/staff/people/new").await.form("/staff/people");
        let form = form.with("address", "new@staff.example.com").with("name", "Somebody New");
        ends_sessions(&portal, ana.person_id).await;
        let sent = ana.posts(&form).await;
        assert_eq!(sent.header("location"), Some("/staff/login?next=%2Faccount%2Fkept"));
        let door = ana.opens("/staff/login?next=%2Faccount%2Fkept").await;
        assert_eq!(door.form("/staff/login").value("next"), Some("/account/kept"));
        let mut back = portal.signed_in(ana.person_id, None).await;
        assert!(back.opens("/staff").await.text().contains("Go on with what you had typed"));
        let page = back.opens("/account/kept").await;
        let page = back.posts(&page.form("/staff/people")).await;
        assert_eq!((page.status, page.form("/staff/people").value("name")), (422, Some("Somebody New")));
        assert!(!back.opens("/staff").await.text().contains("Go on with what you had typed"));
    }
);

on_both!(
    async fn what_is_kept_is_sealed_and_gone_after_a_day(portal) {
        let mut li = portal.enters("li@example.com").await;
        types_too_late(&portal, &mut li).await;
        let sealed: Vec<Vec<u8>> = portal.read(|conn| kept_posts::table.select(kept_posts::sealed_data).load(conn).unwrap()).await;
        assert_eq!(sealed.len(), 1);
        assert!(!sealed[0].windows(4).any(|four| four == b"Disk" || four == b"disk"));
        // Moved to somebody else it opens to nobody.
        let wu = portal.enters("wu@example.com").await;
        let other = wu.person_id;
        portal.write(move |conn| diesel::update(kept_posts::table).set(kept_posts::person_id.eq(other)).execute(conn).unwrap()).await;
        let mut there = portal.signed_in(wu.person_id, Some(wu.account_id)).await;
        assert_eq!(there.gets("/account/kept").await.header("location"), Some("/account"));
        portal.minutes(24 * 60 + 1);
        portal.run_jobs().await;
        assert_eq!(count(&portal).await, 0);
    }
);

on_both!(
    async fn secrets_are_never_kept_and_few_posts_are(portal) {
        let mut li = portal.enters("li@example.com").await;
        let form = li.opens("/account/security/password").await.form("/account/security/password");
        let form = form.answered(&[("current", PASSWORD), ("password", PASSWORD), ("again", PASSWORD)]);
        let ticket = li.opens("/account/tickets/new").await.form("/account/tickets/new");
        ends_sessions(&portal, li.person_id).await;
        let sent = li.posts(&form).await;
        assert!(!sent.header("location").unwrap().contains("kept"), "{:?}", sent.header("location"));
        assert_eq!(count(&portal).await, 0);
        for nth in 0..7 {
            let form = ticket.clone().with("subject", &format!("Number {nth}")).with("text", TEXT);
            li.posts(&form).await;
        }
        let mut back = portal.signed_in(li.person_id, Some(li.account_id)).await;
        let text = back.opens("/account/kept").await.text();
        assert!((2..7).all(|nth| text.contains(&format!("Number {nth}"))) && !text.contains("Number 1"), "{text}");
        let page = back.opens("/account/kept").await;
        let first = page.forms().into_iter().find(|action| action.ends_with("/deletion")).unwrap();
        let page = back.submits(&page.form(&first)).await;
        assert!(page.text().contains("What you had typed is deleted") && !page.text().contains("Number 6"), "{}", page.text());
    }
);

/// Every field that holds a secret is known to what keeps posts.
#[test]
fn no_field_of_a_secret_may_be_kept() {
    let mut fields = BTreeSet::new();
    walk(Path::new("src"), &mut fields);
    assert!(fields.contains("password") && fields.len() > 2, "{fields:?}");
    let missing: Vec<_> = fields.iter().filter(|field| !NEVER.contains(&field.as_str())).collect();
    assert!(missing.is_empty(), "secrets that would be kept: {missing:?}");
}

fn walk(folder: &Path, fields: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, fields);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            for line in source.lines().map(str::trim).filter(|line| line.ends_with(": Secret,")) {
                let name = line.trim_end_matches(": Secret,").rsplit(' ').next().unwrap_or_default();
                fields.insert(name.to_string());
            }
        }
    }
}

/// Removes a device of the person, which asks anew after ten minutes.
async fn asks_to_end_others(li: &mut Visitor) -> Page {
    let page = li.opens("/account/security/sessions").await;
    li.posts(&page.form("/account/security/sessions/others/end")).await
}

on_both!(
    async fn a_sensitive_step_takes_the_password_and_goes_on(portal) {
        let mut li = portal.enters("li@example.com").await;
        gives_password(&portal, li.person_id).await;
        let mut phone = portal.signed_in(li.person_id, Some(li.account_id)).await;
        portal.minutes(11);
        let sent = asks_to_end_others(&mut li).await;
        assert_eq!(sent.header("location"), Some("/account/step-up?next=%2Faccount%2Fkept"));
        assert_eq!(phone.gets("/account").await.status, 200, "nothing is done before");
        let page = li.opens("/account/step-up?next=%2Faccount%2Fkept").await;
        let form = page.form("/account/step-up");
        let wrong = li.posts(&form.clone().with("password", "seven purple lantern")).await;
        assert_eq!((wrong.status, wrong.wrong_fields()), (422, vec!["password".to_string()]));
        let mut before = li.twin();
        let page = li.submits(&wrong.form("/account/step-up").with("password", PASSWORD)).await;
        assert_eq!(page.path(), "/account/kept");
        assert!(page.text().contains("Signing out on all other devices"), "{}", page.text());
        assert_eq!(before.gets("/account").await.status, 303, "the reference of before is worth nothing");
        let done = li.submits(&page.form("/account/security/sessions/others/end")).await;
        assert!(done.text().contains("All other devices are signed out"), "{}", done.text());
        assert_eq!(phone.gets("/account").await.status, 303);
        assert_eq!(count(&portal).await, 0);
        // It holds for ten minutes, in this session only.
        assert_eq!(asks_to_end_others_directly(&mut li).await, "/account/security/sessions");
        portal.minutes(11);
        assert!(asks_to_end_others_directly(&mut li).await.starts_with("/account/step-up"));
        let records = li.opens("/account/records").await.text();
        assert!(records.contains("Confirmed that it is you"), "{records}");
    }
);

/// The same when there is no other device, and so no button: where it leads.
async fn asks_to_end_others_directly(li: &mut Visitor) -> String {
    let page = li.opens("/account/security").await;
    let token = page.form("/logout").value("token").unwrap().to_string();
    let kind = "application/x-www-form-urlencoded";
    let sent = li.posts_raw("/account/security/sessions/others/end", kind, format!("token={token}")).await;
    sent.header("location").unwrap_or_default().to_string()
}

on_both!(
    async fn who_has_no_password_proves_it_by_a_mailed_code(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut wu = portal.enters("wu@example.com").await;
        portal.minutes(11);
        let page = li.opens("/account/step-up?next=%2Faccount%2Fsecurity").await;
        let page = li.submits(&page.form("/account/step-up/sending")).await;
        let code = portal.code_for("li@example.com").await;
        let form = page.form("/account/step-up");
        // Neither in another browser nor for another person.
        let other = wu.opens("/account/step-up").await;
        let other = wu.submits(&other.form("/account/step-up/sending")).await;
        let refused = wu.posts(&other.form("/account/step-up").with("code", &code)).await;
        assert_eq!(refused.status, 422);
        portal.code_for("wu@example.com").await;
        let page = li.submits(&form.with("code", &code)).await;
        assert_eq!(page.path(), "/account/security", "{}", page.text());
        assert!(page.text().contains("we do not ask again"), "{}", page.text());
    }
);

on_both!(
    async fn wrong_passwords_of_a_step_up_are_counted(portal) {
        let mut li = portal.enters("li@example.com").await;
        gives_password(&portal, li.person_id).await;
        portal.minutes(11);
        let mut waits = false;
        for _ in 0..8 {
            let form = li.opens("/account/step-up").await.form("/account/step-up");
            let page = li.posts_now(&form.with("password", "wrong wrong wrong")).await;
            waits |= page.status == 422 && page.text().contains("Wait ");
        }
        assert!(waits, "somebody guesses without end");
        let state: String = {
            let person = li.person_id;
            portal.read(move |conn| people::table.find(person).select(people::state).first(conn).unwrap()).await
        };
        assert_eq!(state, "active");
        assert_eq!(li.gets("/account").await.status, 200, "guessing ends no session");
    }
);
