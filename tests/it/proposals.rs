//! Roles that touch money or identity are given by two admins.

use std::time::Duration;

use diesel::prelude::*;
use easylink::base::db::End;
use easylink::web::feature::StaffRole;
use futures_util::future::join_all;

use crate::support::entered::Entered;
use crate::support::page::Page;
use crate::support::portal::Portal;

const EVE: &str = "eve@staff.example.com";

/// Two admins, the first of whom proposes to add Eve; answers the page of the proposal.
async fn proposed(portal: &Portal, roles: &[&str]) -> (Entered, Entered, String) {
    let mut boss = portal.employs("Boss", &[StaffRole::Admin]).await;
    let second = portal.employs("Kim", &[StaffRole::Admin]).await;
    let page = boss.gets("/staff/people/new").await;
    let form = page.form("/staff/people").with("address", EVE).with("name", "Eve").with_all("roles", roles);
    let sent = boss.posts(&form).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    (boss, second, sent.header("location").unwrap().to_string())
}

fn moves(page: &Page) -> Vec<String> {
    let all = page.forms().into_iter();
    all.filter_map(|action| action.strip_prefix("/staff/people/proposals/").map(str::to_string))
        .filter_map(|rest| rest.split('/').nth(1).map(str::to_string))
        .collect()
}

async fn presses(one: &mut Entered, at: &str, what: &str) -> Page {
    let page = one.gets(at).await;
    one.posts(&page.form(&format!("{at}/{what}"))).await
}

on_both!(
    async fn somebody_new_with_money_or_identity_waits_for_a_second_admin(portal) {
        for role in StaffRole::ALL {
            let two = ["reviewer", "finance", "privacy", "auditor", "admin"].contains(&role.as_str());
            assert_eq!(role.needs_two(), two, "{role}");
        }
        let (mut boss, mut kim, at) = proposed(&portal, &["support", "finance"]).await;
        assert!(at.starts_with("/staff/people/proposals/"), "{at}");
        assert!(portal.mails_to(EVE).await.is_empty(), "nobody is added yet");
        let mails = portal.mails_to("kim@staff.example.com").await;
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].subject, "Roles at Easy Link wait for a second admin");
        assert!(mails[0].text.contains(&at) && mails[0].text.contains("- Finance"), "{}", mails[0].text);
        assert!(portal.mails_to("boss@staff.example.com").await.is_empty());
        assert!(kim.gets("/staff").await.text().contains("1 proposal of another admin waits"), "the desk tells");
        assert!(!boss.gets("/staff").await.text().contains("proposal of another admin"), "one's own is not to decide");
        // The proposer may take it back and no more.
        let page = boss.gets(&at).await;
        assert_eq!(moves(&page), ["withdrawal"]);
        let mut forged = page.form(&format!("{at}/withdrawal"));
        forged.action = format!("{at}/approval");
        assert_eq!(boss.posts(&forged).await.status, 403);
        // The same does not wait twice.
        let again = boss.gets("/staff/people/new").await.form("/staff/people");
        let again = boss.posts(&again.with("address", EVE).with_all("roles", &["privacy"])).await;
        assert_eq!((again.status, again.wrong_fields()), (422, vec!["address".to_string()]));

        let list = kim.gets("/staff/people").await;
        assert!(list.text().contains("Waiting for a second admin"), "{}", list.text());
        let page = kim.gets(&list.link("Support, Finance for Eve")).await;
        assert_eq!(moves(&page), ["approval", "rejection"]);
        let mut twin = kim.twin();
        let late = twin.gets(&at).await.form(&format!("{at}/rejection"));
        assert_eq!(kim.posts(&page.form(&format!("{at}/approval"))).await.status, 303);
        assert_eq!(twin.posts(&late).await.status, 422, "decided meanwhile");
        let page = kim.gets(&at).await;
        assert!(page.text().contains("Approved") && moves(&page).is_empty(), "{}", page.text());
        let people = kim.gets("/staff/people").await;
        let eve = kim.gets(&people.link("Eve")).await;
        assert!(eve.text().contains("Support, Finance"), "{}", eve.text());
        assert_eq!(portal.mails_to(EVE).await.len(), 1, "the activation link");
        let told = portal.mails_to("boss@staff.example.com").await;
        assert!(told.len() == 1 && told[0].text.contains("was approved"), "{told:?}");
        let mut auditor = portal.employs("Aldo", &[StaffRole::Auditor]).await;
        for event in ["roles_proposed", "proposal_approved", "staff_added"] {
            let page = auditor.gets(&format!("/staff/audit?event={event}")).await;
            assert_eq!(page.all("tbody tr").len(), 1, "{event}");
        }
        assert!(moves(&auditor.gets(&at).await).is_empty());
    }
);

