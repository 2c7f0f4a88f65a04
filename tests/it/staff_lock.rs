//! Staff lock a customer's sign-in for a reason, and unlock it (RC9).

use diesel::prelude::*;
use easylink::web::feature::StaffRole;

use crate::support::entered::Entered;
use crate::support::page::Page;
use crate::support::people::{PASSWORD, Visitor};
use crate::support::portal::Portal;

const LI: &str = "li@example.com";

/// Looks for a customer; answers where the page of their lock is.
async fn finds(staff: &mut Visitor, who: &str) -> Page {
    let form = staff.gets("/staff/customers/lock").await.form("/staff/customers/lock").with("who", who);
    staff.posts(&form).await
}

async fn page_of(staff: &mut Visitor, who: &str) -> String {
    let found = finds(staff, who).await;
    assert_eq!(found.status, 303, "{}", found.text());
    found.header("location").unwrap().to_string()
}

/// Presses the one button of the page with this reason.
async fn does(staff: &mut Visitor, at: &str, reason: &str, words: &str) -> Page {
    let page = staff.gets(at).await;
    let form = page.posted_forms().into_iter().find(|form| form.has("reason")).unwrap();
    staff.posts(&form.with("reason", reason).with("words", words)).await
}

/// A customer with a password.
async fn customer(portal: &Portal) -> Entered {
    let li = portal.enters(LI).await;
    crate::accounts_own::gives_password(portal, li.person_id).await;
    li
}

async fn signs_in(portal: &Portal, password: &str) -> Page {
    let mut visitor = portal.visitor();
    let form = visitor.opens("/login").await.form("/login").with("email", LI).with("password", password);
    visitor.posts(&form).await
}

async fn asks_to_unlock(visitor: &mut Visitor) -> Page {
    let form = visitor.opens("/unlock").await.form("/unlock").with("email", LI);
    visitor.posts(&form).await
}

on_both!(
    async fn a_customer_whom_staff_locked_comes_in_again_by_staff_alone(portal) {
        let mut li = customer(&portal).await;
        let mut ana = portal.employs("Ana", &[StaffRole::Support]).await;
        let at = page_of(&mut ana, " Li@Example.com ").await;
        let page = ana.gets(&at).await;
        assert!(page.h1().contains("l***@example.com") && !page.text().contains(LI), "{}", page.text());
        assert_eq!(does(&mut ana, &at, "taken_over", "Call us.").await.status, 303);
        assert_eq!(li.gets("/account").await.status, 303, "signed out at once");
        let mail = portal.mails_to(LI).await.pop().unwrap();
        assert!(mail.subject.contains("is locked") && mail.text.contains("Call us."), "{}", mail.text);
        assert!(mail.text.contains("Somebody else seems to use it") && !mail.text.contains("/unlock"), "{}", mail.text);
        // The door says the same as to anybody else whose entry is wrong.
        let (right, wrong) = (signs_in(&portal, PASSWORD).await, signs_in(&portal, "not the password").await);
        assert_eq!((right.status, wrong.status), (422, 422));
        assert_eq!(right.text(), wrong.text());
        // The pages answer as for any address; the mail tells its owner the truth, whatever is asked for.
        let mut owner = portal.visitor();
        assert_eq!(asks_to_unlock(&mut owner).await.header("location"), Some("/unlock/finish"));
        for (path, to) in [("/login/code", "/login/verify"), ("/password/forgot", "/password/reset")] {
            portal.minutes(61);
            let form = owner.opens(path).await.form(path).with("email", LI);
            assert_eq!(owner.posts(&form).await.header("location"), Some(to));
        }
        let mails = portal.mails_to(LI).await;
        for mail in &mails[mails.len() - 3..] {
            assert_eq!(mail.subject, "Your Easy Link account is locked");
            assert!(mail.text.contains("Only we unlock it") && !mail.text.contains("no customer account"), "{}", mail.text);
        }
        let mut ana = portal.signed_in(ana.person_id, None).await;
        // Locked is locked.
        let page = ana.gets(&at).await;
        assert!(page.text().contains("Locked by staff") && page.text().contains("Somebody else seems to use it"));
        assert_eq!(does(&mut ana, &at, "proved", "").await.status, 303);
        let mail = portal.mails_to(LI).await.pop().unwrap();
        assert!(mail.subject.contains("is unlocked") && mail.text.contains("You proved who you are"), "{}", mail.text);
        assert_eq!(signs_in(&portal, PASSWORD).await.status, 303);
        // The owner reads who did it, and why.
        let mut li = portal.signed_in(li.person_id, Some(li.account_id)).await;
        let records = li.gets("/account/records").await.text();
        for told in ["Sign-in locked: somebody else seemed to use it", "Sign-in unlocked: its owner proved", "to lock or unlock the sign-in"] {
            assert!(records.contains(told), "{told}: {records}");
        }
        assert!(records.contains("Easy Link staff"), "{records}");
    }
);

