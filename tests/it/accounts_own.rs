//! A person's own pages: the overview, security, records, profile, notices and privacy of an account.

use diesel::prelude::*;
use easylink::base::crypto::Secret;
use easylink::base::db::schema::{known_browsers, people};
use easylink::features::accounts::MemberRole;
use easylink::services::consent::{self, ConsentEvent, Purpose};
use easylink::services::context::{Author, AuthorKind, Context};
use easylink::services::records::{self, Entry, Event};
use easylink::web::feature::StaffRole;

use crate::support::entered::Entered;
use crate::support::page::Page;
use crate::support::people::{PASSWORD, Visitor};
use crate::support::portal::Portal;

const NEW: &str = "eleven green umbrellas";

/// Gives a person the password of the tests.
async fn gives_password(portal: &Portal, person: i64) {
    let hash = portal.house.hasher.hash(Secret::new(PASSWORD)).await.unwrap();
    let now = portal.house.clock.now();
    portal
        .write(move |conn| {
            let known = (
                known_browsers::person_id.eq(person),
                known_browsers::token_hash.eq(vec![1_u8, 2, 3]),
                known_browsers::created_at.eq(now),
                known_browsers::expires_at.eq(now.plus(std::time::Duration::from_secs(86400))),
            );
            diesel::insert_into(known_browsers::table).values(known).execute(conn).unwrap();
            diesel::update(people::table.find(person))
                .set((
                    people::password_hash.eq(Some(hash)),
                    people::password_class.eq(Some("strong")),
                    people::password_at.eq(Some(now)),
                ))
                .execute(conn)
                .unwrap();
        })
        .await;
}

/// The circumstances of a change that this customer makes.
async fn acting(portal: &Portal, customer: &Entered) -> Context {
    let (person, account) = (customer.person_id, customer.account_id);
    let subject: i64 =
        portal.read(move |conn| people::table.find(person).select(people::subject_id).first(conn).unwrap()).await;
    let author = Author {
        kind: AuthorKind::Customer,
        person_id: Some(person),
        subject_id: Some(subject),
        account_id: Some(account),
        session_id: None,
    };
    portal.ctx().by(author)
}

/// Types three entries into the form of the password and sends it.
async fn changes(visitor: &mut Visitor, current: &str, new: &str, again: &str) -> Page {
    let form = visitor.opens("/account/security/password").await.form("/account/security/password");
    let form = form.answered(&[("current", current), ("password", new), ("again", again)]);
    visitor.posts(&form).await
}

/// The one task of a page, and where it leads.
fn task(page: &Page) -> String {
    let titles = page.all(".task-title");
    assert_eq!(titles.len(), 1, "{titles:?}");
    format!("{} → {}", titles[0], page.attribute(".task", "href").unwrap_or_default())
}

fn sent_to_sign_in(page: &Page) -> bool {
    page.status == 303 && page.header("location").is_some_and(|to| to.starts_with("/login"))
}

on_both!(
    async fn a_changed_password_ends_everything_that_hung_on_the_old(portal) {
        let mut li = portal.enters("li@example.com").await;
        gives_password(&portal, li.person_id).await;
        let (person, account) = (li.person_id, li.account_id);
        let mut phone = portal.signed_in(person, Some(account)).await;
        assert_eq!(phone.gets("/account").await.status, 200);

        let refused = changes(&mut li, "seven purple lantern", NEW, NEW).await;
        assert_eq!((refused.status, refused.wrong_fields()), (422, vec!["current".to_string()]));
        assert!(refused.text().contains("This is not your current password"), "{}", refused.text());
        assert!(!refused.html.contains(NEW), "no typed password comes back");
        assert_eq!(changes(&mut li, PASSWORD, NEW, "eleven green umbrella").await.wrong_fields(), ["again"]);
        assert_eq!(changes(&mut li, PASSWORD, "li@example.com", "li@example.com").await.wrong_fields(), ["password"]);
        assert_eq!(changes(&mut li, "", "", "").await.wrong_fields(), ["current", "password", "again"]);
        assert_eq!(phone.gets("/account").await.status, 200, "a refused change ends nothing");

        let mut before = li.twin();
        let changed = changes(&mut li, PASSWORD, NEW, NEW).await;
        assert_eq!((changed.status, changed.header("location")), (303, Some("/account/security")));
        let page = li.opens("/account/security").await;
        assert!(page.text().contains("Your password is changed."), "{}", page.text());
        assert!(sent_to_sign_in(&phone.gets("/account").await), "the other device is out at its next request");
        assert!(sent_to_sign_in(&before.gets("/account").await), "the reference of before is worth nothing");
        let known: i64 = portal
            .read(move |conn| {
                let own = known_browsers::table.filter(known_browsers::person_id.eq(person));
                own.count().get_result(conn).unwrap()
            })
            .await;
        assert_eq!(known, 0);

        let mails = portal.mails_to("li@example.com").await;
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].subject, "Your Easy Link password was changed");
        for fact in ["Firefox on Linux", "127.0.0.0/24", "/password/not-me/", "23 Nov 2026"] {
            assert!(mails[0].text.contains(fact), "{fact} in {}", mails[0].text);
        }
        let records = li.opens("/account/records").await.text();
        assert!(records.contains("Password changed") && records.contains("Wrong password while changing it"));

        assert_eq!(changes(&mut li, PASSWORD, "another long password", "another long password").await.status, 422);
        assert_eq!(changes(&mut li, NEW, PASSWORD, PASSWORD).await.status, 303);
        portal.run_jobs().await;
    }
);

