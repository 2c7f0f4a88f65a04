//! Opening a work order.

use diesel::prelude::*;
use easylink::base::db::schema::{remittances, tickets, uploads};

use super::{ana, filled, number, opened, pdf, png};
use crate::remittance::company;

on_both!(
    async fn a_work_order_is_opened_with_pictures_and_confirmed_by_mail(portal) {
        let mut li = portal.enters("li@example.com").await;
        let empty = li.opens("/account/tickets").await;
        assert!(empty.text().contains("No work orders yet"));
        let form = filled(&mut li, "Disk is slow").await;
        let form = form
            .file("files", "one.png", "image/png", &png(8))
            .file("files", "two.png", "text/html", &png(9));
        let page = li.submits(&form).await;
        assert_eq!(page.h1(), "Disk is slow");
        let text = page.text();
        assert!(text.contains("Your work order is sent."), "{text}");
        assert!(text.contains("Waiting for us") && text.contains("We answer by 8 Dec 2026"), "{text}");
        assert!(text.contains("1 person sees this") && text.contains("one.png") && text.contains("two.png"), "{text}");

        let list = li.opens("/account/tickets").await;
        assert_eq!(list.link("Disk is slow"), page.path());
        assert!(list.text().contains("8 Dec 2026"));
        assert!(li.opens("/account/tickets?state=resolved").await.text().contains("None here"));

        let mails = portal.mails_to("li@example.com").await;
        assert_eq!(mails.len(), 1);
        assert!(mails[0].subject.starts_with("We have your work order T"), "{}", mails[0].subject);
        assert!(!mails[0].subject.contains("Disk") && mails[0].text.contains(&page.path()), "{}", mails[0].text);
        // What was told once is filled in the next time.
        let again = li.opens("/account/tickets/new?category=money").await.form("/account/tickets/new");
        assert_eq!(again.value("category"), Some("money"));
        assert_eq!((again.value("email"), again.value("company")), (Some("li@example.com"), Some("Cloudy")));
    }
);

on_both!(
    async fn a_double_post_opens_one(portal) {
        let mut li = portal.enters("li@example.com").await;
        let form = filled(&mut li, "Once").await.file("files", "a.pdf", "application/pdf", &pdf(10));
        let first = li.posts(&form).await;
        let second = li.posts(&form).await;
        assert_eq!((first.status, second.status), (303, 303));
        assert_eq!(first.header("location"), second.header("location"));
        let count: i64 = portal.read(|conn| tickets::table.count().get_result(conn).unwrap()).await;
        assert_eq!(count, 1);
    }
);

on_both!(
    async fn forms_of_one_page_share_a_token_and_are_each_carried_out_once(portal) {
        let mut li = company(&portal).await.li;
        let here = "/account/remittances/new";
        let form = li.opens(here).await.form(here);
        let token = form.value("token").unwrap().to_owned();
        let ten = form.clone().with("amount", "10");
        let first = li.posts(&ten).await;
        let same = li.posts(&ten).await;
        assert_eq!((first.status, same.status), (303, 303));
        assert_eq!(first.header("location"), same.header("location"));
        // What was typed is another thing, and so is what is sent to another address.
        let other = li.posts(&form.with("amount", "20")).await;
        assert_eq!(other.status, 303);
        assert_ne!(first.header("location"), other.header("location"));
        let order = filled(&mut li, "Once").await.tampered("token", &token);
        let (one, two) = (li.posts(&order).await, li.posts(&order).await);
        assert_eq!((one.status, two.status), (303, 303));
        assert_eq!(one.header("location"), two.header("location"));
        assert!(one.header("location").unwrap().starts_with("/account/tickets/"));
        let count = portal.read(|conn| {
            let opened: i64 = remittances::table.count().get_result(conn).unwrap();
            (opened, tickets::table.count().get_result::<i64>(conn).unwrap())
        });
        assert_eq!(count.await, (2, 1));
    }
);