on_both!(
    async fn what_its_owner_locked_its_owner_unlocks_until_staff_lock_it_too(portal) {
        let mut li = customer(&portal).await;
        let mut ana = portal.employs("Ana", &[StaffRole::Admin]).await;
        let at = page_of(&mut ana, LI).await;
        let stale = ana.gets(&at).await.form(&at);
        let form = li.gets("/account/security/lock").await.form("/account/security/lock");
        assert_eq!(li.posts(&form).await.status, 303);
        let mut forgets = portal.visitor();
        let form = forgets.opens("/password/forgot").await.form("/password/forgot").with("email", LI);
        forgets.posts(&form).await;
        assert!(portal.mails_to(LI).await.pop().unwrap().text.contains("You locked your account"));
        let page = ana.gets(&at).await;
        assert!(page.text().contains("Locked by its owner"), "{}", page.text());
        assert!(!page.forms().iter().any(|action| action.ends_with("/unlocking")), "staff do not unlock that");
        let mut forged = page.form(&at).tampered("reason", "mistake");
        forged.action = forged.action.replace("/lock", "/unlocking");
        assert_eq!(ana.posts(&forged).await.status, 422);
        // A code that was on its way opens nothing once staff lock it.
        let mut owner = portal.visitor();
        asks_to_unlock(&mut owner).await;
        let code = portal.code_for(LI).await;
        let finish = owner.opens("/unlock/finish").await.form("/unlock/finish");
        let finish = finish.answered(&[("code", &code), ("password", PASSWORD), ("again", PASSWORD)]);
        assert_eq!(ana.posts(&stale.with("reason", "misuse")).await.status, 303);
        assert_ne!(owner.posts(&finish).await.header("location"), Some("/login"));
        assert_eq!(signs_in(&portal, PASSWORD).await.status, 422);
        asks_to_unlock(&mut portal.visitor()).await;
        assert!(portal.mails_to(LI).await.pop().unwrap().text.contains("Only we unlock it"));
        assert_eq!(does(&mut ana, &at, "cleared", "").await.status, 303);
        assert_eq!(signs_in(&portal, PASSWORD).await.status, 303);
    }
);

on_both!(
    async fn a_customer_is_found_by_what_is_exact_and_what_was_sought_is_on_record(portal) {
        let li = customer(&portal).await;
        portal.joins(li.account_id, "wu@example.com", easylink::features::accounts::MemberRole::Viewer).await;
        let mut ana = portal.employs("Ana", &[StaffRole::Support]).await;
        let at = page_of(&mut ana, LI).await;
        let person = at.split('/').nth(3).unwrap().to_string();
        let account = ana.gets(&at).await.all("dd .number").pop().unwrap();
        assert_eq!(page_of(&mut ana, &person).await, at);
        assert_eq!(page_of(&mut ana, &account).await, at, "{account}");
        // Neither a part of an address nor somebody of the staff is one.
        for wrong in ["li", "", "nobody@example.com", "ana@staff.example.com", "P2222 2222 2222"] {
            let page = finds(&mut ana, wrong).await;
            assert_eq!((page.status, page.wrong_fields()), (422, vec!["who".to_string()]), "{wrong}");
        }
        portal.joins(li.account_id, "second@example.com", easylink::features::accounts::MemberRole::Owner).await;
        assert_eq!(finds(&mut ana, &account).await.wrong_fields(), ["who"], "two owners");
        let mut auditor = portal.employs("Aldo", &[StaffRole::Auditor]).await;
        let listed = auditor.gets("/staff/audit?event=listed").await.text();
        assert!(listed.contains("l***@example.com") && listed.contains("n***@example.com") && !listed.contains(LI), "{listed}");
        // A reason is needed, and one that there is.
        for (reason, words, field) in [("", "", "reason"), ("proved", "", "reason"), ("asked", &*"x".repeat(501), "words")] {
            let page = ana.gets(&at).await;
            let page = ana.posts(&page.form(&at).tampered("reason", reason).with("words", words)).await;
            assert_eq!((page.status, page.wrong_fields()), (422, vec![field.to_string()]), "{reason}");
            assert_eq!(page.form(&at).value("words"), Some(words));
        }
    }
);

on_both!(
    async fn of_two_who_lock_at_once_one_does(portal) {
        customer(&portal).await;
        let ana = portal.employs("Ana", &[StaffRole::Support]).await;
        let mut all = Vec::new();
        for _ in 0..4 {
            let mut one = ana.twin();
            let at = page_of(&mut one, LI).await;
            let form = one.gets(&at).await.form(&at).with("reason", "misuse");
            all.push((one, form));
        }
        let pages = futures_util::future::join_all(all.iter_mut().map(|(one, form)| one.posts_now(form))).await;
        let mut answers: Vec<u16> = pages.iter().map(|page| page.status).collect();
        answers.sort_unstable();
        assert_eq!(answers, [303, 422, 422, 422]);
        assert_eq!(portal.mails_to(LI).await.len(), 1);
    }
);

on_both!(
    async fn nobody_locks_or_unlocks_themselves_nor_whom_they_share_an_account_with(portal) {
        let own = portal.enters("ana@staff.example.com").await;
        let mut ana = portal.employs("Ana", &[StaffRole::Support]).await;
        let mut bo = portal.employs("Bo", &[StaffRole::Admin]).await;
        let at = page_of(&mut bo, "ana@staff.example.com").await;
        assert_eq!(does(&mut bo, &at, "misuse", "").await.status, 303);
        assert_eq!(ana.gets(&at).await.status, 403);
        let li = customer(&portal).await;
        let of_li = page_of(&mut ana, LI).await;
        let lent = ana.gets(&of_li).await;
        let mut form = lent.posted_forms().into_iter().find(|form| form.has("reason")).unwrap();
        form.action = at.clone();
        assert_eq!(ana.posts(&form.tampered("reason", "mistake")).await.status, 403);
        // Li joins the account of Ana.
        let (account, person) = (own.account_id, li.person_id);
        portal
            .write(move |conn| {
                use easylink::base::db::schema::memberships;
                diesel::update(memberships::table.filter(memberships::person_id.eq(person)))
                    .set(memberships::account_id.eq(account))
                    .execute(conn)
                    .unwrap();
            })
            .await;
        assert_eq!(finds(&mut ana, LI).await.status, 303);
        let shared = finds(&mut bo, LI).await.header("location").unwrap().to_owned();
        assert_eq!((ana.gets(&shared).await.status, bo.gets(&shared).await.status), (403, 200));
    }
);
