//! Opening a work order.

use diesel::prelude::*;
use easylink::base::db::schema::{tickets, uploads};

use super::{ana, filled, number, opened, pdf, png};

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
        assert_eq!(other.gets(&path).await.status, 404, "a foreign cursor leads nowhere");
    }
);
