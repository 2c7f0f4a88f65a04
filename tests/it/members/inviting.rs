//! Invitations: by mail, once, for one address, without telling who has a sign-in.

use std::time::Duration;

use diesel::prelude::*;
use easylink::base::db::schema::{consents, invitations};
use easylink::features::accounts::MemberRole;

use super::{LIST, gives_password, invites, link_to, registers_by};
use crate::support::digest::differing;
use crate::support::people::{PASSWORD, Visitor};

const DAY: Duration = Duration::from_secs(86_400);

async fn presses(owner: &mut Visitor, ending: &str) -> crate::support::page::Page {
    let page = owner.opens(LIST).await;
    let action = page.forms().into_iter().find(|action| action.ends_with(ending)).unwrap();
    owner.posts(&page.form(&action)).await
}

on_both!(
    async fn somebody_new_comes_in_by_the_link_with_a_sign_in_of_their_own(portal) {
        let mut li = portal.enters("li@example.com").await;
        let sent = invites(&mut li, " Mia@Example.com ", "billing").await;
        assert_eq!((sent.status, sent.header("location")), (303, Some(LIST)));
        let list = li.opens(LIST).await.text();
        assert!(list.contains("mia@example.com") && list.contains("Open invitations"), "{list}");
        let path = link_to(&portal, "mia@example.com").await;
        let mail = portal.mails_to("mia@example.com").await.pop().unwrap();
        assert!(mail.subject.contains("li@example.com invites you") && mail.text.contains("Billing"), "{}", mail.text);

        // Opening it changes nothing.
        let mut mia = portal.visitor();
        let before = portal.digest().await;
        let page = mia.gets(&path).await;
        assert_eq!((page.status, page.header("cache-control")), (200, Some("no-store")));
        assert!(page.text().contains("Money, orders and invoices."), "{}", page.text());
        mia.gets(&path).await;
        assert_eq!(differing(&before, &portal.digest().await), Vec::<String>::new());

        let form = page.form(&format!("{path}/registration"));
        let refused = mia.posts(&form.clone().answered(&[("password", "1234567890"), ("again", "x")])).await;
        assert_eq!((refused.status, refused.wrong_fields()), (422, vec!["password".into(), "again".into(), "agreement".into()]));
        let entered = registers_by(&mut mia, &path).await;
        assert_eq!((entered.status, entered.header("location")), (303, Some("/account")), "{}", entered.text());
        assert_eq!(mia.gets("/account/balance").await.status, 200);
        assert_eq!(mia.gets("/account/members/invitations").await.header("location"), Some(LIST));
        assert!(mia.opens(LIST).await.text().contains("mia@example.com"));
        let agreed: i64 = portal.read(|conn| consents::table.count().get_result(conn).unwrap()).await;
        assert_eq!(agreed, 1);
        assert_eq!(portal.visitor().gets(&path).await.status, 404, "a second use");
        let told = portal.mails_to("li@example.com").await.pop().unwrap();
        assert_eq!(told.subject, "mia@example.com has joined your account");
        let records = li.opens("/account/records").await.text();
        for words in ["Invitation sent: mia@example.com, for billing", "Invitation accepted: mia@example.com"] {
            assert!(records.contains(words), "{words} in {records}");
        }
        // The sign-in is a whole one.
        let mut again = mia.twin();
        again.jar.remove("session");
        let form = again.opens("/login").await.form("/login");
        let back = again.posts(&form.answered(&[("email", "mia@example.com"), ("password", PASSWORD)])).await;
        assert_eq!((back.status, back.header("location")), (303, Some("/account")), "{}", back.text());
    }
);

