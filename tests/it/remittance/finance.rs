//! Finance: four eyes, wrong amounts, twice at once, refusals.

use easylink::base::types::Money;
use futures_util::future::join_all;

use super::{balance, company, declaration, declares, enters_line, entry, presses, sends, tops_up};

on_both! {
    async fn the_same_person_cannot_confirm_an_own_entry(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        declares(&mut people.li, &number).await;
        enters_line(&mut people.fay, "10", &number, "S-1").await;
        let path = format!("/staff/remittances/{number}");
        let page = people.fay.opens(&path).await;
        assert!(page.text().contains("a colleague has to confirm it"), "{}", page.text());
        assert!(!page.forms().iter().any(|form| form.contains("confirmation")));
        // By a direct post with the colleague's form and her own token.
        let mut form = people.finn.opens(&path).await.form(&format!("{path}/confirmation"));
        let token = page.form(&format!("{path}/refusal")).value("token").unwrap().to_string();
        form = form.tampered("token", &token);
        assert_eq!(people.fay.posts(&form).await.status, 403);
        assert_eq!(balance(&portal, &people.li).await, Money::ZERO);
        presses(&mut people.finn, &path, "/confirmation").await;
        assert_eq!(balance(&portal, &people.li).await, Money(1_000));
    }
}

on_both! {
    async fn money_that_names_another_top_up_is_not_credited_by_one_click(portal) {
        let mut people = company(&portal).await;
        let meant = tops_up(&mut people.li, "10").await;
        let number = tops_up(&mut people.li, "10").await;
        declares(&mut people.li, &number).await;
        enters_line(&mut people.fay, "10", &meant, "S-1").await;
        let path = format!("/staff/remittances/{number}");
        let page = people.finn.opens(&path).await;
        assert!(page.text().contains("Names another top-up"), "{}", page.text());
        let form = page.form(&format!("{path}/confirmation"));
        let again = people.finn.posts(&form).await;
        assert_eq!((again.status, again.wrong_fields()), (422, vec!["another_checked".to_string()]));
        assert_eq!(balance(&portal, &people.li).await, Money::ZERO);
        let form = again.form(&format!("{path}/confirmation")).with("another_checked", "yes");
        people.finn.submits(&form).await;
        assert_eq!(balance(&portal, &people.li).await, Money(1_000));
    }
}

on_both! {
    async fn another_amount_is_not_credited(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        declares(&mut people.li, &number).await;
        enters_line(&mut people.fay, "10", &number, "S-1").await;
        enters_line(&mut people.fay, "9.99", &number, "S-2").await;
        let path = format!("/staff/remittances/{number}");
        let page = people.finn.opens(&path).await;
        assert!(page.text().contains("Another amount"), "{}", page.text());
        assert_eq!(page.forms().iter().filter(|form| form.contains("confirmation")).count(), 1);
        // The number of the other entry, sent all the same.
        let list = people.finn.opens("/staff/statements").await;
        let other = list.all("tbody tr").into_iter().find(|row| row.contains("9.99")).unwrap();
        let other = other.split_whitespace().find(|word| word.starts_with('E') && word.len() == 14).unwrap().to_string();
        let form = page.form(&format!("{path}/confirmation")).tampered("entry", &other);
        let again = people.finn.posts(&form).await;
        assert_eq!(again.status, 422);
        assert!(again.text().contains("The amounts differ"), "{}", again.text());
        assert_eq!(balance(&portal, &people.li).await, Money::ZERO);
        assert!(people.finn.opens("/staff/statements").await.text().contains("9.99"), "the entry is still open");
    }
}

