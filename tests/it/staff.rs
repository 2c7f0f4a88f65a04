//! The staff's door, its people and what the auditor reads.

use std::time::Duration;

use easylink::base::crypto::Secret;
use easylink::base::types::Address;
use easylink::features::staff::{Enrolled, TotpSecret, enrol, invite, lock, unlock};
use easylink::web::feature::StaffRole;

use crate::support::page::Page;
use crate::support::people::{PASSWORD, Visitor};
use crate::support::portal::Portal;

const ADDRESS: &str = "ana@staff.example.com";

fn secret() -> TotpSecret {
    TotpSecret::new(*b"12345678901234567890")
}

pub fn code(portal: &Portal, secret: &TotpSecret) -> String {
    secret.code_at(portal.house.clock.now()).unwrap()
}

/// Somebody who can sign in with `PASSWORD` and the secret.
async fn enrolled(portal: &Portal, address: &str, roles: &'static [StaffRole]) -> i64 {
    let hash = portal.house.hasher.hash(Secret::new(PASSWORD)).await.unwrap();
    let (ctx, address) = (portal.ctx(), Address::parse(address).unwrap());
    portal
        .write(move |conn| {
            let person = Enrolled { address, name: "Ana", password_hash: &hash, secret: secret(), roles };
            enrol(conn, &ctx, &person).unwrap()
        })
        .await
}

/// The path of an activation link that an operator made.
async fn invited(portal: &Portal, address: &str, roles: &'static [StaffRole]) -> String {
    let (ctx, address) = (portal.ctx(), Address::parse(address).unwrap());
    portal.write(move |conn| invite(conn, &ctx, &address, roles).unwrap()).await
}

pub async fn tries(visitor: &mut Visitor, address: &str, password: &str, code: &str) -> Page {
    let page = visitor.gets("/staff/login").await;
    let form = page.form("/staff/login").answered(&[("address", address), ("password", password), ("code", code)]);
    visitor.posts_now(&form).await
}

/// The secret that an activation page shows.
pub fn shown_secret(page: &Page) -> TotpSecret {
    let text: String = page.all(".mono").concat().split_whitespace().collect();
    let bytes = data_encoding::BASE32_NOPAD.decode(text.as_bytes()).unwrap();
    TotpSecret::new(bytes.try_into().unwrap())
}

on_both!(
    async fn a_link_is_used_once_to_set_password_and_authenticator(portal) {
        let path = invited(&portal, ADDRESS, &[StaffRole::Support]).await;
        let mails = portal.mails_to(ADDRESS).await;
        assert!(mails[0].text.contains(&path), "{}", mails[0].text);
        let mut visitor = portal.visitor();
        let page = visitor.gets(&path).await;
        assert_eq!((page.status, page.header("cache-control")), (200, Some("no-store")));
        assert!(page.html.contains("<svg class=\"qr\"") && !page.html.contains(" style="));
        let shown = shown_secret(&page);
        assert_eq!(shown_secret(&visitor.gets(&path).await).text(), shown.text(), "looking changes nothing");
        let right = code(&portal, &shown);
        let wrong = if right == "000000" { "000001" } else { "000000" };
        let form = page.form(&path).answered(&[("password", PASSWORD), ("again", PASSWORD), ("code", wrong)]);
        let again = visitor.posts_now(&form).await;
        assert_eq!((again.status, again.wrong_fields()), (422, vec!["code".to_string()]));
        let form = again.form(&path).answered(&[("password", "1234567890"), ("again", "x"), ("code", &right)]);
        let again = visitor.posts_now(&form).await;
        assert_eq!((again.status, again.wrong_fields()), (422, vec!["password".to_string(), "again".to_string()]));
        assert_eq!(shown_secret(&again).text(), shown.text());
        let form = again.form(&path).answered(&[("password", PASSWORD), ("again", PASSWORD), ("code", &right)]);
        let mut twin = visitor.twin();
        let other = twin.gets(&path).await.form(&path);
        let done = visitor.posts_now(&form).await;
        assert_eq!((done.status, done.header("location")), (303, Some("/staff/login")));
        let other = other.answered(&[("password", PASSWORD), ("again", PASSWORD), ("code", &right)]);
        assert_eq!(twin.posts_now(&other).await.status, 404, "a second use");
        assert_eq!(portal.visitor().gets(&path).await.status, 404);
        assert_eq!(tries(&mut visitor, ADDRESS, PASSWORD, &right).await.status, 422, "the code of the activation again");
        portal.later(Duration::from_secs(30));
        let inside = tries(&mut visitor, ADDRESS, PASSWORD, &code(&portal, &shown)).await;
        assert_eq!((inside.status, inside.header("location")), (303, Some("/staff")));
        assert!(visitor.gets("/staff").await.h1().contains(ADDRESS));
    }
);

