//! Somebody's authenticator is taken away by two admins (RC3).

use std::time::Duration;

use diesel::prelude::*;
use easylink::base::crypto::Secret;
use easylink::base::db::End;
use easylink::base::types::Address;
use easylink::features::staff::{Enrolled, TotpSecret, end_sessions, enrol};
use easylink::web::feature::StaffRole;
use futures_util::future::join_all;

use crate::staff::{code, shown_secret, tries};
use crate::support::entered::Entered;
use crate::support::page::Page;
use crate::support::people::PASSWORD;
use crate::support::portal::Portal;

const ANA: &str = "ana@staff.example.com";

fn secret() -> TotpSecret {
    TotpSecret::new(*b"12345678901234567890")
}

/// Somebody of the staff who signs in with `PASSWORD` and the secret, and does.
async fn works(portal: &Portal, name: &'static str, roles: &'static [StaffRole]) -> Entered {
    let hash = portal.house.hasher.hash(Secret::new(PASSWORD)).await.unwrap();
    let address = format!("{}@staff.example.com", name.to_lowercase());
    let (ctx, given) = (portal.ctx(), Address::parse(&address).unwrap());
    let person_id = portal
        .write(move |conn| {
            let person = Enrolled { address: given, name, password_hash: &hash, secret: secret(), roles };
            enrol(conn, &ctx, &person).unwrap()
        })
        .await;
    Entered { visitor: portal.signed_in(person_id, None).await, person_id, account_id: 0, address }
}

/// Two admins and Ana, who is one as well.
async fn three(portal: &Portal) -> (Entered, Entered, Entered) {
    let boss = works(portal, "Boss", &[StaffRole::Admin]).await;
    let kim = works(portal, "Kim", &[StaffRole::Admin]).await;
    (boss, kim, works(portal, "Ana", &[StaffRole::Admin, StaffRole::Support]).await)
}

/// The admin proposes that Ana begins anew; answers the page of the proposal.
async fn proposes(admin: &mut Entered) -> String {
    let at = admin.gets("/staff/people").await.link("Ana");
    let form =
        admin.gets(&at).await.form(&format!("{at}/authenticator")).with("reason", "Her phone fell into the river.");
    let sent = admin.posts(&form).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    sent.header("location").unwrap().to_string()
}

async fn presses(one: &mut Entered, at: &str, what: &str) -> Page {
    let page = one.gets(at).await;
    one.posts(&page.form(&format!("{at}/{what}"))).await
}

/// Presses a button that the page does not show.
async fn forges(one: &mut Entered, at: &str, what: &str) -> u16 {
    let mut form = one.gets("/staff/people/new").await.form("/staff/people");
    form.action = format!("{at}/{what}");
    one.posts(&form).await.status
}

async fn enters(portal: &Portal, secret: &TotpSecret) -> u16 {
    portal.later(Duration::from_secs(60));
    let right = code(portal, secret);
    tries(&mut portal.visitor(), ANA, PASSWORD, &right).await.status
}

on_both!(
    async fn an_authenticator_that_turned_up_again_stays(portal) {
        let (mut boss, mut kim, _) = three(&portal).await;
        let at = proposes(&mut boss).await;
        assert_eq!(enters(&portal, &secret()).await, 303, "nothing is taken yet");
        let late = presses(&mut kim, &at, "approval").await;
        assert_eq!(late.status, 422, "{}", late.text());
        assert_eq!(enters(&portal, &secret()).await, 303, "nor now");
    }
);

