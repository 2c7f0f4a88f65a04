//! Replies, moves, and who sees what.

use diesel::prelude::*;
use easylink::base::db::schema::{memberships, records};
use easylink::base::types::Number;
use easylink::features::accounts::MemberRole;

use crate::support::page::Page;

use super::{ana, filled, number, opened, pdf, presses, replies};

on_both!(
    async fn support_answers_and_the_customer_reads_and_replies(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut ana = ana(&portal).await;
        let mine = opened(&mut li, "Disk is slow").await.path();
        let theirs = mine.replace("/account", "/staff");

        let queue = ana.opens("/staff/tickets?view=unassigned").await;
        assert_eq!(queue.link("Disk is slow"), theirs);
        let form = ana.opens(&theirs).await.form(&theirs);
        let form = form.with("text", "Please try again.\n\nThe log is attached.");
        let page = ana.submits(&form.file("files", "log.pdf", "application/pdf", &pdf(900))).await;
        assert!(page.text().contains("With customer") && page.text().contains("Your reply is sent"), "{}", page.text());

        let mails = portal.mails_to("li@example.com").await;
        let mail = mails.last().unwrap();
        assert!(mail.subject.starts_with("Answer to your work order") && !mail.subject.contains("try"), "{}", mail.subject);
        assert!(mail.text.contains("> Please try again.") && mail.text.contains(&mine), "{}", mail.text);

        let page = li.opens(&mine).await;
        let text = page.text();
        assert!(text.contains("Ana Support") && text.contains("The log is attached.") && text.contains("log.pdf"), "{text}");
        assert!(text.contains("Waiting for you") && !text.contains("staff.example.com"), "{text}");
        portal.minutes(60 * 24 * 2 - 1);
        let mut li = crate::support::entered::Entered { visitor: portal.signed_in(li.person_id, Some(li.account_id)).await, ..li };
        let page = replies(&mut li, &mine, "It works now, but why?").await;
        assert!(page.text().contains("Waiting for us") && page.text().contains("We answer by 10 Dec 2026"), "{}", page.text());

        let object = number(&page);
        let events: Vec<String> = portal
            .read(move |conn| {
                records::table.filter(records::object.eq(object)).order(records::id).select(records::event).load(conn).unwrap()
            })
            .await;
        // Opening the page, answering, and the page after it.
        let expected = ["ticket_opened", "looked", "ticket_replied", "looked", "ticket_replied"];
        assert_eq!(events, expected);
    }
);

on_both!(
    async fn a_note_is_never_shown_to_the_customer(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut ana = ana(&portal).await;
        let mine = opened(&mut li, "Disk is slow").await.path();
        let theirs = mine.replace("/account", "/staff");
        let notes = format!("{theirs}/notes");
        let form = ana.opens(&theirs).await.form(&notes).with("note", "Third time this month: canary-note");
        let page = ana.submits(&form).await;
        assert!(page.text().contains("canary-note") && page.text().contains("for staff only"), "{}", page.text());
        let empty = ana.opens(&theirs).await.form(&notes);
        let empty = ana.posts(&empty).await;
        assert_eq!((empty.status, empty.wrong_fields()), (422, vec!["note".to_string()]));
        assert!(!li.opens(&mine).await.html.contains("canary-note"));
        assert!(!li.opens("/account/tickets").await.html.contains("canary-note"));
        let mails = portal.mails_to("li@example.com").await;
        assert_eq!(mails.len(), 1, "a note is nothing to tell");
    }
);