on_both!(
    async fn an_activation_link_ends_after_a_day_and_by_a_newer_one(portal) {
        let path = invited(&portal, ADDRESS, &[StaffRole::Support]).await;
        portal.later(Duration::from_secs(24 * 3600 - 1));
        assert_eq!(portal.visitor().gets(&path).await.status, 200);
        portal.later(Duration::from_secs(1));
        assert_eq!(portal.visitor().gets(&path).await.status, 404);
        assert_eq!(portal.visitor().gets("/staff/activation/nothing").await.status, 404);
        enrolled(&portal, "admin@staff.example.com", &[StaffRole::Admin]).await;
        let mut admin = portal.employs("Boss", &[StaffRole::Admin]).await;
        let mails = portal.mails_to("eve@staff.example.com").await;
        assert!(mails.is_empty());
        let old = invited(&portal, "eve@staff.example.com", &[StaffRole::Support]).await;
        let list = admin.gets("/staff/people").await;
        let person = admin.gets(&list.link("eve@staff.example.com")).await;
        let form = person.forms().into_iter().find(|action| action.ends_with("/activation")).unwrap();
        assert_eq!(admin.posts(&person.form(&form)).await.status, 303);
        assert_eq!(portal.visitor().gets(&old).await.status, 404);
        let mails = portal.mails_to("eve@staff.example.com").await;
        let fresh = mails.last().unwrap().text.split_whitespace().find(|word| word.contains("/staff/activation/")).unwrap();
        assert_eq!(portal.visitor().gets(fresh).await.status, 200);
    }
);

on_both!(
    async fn a_replaced_link_is_used_by_no_form_that_was_on_its_way(portal) {
        let old = invited(&portal, ADDRESS, &[StaffRole::Support]).await;
        let mut visitor = portal.visitor();
        let page = visitor.gets(&old).await;
        let right = code(&portal, &shown_secret(&page));
        let form = page.form(&old).answered(&[("password", PASSWORD), ("again", PASSWORD), ("code", &right)]);
        let mut boss = portal.employs("Boss", &[StaffRole::Admin]).await;
        portal.later(Duration::from_secs(2));
        let person = boss.gets("/staff/people").await.link(ADDRESS);
        let renewal = boss.gets(&person).await.form(&format!("{person}/activation"));
        assert_eq!(boss.posts_now(&renewal).await.status, 303);
        // It had come before the link was replaced, and is only now looked at.
        portal.hands.back(Duration::from_secs(1));
        assert_eq!(visitor.posts_now(&form).await.status, 404);
        portal.hands.forward(Duration::from_secs(1));
        assert_eq!(tries(&mut portal.visitor(), ADDRESS, PASSWORD, &right).await.status, 422, "a password was set");
    }
);

on_both!(
    async fn one_answer_to_whatever_is_wrong(portal) {
        enrolled(&portal, ADDRESS, &[StaffRole::Support]).await;
        let right = code(&portal, &secret());
        let wrong = if right == "000000" { "000001" } else { "000000" };
        let mut words = Vec::new();
        for (address, password, code) in [
            (ADDRESS, "not the password", right.as_str()),
            (ADDRESS, PASSWORD, wrong),
            ("nobody@staff.example.com", PASSWORD, right.as_str()),
        ] {
            let page = tries(&mut portal.visitor(), address, password, code).await;
            assert_eq!(page.status, 422);
            assert_eq!(page.form("/staff/login").value("address"), Some(address));
            assert_eq!(page.form("/staff/login").value("password"), Some(""));
            words.push(page.text().replace(address, ""));
        }
        assert!(words[0] == words[1] && words[1] == words[2], "{words:#?}");
        // Only its owner learns that the password was right; once an hour.
        assert_eq!(tries(&mut portal.visitor(), ADDRESS, PASSWORD, wrong).await.status, 422);
        let told: Vec<String> = portal.mails_to(ADDRESS).await.into_iter().map(|mail| mail.subject).collect();
        let half = "Your staff password was used without the right code";
        assert_eq!(told.iter().filter(|subject| *subject == half).count(), 1, "{told:?}");
        assert!(crate::limits::only_hashes(&portal).await.contains(&"staff_half".to_string()));
        assert_eq!(tries(&mut portal.visitor(), ADDRESS, PASSWORD, &right).await.status, 303);
    }
);