on_both!(
    async fn guessing_the_current_password_has_to_wait(portal) {
        let mut li = portal.enters("li@example.com").await;
        gives_password(&portal, li.person_id).await;
        let mut tries = 0;
        while !changes(&mut li, "not the password", NEW, NEW).await.text().contains("Wait ") {
            tries += 1;
            assert!(tries < 20, "nobody may guess for ever");
        }
        assert!(tries >= 5, "a slip of the finger costs nothing");
        // While the gate is shut the right one is not even compared.
        let form = li.opens("/account/security/password").await.form("/account/security/password");
        let form = form.answered(&[("current", PASSWORD), ("password", NEW), ("again", NEW)]);
        let page = li.posts_now(&form).await;
        assert!(page.status == 422 && page.text().contains("Wait "), "{}", page.text());
        portal.minutes(10);
        assert_eq!(changes(&mut li, PASSWORD, NEW, NEW).await.status, 303);
    }
);

on_both!(
    async fn devices_are_listed_and_ended(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut wu = portal.enters("wu@example.com").await;
        let (person, account) = (li.person_id, Some(li.account_id));
        let mut phone = portal.signed_in(person, account).await;
        let mut tablet = portal.signed_in(person, account).await;
        let page = li.opens("/account/security/sessions").await;
        assert!(page.text().contains("This device"), "{}", page.text());
        let ends: Vec<String> = page.forms().into_iter().filter(|action| action.ends_with("/end")).collect();
        assert_eq!(ends.len(), 5, "three devices, all others, all: {ends:?}");

        // The name of a stranger's device is as good as none.
        let stranger = wu.opens("/account/security/sessions").await;
        let theirs = stranger.forms().into_iter().find(|action| action.contains("/sessions/S")).unwrap();
        let mut form = page.form(&ends[1]);
        form.action = theirs;
        assert_eq!(li.posts(&form).await.status, 404);
        assert_eq!(wu.gets("/account").await.status, 200);

        // Of the other two exactly one is ended.
        let said = li.submits(&page.form(&ends[1])).await;
        assert!(said.text().contains("That device is signed out."), "{}", said.text());
        let out = [phone.gets("/account").await, tablet.gets("/account").await].iter().filter(|p| sent_to_sign_in(p)).count();
        assert_eq!(out, 1);
        assert_eq!(li.posts(&said.form("/account/security/sessions/others/end")).await.status, 303);
        assert!(sent_to_sign_in(&phone.gets("/account").await) && sent_to_sign_in(&tablet.gets("/account").await));

        // One's own device: signed out, to the door.
        let alone = li.opens("/account/security/sessions").await;
        assert!(!alone.forms().iter().any(|action| action.contains("others") || action.contains("all")), "nothing else to end");
        let own = alone.forms().into_iter().find(|action| action.contains("/sessions/S")).unwrap();
        let left = li.posts(&alone.form(&own)).await;
        assert_eq!((left.status, left.header("location")), (303, Some("/login")));
        assert!(sent_to_sign_in(&li.gets("/account").await));
    }
);