on_both!(
    async fn wrong_fields_come_back_with_what_was_typed_and_sent(portal) {
        let mut li = portal.enters("li@example.com").await;
        let form = filled(&mut li, "").await.answered(&[("phone", "none"), ("text", "  ")]);
        let form = form
            .file("files", "kept.pdf", "application/pdf", &pdf(700))
            .file("files", "page.jpg", "image/jpeg", b"<html><script>alert(1)</script>")
            .file("files", "picture.png.html", "image/png", &png(4));
        let page = li.posts(&form).await;
        assert_eq!(page.status, 422);
        assert_eq!(page.wrong_fields(), ["subject", "text", "phone", "files"]);
        assert!(page.title().starts_with("Error: "));
        let again = page.form("/account/tickets/new");
        assert_eq!((again.value("company"), again.value("phone")), (Some("Cloudy"), Some("none")));
        assert!(page.text().contains("kept.pdf") && !page.text().contains("page.jpg"));
        let count: i64 = portal.read(|conn| tickets::table.count().get_result(conn).unwrap()).await;
        assert_eq!(count, 0);

        let again = again.answered(&[("subject", "Mended"), ("text", "Now with text"), ("phone", "")]);
        let page = li.submits(&again).await;
        assert_eq!(page.h1(), "Mended");
        assert!(page.text().contains("kept.pdf"), "{}", page.text());
        let waiting: i64 = portal.read(|conn| uploads::table.count().get_result(conn).unwrap()).await;
        assert_eq!(waiting, 0, "a file that is part of a work order is no upload any more");
    }
);

on_both!(
    async fn columns_that_no_form_has_change_nothing(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut other = portal.enters("other@example.com").await;
        let form = filled(&mut li, "Mine").await;
        let form = [
            ("account_id", other.account_id.to_string()),
            ("state", "closed".into()),
            ("assigned_to_id", "1".into()),
            ("due_at", "0".into()),
            ("number", "T22222222222".into()),
        ]
        .iter()
        .fold(form, |form, (name, value)| form.tampered(name, value));
        let page = li.submits(&form).await;
        assert!(page.text().contains("Waiting for us") && page.text().contains("8 Dec 2026"));
        assert_eq!(other.gets(&page.path()).await.status, 404);
        // A file of somebody else is not taken over.
        let theirs = filled(&mut other, "").await.file("files", "secret.pdf", "application/pdf", &pdf(5));
        let theirs = other.posts(&theirs).await.form("/account/tickets/new");
        let own = filled(&mut li, "").await.file("files", "own.pdf", "application/pdf", &pdf(5));
        let own = li.posts(&own).await.form("/account/tickets/new").with("subject", "Theft");
        let page = li.posts(&own.tampered("kept", theirs.value("kept").unwrap())).await;
        assert_eq!((page.status, page.wrong_fields()), (422, vec!["files".to_string()]));
        assert!(!page.text().contains("secret.pdf"));
    }
);

on_both!(
    async fn hostile_text_comes_back_as_text(portal) {
        let mut li = portal.enters("li@example.com").await;
        for hostile in
            ["<script>alert(1)</script>", "</textarea></title><img src=x onerror=1>", "\"'`{{7*7}}%3C", "' OR 1=1--"]
        {
            let form = filled(&mut li, hostile).await;
            let form = form.answered(&[
                ("text", &format!("{hostile}\n{hostile}")),
                ("contact_name", hostile),
                ("company", hostile),
                ("industry", hostile),
                ("position", hostile),
            ]);
            let form = form.file("files", &format!("{hostile}.pdf"), "application/pdf", &pdf(3));
            let page = li.submits(&form).await;
            assert_eq!((page.status, page.h1().as_str()), (200, hostile));
            assert!(!page.html.contains("<script") && !page.html.contains("<img src=x"), "{}", page.html);
            assert_eq!(page.all(".row dd").iter().filter(|value| *value == hostile).count(), 4);
            let wrong = li.opens("/account/tickets/new").await.form("/account/tickets/new");
            let wrong = li.posts(&wrong.answered(&[("subject", hostile), ("text", hostile)])).await;
            let back = wrong.form("/account/tickets/new");
            assert_eq!((back.value("subject"), back.value("text")), (Some(hostile), Some(hostile)));
            assert_eq!(number(&page).len(), 12);
        }
        let mut ana = ana(&portal).await;
        let queue = ana.opens("/staff/tickets").await;
        assert!(!queue.html.contains("<script") && queue.text().contains("<script>alert(1)</script>"));
        assert!(portal.mails_to("li@example.com").await.len() == 4);
        for unseen in ["a\0b", "\u{202e}evil"] {
            let refused = filled(&mut li, "x").await.tampered("subject", unseen);
            assert_eq!(li.posts(&refused).await.wrong_fields(), ["subject"]);
        }
    }
);