on_both!(
    async fn a_step_works_once_also_for_many_at_once(portal) {
        enrolled(&portal, ADDRESS, &[StaffRole::Support]).await;
        let right = code(&portal, &secret());
        let mut forms = Vec::new();
        for _ in 0..4 {
            let mut visitor = portal.visitor();
            let page = visitor.gets("/staff/login").await;
            let form = page.form("/staff/login");
            forms.push((visitor, form.answered(&[("address", ADDRESS), ("password", PASSWORD), ("code", &right)])));
        }
        let posts = forms.iter_mut().map(|(visitor, form)| visitor.posts_now(form));
        let mut answers: Vec<u16> =
            futures_util::future::join_all(posts).await.into_iter().map(|page| page.status).collect();
        answers.sort_unstable();
        assert_eq!(answers, [303, 422, 422, 422]);
        portal.later(Duration::from_secs(29));
        assert_eq!(tries(&mut portal.visitor(), ADDRESS, PASSWORD, &right).await.status, 422, "in the window, yet used");
        portal.later(Duration::from_secs(30));
        let next = code(&portal, &secret());
        assert_eq!(tries(&mut portal.visitor(), ADDRESS, PASSWORD, &next).await.status, 303);
        assert_eq!(tries(&mut portal.visitor(), ADDRESS, PASSWORD, &right).await.status, 422, "an older step");
    }
);

on_both!(
    async fn guesses_are_bounded_and_a_sign_in_after_many_is_told(portal) {
        enrolled(&portal, ADDRESS, &[StaffRole::Support]).await;
        for _ in 0..5 {
            let page = tries(&mut portal.visitor(), ADDRESS, "wrong", "123456").await;
            assert!(page.text().contains("is not right"), "{}", page.text());
        }
        let right = code(&portal, &secret());
        let page = tries(&mut portal.visitor(), ADDRESS, PASSWORD, &right).await;
        assert!(page.status == 422 && page.text().contains("Wait "), "{}", page.text());
        let page = tries(&mut portal.visitor(), "nobody@staff.example.com", PASSWORD, &right).await;
        assert!(page.text().contains("is not right"));
        portal.minutes(5);
        let right = code(&portal, &secret());
        assert_eq!(tries(&mut portal.visitor(), ADDRESS, PASSWORD, &right).await.status, 303);
        let mails = portal.mails_to(ADDRESS).await;
        assert!(mails.last().unwrap().text.contains("attempts that failed"), "{:?}", mails.last());
    }
);

on_both!(
    async fn the_two_sides_never_become_each_other(portal) {
        let mut customer = portal.enters("li@example.com").await;
        let mut staff = portal.employs("Ana", &[StaffRole::Support]).await;
        for path in ["/staff", "/staff/people", "/staff/audit"] {
            assert_eq!(customer.gets(path).await.status, 403, "{path}");
            let sent = portal.visitor().gets(path).await;
            assert!(sent.header("location").unwrap().starts_with("/staff/login?next="), "{path}");
        }
        assert_eq!(staff.gets("/account/identity").await.status, 403);
        assert_eq!(staff.gets("/staff").await.status, 200);
        let refused = staff.gets("/staff/people").await;
        assert_eq!(refused.status, 403);
        assert!(refused.text().contains("Whoever looks after people and roles"), "{}", refused.text());
        assert_eq!(staff.gets("/staff/audit").await.status, 403);
    }
);

on_both!(
    async fn a_sign_in_goes_on_to_staff_pages_only(portal) {
        enrolled(&portal, ADDRESS, &[StaffRole::Auditor]).await;
        for (next, to) in [("/staff/audit?event=signed_in", "/staff/audit?event=signed_in"), ("//evil.example", "/staff")] {
            let mut visitor = portal.visitor();
            let page = visitor.gets(&format!("/staff/login?next={}", next.replace('?', "%3F"))).await;
            let code = code(&portal, &secret());
            let form = page.form("/staff/login").answered(&[("address", ADDRESS), ("password", PASSWORD), ("code", &code)]);
            assert_eq!(visitor.posts_now(&form.tampered("next", next)).await.header("location"), Some(to));
            portal.later(Duration::from_secs(30));
        }
    }
);