on_both!(
    async fn one_button_signs_out_everywhere(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut wu = portal.enters("wu@example.com").await;
        let mut phone = portal.signed_in(li.person_id, Some(li.account_id)).await;
        let page = li.opens("/account/security/sessions").await;
        let mut before = li.twin();
        let left = li.posts(&page.form("/account/security/sessions/all/end")).await;
        assert_eq!((left.status, left.header("location")), (303, Some("/login")));
        assert!(left.header("clear-site-data").is_some());
        assert!(li.opens("/login").await.text().contains("You are signed out on every device."));
        for browser in [&mut before, &mut phone] {
            assert!(sent_to_sign_in(&browser.gets("/account").await));
        }
        assert_eq!(wu.gets("/account").await.status, 200, "a stranger's device stays");
        let mut back = portal.signed_in(li.person_id, Some(li.account_id)).await;
        let records = back.opens("/account/records").await.text();
        assert!(records.contains("All devices signed out (2)"), "{records}");

        // Staff have the same page, and a door of their own.
        let mut ana = portal.employs("Ana", &[StaffRole::Support]).await;
        let mut other = portal.signed_in(ana.person_id, None).await;
        let page = ana.opens("/account/security/sessions").await;
        let left = ana.posts(&page.form("/account/security/sessions/all/end")).await;
        assert_eq!(left.header("location"), Some("/staff/login"));
        assert_eq!(other.gets("/staff").await.status, 303);
    }
);

on_both!(
    async fn devices_that_ran_out_are_not_listed(portal) {
        let li = portal.enters("li@example.com").await;
        portal.later(std::time::Duration::from_secs(15 * 86400));
        let mut fresh = portal.signed_in(li.person_id, Some(li.account_id)).await;
        let page = fresh.opens("/account/security/sessions").await;
        assert_eq!(page.all("tbody tr").len(), 1, "{}", page.text());
        assert!(fresh.opens("/account/security").await.text().contains("One device is signed in"));
    }
);

on_both!(
    async fn records_are_own_only_and_paged(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut wu = portal.enters("wu@example.com").await;
        assert!(li.opens("/account/records").await.text().contains("No records yet"));
        let ctx = acting(&portal, &li).await;
        portal
            .write(move |conn| {
                for nth in 0..45 {
                    let entry = match nth {
                        0 => Entry::new(Event::SignedIn).with(serde_json::json!({ "method": "password_code" })),
                        44 => Entry::new(Event::SignInFailed),
                        _ => Entry::new(Event::ProfileChanged),
                    };
                    records::keep(conn, &ctx, entry.about(format!("N{nth}"))).unwrap();
                }
            })
            .await;
        let (mut address, mut seen) = ("/account/records".to_string(), Vec::new());
        for rows in [20, 20, 5] {
            let page = li.opens(&address).await;
            let heads = page.all("tbody th");
            assert_eq!(heads.len(), rows);
            seen.extend(heads);
            if rows == 20 {
                address = page.link("Older →");
            } else {
                assert!(!page.links().iter().any(|(name, _)| name == "Older →"));
                assert_eq!(page.link("← Newer"), "/account/records");
            }
        }
        let numbers: Vec<bool> = (0..45).map(|nth| seen[44 - nth].contains(&format!("N{nth}"))).collect();
        assert!(numbers.iter().all(|found| *found), "newest first, none twice: {seen:?}");
        assert!(seen[0].contains("Sign-in failed") && seen[44].contains("Signed in, with password and mailed code"));

        assert!(wu.opens("/account/records").await.text().contains("No records yet"));
        assert!(wu.opens(&address).await.text().contains("No records yet"), "a cursor is worth nothing to others");
        assert_eq!(li.opens("/account/records?after=17").await.all("tbody th").len(), 20);
    }
);