on_both!(
    async fn long_lists_are_read_page_by_page(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut subjects = Vec::new();
        for at in 0..41 {
            // One account opens thirty in an hour at most.
            if at == 25 {
                portal.minutes(75);
            }
            let subject = format!("Number {at:02}");
            opened(&mut li, &subject).await;
            subjects.push(subject);
        }
        portal.careless();
        subjects.reverse();
        let mut seen = Vec::new();
        let mut path = "/account/tickets".to_string();
        loop {
            let page = li.opens(&path).await;
            seen.extend(page.all("tbody th a"));
            match page.links().into_iter().find(|(name, _)| name.starts_with("Older")) {
                Some((_, older)) => path = older,
                None => break,
            }
        }
        assert_eq!(seen, subjects);
        let mut other = portal.enters("other@example.com").await;
        let foreign = other.gets(&path).await;
        assert_eq!(foreign.status, 200);
        assert!(foreign.all("tbody th a").is_empty(), "a foreign cursor shows nothing foreign");
    }
);

on_both!(
    async fn a_text_that_is_far_too_long_comes_back_however_it_is_sent(portal) {
        let mut li = portal.enters("li@example.com").await;
        let long = "线".repeat(20_000);
        let comes_back = |page: &crate::support::page::Page, field: &str, path: &str| {
            assert_eq!((page.status, page.wrong_fields()), (422, vec![field.to_string()]), "{}", page.text());
            assert!(page.text().contains("Use at most"), "{}", page.text());
            assert_eq!(page.form(path).value(field).map(str::len), Some(long.len()));
        };
        let kind = "application/x-www-form-urlencoded";
        let path = "/account/tickets/new";
        let form = filled(&mut li, "Long").await.with("text", &long);
        comes_back(&li.posts(&form).await, "text", path);
        comes_back(&li.posts_raw(path, kind, form.urlencoded()).await, "text", path);
        let short = form.with("text", "Short");
        let sent = li.posts_raw(path, kind, short.urlencoded()).await;
        assert_eq!(sent.status, 303, "a form without files need not come in parts");
        let path = sent.header("location").unwrap().to_string();
        let form = li.opens(&path).await.form(&path).with("text", &long);
        comes_back(&li.posts(&form).await, "text", &path);
        comes_back(&li.posts_raw(&path, kind, form.urlencoded()).await, "text", &path);
        let (mut ana, path) = (ana(&portal).await, path.replace("/account", "/staff"));
        let form = ana.opens(&path).await.form(&path).with("text", &long);
        comes_back(&ana.posts_raw(&path, kind, form.urlencoded()).await, "text", &path);
        let notes = format!("{path}/notes");
        let form = ana.opens(&path).await.form(&notes).with("note", &long);
        comes_back(&ana.posts(&form).await, "note", &notes);
        // Strangers are not listened to for so long.
        let mut visitor = portal.visitor();
        let form = visitor.opens("/login").await.form("/login").with("email", &"x".repeat(70_000));
        assert_eq!(visitor.posts(&form).await.status, 413);
        assert_eq!(li.posts_raw("/account/tickets/new", kind, "x".repeat(1_100_000)).await.status, 413);
    }
);

