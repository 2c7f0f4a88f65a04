//! A person's operation records.

use diesel::prelude::*;
use easylink::base::db::schema::people;
use easylink::features::accounts::MemberRole;
use easylink::services::context::{Author, AuthorKind, Context};
use easylink::services::records::{self, Entry, Event};
use easylink::web::feature::StaffRole;

use super::acting;
use crate::support::entered::Entered;

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