on_both!(
    async fn what_staff_did_in_an_account_is_on_its_owners_records(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut viewer = portal.joins(li.account_id, "wu@example.com", MemberRole::Viewer).await;
        let mut stranger = portal.enters("no@example.com").await;
        let ana = portal.employs("Ana", &[StaffRole::Support]).await;
        let (account, person) = (li.account_id, li.person_id);
        let subject = |person: i64| portal.read(move |conn| people::table.find(person).select(people::subject_id).first(conn).unwrap());
        let (own, hers): (i64, i64) = (subject(person).await, subject(ana.person_id).await);
        let author = Author {
            kind: AuthorKind::Staff,
            person_id: Some(ana.person_id),
            subject_id: Some(hers),
            account_id: None,
            session_id: None,
        };
        let ctx = Context { device: "Desk of Ana".into(), network: "10.9.8.0/24".into(), ..portal.ctx().by(author) };
        portal
            .write(move |conn| {
                for event in [Event::Looked, Event::TicketResolved, Event::TicketNoted, Event::RemittanceRefused] {
                    records::keep(conn, &ctx, Entry::new(event).about("T-1").of_account(account)).unwrap();
                }
                records::keep(conn, &ctx, Entry::new(Event::SessionsEnded).of_person(person, own)).unwrap();
                records::keep(conn, &ctx, Entry::new(Event::Listed).about("records")).unwrap();
            })
            .await;
        let page = li.opens("/account/records").await;
        let (text, heads) = (page.text(), page.all("tbody th"));
        assert_eq!(heads.len(), 4, "{heads:?}");
        for act in ["Opened by a member of staff", "Work order resolved", "Remittance refused", "devices signed out"] {
            assert!(heads.iter().any(|head| head.contains(act)), "{act} in {heads:?}");
        }
        assert_eq!(text.matches("Easy Link staff").count(), 4, "{text}");
        assert!(!text.contains("Ana") && !text.contains("10.9.8") && !text.contains("Note"), "{text}");
        for other in [&mut viewer, &mut stranger] {
            assert!(other.opens("/account/records").await.text().contains("No records yet"));
        }
    }
);

on_both!(
    async fn notices_are_as_easy_to_stop_as_to_want(portal) {
        let mut li = portal.enters("li@example.com").await;
        let form = li.opens("/account/notifications").await.form("/account/notifications");
        assert_eq!((form.value("new_products"), form.value("service_changes")), (None, None), "nothing is ticked");
        let page = li.submits(&form.with("new_products", "yes")).await;
        assert!(page.text().contains("Your choices are saved."), "{}", page.text());
        let form = page.form("/account/notifications");
        assert_eq!((form.value("new_products"), form.value("service_changes")), (Some("yes"), None));
        // Sent again without a change: no new consent.
        li.submits(&form).await;
        let form = li.opens("/account/notifications").await.form("/account/notifications");
        let page = li.submits(&form.without("new_products")).await;
        assert_eq!(page.form("/account/notifications").value("new_products"), None);
        let consents = li.opens("/account/privacy").await.all("[aria-labelledby=consents] tbody tr");
        assert_eq!(consents.len(), 2, "{consents:?}");
        assert!(consents[0].contains("Withdrawn") && consents[1].contains("Given"), "{consents:?}");
        let records = li.opens("/account/records").await.all("tbody th");
        for said in ["Consent given: notices of new products", "Consent withdrawn: notices of new products"] {
            assert_eq!(records.iter().filter(|row| row.contains(said)).count(), 1, "{said} in {records:?}");
        }
    }
);

on_both!(
    async fn each_answer_about_cookies_is_on_record_as_the_consent_it_is(portal) {
        let mut li = portal.enters("li@example.com").await;
        for (button, word) in [("Refuse both", "refused"), ("Accept both", "given"), ("Refuse both", "withdrawn")] {
            for _again in 0..2 {
                let form = li.opens("/cookies").await.form("/cookies");
                li.posts(&form.pressing(button)).await;
            }
            let records = li.opens("/account/records").await.all("tbody th");
            for purpose in ["recording what you look at", "recommendations"] {
                let said = format!("Consent {word}: {purpose}");
                assert_eq!(records.iter().filter(|row| row.contains(&said)).count(), 1, "{said} in {records:?}");
            }
        }
    }
);