on_both!(
    async fn an_admin_adds_people_and_a_taken_role_ends_at_the_next_request(portal) {
        enrolled(&portal, ADDRESS, &[StaffRole::Admin]).await;
        let mut admin = portal.employs("Boss", &[StaffRole::Admin]).await;
        let page = admin.gets("/staff/people/new").await;
        let refused = admin.posts(&page.form("/staff/people").with("address", "not an address")).await;
        assert_eq!((refused.status, refused.wrong_fields()), (422, vec!["address".into(), "roles".into()]));
        let form = refused.form("/staff/people").with("address", "Eve@Staff.Example.com").with_all("roles", &["support"]);
        let added = admin.posts(&form).await;
        assert_eq!(added.status, 303);
        let shown = admin.gets(added.header("location").unwrap()).await;
        assert!(shown.text().contains("on its way to them") && !shown.html.contains("/staff/activation/"), "{}", shown.text());
        let mail = portal.mails_to("eve@staff.example.com").await[0].text.clone();
        let link = mail.lines().map(str::trim).find(|line| line.contains("/staff/activation/")).unwrap();
        let path = link.strip_prefix(portal.base.as_str()).unwrap();
        assert_eq!(portal.visitor().gets(path).await.status, 200);
        let twice = admin.gets("/staff/people/new").await.form("/staff/people");
        let twice = twice.with("address", "eve@staff.example.com").with_all("roles", &["support"]);
        assert_eq!(admin.posts(&twice).await.wrong_fields(), ["address"]);

        let mut eve = portal.employs("Kim", &[StaffRole::Auditor]).await;
        assert_eq!(eve.gets("/staff/audit").await.status, 200);
        let people = eve.gets("/staff/people").await;
        let person = people.link("Kim");
        assert_eq!(eve.gets("/staff/people/new").await.status, 403);
        assert!(eve.gets(&people.link("Boss")).await.forms().iter().all(|action| !action.ends_with("/roles")));
        let page = admin.gets(&person).await;
        let form = page.form(&format!("{person}/roles")).with_all("roles", &["support"]);
        let stale = form.clone();
        assert_eq!(admin.posts(&form).await.status, 303);
        let sent = eve.gets("/staff/audit").await;
        assert!(sent.status == 303 && sent.header("location").unwrap().starts_with("/staff/login"), "{}", sent.text());
        let mail = portal.mails_to("kim@staff.example.com").await.pop().unwrap();
        assert_eq!(mail.subject, "Your roles at Easy Link changed");
        let words = mail.text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("Given: - Support Taken: - Auditor Your roles now: - Support"), "{}", mail.text);
        // Signed in anew, Kim has the new role and not the old one; a form that changes nothing ends nothing.
        let mut eve = portal.signed_in(eve.person_id, None).await;
        assert_eq!((eve.gets("/staff").await.status, eve.gets("/staff/audit").await.status), (200, 403));
        let page = admin.gets(&person).await;
        assert_eq!(admin.posts(&page.form(&format!("{person}/roles"))).await.status, 303);
        assert_eq!(eve.gets("/staff").await.status, 200);
        assert_eq!(portal.mails_to("kim@staff.example.com").await.len(), 1);
        let mut twin = admin.twin();
        let fresh = twin.gets(&person).await.form(&format!("{person}/roles"));
        let stale = stale.tampered("token", fresh.value("token").unwrap());
        assert_eq!(admin.posts(&stale).await.wrong_fields(), ["roles"], "changed meanwhile");
    }
);

on_both!(
    async fn nobody_decides_about_themselves_and_one_admin_stays(portal) {
        let mut admin = portal.employs("Boss", &[StaffRole::Admin]).await;
        enrolled(&portal, ADDRESS, &[StaffRole::Admin]).await;
        let people = admin.gets("/staff/people").await;
        let (own, other) = (people.link("Boss"), people.link("Ana"));
        let page = admin.gets(&own).await;
        assert!(page.forms().iter().all(|action| !action.starts_with("/staff/people/")), "{:?}", page.forms());
        let page = admin.gets(&other).await;
        let mut form = page.form(&format!("{other}/roles")).with_all("roles", &["support"]);
        let refused = admin.posts(&form).await;
        assert_eq!(refused.wrong_fields(), ["roles"], "Boss never set a password: Ana is the last who can sign in");
        form.action = format!("{own}/roles");
        assert_eq!(admin.posts(&form).await.status, 403);
        let ask = admin.gets(&format!("{other}/closure")).await;
        assert_eq!(admin.posts(&ask.form(&format!("{other}/closure"))).await.status, 422);
        enrolled(&portal, "second@staff.example.com", &[StaffRole::Admin]).await;
        let ask = admin.gets(&format!("{other}/closure")).await;
        assert_eq!(admin.posts(&ask.form(&format!("{other}/closure"))).await.status, 303);
        assert_eq!(admin.gets(&format!("{other}/closure")).await.status, 409);
        let right = code(&portal, &secret());
        assert_eq!(tries(&mut portal.visitor(), ADDRESS, PASSWORD, &right).await.status, 422, "ended");
        assert_eq!(portal.mails_to(ADDRESS).await.last().unwrap().subject, "Your staff access has ended");
    }
);

