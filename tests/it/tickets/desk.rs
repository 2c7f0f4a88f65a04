//! The queue of support and what the roles may do in it.

use std::time::Duration;

use diesel::prelude::*;
use easylink::base::db::schema::{records, tickets};
use easylink::web::feature::StaffRole;

use super::{ana, filled, opened, pdf, presses, replies};

const DAY: Duration = Duration::from_secs(86_400);

on_both!(
    async fn what_waits_for_us_stands_before_what_waits_for_customers(portal) {
        let mut li = portal.enters("li@example.com").await;
        let answered = opened(&mut li, "Answered").await.path().replace("/account", "/staff");
        portal.later(DAY);
        let mut li = portal.enters("wu@example.com").await;
        for subject in ["Soon", "Later"] {
            opened(&mut li, subject).await;
        }
        let mut ana = ana(&portal).await;
        replies(&mut ana, answered.split('?').next().unwrap(), "Try again").await;
        let page = ana.opens("/staff/tickets").await;
        assert_eq!(page.all("tbody th a"), ["Soon", "Later", "Answered"]);
        let soon = page.link("Soon").rsplit('/').next().unwrap().to_string();
        assert_eq!(ana.opens(&format!("/staff/tickets?after={soon}")).await.all("tbody th a"), ["Later", "Answered"]);
        let later = page.link("Later").rsplit('/').next().unwrap().to_string();
        assert_eq!(ana.opens(&format!("/staff/tickets?after={later}")).await.all("tbody th a"), ["Answered"]);
    }
);

on_both!(
    async fn the_queue_is_in_order_of_what_is_due(portal) {
        let mut li = portal.enters("li@example.com").await;
        opened(&mut li, "First").await;
        portal.later(DAY);
        let mut li = portal.enters("wu@example.com").await;
        let second = opened(&mut li, "100%_sure \\ second").await.path().replace("/account", "/staff");
        opened(&mut li, "Third").await;
        let mut ana = ana(&portal).await;
        let subjects = |page: &crate::support::page::Page| page.all("tbody th a");
        let queue = ana.opens("/staff/tickets").await;
        assert_eq!(subjects(&queue), ["First", "100%_sure \\ second", "Third"]);
        assert!(queue.text().contains("Unassigned 3") && queue.text().contains("Mine 0"), "{}", queue.text());
        // Wildcards stand for themselves, letters for each other in both cases.
        for (text, found) in [("%25_", 1), ("%5C", 1), ("_", 1), ("FIRST", 1), ("cloudy", 3), ("li%40EXAMPLE", 1), ("x'--", 0)] {
            let page = ana.opens(&format!("/staff/tickets?q={text}")).await;
            assert_eq!(subjects(&page).len(), found, "{text}");
        }
        let number = second.rsplit('/').next().unwrap().to_string();
        assert_eq!(subjects(&ana.opens(&format!("/staff/tickets?q={}", number.to_lowercase())).await).len(), 1);
        assert_eq!(subjects(&ana.opens("/staff/tickets?category=money").await).len(), 0);
        assert_eq!(subjects(&ana.opens("/staff/tickets?state=bogus&view=bogus&category=bogus").await).len(), 3);

        // "Assign to me" holds the address in a hidden field; the list offers the others.
        let forms = ana.opens(&second).await;
        let form = forms.form(&format!("form[action='{second}/assignment']:has(input[name=to])"));
        let page = ana.submits(&form).await;
        assert!(page.text().contains("Owner You") || page.text().contains("Owner\nYou"), "{}", page.text());
        assert_eq!(subjects(&ana.opens("/staff/tickets?view=mine").await), ["100%_sure \\ second"]);
        let mut stray = form.tampered("to", "li@example.com");
        stray.fields.retain(|(name, _)| name != "token");
        let token = ana.opens(&second).await.form(&format!("{second}/notes")).value("token").unwrap().to_string();
        let stray = ana.posts(&stray.tampered("token", &token)).await;
        assert_eq!(stray.status, 422, "only support can own a work order");

        replies(&mut ana, &second, "Answered").await;
        presses(&mut ana, &second, "resolution").await;
        assert_eq!(subjects(&ana.opens("/staff/tickets").await).len(), 2);
        assert_eq!(subjects(&ana.opens("/staff/tickets?state=resolved").await).len(), 1);

        portal.later(DAY * 14);
        let visitor = portal.signed_in(ana.person_id, None).await;
        let mut ana = crate::support::entered::Entered { visitor, ..ana };
        let today = ana.opens("/staff/tickets?view=today").await;
        assert_eq!(subjects(&today), ["First"]);
        portal.later(DAY);
        let visitor = portal.signed_in(ana.person_id, None).await;
        let mut ana = crate::support::entered::Entered { visitor, ..ana };
        let late = ana.opens("/staff/tickets").await;
        assert_eq!(late.all("tbody tr td:first-child .badge"), ["Overdue", "Today"]);

        let listed: i64 = portal
            .read(|conn| records::table.filter(records::event.eq("listed")).count().get_result(conn).unwrap())
            .await;
        assert!(listed > 10, "every list is recorded");
    }
);

on_both!(
    async fn the_queue_is_read_page_by_page(portal) {
        let mut li = portal.enters("li@example.com").await;
        for at in 0..23 {
            opened(&mut li, &format!("Number {at:02}")).await;
        }
        portal.careless();
        // All due at once: the order of opening decides.
        let mut ana = ana(&portal).await;
        let first = ana.opens("/staff/tickets?q=number").await;
        let older = first.links().into_iter().find(|(name, _)| name.starts_with("Older")).unwrap().1;
        let second = ana.opens(&older).await;
        let seen: Vec<String> = first.all("tbody th a").into_iter().chain(second.all("tbody th a")).collect();
        assert_eq!(seen, (0..23).map(|at| format!("Number {at:02}")).collect::<Vec<_>>());
        assert_eq!(ana.gets("/staff/tickets?after=T22222222222").await.status, 200);
    }
);