on_both! {
    async fn confirmations_at_once_credit_once(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        declares(&mut people.li, &number).await;
        enters_line(&mut people.fay, "10", &number, "S-1").await;
        let path = format!("/staff/remittances/{number}");
        let tries = (0..50).map(|_| {
            let mut window = people.finn.twin();
            let path = path.clone();
            async move {
                let form = window.opens(&path).await.form(&format!("{path}/confirmation"));
                (window, form)
            }
        });
        let ready = join_all(tries).await;
        let statuses = join_all(ready.into_iter().map(|(mut window, form)| async move { window.posts_now(&form).await.status })).await;
        assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| matches!(status, 303 | 409)), "{statuses:?}");
        assert_eq!(balance(&portal, &people.li).await, Money(1_000));
        assert_eq!(portal.mails_to("li@example.com").await.len(), 1);
    }
}

on_both! {
    async fn one_entry_credits_one_of_two_declarations(portal) {
        let mut people = company(&portal).await;
        let (one, other) = (tops_up(&mut people.li, "10").await, tops_up(&mut people.li, "10").await);
        declares(&mut people.li, &one).await;
        declares(&mut people.li, &other).await;
        enters_line(&mut people.fay, "10", "no reference", "S-1").await;
        let mut posts = Vec::new();
        for number in [&one, &other] {
            let path = format!("/staff/remittances/{number}");
            let form = people.finn.opens(&path).await.form(&format!("{path}/confirmation"));
            posts.push((people.finn.twin(), form));
        }
        let statuses = join_all(posts.into_iter().map(|(mut window, form)| async move { window.posts_now(&form).await.status })).await;
        let mut sorted = statuses.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [303, 409]);
        assert_eq!(balance(&portal, &people.li).await, Money(1_000));

    }
}

on_both! {
    async fn a_declaration_changed_meanwhile_is_not_credited_unseen(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        declares(&mut people.li, &number).await;
        enters_line(&mut people.fay, "10", &number, "S-1").await;
        let path = format!("/staff/remittances/{number}");
        let form = people.finn.opens(&path).await.form(&format!("{path}/confirmation"));
        let changed = declaration(&mut people.li, &number).await.with("remitter", "Somebody Else");
        sends(&mut people.li, &changed).await;
        assert_eq!(people.finn.posts(&form).await.status, 409);
        assert_eq!(balance(&portal, &people.li).await, Money::ZERO);
    }
}

on_both! {
    async fn a_refusal_tells_why_and_can_be_mended(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        declares(&mut people.li, &number).await;
        let path = format!("/staff/remittances/{number}");
        let form = people.finn.opens(&path).await.form(&format!("{path}/refusal"));
        let empty = people.finn.posts(&form.clone().with("reason", " ")).await;
        assert_eq!((empty.status, empty.wrong_fields()), (422, vec!["reason".to_string()]));
        let page = people.finn.submits(&form.with("reason", "Only <b>9.00</b> arrived.")).await;
        assert!(page.text().contains("Refused"), "{}", page.text());
        let own = format!("/account/remittances/{number}");
        let page = people.li.opens(&own).await;
        assert!(page.text().contains("Only <b>9.00</b> arrived."), "{}", page.text());
        let mails = portal.mails_to("li@example.com").await;
        assert!(mails.last().unwrap().text.contains("9.00"), "{}", mails.last().unwrap().text);
        let mended = declaration(&mut people.li, &number).await.with("amount", "9.00");
        assert!(sends(&mut people.li, &mended).await.text().contains("Waiting for the bank"));
        enters_line(&mut people.fay, "9", &number, "S-1").await;
        presses(&mut people.finn, &path, "/confirmation").await;
        assert_eq!(balance(&portal, &people.li).await, Money(900));
    }
}