on_both!(
    async fn what_belongs_to_others_is_not_there(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut eve = portal.enters("eve@example.com").await;
        let form = filled(&mut li, "Mine").await.file("files", "a.pdf", "application/pdf", &pdf(9));
        let page = li.submits(&form).await;
        let (mine, file) = (page.path(), page.links().into_iter().find(|(_, to)| to.contains("/files/")).unwrap().1);
        assert_eq!(li.gets(&file).await.status, 200);
        let hers = opened(&mut eve, "Hers").await.path();
        let own = eve.opens(&hers).await.form(&hers).with("text", "I was here");
        let close = eve.opens(&hers).await.form(&format!("{hers}/closure"));
        let nowhere = mine.replace(&number(&page), Number::random('T').as_str());
        let absent = eve.gets(&nowhere).await;
        // All but the number of the request.
        let main = |page: &Page| page.all("main h1, main p:not(.meta)");
        for path in [mine.clone(), file.clone(), file.replace(&number(&page), &number(&eve.opens(&hers).await))] {
            let foreign = eve.gets(&path).await;
            assert_eq!((foreign.status, main(&foreign)), (404, main(&absent)), "{path}");
        }
        for (mut form, to) in [(own, mine.clone()), (close, format!("{mine}/closure"))] {
            form.action = to;
            assert_eq!(eve.posts(&form).await.status, 404);
        }
        assert_eq!(eve.gets(&mine.replace("/account", "/staff")).await.status, 403);
        assert!(!li.opens(&mine).await.text().contains("I was here"));
    }
);

on_both!(
    async fn members_of_the_account_share_it_until_they_leave(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mine = opened(&mut li, "Shared").await.path();
        let mut wu = portal.joins(li.account_id, "wu@example.com", MemberRole::Viewer).await;
        let page = replies(&mut wu, &mine, "From a colleague").await;
        assert!(page.text().contains("2 people see this"));
        assert!(li.opens(&mine).await.text().contains("wu@example.com"));
        let person = wu.person_id;
        let now = portal.house.clock.now();
        portal
            .write(move |conn| {
                diesel::update(memberships::table.filter(memberships::person_id.eq(person)))
                    .set(memberships::ended_at.eq(Some(now)))
                    .execute(conn)
                    .unwrap()
            })
            .await;
        assert_eq!(wu.gets(&mine).await.status, 303, "who has left is asked to sign in");
    }
);

on_both!(
    async fn only_the_moves_that_the_state_allows(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut ana = ana(&portal).await;
        let mine = opened(&mut li, "Moves").await.path();
        let theirs = mine.replace("/account", "/staff");
        let (closure, resolution) = (format!("{mine}/closure"), format!("{theirs}/resolution"));
        let close_twice = li.opens(&mine).await.form(&closure);
        let late_reply = ana.opens(&theirs).await.form(&theirs).with("text", "Too late, but long");
        let late_resolve = ana.opens(&theirs).await.form(&resolution);

        let page = presses(&mut ana, &theirs, "resolution").await;
        assert!(page.text().contains("Ana marked this as resolved") || page.text().contains("You marked this as resolved"));
        assert!(!page.forms().contains(&resolution));
        assert!(portal.mails_to("li@example.com").await.last().unwrap().subject.contains("is resolved"));
        let page = replies(&mut li, &mine, "No, it is not").await;
        assert!(page.text().contains("You opened this again") && page.text().contains("Waiting for us"), "{}", page.text());

        let page = presses(&mut li, &mine, "closure").await;
        assert!(page.text().contains("Closed") && page.text().contains("You closed this work order"));
        assert!(!page.forms().contains(&closure) && page.forms().contains(&format!("{mine}/reopening")));
        let mut stale = close_twice.clone();
        stale.fields = li.opens(&mine).await.form(&format!("{mine}/reopening")).fields;
        let conflict = li.posts(&stale).await;
        assert_eq!(conflict.status, 409, "{}", conflict.text());
        assert_eq!(ana.posts(&late_resolve).await.status, 409);
        let back = ana.posts(&late_reply).await;
        assert_eq!(back.status, 422);
        assert!(back.text().contains("Too late, but long"), "what was written is not lost");

        let page = presses(&mut li, &mine, "reopening").await;
        assert!(page.text().contains("Waiting for us") && page.text().contains("open again"));
    }
);