on_both!(
    async fn two_admins_take_an_authenticator_away_and_its_owner_begins_anew(portal) {
        let (mut boss, mut kim, mut ana) = three(&portal).await;
        let of_ana = boss.gets("/staff/people").await.link("Ana");
        let page = boss.gets(&of_ana).await;
        assert!(!page.forms().iter().any(|action| action.ends_with("/activation")), "no link by one admin");
        assert_eq!(forges(&mut boss, &of_ana, "activation").await, 409);
        assert!(portal.mails_to(ANA).await.is_empty());

        let at = proposes(&mut boss).await;
        let mail = portal.mails_to("kim@staff.example.com").await.pop().unwrap();
        assert_eq!(mail.subject, "An authenticator at Easy Link waits for a second admin");
        assert!(mail.text.contains("fell into the river") && mail.text.contains(&at), "{}", mail.text);
        let mail = portal.mails_to(ANA).await.pop().unwrap();
        assert!(mail.text.contains("tell another admin at once"), "{}", mail.text);
        assert!(kim.gets("/staff").await.text().contains("1 proposal of another admin waits"));
        // Neither who proposed it nor whom it is about decides.
        for what in ["approval", "rejection"] {
            assert_eq!(forges(&mut boss, &at, what).await, 403, "{what} by the proposer");
            assert_eq!(forges(&mut ana, &at, what).await, 403, "{what} by the owner");
        }
        assert_eq!(forges(&mut ana, &at, "withdrawal").await, 403);
        assert!(!ana.gets("/staff").await.text().contains("of another admin waits"));
        assert!(boss.gets(&of_ana).await.text().contains("waits for a second admin"));

        let page = kim.gets(&at).await;
        assert!(page.h1().contains("Authenticator") && page.text().contains("fell into the river"), "{}", page.text());
        assert_eq!(presses(&mut kim, &at, "approval").await.status, 303);
        assert_eq!(ana.gets("/staff").await.status, 303, "signed out");
        assert_eq!(enters(&portal, &secret()).await, 422, "neither password nor code works");
        let mails = portal.mails_to(ANA).await;
        assert!(mails.iter().any(|mail| mail.text.contains("Two admins took the authenticator")), "{mails:?}");
        for admin in ["boss@staff.example.com", "kim@staff.example.com"] {
            let mail = portal.mails_to(admin).await.pop().unwrap();
            assert!(mail.text.contains("was approved") && mail.text.contains("authenticator of Ana"), "{}", mail.text);
        }
        // The link that came by mail.
        let links = mails.iter().filter_map(|mail| mail.text.split_whitespace().find(|word| word.contains("/staff/activation/")));
        let links: Vec<&str> = links.collect();
        assert_eq!(links.len(), 1);
        let path = links[0].strip_prefix(portal.base.as_str()).unwrap();
        let mut visitor = portal.visitor();
        let page = visitor.gets(path).await;
        let fresh = shown_secret(&page);
        let right = code(&portal, &fresh);
        let form = page.form(path).answered(&[("password", PASSWORD), ("again", PASSWORD), ("code", &right)]);
        assert_eq!(visitor.posts_now(&form).await.header("location"), Some("/staff/login"));
        assert_eq!((enters(&portal, &secret()).await, enters(&portal, &fresh).await), (422, 303));
        // On record, and once.
        let mut auditor = portal.employs("Aldo", &[StaffRole::Auditor]).await;
        for event in ["totp_removal_proposed", "proposal_approved", "totp_off", "staff_link_sent"] {
            let page = auditor.gets(&format!("/staff/audit?event={event}")).await;
            assert_eq!(page.all("tbody tr").len(), 1, "{event}");
        }
    }
);

on_both!(
    async fn a_link_is_sent_by_one_admin_until_the_sign_in_is_set_up(portal) {
        let (mut boss, mut kim, _ana) = three(&portal).await;
        let at = proposes(&mut boss).await;
        assert_eq!(presses(&mut kim, &at, "approval").await.status, 303);
        let of_ana = boss.gets("/staff/people").await.link("Ana");
        // The mail is lost, say: who has no authenticator gets another link by one admin.
        assert_eq!(presses(&mut boss, &of_ana, "activation").await.status, 303);
        assert_eq!(forges(&mut boss, &of_ana, "authenticator").await, 409, "there is none to take away");
        let links = portal.mails_to(ANA).await.iter().filter(|mail| mail.text.contains("/staff/activation/")).count();
        assert_eq!(links, 2);
        // The operator's command ends sessions and takes no authenticator.
        let (ctx, address) = (portal.ctx(), Address::parse("kim@staff.example.com").unwrap());
        portal.write(move |conn| end_sessions(conn, &ctx, &address).unwrap()).await;
        let mut again = portal.visitor();
        portal.later(Duration::from_secs(60));
        let right = code(&portal, &secret());
        assert_eq!(tries(&mut again, "kim@staff.example.com", PASSWORD, &right).await.status, 303);
    }
);