on_both!(
    async fn taking_is_immediate_and_giving_waits(portal) {
        let mut boss = portal.employs("Boss", &[StaffRole::Admin]).await;
        let mut kim = portal.employs("Kim", &[StaffRole::Admin, StaffRole::Support]).await;
        let mut third = portal.employs("Ori", &[StaffRole::Admin]).await;
        let mut ana = portal.employs("Ana", &[StaffRole::Auditor]).await;
        let ana_at = boss.gets("/staff/people").await.link("Ana");
        let page = boss.gets(&ana_at).await;
        let form = page.form(&format!("{ana_at}/roles")).with_all("roles", &["editor", "reviewer"]);
        let sent = boss.posts(&form).await;
        let at = sent.header("location").unwrap().to_string();
        assert!(at.starts_with("/staff/people/proposals/"), "{at}");
        assert_eq!(ana.gets("/staff").await.status, 303, "signed out: auditor is taken, editor given");
        let mut ana = portal.signed_in(ana.person_id, None).await;
        assert_eq!(ana.gets("/staff/audit").await.status, 403);
        let shown = boss.gets(&ana_at).await.text().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.contains("Roles Editor") && shown.contains("Reviewer proposed by Boss"), "{shown}");
        assert_eq!(presses(&mut kim, &at, "approval").await.status, 303);
        assert!(boss.gets(&ana_at).await.text().contains("Editor, Reviewer"));
        assert_eq!(ana.gets("/staff").await.status, 303, "other roles, another sign-in");
        let mail = portal.mails_to("ana@staff.example.com").await.pop().unwrap();
        assert!(mail.text.contains("- Reviewer"), "{}", mail.text);

        // Nobody approves roles for themselves.
        let kim_at = boss.gets("/staff/people").await.link("Kim");
        let page = boss.gets(&kim_at).await;
        let form = page.form(&format!("{kim_at}/roles")).with_all("roles", &["admin", "support", "finance"]);
        let at = boss.posts(&form).await.header("location").unwrap().to_string();
        let page = kim.gets(&at).await;
        assert!(moves(&page).is_empty(), "{:?}", page.forms());
        assert_eq!(moves(&third.gets(&at).await), ["approval", "rejection"]);
        assert_eq!(presses(&mut third, &at, "rejection").await.status, 303);
        let told = portal.mails_to("boss@staff.example.com").await.pop().unwrap();
        assert!(told.text.contains("was rejected"), "{}", told.text);
        assert!(!boss.gets(&kim_at).await.text().contains("Finance proposed by"));
    }
);

on_both!(
    async fn a_proposal_ends_by_its_proposer_by_time_and_with_its_proposers_office(portal) {
        let (mut boss, mut kim, at) = proposed(&portal, &["finance"]).await;
        assert_eq!(presses(&mut boss, &at, "withdrawal").await.status, 303);
        assert!(boss.gets(&at).await.text().contains("Withdrawn"));
        // Withdrawn, it makes room for another; a week later that one is over, and its proposer is told.
        let page = boss.gets("/staff/people/new").await.form("/staff/people");
        let sent = boss.posts(&page.with("address", EVE).with_all("roles", &["finance"])).await;
        let at = sent.header("location").unwrap().to_string();
        let form = kim.gets(&at).await.form(&format!("{at}/approval"));
        portal.later(Duration::from_secs(7 * 86400));
        portal.run_jobs().await;
        let mut kim = Entered { visitor: portal.signed_in(kim.person_id, None).await, ..kim };
        let mut boss = Entered { visitor: portal.signed_in(boss.person_id, None).await, ..boss };
        let page = kim.gets(&at).await;
        assert!(page.text().contains("Expired") && moves(&page).is_empty(), "{}", page.text());
        drop(form);
        let told = portal.mails_to("boss@staff.example.com").await.pop().unwrap();
        assert!(told.text.contains("expired"), "{}", told.text);
        // Whoever proposed must still be an admin when it is approved.
        let page = boss.gets("/staff/people/new").await.form("/staff/people");
        let sent = boss.posts(&page.with("address", EVE).with_all("roles", &["finance"])).await;
        let at = sent.header("location").unwrap().to_string();
        let person = boss.person_id;
        portal
            .write(move |conn| easylink::web::roles::take(conn, person, StaffRole::Admin).unwrap())
            .await;
        assert_eq!(presses(&mut kim, &at, "approval").await.status, 422);
        assert!(portal.mails_to(EVE).await.is_empty());
    }
);

