//! What customers type, hostile and mistaken.

use super::{company, declaration, declares, sends, tops_up};

on_both! {
    async fn hostile_amounts_open_nothing(portal) {
        let mut people = company(&portal).await;
        let page = people.li.opens("/account/remittances/new").await;
        for amount in ["", " ", "0", "-1", "1e3", "0.001", "9223372036854775807", "100000000.01", "١٠", "1;drop table remittances"] {
            let form = page.form("/account/remittances/new").with("amount", amount);
            let again = people.li.posts(&form).await;
            assert_eq!((again.status, again.wrong_fields()), (422, vec!["amount".to_string()]), "{amount}");
            assert_eq!(again.form("/account/remittances/new").value("amount"), Some(amount));
        }
        assert!(people.li.opens("/account/remittances").await.text().contains("No remittances yet"));
        let wide = page.form("/account/remittances/new").with("amount", "１，０００");
        assert!(people.li.submits(&wide).await.text().contains("1,000.00"));
    }
}

on_both! {
    async fn a_form_posted_twice_opens_one(portal) {
        let mut people = company(&portal).await;
        let form = people.li.opens("/account/remittances/new").await.form("/account/remittances/new").with("amount", "5");
        let first = people.li.posts(&form).await;
        let second = people.li.posts(&form).await;
        assert_eq!((first.status, second.status), (303, 303));
        assert_eq!(first.header("location"), second.header("location"));
        assert_eq!(people.li.opens("/account/remittances").await.all("tbody tr").len(), 1);
    }
}

on_both! {
    async fn every_field_of_a_declaration_is_checked_and_kept(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        let long = "x".repeat(121);
        let cases = [
            ("remitter", ""), ("remitter", "  "), ("remitter", &long), ("remitter", "a\u{7}b"),
            ("bank", ""), ("bank", &long),
            ("bank_number", ""), ("bank_number", "12345678901"), ("bank_number", "0000000000000000"),
            ("bank_number", "62220200000000000188888"), ("bank_number", "4111 1111 1111 1112"),
            ("amount", "-1"), ("amount", ""),
            ("remitted_on", ""), ("remitted_on", "2026-11-24"), ("remitted_on", "yesterday"),
        ];
        for (field, value) in cases {
            let form = declaration(&mut people.li, &number).await.with(field, value);
            let page = people.li.posts(&form).await;
            assert_eq!((page.status, page.wrong_fields()), (422, vec![field.to_string()]), "{field} {value}: {}", page.text());
        }
        let form = declaration(&mut people.li, &number).await.tampered("kind", "cheque");
        assert_eq!(people.li.posts(&form).await.wrong_fields(), ["kind"]);
        assert!(people.li.opens(&format!("/account/remittances/{number}")).await.text().contains("Waiting for your declaration"));
    }
}

on_both! {
    async fn a_check_digit_that_does_not_fit_is_a_question(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        let path = format!("/account/remittances/{number}/declaration");
        let form = declaration(&mut people.li, &number).await;
        assert!(!form.has("number_checked"));
        let asked = people.li.posts(&form.with("bank_number", "4111111111111112")).await;
        assert_eq!((asked.status, asked.wrong_fields()), (422, vec!["bank_number".to_string()]));
        let sure = asked.form(&path).with("number_checked", "yes");
        let page = sends(&mut people.li, &sure).await;
        assert!(page.text().contains("ending in 1112"), "{}", page.text());
        // An account of a company has no check digit.
        let form = declaration(&mut people.li, &number).await.answered(&[("kind", "account"), ("bank_number", "12-345-679")]);
        assert!(sends(&mut people.li, &form).await.text().contains("Account ending in -679"));
    }
}

on_both! {
    async fn slips_are_held_to_kind_and_size_and_kept_over_mistakes(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        let path = format!("/account/remittances/{number}/declaration");
        let script = declaration(&mut people.li, &number).await.file("slip", "slip.pdf", "application/pdf", b"<script>");
        assert_eq!(people.li.posts(&script).await.wrong_fields(), ["slip"]);
        let heavy = [b"%PDF-1.7\n".as_slice(), &vec![b' '; 11 * 1024 * 1024]].concat();
        let heavy = declaration(&mut people.li, &number).await.file("slip", "heavy.pdf", "application/pdf", &heavy);
        let again = people.li.posts(&heavy).await;
        assert_eq!((again.status, again.wrong_fields()), (422, vec!["slip".to_string()]));
        assert_eq!(again.form(&path).value("remitter"), heavy.value("remitter"), "what was typed is kept");
        let form = declaration(&mut people.li, &number).await.with("remitter", "").file("slip", "first.pdf", "application/pdf", b"%PDF-1.7\none");
        let again = people.li.posts(&form).await;
        assert_eq!(again.wrong_fields(), ["remitter"]);
        assert!(again.text().contains("first.pdf"), "{}", again.text());
        let mended = again.form(&path).answered(&[("remitter", "Li Ming"), ("bank_number", "4111111111111111")]);
        let page = sends(&mut people.li, &mended).await;
        assert!(page.text().contains("first.pdf"), "{}", page.text());
        // Declared anew with another slip: the first is gone.
        let form = declaration(&mut people.li, &number).await.file("slip", "second.pdf", "application/pdf", b"%PDF-1.7\ntwo");
        let page = sends(&mut people.li, &form).await;
        assert!(page.text().contains("second.pdf") && !page.text().contains("first.pdf"), "{}", page.text());
        let page = declares(&mut people.li, &number).await;
        assert!(page.text().contains("second.pdf"), "a declaration without a slip keeps the old one");
    }
}