on_both!(
    async fn neither_mail_nor_page_tells_whether_the_address_has_a_sign_in(portal) {
        let mut li = portal.enters("li@example.com").await;
        let wei = portal.enters("wei@example.com").await;
        gives_password(&portal, wei.person_id).await;
        let (mut pages, mut mails) = (Vec::new(), Vec::new());
        for address in ["new@example.com", "wei@example.com"] {
            let sent = invites(&mut li, address, "technical").await;
            assert_eq!(sent.status, 303);
            let path = link_to(&portal, address).await;
            let token = path.rsplit('/').next().unwrap().to_string();
            let page = portal.visitor().gets(&path).await;
            // The second one is sent at the same moment.
            portal.hands.back(Duration::from_secs(3));
            pages.push(crate::accounts_in::seen(&page, address).2.replace(&token, "TOKEN"));
            let mail = portal.mails_to(address).await.pop().unwrap();
            mails.push((mail.subject, mail.text.replace(&token, "TOKEN")));
        }
        assert_eq!(pages[0], pages[1]);
        assert_eq!(mails[0], mails[1]);
        // Whoever signs in already gets no second password by the way.
        let path = link_to(&portal, "wei@example.com").await;
        let before = portal.digest().await;
        let led = registers_by(&mut portal.visitor(), &path).await;
        assert_eq!((led.status, led.header("location")), (303, Some(format!("/login?next={path}").as_str())));
        let changed = differing(&before, &portal.digest().await);
        assert!(changed.iter().all(|table| table == "submissions"), "{changed:?}");
    }
);

on_both!(
    async fn a_person_with_a_sign_in_accepts_it_and_nobody_else_does(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut wei = portal.enters("wei@example.com").await;
        let mut other = portal.enters("other@example.com").await;
        let mut staff = portal.employs("Ana", &[easylink::web::feature::StaffRole::Support]).await;
        invites(&mut li, "wei@example.com", "viewer").await;
        let path = link_to(&portal, "wei@example.com").await;
        let form = wei.gets(&path).await.form(&path);
        for stranger in [&mut other, &mut staff] {
            let page = stranger.gets(&path).await;
            assert!(page.text().contains("signed in under another address"), "{}", page.text());
            assert!(!page.forms().contains(&path));
            let token = page.posted_forms()[0].value("token").unwrap().to_string();
            let refused = stranger.posts_raw(&path, "application/x-www-form-urlencoded", format!("token={token}")).await;
            assert_eq!(refused.status, 403);
        }
        let done = wei.posts(&form).await;
        assert_eq!((done.status, done.header("location")), (303, Some("/account")));
        let page = wei.gets(LIST).await;
        assert!(page.text().contains("li@example.com"), "the session works in the account: {}", page.text());
        let overview = wei.gets("/account").await;
        assert!(overview.links().iter().any(|(_, to)| to == "/account/balance"), "a viewer reads the balance");
        assert!(!overview.links().iter().any(|(_, to)| to == "/account/remittances/new"), "and tops nothing up");
        assert_eq!(wei.gets(&path).await.status, 404);
        // One who belongs to it is not asked in again.
        let again = invites(&mut li, "wei@example.com", "viewer").await;
        assert_eq!((again.status, again.wrong_fields()), (422, vec!["email".to_string()]));
        assert!(again.text().contains("belongs to the account already"), "{}", again.text());
    }
);

on_both!(
    async fn a_link_is_replaced_withdrawn_or_over_for_good(portal) {
        let mut li = portal.enters("li@example.com").await;
        invites(&mut li, "mia@example.com", "viewer").await;
        let first = link_to(&portal, "mia@example.com").await;
        let twice = invites(&mut li, "mia@example.com", "billing").await;
        assert!(twice.status == 422 && twice.text().contains("open already"), "{}", twice.text());
        let mut mia = portal.visitor();
        let form = mia.opens(&first).await.form(&format!("{first}/registration"));
        let form = form.answered(&[("password", PASSWORD), ("again", PASSWORD), ("agreement", "yes")]);

        assert_eq!(presses(&mut li, "/sending").await.status, 303);
        let mail = portal.mails_to("mia@example.com").await.pop().unwrap();
        assert!(mail.subject.starts_with("Reminder: "), "{}", mail.subject);
        let second = link_to(&portal, "mia@example.com").await;
        assert_ne!(first, second);
        assert_eq!(portal.visitor().gets(&first).await.status, 404);
        // It had come before the link was replaced, and is only now looked at.
        portal.hands.back(Duration::from_secs(1));
        assert_eq!(mia.posts_now(&form).await.status, 404);
        portal.hands.forward(Duration::from_secs(1));

        assert_eq!(presses(&mut li, "/withdrawal").await.status, 303);
        assert_eq!(portal.visitor().gets(&second).await.status, 404);
        assert!(!li.opens(LIST).await.text().contains("mia@example.com"));

        invites(&mut li, "mia@example.com", "viewer").await;
        let third = link_to(&portal, "mia@example.com").await;
        portal.later(DAY * 6 + Duration::from_secs(86_399));
        assert_eq!(portal.visitor().gets(&third).await.status, 200);
        portal.later(Duration::from_secs(1));
        assert_eq!(portal.visitor().gets(&third).await.status, 404);
        portal.run_jobs().await;
        let states = invitations::table.order(invitations::id).select(invitations::state);
        let states: Vec<String> = portal.read(move |conn| states.load(conn).unwrap()).await;
        assert_eq!(states, ["withdrawn", "expired"]);
        // The address has a term.
        portal.later(DAY * 31);
        portal.run_jobs().await;
        let left: i64 = portal.read(|conn| invitations::table.count().get_result(conn).unwrap()).await;
        assert_eq!(left, 0);
        let mut li = portal.returns("li@example.com").await;
        let records = li.opens("/account/records").await.text();
        for words in ["Invitation sent again: mia", "Invitation withdrawn: mia", "Invitation not accepted in time: mia"] {
            assert!(records.contains(words), "{words} in {records}");
        }
    }
);