on_both!(
    async fn names_are_changed_by_those_who_may(portal) {
        let mut li = portal.enters("li@example.com").await;
        let form = li.opens("/account/profile").await.form("/account/profile");
        let page = li.posts(&form.clone().with("name", &"x".repeat(81))).await;
        assert_eq!((page.status, page.wrong_fields()), (422, vec!["name".to_string()]));
        assert_eq!(page.form("/account/profile").value("name"), Some("x".repeat(81).as_str()));
        assert_eq!(li.posts(&form.clone().tampered("name", "a\0b")).await.status, 422);
        let page = li.submits(&form.with("name", " Li Ming 李明 ")).await;
        assert!(page.text().contains("Your details are saved."), "{}", page.text());
        assert_eq!(page.form("/account/profile").value("name"), Some("Li Ming 李明"));
        assert!(li.opens("/account").await.h1().ends_with(", Li Ming 李明"));

        let account = "/account/profile/account";
        let form = li.opens("/account/profile").await.form(account);
        let page = li.posts(&form.clone().with("account_name", &"x".repeat(81))).await;
        assert_eq!((page.status, page.wrong_fields()), (422, vec!["account_name".to_string()]));
        assert_eq!(page.form("/account/profile").value("name"), Some("Li Ming 李明"));
        let page = li.submits(&form.with("account_name", "Cloudy")).await;
        assert_eq!(page.form(account).value("account_name"), Some("Cloudy"));

        // Only owners name the account; the door of its form is shut to every other role.
        for role in [MemberRole::Billing, MemberRole::Technical, MemberRole::Viewer] {
            let mut wu = portal.joins(li.account_id, &format!("{role}@example.com"), role).await;
            let page = wu.opens("/account/profile").await;
            assert!(!page.forms().contains(&account.to_string()));
            let mut form = page.form("/account/profile").tampered("account_name", "Mine");
            form.action = account.to_string();
            assert_eq!(wu.posts(&form).await.status, 403, "{role}");
        }
        assert_eq!(li.opens("/account/profile").await.form(account).value("account_name"), Some("Cloudy"));
    }
);

on_both!(
    async fn the_overview_says_what_needs_the_person(portal) {
        let mut li = portal.enters("li@example.com").await;
        let page = li.opens("/account").await;
        // The clock stands at 10:00 in the zone of the portal.
        assert_eq!(page.h1(), "Good morning");
        assert!(page.text().contains("One thing needs you."), "{}", page.text());
        assert_eq!(task(&page), "Finish real-name authentication → /account/identity");
        let ctx = acting(&portal, &li).await;
        portal
            .write(move |conn| {
                for _ in 0..7 {
                    records::keep(conn, &ctx, Entry::new(Event::ProfileChanged)).unwrap();
                }
            })
            .await;
        assert_eq!(li.opens("/account").await.all(".knot").len(), 5);
    }
);

on_both!(
    async fn the_security_check_names_what_is_weak(portal) {
        let mut li = portal.enters("li@example.com").await;
        gives_password(&portal, li.person_id).await;
        assert!(li.opens("/account/security").await.text().contains("Nothing to improve"));
        let person = li.person_id;
        let class = move |conn: &mut easylink::base::db::Conn| {
            let weak = people::password_class.eq(Some("fair"));
            diesel::update(people::table.find(person)).set(weak).execute(conn).unwrap();
        };
        portal.write(class).await;
        let page = li.opens("/account/security").await;
        assert_eq!(task(&page), "Choose a longer password → /account/security/password");
        assert!(page.text().contains("Weak"), "{}", page.text());
    }
);

on_both!(
    async fn staff_look_after_their_own_sign_in_and_nothing_else(portal) {
        let mut ana = portal.employs("Ana", &[StaffRole::Support]).await;
        gives_password(&portal, ana.person_id).await;
        for path in ["/account/security", "/account/security/password", "/account/security/sessions"] {
            assert_eq!(ana.gets(path).await.status, 200, "{path}");
        }
        for path in ["/account", "/account/records", "/account/profile", "/account/notifications", "/account/privacy"] {
            assert_eq!(ana.gets(path).await.status, 403, "{path}");
        }
        assert_eq!(changes(&mut ana, PASSWORD, NEW, NEW).await.status, 303);
        assert!(ana.opens("/account/security").await.text().contains("Your password is changed."));
        let mails = portal.mails_to("ana@staff.example.com").await;
        assert!(mails.len() == 1 && !mails[0].text.contains("/password/forgot"), "staff have no recovery by mail");
    }
);