on_both!(
    async fn what_is_rejected_withdrawn_or_too_late_takes_nothing(portal) {
        let (mut boss, mut kim, _ana) = three(&portal).await;
        let at = proposes(&mut boss).await;
        assert_eq!(presses(&mut kim, &at, "rejection").await.status, 303);
        let at = proposes(&mut boss).await;
        assert_eq!(presses(&mut boss, &at, "withdrawal").await.status, 303);
        let at = proposes(&mut boss).await;
        let late = kim.gets(&at).await.form(&format!("{at}/approval"));
        portal.later(Duration::from_secs(7 * 86400));
        let mut kim = portal.signed_in(kim.person_id, None).await;
        let fresh = kim.gets("/staff/people/new").await.form("/staff/people");
        let late = late.tampered("token", fresh.value("token").unwrap());
        assert_eq!(kim.posts(&late).await.status, 422, "too late");
        portal.run_jobs().await;
        assert!(kim.gets(&at).await.text().contains("Expired"));
        let told = portal.mails_to("boss@staff.example.com").await;
        let outcomes: Vec<bool> = ["was rejected", "expired"].iter().map(|word| told.iter().any(|mail| mail.text.contains(word))).collect();
        assert_eq!((told.len(), outcomes), (2, vec![true, true]), "{told:?}");
        assert_eq!(enters(&portal, &secret()).await, 303, "nothing was taken");
        let mut auditor = portal.employs("Aldo", &[StaffRole::Auditor]).await;
        for event in ["proposal_rejected", "proposal_withdrawn", "proposal_expired"] {
            let page = auditor.gets(&format!("/staff/audit?event={event}")).await;
            assert_eq!(page.all("tbody tr").len(), 1, "{event}");
        }
    }
);

on_both!(
    async fn of_two_who_approve_at_once_one_does(portal) {
        let (mut boss, kim, _ana) = three(&portal).await;
        let ori = works(&portal, "Ori", &[StaffRole::Admin]).await;
        let at = proposes(&mut boss).await;
        let mut all = Vec::new();
        for mut one in [kim.twin(), kim.twin(), ori.twin(), ori.twin()] {
            let form = one.gets(&at).await.form(&format!("{at}/approval"));
            all.push((one, form));
        }
        portal.later(Duration::from_secs(5));
        let pages = join_all(all.iter_mut().map(|(one, form)| one.posts_now(form))).await;
        let mut answers: Vec<u16> = pages.iter().map(|page| page.status).collect();
        answers.sort_unstable();
        assert_eq!(answers, [303, 422, 422, 422]);
        let links = portal.mails_to(ANA).await.iter().filter(|mail| mail.text.contains("/staff/activation/")).count();
        assert_eq!(links, 1);
    }
);

on_both!(
    async fn it_takes_a_reason_and_somebody_else(portal) {
        let (mut boss, mut kim, _ana) = three(&portal).await;
        let list = boss.gets("/staff/people").await;
        let (own, of_ana) = (list.link("Boss"), list.link("Ana"));
        assert_eq!(forges(&mut boss, &own, "authenticator").await, 403, "one's own");
        let form = boss.gets(&of_ana).await.form(&format!("{of_ana}/authenticator"));
        for wrong in [String::new(), " \n ".into(), "x".repeat(501), "a\u{202e}b".into()] {
            let page = boss.posts(&form.clone().tampered("reason", &wrong)).await;
            assert_eq!((page.status, page.wrong_fields()), (422, vec!["reason".to_string()]), "{wrong:?}");
        }
        let page = boss.posts(&form.clone().with("reason", &"x".repeat(501))).await;
        assert_eq!(page.form(&format!("{of_ana}/authenticator")).value("reason"), Some("x".repeat(501).as_str()));
        // Beside roles that wait for the same person; the same does not wait twice.
        let roles = boss.gets(&of_ana).await.form(&format!("{of_ana}/roles"));
        let roles = roles.with_all("roles", &["admin", "support", "finance"]);
        assert_eq!(boss.posts(&roles).await.status, 303);
        let twice = kim.gets(&of_ana).await.form(&format!("{of_ana}/authenticator")).with("reason", "Lost, too");
        proposes(&mut boss).await;
        let page = kim.posts(&twice).await;
        assert_eq!(page.status, 422);
        assert!(page.text().contains("waits for a second admin already"), "{}", page.text());
        // The database holds it, too.
        let ana = kim.person_id + 1;
        let sql = format!("update staff_proposals set state = 'approved', decided_by_id = {ana}, decided_at = 1 where kind = 'totp_removal'");
        let refused = portal.house.db.write(move |conn| End::Undo(diesel::sql_query(sql).execute(conn).is_err()));
        assert!(refused.await.unwrap(), "approved by whom it is about");
        let sql = "update staff_proposals set removal_reason = null where kind = 'totp_removal'";
        let refused = portal.house.db.write(move |conn| End::Undo(diesel::sql_query(sql).execute(conn).is_err()));
        assert!(refused.await.unwrap(), "without a reason");
    }
);