on_both!(
    async fn the_database_holds_four_eyes_too(portal) {
        let (boss, kim, _at) = proposed(&portal, &["finance"]).await;
        for (state, decider) in [("approved", boss.person_id), ("rejected", boss.person_id), ("withdrawn", kim.person_id)] {
            let sql = format!("update staff_proposals set state = '{state}', decided_by_id = {decider}, decided_at = 1");
            let refused = portal.house.db.write(move |conn| End::Undo(diesel::sql_query(sql).execute(conn).is_err()));
            assert!(refused.await.unwrap(), "{state} by the wrong one");
        }
        let person = kim.person_id;
        let sql = format!("update staff_proposals set state = 'approved', person_id = {person}, decided_by_id = {person}, decided_at = 1");
        let refused = portal.house.db.write(move |conn| End::Undo(diesel::sql_query(sql).execute(conn).is_err()));
        assert!(refused.await.unwrap(), "approved by whom it is about");
        let sql = format!("update staff_proposals set state = 'rejected', decided_by_id = {person}, decided_at = 1");
        let taken = portal.house.db.write(move |conn| End::Undo(diesel::sql_query(sql).execute(conn).is_ok()));
        assert!(taken.await.unwrap(), "rejected by a second admin");
    }
);

on_both!(
    async fn the_only_admin_is_told_that_a_second_one_is_needed(portal) {
        let mut boss = portal.employs("Boss", &[StaffRole::Admin]).await;
        for path in ["/staff/people", "/staff/people/new"] {
            let text = boss.gets(path).await.text();
            assert!(text.contains("A second admin is needed"), "{text}");
            assert!(text.contains("easylink staff add EMAIL --role admin"), "{text}");
        }
        let page = boss.gets("/staff/people/new").await.form("/staff/people");
        let sent = boss.posts(&page.with("address", EVE).with_all("roles", &["finance"])).await;
        let page = boss.gets(sent.header("location").unwrap()).await;
        assert!(page.text().contains("A second admin is needed"), "{}", page.text());
        // Other roles need nobody else.
        let page = boss.gets("/staff/people/new").await.form("/staff/people");
        let sent = boss.posts(&page.with("address", "ben@staff.example.com").with_all("roles", &["support"])).await;
        assert!(sent.header("location").unwrap().starts_with("/staff/people/P"), "{sent:?}");
    }
);

on_both!(
    async fn of_several_who_add_the_same_at_once_one_does(portal) {
        let mut boss = portal.employs("Boss", &[StaffRole::Admin]).await;
        portal.employs("Kim", &[StaffRole::Admin]).await;
        for (round, role) in ["support", "finance", "support", "finance"].into_iter().enumerate() {
            let address = format!("eve{round}@staff.example.com");
            let mut all = Vec::new();
            for _ in 0..6 {
                let form = boss.gets("/staff/people/new").await.form("/staff/people");
                all.push((boss.twin(), form.with("address", &address).with_all("roles", &[role])));
            }
            let pages = join_all(all.iter_mut().map(|(one, form)| one.posts(form))).await;
            assert_eq!(pages.iter().filter(|page| page.status == 303).count(), 1, "{role}");
            for page in pages.iter().filter(|page| page.status != 303) {
                assert_eq!((page.status, page.wrong_fields()), (422, vec!["address".to_string()]), "{role}");
            }
        }
    }
);