on_both!(
    async fn notices_wanted_at_registration_are_stopped_one_by_one(portal) {
        let mut li = portal.enters("li@example.com").await;
        let (ctx, person) = (acting(&portal, &li).await, li.person_id);
        portal
            .write(move |conn| {
                let (purpose, event) = (Purpose::BusinessNotices, ConsentEvent::Given);
                consent::keep(conn, &ctx, person, purpose, event, None, "Mail me business notices.").unwrap();
            })
            .await;
        let form = li.opens("/account/notifications").await.form("/account/notifications");
        assert_eq!((form.value("new_products"), form.value("service_changes")), (Some("yes"), Some("yes")));
        let form = li.submits(&form.without("service_changes")).await.form("/account/notifications");
        assert_eq!((form.value("new_products"), form.value("service_changes")), (Some("yes"), None));
    }
);

on_both!(
    async fn looks_that_belong_together_are_one_line(portal) {
        let li = portal.enters("li@example.com").await;
        let (ana, ben) = (portal.employs("Ana", &[StaffRole::Support]).await, portal.employs("Ben", &[StaffRole::Support]).await);
        let account = li.account_id;
        let looks = |officer: &Entered| {
            let author = Author {
                kind: AuthorKind::Staff,
                person_id: Some(officer.person_id),
                subject_id: None,
                account_id: None,
                session_id: None,
            };
            let ctx = portal.ctx().by(author);
            move |object: &'static str, file: Option<&'static str>| {
                let entry = Entry::new(Event::Looked).about(object).of_account(account);
                (ctx.clone(), entry.with(serde_json::json!({ "reason": "attachment", "file": file })))
            }
        };
        let keep = async |(ctx, entry): (Context, Entry)| portal.write(move |conn| records::keep(conn, &ctx, entry).unwrap()).await;
        // Two of Ben's, then Ana's: the page and five files, one of them twice.
        keep(looks(&ben)("T1", None)).await;
        keep(looks(&ben)("T1", None)).await;
        for file in [None, Some("F1"), Some("F2"), Some("F3"), Some("F4"), Some("F5"), Some("F1")] {
            keep(looks(&ana)("T1", file)).await;
        }
        // Another thing, and the same thing much later, are lines of their own.
        keep(looks(&ana)("T2", Some("F9"))).await;
        portal.minutes(50);
        keep(looks(&ana)("T2", Some("F8"))).await;
        portal.minutes(50);
        keep(looks(&ana)("T2", Some("F8"))).await;
        let mut li = portal.signed_in(li.person_id, Some(li.account_id)).await;
        let lines = li.opens("/account/records").await.all("tbody th");
        assert_eq!(lines.len(), 4, "{lines:#?}");
        assert!(lines[0].contains("Opened by a member of staff, files of the work order (2 times)") && lines[0].contains("T2"), "{lines:#?}");
        assert!(lines[1].contains("T2") && !lines[1].contains('('), "{lines:#?}");
        assert!(lines[2].contains("Opened by a member of staff, files of the work order (5 files)") && lines[2].contains("T1"), "{lines:#?}");
        assert!(lines[3].contains("Opened by a member of staff") && lines[3].contains("(2 times)"), "{lines:#?}");
        assert!(li.opens("/account").await.text().contains("(5 files)"));
        // Every record is kept, and pages turn by lines, not in the middle of one.
        let mut auditor = portal.employs("Aldo", &[StaffRole::Auditor]).await;
        assert_eq!(auditor.gets("/staff/audit?event=looked").await.all("tbody tr").len(), 12);
        for _ in 0..22 {
            for _ in 0..4 {
                keep(looks(&ana)("T3", Some("F7"))).await;
            }
            keep(looks(&ben)("T3", None)).await;
        }
        let first = li.opens("/account/records").await;
        assert_eq!(first.all("tbody th").len(), 20);
        let mut rest = 0;
        let mut page = li.opens(&first.link("Older →")).await;
        loop {
            rest += page.all("tbody th").len();
            if !page.links().iter().any(|(name, _)| name.contains("Older")) {
                break;
            }
            page = li.opens(&page.link("Older →")).await;
        }
        assert_eq!(rest, 44 + 4 - 20);
    }
);