on_both!(
    async fn of_several_answers_at_once_one_counts(portal) {
        let mut li = portal.enters("li@example.com").await;
        invites(&mut li, "mia@example.com", "viewer").await;
        let path = link_to(&portal, "mia@example.com").await;
        let mut all = Vec::new();
        for _ in 0..4 {
            let mut visitor = portal.visitor();
            let form = visitor.opens(&path).await.form(&format!("{path}/registration"));
            all.push((visitor, form.answered(&[("password", PASSWORD), ("again", PASSWORD), ("agreement", "yes")])));
        }
        let pages = futures_util::future::join_all(all.iter_mut().map(|(one, form)| one.posts_now(form))).await;
        let mut inside = 0;
        for page in &pages {
            inside += usize::from(page.header("location") == Some("/account"));
            assert!(matches!(page.status, 303 | 404 | 409), "{}", page.status);
        }
        assert_eq!(inside, 1, "{:?}", pages.iter().map(|page| page.status).collect::<Vec<_>>());
    }
);

on_both!(
    async fn an_account_and_an_address_get_so_many_mails_an_hour(portal) {
        let mut li = portal.enters("li@example.com").await;
        for nth in 0..20 {
            assert_eq!(invites(&mut li, &format!("m{nth}@example.com"), "viewer").await.status, 303, "{nth}");
        }
        let over = invites(&mut li, "m20@example.com", "viewer").await;
        assert!(over.status == 429 && over.header("retry-after").is_some(), "{}", over.text());
        assert_eq!(over.form("/account/members/invitations").value("email"), Some("m20@example.com"));
        assert_eq!(presses(&mut li, "/sending").await.status, 429);
        portal.minutes(72);
        assert_eq!(presses(&mut li, "/sending").await.status, 303);

        // All accounts together fill nobody's mailbox.
        for nth in 0..6 {
            let mut owner = portal.enters(&format!("o{nth}@example.com")).await;
            let status = invites(&mut owner, "mia@example.com", "viewer").await.status;
            assert_eq!(status, if nth < 5 { 303 } else { 429 }, "{nth}");
        }
    }
);

on_both!(
    async fn only_owners_ask_in_and_an_account_sees_no_others_invitations(portal) {
        let mut li = portal.enters("li@example.com").await;
        invites(&mut li, "mia@example.com", "viewer").await;
        for role in [MemberRole::Billing, MemberRole::Technical, MemberRole::Viewer] {
            let mut member = portal.joins(li.account_id, &format!("{role}@example.com"), role).await;
            let page = member.opens(LIST).await;
            assert!(page.text().contains("li@example.com") && !page.text().contains("mia@example.com"), "{}", page.text());
            assert!(!page.forms().iter().any(|action| action.starts_with(LIST)), "{:?}", page.forms());
        }
        let number: String = portal.read(|conn| invitations::table.select(invitations::number).first(conn).unwrap()).await;
        let mut wei = portal.enters("wei@example.com").await;
        let token = wei.opens(LIST).await.form("/account/members/invitations").value("token").unwrap().to_string();
        for ending in ["sending", "withdrawal"] {
            let path = format!("/account/members/invitations/{number}/{ending}");
            let page = wei.posts_raw(&path, "application/x-www-form-urlencoded", format!("token={token}")).await;
            assert_eq!(page.status, 404, "{ending}");
        }
    }
);