on_both!(
    async fn ending_and_locking_end_every_session_at_once(portal) {
        enrolled(&portal, "admin@staff.example.com", &[StaffRole::Admin]).await;
        enrolled(&portal, ADDRESS, &[StaffRole::Support]).await;
        let mut ana = portal.visitor();
        let right = code(&portal, &secret());
        assert_eq!(tries(&mut ana, ADDRESS, PASSWORD, &right).await.status, 303);
        assert_eq!(ana.gets("/staff").await.status, 200);
        let (ctx, address) = (portal.ctx(), Address::parse(ADDRESS).unwrap());
        portal.write(move |conn| lock(conn, &ctx, &address).unwrap()).await;
        assert_eq!(ana.gets("/staff").await.status, 303);
        let mails = portal.mails_to(ADDRESS).await;
        assert_eq!(mails.last().unwrap().subject, "Your staff sign-in is locked");
        portal.later(Duration::from_secs(60));
        let right = code(&portal, &secret());
        assert_eq!(tries(&mut portal.visitor(), ADDRESS, PASSWORD, &right).await.status, 422);
        let (ctx, address) = (portal.ctx(), Address::parse(ADDRESS).unwrap());
        portal.write(move |conn| unlock(conn, &ctx, &address).unwrap()).await;
        assert_eq!(tries(&mut ana, ADDRESS, PASSWORD, &right).await.status, 303);
        let mut admin = portal.employs("Boss", &[StaffRole::Admin]).await;
        let person = admin.gets("/staff/people").await.link("Ana");
        let page = admin.gets(&person).await;
        assert_eq!(admin.posts(&page.form(&format!("{person}/sessions"))).await.status, 303);
        assert_eq!(ana.gets("/staff").await.status, 303);
    }
);

on_both!(
    async fn the_auditor_reads_every_record_and_leaves_one(portal) {
        enrolled(&portal, ADDRESS, &[StaffRole::Auditor]).await;
        let mut ana = portal.visitor();
        tries(&mut ana, ADDRESS, "wrong", "123456").await;
        let right = code(&portal, &secret());
        tries(&mut ana, ADDRESS, PASSWORD, &right).await;
        let page = ana.gets("/staff/audit").await;
        let text = page.text();
        assert!(text.contains("Signed in") && text.contains("Sign-in failed") && text.contains(ADDRESS), "{text}");
        let page = ana.gets("/staff/audit?event=listed").await;
        assert_eq!(page.all("tbody tr").len(), 1, "the first look is on record");
        assert!(ana.gets("/staff/audit?event=nonsense").await.text().contains("Nothing matches"));
        assert!(ana.gets("/staff/audit?who=nonsense").await.text().contains("Nothing matches"));
        let number = ana.gets("/staff/people").await.link("Ana").rsplit('/').next().unwrap().to_string();
        let of_ana = ana.gets(&format!("/staff/audit?who={number}&event=signed_in")).await;
        assert_eq!(of_ana.all("tbody tr").len(), 1);
        for _ in 0..25 {
            ana.gets("/staff/audit").await;
        }
        let first = ana.gets("/staff/audit?event=listed").await;
        assert_eq!(first.all("tbody tr").len(), 20);
        let older = ana.gets(&first.link("Older →")).await;
        assert!(older.all("tbody tr").len() >= 8, "{}", older.text());
        assert!(older.links().iter().any(|(name, _)| name.contains("Newer")));
    }
);