on_both!(
    async fn a_sweep_works_in_pieces_and_leaves_nothing_behind(portal) {
        use easylink::base::db::schema::{challenges, limits, submissions};
        const MANY: i64 = 1203;
        let li = portal.enters("li@example.com").await;
        let (person, now) = (li.person_id, portal.house.clock.now());
        portal
            .write(move |conn| {
                for n in 0..MANY {
                    let hash = n.to_be_bytes().to_vec();
                    diesel::insert_into(known_browsers::table)
                        .values((
                            known_browsers::person_id.eq(person),
                            known_browsers::token_hash.eq(&hash),
                            known_browsers::created_at.eq(now),
                            known_browsers::expires_at.eq(now),
                        ))
                        .execute(conn)
                        .unwrap();
                    diesel::insert_into(limits::table)
                        .values((
                            limits::bucket.eq(format!("of test {n}")),
                            limits::slice_start.eq(1_i64),
                            limits::recent.eq(1_i64),
                            limits::ends_at.eq(2_i64),
                        ))
                        .execute(conn)
                        .unwrap();
                    diesel::insert_into(submissions::table)
                        .values((
                            submissions::actor.eq("test"),
                            submissions::form_key.eq(n.to_string()),
                            submissions::created_at.eq(1_i64),
                        ))
                        .execute(conn)
                        .unwrap();
                    diesel::insert_into(challenges::table)
                        .values((
                            challenges::handle_hash.eq(&hash),
                            challenges::purpose.eq("sign_in"),
                            challenges::step.eq("void"),
                            challenges::address.eq("li@example.com"),
                            challenges::code_hash.eq(&hash),
                            challenges::opens.eq(false),
                            (challenges::tries.eq(0), challenges::sends.eq(1), challenges::remembered.eq(false)),
                            (challenges::network.eq(""), challenges::device.eq("")),
                            (challenges::created_at.eq(1_i64), challenges::sent_at.eq(1_i64), challenges::expires_at.eq(2_i64)),
                        ))
                        .execute(conn)
                        .unwrap();
                }
            })
            .await;
        // Three pieces for 1203 rows: no transaction touches more than 500.
        let sizes = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let noted = sizes.clone();
        portal
            .house
            .db
            .in_pieces(move |conn, most| {
                let over: Vec<i64> = known_browsers::table.limit(most).select(known_browsers::id).load(conn)?;
                let done = diesel::delete(known_browsers::table.filter(known_browsers::id.eq_any(over))).execute(conn)?;
                noted.lock().unwrap().push(done);
                Ok::<_, diesel::result::Error>(done)
            })
            .await
            .unwrap();
        assert_eq!(*sizes.lock().unwrap(), [500, 500, 203]);
        portal.run_jobs().await;
        let left = portal
            .read(|conn| {
                let old = limits::table.filter(limits::bucket.like("of test %"));
                (
                    old.count().get_result::<i64>(conn).unwrap(),
                    submissions::table.filter(submissions::actor.eq("test")).count().get_result::<i64>(conn).unwrap(),
                    challenges::table.count().get_result::<i64>(conn).unwrap(),
                )
            })
            .await;
        assert_eq!(left, (0, 0, 0));
    }
);

on_both!(
    async fn a_state_is_moved_where_it_may_and_each_move_is_on_record(portal) {
        use easylink::features::accounts::{Stays, move_person};
        use easylink::web::session::PersonMove::{End, Lock, Unlock};
        let ana = portal.employs("Ana", &[StaffRole::Support]).await;
        let person = ana.person_id;
        for (by, legal) in [(Unlock, false), (Lock, true), (Lock, false), (Unlock, true), (End, true), (Unlock, false), (End, false)] {
            let ctx = portal.ctx();
            let moved = portal.write(move |conn| move_person(conn, &ctx, person, by)).await;
            assert!(matches!((&moved, legal), (Ok(_), true) | (Err(Stays::Illegal(_)), false)), "{by:?}: {moved:?}");
        }
        let mut auditor = portal.employs("Aldo", &[StaffRole::Auditor]).await;
        for (event, times) in [("person_locked", 1), ("person_unlocked", 1), ("person_ended", 1)] {
            let page = auditor.gets(&format!("/staff/audit?event={event}")).await;
            assert_eq!(page.all("tbody tr").len(), times, "{event}");
        }
    }
);
