//! "Check your answers": what a declaration shows before it is one, and that it is held to the rules once more.

use easylink::base::types::Number;

use super::{checks, company, declaration, sends, tops_up, verified};
use crate::crawl::rules;
use crate::support::checkers::vnu;
use crate::support::digest::differing;
use crate::support::form::FormInPage;
use crate::validation::unlisted;

const SLIP: (&str, &str, &[u8]) = ("slip.pdf", "application/pdf", b"%PDF-1.7\nslip");

/// The form with a slip.
fn with_slip(form: FormInPage) -> FormInPage {
    form.file("slip", SLIP.0, SLIP.1, SLIP.2)
}

/// The same as the page with the answers sends it, without that page.
fn at_once(mut form: FormInPage) -> FormInPage {
    form.enctype = "application/x-www-form-urlencoded".into();
    form.tampered("checked", "yes")
}

on_both! {
    async fn answers_are_checked_before_anything_is_declared(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "1,250.00").await;
        let form = declaration(&mut people.li, &number).await;
        let before = portal.digest().await;
        let page = checks(&mut people.li, &form).await;
        assert_eq!(differing(&before, &portal.digest().await), Vec::<String>::new());
        let told = ["Nothing is declared yet", "Li Ming", "ICBC, Shanghai", "Card 4111111111111111", "1,250.00", "22 Nov 2026", "None"];
        for words in told {
            assert!(page.text().contains(words), "{words} in {}", page.text());
        }
        assert_eq!(page.all("[aria-current=step]"), ["Check your answers"]);
        assert_eq!(rules::read(&page, true).faults, Vec::<String>::new());
        assert_eq!((unlisted(&page), vnu(&page.html).await), (vec![], vec![]));

        let declare = page.form(&form.action).pressing("Declare remittance");
        assert!(declare.controls.iter().all(|control| control.kind == "hidden"), "{:?}", declare.controls);
        let (first, second) = (people.li.posts(&declare).await, people.li.posts(&declare).await);
        assert_eq!((first.status, second.status), (303, 303), "{}", first.text());
        assert_eq!(first.header("location"), second.header("location"));
        let page = people.li.opens(first.header("location").unwrap()).await.text();
        assert!(page.contains("ending in 1111") && !page.contains("4111"), "{page}");
        assert_eq!(page.matches("Transfer declared").count(), 1, "{page}");
    }
}

on_both! {
    async fn change_keeps_every_answer_and_the_slip(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        let path = format!("/account/remittances/{number}/declaration");
        let wrong = declaration(&mut people.li, &number).await.with("bank_number", "4111 1111 1111 1112");
        let asked = people.li.posts(&wrong).await.form(&path).with("number_checked", "yes");
        let form = with_slip(asked.with("amount", "1,000"));
        let before = portal.digest().await;
        let check = checks(&mut people.li, &form).await;
        assert!(check.text().contains("slip.pdf"), "{}", check.text());
        let changed = differing(&before, &portal.digest().await);
        assert!(changed.iter().all(|table| ["uploads", "limits"].contains(&table.as_str())), "{changed:?}");

        let before = portal.digest().await;
        let again = people.li.posts(&check.form(&path).pressing("Change")).await;
        assert_eq!((again.status, again.h1().as_str()), (200, "Declare your transfer"));
        assert_eq!((again.wrong_fields(), again.header("cache-control")), (vec![], Some("no-store")));
        assert_eq!(differing(&before, &portal.digest().await), Vec::<String>::new());
        assert!(again.text().contains("slip.pdf"), "{}", again.text());
        let again = again.form(&path);
        for name in ["remitter", "bank", "kind", "bank_number", "number_checked", "amount", "remitted_on"] {
            assert_eq!(again.value(name), form.value(name), "{name}");
        }
        let page = sends(&mut people.li, &again.with("bank", "Harbour Bank")).await.text();
        for words in ["Harbour Bank", "ending in 1112", "1,000.00", "slip.pdf"] {
            assert!(page.contains(words), "{words} in {page}");
        }
        // Declared anew without another slip: the page says which one stays.
        let form = declaration(&mut people.li, &number).await;
        assert!(checks(&mut people.li, &form).await.text().contains("slip.pdf, as before"));
    }
}

on_both! {
    async fn without_the_first_post_the_same_rules_hold(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        let form = declaration(&mut people.li, &number).await;
        let before = portal.digest().await;
        let wrong = people.li.posts(&at_once(form.clone().with("bank_number", "12"))).await;
        assert_eq!((wrong.status, wrong.wrong_fields()), (422, vec!["bank_number".to_string()]));
        let mut foreign = at_once(form.clone());
        foreign.action = foreign.action.replace(&number, Number::random('R').as_str());
        assert_eq!(people.li.posts(&foreign).await.status, 404);
        assert_eq!(differing(&before, &portal.digest().await), Vec::<String>::new());
        let page = people.li.submits(&at_once(form)).await;
        assert!(page.text().contains("Waiting for the bank"), "{}", page.text());
    }
}

on_both! {
    async fn answers_changed_on_the_way_are_refused(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        let form = with_slip(declaration(&mut people.li, &number).await);
        let check = checks(&mut people.li, &form).await.form(&form.action);
        let mut eve = verified(&portal, "eve@example.com").await;
        let own = tops_up(&mut eve, "10").await;
        let hers = with_slip(declaration(&mut eve, &own).await);
        let foreign = checks(&mut eve, &hers).await.form(&hers.action).value("kept").unwrap().to_string();

        let before = portal.digest().await;
        let long = "x".repeat(121);
        let cases = [
            ("remitter", ""), ("bank", &long), ("kind", "cheque"), ("bank_number", "123"),
            ("bank_number", "4111111111111112"), ("amount", "-1"), ("remitted_on", "2026-11-24"),
        ];
        for (field, value) in cases {
            let page = people.li.posts(&check.clone().tampered(field, value)).await;
            assert_eq!((page.status, page.wrong_fields()), (422, vec![field.to_string()]), "{field} {value}");
            assert!(page.text().contains("slip.pdf") && page.h1() == "Declare your transfer", "{}", page.text());
        }
        for slip in [foreign.as_str(), "U", ""] {
            let page = people.li.posts(&check.clone().tampered("kept", slip)).await;
            assert_eq!((page.status, page.wrong_fields()), (422, vec!["slip".to_string()]), "{slip}");
        }
        let mut neither = check.clone();
        neither.buttons.clear();
        assert_eq!(checks(&mut people.li, &neither.tampered("checked", "maybe")).await.h1(), "Check your answers");
        assert_eq!(differing(&before, &portal.digest().await), Vec::<String>::new());
        assert!(people.li.submits(&check).await.text().contains("slip.pdf"), "what was right still is");
    }
}