on_both!(
    async fn an_eleventh_staff_session_ends_the_oldest_and_its_owner_is_told(portal) {
        let person = enrolled(&portal, ADDRESS, &[StaffRole::Support]).await;
        let mut browsers = Vec::new();
        for _ in 0..10 {
            browsers.push(portal.signed_in(person, None).await);
        }
        let mut fresh = portal.visitor();
        let right = code(&portal, &secret());
        assert_eq!(tries(&mut fresh, ADDRESS, PASSWORD, &right).await.status, 303);
        assert_eq!(browsers[0].gets("/staff").await.status, 303);
        assert_eq!(browsers[1].gets("/staff").await.status, 200);
        assert_eq!(fresh.gets("/staff").await.status, 200);
        let mails = portal.mails_to(ADDRESS).await;
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].subject, "A device was signed out of your staff sign-in");
        assert!(mails[0].text.contains("Browser:  Test") && mails[0].text.contains("Firefox on Linux"), "{}", mails[0].text);
    }
);

on_both!(
    async fn a_staff_sign_in_after_half_a_year_is_told(portal) {
        enrolled(&portal, ADDRESS, &[StaffRole::Support]).await;
        for (days, times) in [(1, 0), (179, 0), (181, 1)] {
            portal.minutes(days * 24 * 60);
            let right = code(&portal, &secret());
            assert_eq!(tries(&mut portal.visitor(), ADDRESS, PASSWORD, &right).await.status, 303);
            assert_eq!(portal.mails_to(ADDRESS).await.len(), times, "after {days} days");
        }
        let mails = portal.mails_to(ADDRESS).await;
        assert_eq!(mails[0].subject, "Signed in as staff after a long time");
    }
);

on_both!(
    async fn open_sessions_are_those_that_stand(portal) {
        let boss = portal.employs("Boss", &[StaffRole::Admin]).await;
        portal.employs("Ana", &[StaffRole::Support]).await;
        for (minutes, standing) in [(0, 1), (16, 0)] {
            portal.minutes(minutes);
            let mut boss = portal.signed_in(boss.person_id, None).await;
            let ana = boss.gets("/staff/people").await.link("Ana");
            let shown = boss.gets(&ana).await.text().split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(shown.contains(&format!("Open sessions {standing}")), "after {minutes} minutes: {shown}");
        }
    }
);

on_both!(
    async fn the_auditor_narrows_the_records_to_days(portal) {
        let mut ana = portal.employs("Ana", &[StaffRole::Auditor]).await;
        // More than fits one page.
        for _ in 0..25 {
            ana.gets("/staff/audit").await;
        }
        portal.later(Duration::from_secs(24 * 3600));
        let mut ana = portal.signed_in(ana.person_id, None).await;
        ana.gets("/staff/audit").await;
        let day = |after: i32| portal.house.clock.now().day(&portal.house.config.zone).plus(after);
        let (today, before) = (day(0), day(-1));
        let all_of = |page: &Page, day: easylink::base::types::Day| {
            let rows = page.all("tbody tr");
            !rows.is_empty() && rows.iter().all(|row| row.contains(&day.words()))
        };
        let page = ana.gets(&format!("/staff/audit?from={today}")).await;
        assert!(all_of(&page, today), "{}", page.text());
        let form = page.form("/staff/audit");
        assert_eq!((form.value("from"), form.value("until")), (Some(today.as_str()), Some("")));
        let asked = format!("/staff/audit?event=listed&from={before}&until={before}");
        let first = ana.gets(&asked).await;
        assert_eq!((first.all("tbody tr").len(), all_of(&first, before)), (20, true), "{}", first.text());
        let older = ana.gets(&first.link("Older →")).await;
        assert_eq!((older.all("tbody tr").len(), all_of(&older, before)), (5, true), "{}", older.text());
        assert_eq!(older.form("/staff/audit").value("from"), Some(before.as_str()));
        // The days alone, too, page by page and each record once.
        let mut read = Vec::new();
        let mut next = Some(format!("/staff/audit?from={before}&until={before}"));
        while let Some(path) = next {
            let page = ana.gets(&path).await;
            assert!(all_of(&page, before), "{}", page.text());
            read.extend(page.all("tbody tr"));
            next = page.links().into_iter().find(|(name, _)| name == "Older →").map(|(_, to)| to);
        }
        assert!(read.len() >= 25 && read.len() < 40, "{}", read.len());
        let none = ana.gets(&format!("/staff/audit?until={}", day(-400))).await;
        assert!(none.text().contains("Nothing matches"), "{}", none.text());
        for (query, wrong) in [
            ("from=nonsense".to_string(), "from"),
            ("until=2026-02-30".to_string(), "until"),
            (format!("from={today}&until={before}"), "until"),
        ] {
            let page = ana.gets(&format!("/staff/audit?{query}")).await;
            assert_eq!((page.status, page.wrong_fields()), (422, vec![wrong.to_string()]), "{query}");
        }
    }
);