on_both!(
    async fn nobody_is_added_for_whom_a_proposal_waits(portal) {
        let (_, mut kim, at) = proposed(&portal, &["finance"]).await;
        let form = kim.gets("/staff/people/new").await.form("/staff/people").with("name", "Eve").with_all("roles", &["support"]);
        for typed in [EVE, " Eve@Staff.Example.COM "] {
            let page = kim.posts(&form.clone().with("address", typed)).await;
            assert_eq!((page.status, page.wrong_fields()), (422, vec!["address".to_string()]), "{typed}");
            assert!(page.text().contains("The same waits for a second admin already"), "{}", page.text());
        }
        assert!(portal.mails_to(EVE).await.is_empty());
        // Once it is decided, the way is free.
        assert_eq!(presses(&mut kim, &at, "rejection").await.status, 303);
        assert_eq!(kim.posts(&form.with("address", EVE)).await.status, 303);
    }
);

on_both!(
    async fn a_change_of_which_a_part_waits_says_what_holds_already(portal) {
        let mut boss = portal.employs("Boss", &[StaffRole::Admin]).await;
        portal.employs("Kim", &[StaffRole::Admin]).await;
        portal.employs("Ana", &[StaffRole::Support]).await;
        let at = boss.gets("/staff/people").await.link("Ana");
        let words = |page: &Page| page.text().split_whitespace().collect::<Vec<_>>().join(" ");
        let form = boss.opens(&at).await.form(&format!("{at}/roles")).with_all("roles", &["editor", "finance"]);
        let page = boss.submits(&form).await;
        let text = words(&page);
        assert!(page.path().starts_with("/staff/people/proposals/"), "{}", page.path());
        assert!(text.contains("Part of the change has taken effect"), "{text}");
        assert!(text.contains("To be given Finance Holds now Editor Proposed by"), "{text}");
        assert!(text.contains("only the roles under “Holds now” hold"), "{text}");
        assert!(!text.contains("nothing changes"), "{text}");
        let mail = portal.mails_to("kim@staff.example.com").await.pop().unwrap();
        assert!(!mail.text.contains("nothing changes"), "{}", mail.text);
        presses(&mut boss, page.path().split('?').next().unwrap(), "withdrawal").await;
        // Where all of it waits, nothing else is claimed; where all is taken, the page says that none is held.
        let form = boss.opens(&at).await.form(&format!("{at}/roles")).with_all("roles", &["editor", "finance"]);
        let page = boss.submits(&form).await;
        assert!(words(&page).contains("It waits for a second admin"), "{}", page.text());
        assert!(!words(&page).contains("Part of the change"), "{}", page.text());
        presses(&mut boss, page.path().split('?').next().unwrap(), "withdrawal").await;
        let form = boss.opens(&at).await.form(&format!("{at}/roles")).with_all("roles", &["finance"]);
        let text = words(&boss.submits(&form).await);
        assert!(text.contains("Part of the change") && text.contains("Holds now None"), "{text}");
    }
);

on_both!(
    async fn a_known_address_is_told_together_with_what_else_is_wrong(portal) {
        let mut boss = portal.employs("Boss", &[StaffRole::Admin]).await;
        portal.employs("Kim", &[StaffRole::Support]).await;
        let form = boss.opens("/staff/people/new").await.form("/staff/people");
        let form = form.with("address", " Kim@staff.example.com").with("name", &"n".repeat(101));
        for roles in [&[][..], &["support"], &["finance"]] {
            let page = boss.posts(&form.clone().with_all("roles", roles)).await;
            let mut wrong = vec!["address", "name"];
            if roles.is_empty() {
                wrong.push("roles");
            }
            assert_eq!((page.status, page.wrong_fields()), (422, wrong.iter().map(ToString::to_string).collect()));
            assert!(page.text().contains("already in use"), "{}", page.text());
        }
        let form = form.with("name", "Kim");
        for role in ["support", "finance"] {
            let page = boss.posts(&form.clone().with_all("roles", &[role])).await;
            assert_eq!((page.status, page.wrong_fields()), (422, vec!["address".to_string()]), "{role}");
        }
    }
);