on_both!(
    async fn an_auditor_reads_and_changes_nothing(portal) {
        let mut li = portal.enters("li@example.com").await;
        let form = filled(&mut li, "Audited").await.file("files", "a.pdf", "application/pdf", &pdf(9));
        let theirs = li.submits(&form).await.path().replace("/account", "/staff");
        let mut ana = ana(&portal).await;
        let reply = ana.opens(&theirs).await.form(&theirs).with("text", "x");
        let mut vera = portal.employs("Vera", &[StaffRole::Auditor]).await;
        let page = vera.opens(&theirs).await;
        assert_eq!(page.status, 200);
        assert!(page.forms().iter().all(|action| !action.starts_with("/staff/tickets")), "{:?}", page.forms());
        let file = page.links().into_iter().find(|(_, to)| to.contains("/files/")).unwrap().1;
        assert_eq!(vera.gets(&file).await.status, 200);
        let token = page.form("/logout").value("token").unwrap().to_string();
        let own = reply.tampered("token", &token);
        for action in [theirs.clone(), format!("{theirs}/notes"), format!("{theirs}/assignment"), format!("{theirs}/resolution")] {
            let mut form = own.clone().tampered("note", "x").tampered("to", "ana@staff.example.com");
            if action != theirs {
                form.enctype = "application/x-www-form-urlencoded".into();
            }
            form.action = action;
            assert_eq!(vera.posts(&form).await.status, 403, "{}", form.action);
        }
        for role in [StaffRole::Finance, StaffRole::Admin, StaffRole::Editor] {
            let roles: &'static [StaffRole] = Box::leak(Box::new([role]));
            let mut other = portal.employs(role.as_str(), roles).await;
            assert_eq!(other.gets("/staff/tickets").await.status, 403);
            assert_eq!(other.gets(&theirs).await.status, 403);
            assert_eq!(other.gets(&file).await.status, 403);
        }
        let looked: i64 = portal
            .read(|conn| records::table.filter(records::event.eq("looked")).count().get_result(conn).unwrap())
            .await;
        assert_eq!(looked, 3, "two pages and a file");
        let counted = crate::limits::only_hashes(&portal).await;
        assert!(["look", "upload"].iter().all(|what| counted.iter().any(|one| one == what)), "{counted:?}");
        let state: String = portal.read(|conn| tickets::table.select(tickets::state).first(conn).unwrap()).await;
        assert_eq!(state, "waiting_for_us");
    }
);

on_both!(
    async fn every_piece_of_a_file_is_under_one_look(portal) {
        let mut li = portal.enters("li@example.com").await;
        let form = filled(&mut li, "Pieces").await.file("files", "a.pdf", "application/pdf", &pdf(90));
        let theirs = li.submits(&form.file("files", "b.pdf", "application/pdf", &pdf(91))).await.path().replace("/account", "/staff");
        let mut ana = ana(&portal).await;
        let page = ana.opens(&theirs).await;
        let files: Vec<String> = page.links().into_iter().map(|(_, to)| to).filter(|to| to.contains("/files/")).collect();
        let [first, second] = [files[0].clone(), files[1].clone()];
        let looks = async || -> i64 {
            let looked = records::table.filter(records::event.eq("looked"));
            portal.read(move |conn| looked.count().get_result(conn).unwrap()).await
        };
        assert_eq!(looks().await, 1, "the page");
        ana.headers.push(("range".into(), "bytes=1-".into()));
        for (range, seen) in [("bytes=1-", 2), ("bytes=0-", 2), ("bytes=50-60", 2)] {
            ana.headers.last_mut().unwrap().1 = range.into();
            assert_eq!(ana.gets(&first).await.status, 206);
            assert_eq!(looks().await, seen, "{range}");
        }
        assert_eq!(ana.gets(&second).await.status, 206);
        assert_eq!(looks().await, 3, "another file is another look");
        let pieces = (1..9).map(|at| {
            let (mut window, file) = (ana.twin(), second.clone());
            window.headers.last_mut().unwrap().1 = format!("bytes={at}-{at}");
            async move { window.gets(&file).await.status }
        });
        assert!(futures_util::future::join_all(pieces).await.iter().all(|status| *status == 206));
        assert_eq!(looks().await, 3);
        // Another session of the same person, and the same session an hour later.
        let mut again = portal.signed_in(ana.person_id, None).await;
        assert_eq!(again.gets(&first).await.status, 200);
        assert_eq!(looks().await, 4);
        portal.later(Duration::from_secs(3_600));
        let mut late = portal.signed_in(ana.person_id, None).await;
        assert_eq!(late.gets(&first).await.status, 200);
        assert_eq!(looks().await, 5);
    }
);

on_both!(
    async fn nobody_answers_a_work_order_of_their_own(portal) {
        let mut ana = ana(&portal).await;
        let mut own = portal.enters("ana@staff.example.com").await;
        let path = opened(&mut own, "Mine").await.path().replace("/account", "/staff");
        let path = path.split('?').next().unwrap();
        assert_eq!(ana.gets(path).await.status, 403, "nor reads what is noted about it");
        let mut li = portal.enters("li@example.com").await;
        let other = opened(&mut li, "Other").await.path().replace("/account", "/staff");
        let other = other.split('?').next().unwrap();
        let mut form = ana.opens(other).await.form(&format!("{other}/resolution"));
        form.action = format!("{path}/resolution");
        assert_eq!(ana.posts(&form).await.status, 404);
    }
);