on_both! {
    async fn a_serial_number_counts_once_for_its_account(portal) {
        let mut people = company(&portal).await;
        enters_line(&mut people.fay, "1,250", "x", "S-1").await;
        let list = people.fay.opens("/staff/statements").await;
        let number = list.all("tbody .number").remove(0);
        let form = entry(&mut people.fay, "10", "x", "S-1").await;
        let page = people.fay.posts(&form).await;
        assert_eq!((page.status, page.wrong_fields()), (422, vec!["bank_serial".to_string()]));
        let known = format!("This serial number was entered already: entry {number} of 23 Nov 2026, ¥ 1,250.00.");
        assert!(page.text().contains(&known), "{known} in {}", page.text());
        assert!(page.text().contains("can be voided on its page while it is open"), "{}", page.text());
        // However it is typed: full-width, small, spaced, or with a sign that nobody sees.
        for same in ["Ｓ－１", "s-1", " S 1", "S\u{200b}-1", "S\u{2011}1"] {
            let form = entry(&mut people.fay, "10", "x", same).await;
            assert_eq!(people.fay.posts(&form).await.wrong_fields(), ["bank_serial"], "{same}");
        }
        let form = entry(&mut people.fay, "10", "x", "\u{200b}—").await;
        assert_eq!(people.fay.posts(&form).await.wrong_fields(), ["bank_serial"]);
        for (field, value) in [("amount", "1e3"), ("amount", "-5"), ("remitter", ""), ("booked_on", "2026-11-24")] {
            let form = entry(&mut people.fay, "10", "x", "S-2").await.with(field, value);
            assert_eq!(people.fay.posts(&form).await.wrong_fields(), [field], "{value}");
        }
        for decimals in ["12.345", "1,234.567", "1,00"] {
            let form = entry(&mut people.fay, decimals, "x", "S-2").await;
            let page = people.fay.posts(&form).await;
            assert_eq!(page.wrong_fields(), ["amount"], "{decimals}");
            assert!(page.text().contains("Write at most two decimals, after a point"), "{decimals}: {}", page.text());
        }
        let form = entry(&mut people.fay, "10", "x", "S-2").await.tampered("receiving", "B234567892AB");
        assert_eq!(people.fay.posts(&form).await.wrong_fields(), ["receiving"]);
    }
}

on_both! {
    async fn nobody_decides_about_money_of_an_account_of_their_own(portal) {
        let mut people = company(&portal).await;
        // Finn of finance is a customer too, by the same address.
        let mut own = crate::remittance::verified(&portal, "finn@staff.example.com").await;
        let (number, other) = (tops_up(&mut own, "10").await, tops_up(&mut people.li, "20").await);
        declares(&mut own, &number).await;
        declares(&mut people.li, &other).await;
        enters_line(&mut people.fay, "10", "a stranger's", "S-1").await;
        enters_line(&mut people.fay, "10", &number, "S-2").await;
        enters_line(&mut people.fay, "20", &other, "S-3").await;
        let list = people.finn.opens("/staff/remittances").await;
        let grouped = |number: &str| number.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-");
        assert!(list.text().contains(&grouped(&other)) && !list.text().contains(&grouped(&number)), "{}", list.text());
        let path = format!("/staff/remittances/{number}");
        assert_eq!(people.finn.gets(&path).await.status, 403);
        // What the page of another offers, sent to this one.
        let mut flo = portal.employs("Flo", &[easylink::web::feature::StaffRole::Finance]).await;
        let page = flo.opens(&path).await;
        let entry = page.attribute("input[name=entry]", "value").unwrap();
        let seen = page.attribute("input[name=seen]", "value").unwrap();
        let lent = people.finn.opens(&format!("/staff/remittances/{other}")).await;
        let mut confirmation = lent.form(&format!("/staff/remittances/{other}/confirmation"));
        confirmation.action = format!("{path}/confirmation");
        let confirmation = confirmation.tampered("entry", &entry).tampered("seen", &seen);
        assert_eq!(people.finn.posts(&confirmation).await.status, 403);
        let mut refusal = lent.form(&format!("/staff/remittances/{other}/refusal")).with("reason", "No");
        refusal.action = format!("{path}/refusal");
        let refusal = refusal.tampered("seen", &seen);
        assert_eq!(people.finn.posts(&refusal).await.status, 403);
        assert_eq!(balance(&portal, &own).await, Money(0));
        presses(&mut people.finn, &format!("/staff/remittances/{other}"), "/confirmation").await;
        assert_eq!(balance(&portal, &people.li).await, Money(2000));
    }
}