on_both!(
    async fn the_same_again_is_asked_about_first(portal) {
        let mut li = portal.enters("li@example.com").await;
        let first = opened(&mut li, "Slow").await;
        portal.minutes(3);
        // The page before, loaded anew by the browser and still filled in.
        let form = filled(&mut li, "Slow").await;
        let page = li.posts(&form).await;
        assert_eq!((page.status, page.wrong_fields()), (422, vec!["another".to_string()]));
        assert!(page.text().contains("You sent the same 3 minutes ago"), "{}", page.text());
        assert_eq!(page.link(&format!("Open work order {}", number(&first))), format!("/account/tickets/{}", number(&first)));
        let form = page.form("/account/tickets/new");
        assert_eq!(form.value("subject"), Some("Slow"));
        let sent = li.submits(&form.with("another", "yes")).await;
        assert_eq!((sent.status, sent.h1().as_str()), (200, "Slow"));
        // Another text, another person, and later: no question.
        let form = filled(&mut li, "Slow").await.with("text", "Again, with more to tell");
        assert_eq!(li.posts(&form).await.status, 303);
        let mut wu = portal.enters("wu@example.com").await;
        opened(&mut wu, "Slow").await;
        portal.minutes(11);
        opened(&mut li, "Slow").await;
        let count: i64 = portal.read(|conn| tickets::table.count().get_result(conn).unwrap()).await;
        assert_eq!(count, 5);
    }
);

on_both!(
    async fn a_form_of_before_the_last_sign_in_comes_back_and_does_nothing(portal) {
        let mut li = portal.enters("li@example.com").await;
        let ticket = opened(&mut li, "First").await.path().split('?').next().unwrap().to_string();
        let form = filled(&mut li, "Kept").await.file("files", "a.pdf", "application/pdf", &pdf(9));
        let closing = li.opens(&ticket).await.form(&format!("{ticket}/closure"));
        let mut wu = portal.enters("wu@example.com").await;
        assert_eq!(wu.posts(&form).await.status, 403, "nobody else may show or send it");
        li.visitor = portal.signed_in(li.person_id, Some(li.account_id)).await;
        let page = li.posts(&form).await;
        assert_eq!(page.status, 422);
        assert!(page.text().contains("You signed in again after this form was opened"), "{}", page.text());
        let again = page.form("/account/tickets/new");
        assert_eq!((again.value("subject"), again.value("company")), (Some("Kept"), Some("Cloudy")));
        assert_eq!(li.posts(&closing).await.status, 403, "a button has no page to come back to");
        // Whose it is was sealed together with the first sign.
        let token = form.value("token").unwrap();
        let other = if token.starts_with('A') { "B" } else { "A" };
        let forged = form.clone().tampered("token", &format!("{other}{}", &token[1..]));
        assert_eq!(li.posts(&forged).await.status, 403);
        let (count, waiting): (i64, i64) = portal.read(|conn| {
            (tickets::table.count().get_result(conn).unwrap(), uploads::table.count().get_result(conn).unwrap())
        }).await;
        assert_eq!((count, waiting), (1, 0), "nothing is kept of what came with it");
        assert_eq!(li.submits(&again).await.h1(), "Kept");

        let (mut ana, desk) = (ana(&portal).await, ticket.replace("/account", "/staff"));
        let note = ana.opens(&desk).await.form(&format!("{desk}/notes")).with("note", "Look at the disks");
        ana.visitor = portal.signed_in(ana.person_id, None).await;
        let page = ana.posts(&note).await;
        assert_eq!((page.status, page.form(&format!("{desk}/notes")).value("note")), (422, Some("Look at the disks")));
        // Whoever has another session by now is met as before: this is about the own person alone.
        let other = portal.employs("Bea", &[easylink::web::feature::StaffRole::Support]).await;
        ana.visitor = other.visitor;
        assert_eq!(ana.posts(&note).await.status, 403);
    }
);
