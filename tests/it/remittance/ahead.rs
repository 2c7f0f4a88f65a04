//! Lines that somebody typed in ahead of the file that brings them.

use diesel::prelude::*;
use easylink::base::db::schema::{aml_cases, statement_entries};
use easylink::base::types::Money;

use super::desk::{credits, decides, newest};
use super::imports::{Line, books_are_right, imports, message, reasons, states};
use super::{balance, company, enters_line, presses, tops_up, verified};
use crate::support::portal::Portal;

/// The cases there are: why each was opened, and where it stands.
pub async fn cases(portal: &Portal) -> Vec<(String, String)> {
    portal
        .read(|conn| {
            let all = aml_cases::table.order(aml_cases::id).select((aml_cases::rule, aml_cases::state));
            all.load(conn).unwrap()
        })
        .await
}

on_both!(
    async fn the_file_takes_over_what_was_typed_in_and_the_rules_credit_it(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        enters_line(&mut people.fay, "70", "no reference was typed", "S-1").await;
        let at = newest(&portal).await;
        let file = message(&[("23", "70.00", "Li Ming", &number, "S1")]);
        let told = imports(&portal, &mut people, &file).await;
        assert!(told.contains("0 new, 1 known before"), "{told}");
        assert_eq!(states(&portal).await, [("credited".to_owned(), None)]);
        assert_eq!(reasons(&portal).await, ["exact"]);
        assert_eq!(balance(&portal, &people.li).await.to_string(), "70.00");
        let page = people.finn.opens(&at).await;
        assert!(page.text().contains(&number) && !page.text().contains("no reference was typed"), "{}", page.text());
        assert!(page.links().iter().any(|(_, to)| to.contains("/imports/")), "{}", page.text());
        // It is a line of a file now, and comes once however often files come.
        let again = imports(&portal, &mut people, &file).await;
        assert!(again.contains("0 new, 1 known before"), "{again}");
        assert_eq!(states(&portal).await.len(), 1);
        assert_eq!(cases(&portal).await, []);
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn the_name_that_counts_is_the_banks(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        enters_line(&mut people.fay, "70", &number, "S-1").await;
        let at = newest(&portal).await;
        assert!(people.finn.opens(&at).await.links().iter().any(|(label, _)| label == "Void this entry"));
        imports(&portal, &mut people, &message(&[("23", "70.00", "Wu Xia", &number, "S1")])).await;
        assert_eq!(states(&portal).await, [("held".to_owned(), Some("third_party".to_owned()))]);
        assert_eq!(cases(&portal).await, [("third_party".to_owned(), "open".to_owned())]);
        let page = people.finn.opens(&at).await;
        assert!(page.text().contains("Wu Xia") && !page.text().contains("LI MING"), "{}", page.text());
        assert!(!page.links().iter().any(|(label, _)| label == "Void this entry"), "the bank wrote it");
        assert_eq!(credits(&mut people.finn, &at, &number, "").await.status, 422, "it takes a word why");
        assert_eq!(balance(&portal, &people.li).await, Money::ZERO);
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn what_was_credited_on_a_name_that_the_bank_does_not_confirm_becomes_a_case(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        enters_line(&mut people.fay, "70", &number, "S-1").await;
        let at = newest(&portal).await;
        credits(&mut people.finn, &at, &number, "").await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "70.00");
        let file = message(&[("23", "70.00", "Wu Xia", &number, "S1")]);
        for _ in 0..2 {
            let told = imports(&portal, &mut people, &file).await;
            assert!(told.contains("0 new, 1 known before"), "{told}");
        }
        assert_eq!(states(&portal).await, [("credited".to_owned(), None)]);
        assert_eq!(cases(&portal).await, [("other_name".to_owned(), "open".to_owned())]);
        let list = people.finn.opens("/staff/aml").await;
        let reasons = list.all("td[data-label=Reason]");
        assert!(reasons.len() == 1 && reasons[0].contains("another file names another remitter"), "{reasons:?}");
        assert!(list.text().contains("was credited as it was typed in although"), "{}", list.text());
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn such_a_case_is_cleared_with_a_word_why_by_somebody_who_did_not_type_it_in(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        enters_line(&mut people.fay, "70", &number, "S-1").await;
        let at = newest(&portal).await;
        credits(&mut people.finn, &at, &number, "").await;
        imports(&portal, &mut people, &message(&[("23", "70.00", "Wu Xia", &number, "S1")])).await;
        let entry = people.finn.opens(&at).await;
        assert!(entry.text().contains("A case about it is open"), "{}", entry.text());
        let way = entry.link("Nothing is wrong with it");
        let hers = people.fay.opens(&at).await;
        assert!(!hers.links().iter().any(|(_, to)| *to == way), "who typed it in: {}", hers.text());
        assert_eq!(people.fay.gets(&way).await.status, 403);
        let form = people.finn.opens(&way).await.form(&way);
        let mut forged = people.fay.opens("/staff/aml/rules/threshold").await.form("/staff/aml/rules/threshold");
        forged.action.clone_from(&way);
        forged.fields.push(("note".into(), "I know her".into()));
        assert_eq!(people.fay.posts(&forged).await.status, 403);
        let again = people.finn.posts(&form).await;
        assert_eq!((again.status, again.wrong_fields()), (422, vec!["note".to_owned()]));
        let done = people.finn.submits(&form.clone().with("note", "Her married name")).await;
        assert!(done.text().contains("The case is cleared"), "{}", done.text());
        assert_eq!(cases(&portal).await, [("other_name".to_owned(), "cleared".to_owned())]);
        assert!(people.finn.opens(&at).await.text().contains("Her married name"));
        assert_eq!(people.finn.posts(&form.with("note", "Twice")).await.status, 409);
        assert_eq!(balance(&portal, &people.li).await.to_string(), "70.00");
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn what_is_not_credited_is_cleared_by_crediting_it_alone(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        imports(&portal, &mut people, &message(&[("23", "70.00", "Wu Xia", &number, "S1")])).await;
        let list = people.finn.opens("/staff/aml").await;
        let report = list.links().into_iter().find(|(_, to)| to.ends_with("/report")).unwrap().1;
        let way = report.replace("/report", "/clearance");
        assert_eq!(people.finn.gets(&way).await.status, 409);
        let mut form = people.finn.opens(&report).await.form(&report).with("note", "Fine");
        form.action = way;
        assert_eq!(people.finn.posts(&form).await.status, 409);
        assert_eq!(cases(&portal).await, [("third_party".to_owned(), "open".to_owned())]);
    }
);

on_both!(
    async fn what_waits_for_a_second_person_is_asked_anew_when_the_bank_names_another(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        enters_line(&mut people.fay, "70", &number, "S-1").await;
        let at = newest(&portal).await;
        // Who typed it in proposes, and a colleague would agree.
        let proposed = credits(&mut people.fay, &at, &number, "I know her").await;
        assert!(proposed.text().contains("A second person has to agree"), "{}", proposed.text());
        imports(&portal, &mut people, &message(&[("23", "70.00", "Wu Xia", &number, "S1")])).await;
        assert_eq!(states(&portal).await, [("open".to_owned(), None)]);
        let page = people.finn.opens(&at).await;
        assert!(page.text().contains("Wu Xia"), "{}", page.text());
        let agreement = page.forms().into_iter().find(|form| form.ends_with("/agreement")).unwrap();
        assert_eq!(people.finn.posts(&page.form(&agreement)).await.status, 409);
        assert_eq!(balance(&portal, &people.li).await, Money::ZERO);
        presses(&mut people.finn, &at, "/refusal").await;
        credits(&mut people.finn, &at, &number, "Her sister, papers seen").await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "70.00");
        assert_eq!(cases(&portal).await, [("third_party".to_owned(), "cleared".to_owned())]);
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn who_typed_money_in_for_an_account_of_their_own_does_not_have_it_credited_by_the_rules(portal) {
        let mut people = company(&portal).await;
        let mut own = verified(&portal, "finn@staff.example.com").await;
        let number = tops_up(&mut own, "70").await;
        enters_line(&mut people.finn, "70", &number, "S-1").await;
        imports(&portal, &mut people, &message(&[("23", "70.00", "Li Ming", &number, "S1")])).await;
        assert_eq!(states(&portal).await, [("open".to_owned(), None)]);
        let typed: Option<i64> = portal
            .read(|conn| statement_entries::table.select(statement_entries::entered_by_id).first(conn).unwrap())
            .await;
        assert_eq!(typed, Some(people.finn.person_id), "who typed it in stays");
        assert_eq!(balance(&portal, &own).await, Money::ZERO);
    }
);

on_both!(
    async fn what_two_people_undid_is_not_credited_by_the_file(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        enters_line(&mut people.fay, "70", &number, "S-1").await;
        let at = newest(&portal).await;
        credits(&mut people.finn, &at, &number, "").await;
        decides(&mut people.finn, &at, "undo", "Not hers").await;
        presses(&mut people.fay, &at, "/agreement").await;
        assert_eq!(balance(&portal, &people.li).await, Money::ZERO);
        imports(&portal, &mut people, &message(&[("23", "70.00", "Li Ming", &number, "S1")])).await;
        assert_eq!(states(&portal).await, [("open".to_owned(), None)]);
        assert_eq!(balance(&portal, &people.li).await, Money::ZERO);
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn what_the_bank_confirmed_is_not_voided_after_it_was_undone(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        enters_line(&mut people.fay, "70", &number, "S-1").await;
        let at = newest(&portal).await;
        credits(&mut people.finn, &at, &number, "").await;
        let file = message(&[("23", "70.00", "Li Ming", &number, "S1")]);
        imports(&portal, &mut people, &file).await;
        decides(&mut people.finn, &at, "undo", "Not hers").await;
        presses(&mut people.fay, &at, "/agreement").await;
        assert_eq!(states(&portal).await, [("open".to_owned(), None)]);
        assert_eq!(people.fay.gets(&format!("{at}/voiding")).await.status, 409);
        let again = imports(&portal, &mut people, &file).await;
        assert!(again.contains("0 new, 1 known before"), "{again}");
        assert_eq!(states(&portal).await, [("open".to_owned(), None)]);
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn where_the_bank_names_nobody_people_decide_by_what_was_typed(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        enters_line(&mut people.fay, "70", &number, "S-1").await;
        let at = newest(&portal).await;
        imports(&portal, &mut people, &message(&[("23", "70.00", "", &number, "S1")])).await;
        assert_eq!(states(&portal).await, [("open".to_owned(), None)]);
        assert!(people.finn.opens(&at).await.text().contains("LI MING"));
        credits(&mut people.finn, &at, &number, "").await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "70.00");
    }
);

on_both!(
    async fn who_brought_the_file_credits_nothing_by_it_alone(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        enters_line(&mut people.finn, "70", "nothing", "S-1").await;
        let at = newest(&portal).await;
        // Fay brings the file, and the line says what she brought.
        imports(&portal, &mut people, &message(&[("23", "70.00", "Wu Xia", &number, "S1")])).await;
        let asked = credits(&mut people.fay, &at, &number, "I know her").await;
        assert!(asked.text().contains("A second person has to agree"), "{}", asked.text());
        assert_eq!(balance(&portal, &people.li).await, Money::ZERO);
        let mut third = portal.employs("Fritz", &[easylink::web::feature::StaffRole::Finance]).await;
        presses(&mut third, &at, "/agreement").await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "70.00");
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn the_same_transfer_in_other_words_is_held(portal) {
        let mut people = company(&portal).await;
        let first = tops_up(&mut people.li, "70").await;
        let second = tops_up(&mut people.li, "70").await;
        enters_line(&mut people.fay, "70", &first, "S-1").await;
        credits(&mut people.finn, &newest(&portal).await, &first, "").await;
        // Another serial number, and the reference of another top-up first.
        let text = format!("{second} {first}");
        imports(&portal, &mut people, &message(&[("23", "70.00", "Li Ming", &text, "X9")])).await;
        assert_eq!(states(&portal).await.pop().unwrap(), ("held".to_owned(), Some("twin".to_owned())));
        assert_eq!(balance(&portal, &people.li).await.to_string(), "70.00");
    }
);

on_both!(
    async fn a_line_that_was_typed_in_equals_no_line_of_a_file(portal) {
        let mut people = company(&portal).await;
        imports(&portal, &mut people, &message(&[("23", "5.00", "Wu Xia", "rent", "")])).await;
        // Files of the same day that go on where the one before ended.
        let goes_on = |lines: &[Line<'_>], [opening, closing, instead]: [&str; 3]| {
            let begins = message(lines).replace("60F:C261101CNY1000,00", &format!("60F:C261101CNY{opening}"));
            begins.replace(&format!("62F:C261130CNY{closing}"), &format!("62F:C261130CNY{instead}"))
        };
        enters_line(&mut people.fay, "70", "typed ahead", "S-1").await;
        let typed = [("23", "70.00", "Wu Xia", "rent", "S1")];
        let told = imports(&portal, &mut people, &goes_on(&typed, ["1005,00", "1070,00", "1075,00"])).await;
        assert!(told.contains("0 new, 1 known before"), "{told}");
        assert!(!told.contains("Equal lines of one day"), "it was merely typed in ahead: {told}");
        // One that equals a line of the first file, beside another one that was typed in.
        enters_line(&mut people.fay, "70", "typed ahead", "S-2").await;
        let both = [("23", "5.00", "Wu Xia", "rent", ""), ("23", "70.00", "Wu Xia", "rent", "S2")];
        let told = imports(&portal, &mut people, &goes_on(&both, ["1075,00", "1075,00", "1150,00"])).await;
        assert!(told.contains("0 new, 2 known before"), "{told}");
        assert!(told.contains("and yet 1 of its lines equals a line of files before"), "{told}");
        books_are_right(&portal).await;
    }
);
