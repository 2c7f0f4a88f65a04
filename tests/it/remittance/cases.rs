//! Rules against money laundering: what they catch, the cases of it, and who may look at them.

use std::time::Duration;

use diesel::prelude::*;
use easylink::base::db::schema::aml_cases;
use easylink::base::types::Money;

use super::desk::{credits, decides, newest, state};
use super::imports::{books_are_right, imports, message, sends, states};
use super::payers::approves;
use super::{Company, balance, company, enters_line, presses, tops_up, verified};
use crate::support::portal::Portal;

/// The same people, signed in anew.
pub async fn again(portal: &Portal, people: &mut Company) {
    people.fay.visitor = portal.signed_in(people.fay.person_id, None).await;
    people.finn.visitor = portal.signed_in(people.finn.person_id, None).await;
    people.li.visitor = portal.signed_in(people.li.person_id, Some(people.li.account_id)).await;
}

on_both!(
    async fn large_amounts_and_many_small_ones_wait_for_a_person(portal) {
        let mut people = company(&portal).await;
        // The account is older than what the rule for new ones looks at.
        portal.later(Duration::from_secs(40 * 86_400));
        portal.run_jobs().await;
        again(&portal, &mut people).await;
        let large = tops_up(&mut people.li, "50000").await;
        imports(&portal, &mut people, &message(&[("22", "50000.00", "Li Ming", &large, "A1")])).await;
        assert_eq!(states(&portal).await, [("held".into(), Some("threshold".into()))]);
        let page = people.li.opens(&format!("/account/remittances/{large}")).await.text();
        assert!(page.contains("The law makes us look at some transfers"), "{page}");
        let at = newest(&portal).await;
        let refused = credits(&mut people.finn, &at, &large, "").await;
        assert_eq!(refused.status, 422, "what is held needs a word");
        credits(&mut people.finn, &at, &large, "Sale of a house, papers seen").await;
        presses(&mut people.fay, &at, "/agreement").await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "50,000.00");
        let cases = portal
            .read(|conn| aml_cases::table.select((aml_cases::rule, aml_cases::state)).load::<(String, String)>(conn).unwrap())
            .await;
        assert_eq!(cases, [("threshold".to_owned(), "cleared".to_owned())]);
        let report = people.fay.opens("/staff/aml?state=all").await.text();
        assert!(report.contains("A large amount") && report.contains("papers seen"), "{report}");
        // Three of 20,000 within a week.
        for (nth, expected) in [("credited", None), ("credited", None), ("held", Some("structuring"))].into_iter().enumerate() {
            let number = tops_up(&mut people.li, "20000").await;
            let serial = format!("S{nth}");
            imports(&portal, &mut people, &message(&[("24", "20000.00", "Li Ming", &number, &serial)])).await;
            let newest = states(&portal).await.pop().unwrap();
            assert_eq!((newest.0.as_str(), newest.1.as_deref()), expected);
        }
        // A rule is switched off, and one case is reported.
        let form = people.fay.opens("/staff/aml/rules/structuring").await.form("/staff/aml/rules/structuring");
        let same = people.fay.posts(&form).await;
        assert!(same.status == 422 && same.text().contains("This is how it already is"), "{}", same.text());
        let asked = people.fay.submits(&form.without("active")).await;
        assert!(asked.text().contains("The change waits for a second person"), "{}", asked.text());
        let own = people.fay.opens("/staff/aml").await;
        let refusal = own.form("/staff/aml/rules/structuring/refusal");
        let mut forged = refusal.clone();
        forged.action = "/staff/aml/rules/structuring/agreement".into();
        assert_eq!(people.fay.posts(&forged).await.status, 403, "nobody agrees to their own change");
        assert!(people.fay.submits(&refusal).await.text().contains("The rule stays as it is"));
        let form = people.fay.opens("/staff/aml/rules/structuring").await.form("/staff/aml/rules/structuring");
        people.fay.submits(&form.clone().without("active")).await;
        // Who agrees has seen what they agree to, not what it was changed to meanwhile.
        let old = people.finn.opens("/staff/aml").await.form("/staff/aml/rules/structuring/agreement");
        presses(&mut people.fay, "/staff/aml", "/structuring/refusal").await;
        let form = people.fay.opens("/staff/aml/rules/structuring").await.form("/staff/aml/rules/structuring");
        people.fay.submits(&form.clone().with("amount", "999999")).await;
        assert_eq!(people.finn.posts(&old).await.status, 409);
        presses(&mut people.fay, "/staff/aml", "/structuring/refusal").await;
        people.fay.submits(&form.without("active")).await;
        presses(&mut people.finn, "/staff/aml", "/structuring/agreement").await;
        let number = tops_up(&mut people.li, "20000").await;
        imports(&portal, &mut people, &message(&[("24", "20000.00", "Li Ming", &number, "S9")])).await;
        assert_eq!(state(&portal).await, "credited");
        let list = people.fay.opens("/staff/aml").await;
        let link = list.links().into_iter().find(|(_, to)| to.ends_with("/report")).unwrap().1;
        let form = people.fay.opens(&link).await.form(&link).with("note", "Reported as 12/26");
        people.fay.submits(&form).await;
        let reported = people.fay.opens("/staff/aml?state=reported").await;
        assert!(reported.text().contains("Reported as 12/26"));
        // The year's cases are taken along.
        let (_, link) = reported.links().into_iter().find(|(_, to)| to.contains("cases.csv")).unwrap();
        let sheet = people.fay.opens(&link).await;
        assert!(sheet.header("content-type").unwrap().starts_with("text/csv"));
        let lines: Vec<&str> = sheet.html.lines().collect();
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(lines[1].contains(",threshold,cleared,") && lines[1].contains(",50000.00,CNY,"), "{lines:?}");
        assert!(lines[2].contains(",structuring,reported,") && lines[2].ends_with(",Reported as 12/26"), "{lines:?}");
        let before = people.fay.opens("/staff/aml/cases.csv?year=2025").await;
        assert_eq!(before.html.lines().count(), 1, "{}", before.html);
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn what_was_held_still_takes_a_word_after_it_was_set_aside(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        imports(&portal, &mut people, &message(&[("22", "70.00", "Wu Xia", &number, "A1")])).await;
        let at = newest(&portal).await;
        decides(&mut people.finn, &at, "park", "Asked who that is").await;
        let page = people.li.opens(&format!("/account/remittances/{number}")).await.text();
        assert!(page.contains("It was not sent in the name that was authenticated"), "the reason stays: {page}");
        assert!(!page.contains("Wu Xia"), "{page}");
        assert_eq!(credits(&mut people.finn, &at, &number, "").await.status, 422, "its case still waits");
        assert_eq!(balance(&portal, &people.li).await, Money::ZERO);
        decides(&mut people.finn, &at, "send_back", "Nobody's whom we know").await;
        presses(&mut people.fay, &at, "/agreement").await;
        // It goes back, and does not after all: two people each time, and then it waits for a word again.
        let page = people.li.opens(&format!("/account/remittances/{number}")).await.text();
        assert!(page.contains("goes back to the account that it came from") && !page.contains("Ask your bank"), "{page}");
        let mail = portal.mails_to("li@example.com").await.pop().unwrap();
        assert!(mail.subject.contains("70.00 goes back to who sent it") && !mail.text.contains("Wu Xia"), "{}", mail.text);
        let asked = decides(&mut people.finn, &at, "keep", "The bank has not sent it").await;
        assert!(asked.text().contains("A colleague has to agree"), "{}", asked.text());
        presses(&mut people.fay, &at, "/agreement").await;
        assert_eq!(credits(&mut people.finn, &at, &number, "").await.status, 422, "its case waits again");
        decides(&mut people.finn, &at, "send_back", "Nobody's whom we know").await;
        presses(&mut people.fay, &at, "/agreement").await;
        let cases = portal
            .read(|conn| aml_cases::table.select((aml_cases::rule, aml_cases::state)).load::<(String, String)>(conn).unwrap())
            .await;
        assert_eq!(cases, [("third_party".to_owned(), "returned".to_owned())]);
        assert!(people.fay.opens("/staff/aml").await.text().contains("No cases here"), "nothing is left to look at");
        let listed = people.fay.opens("/staff/aml?state=returned").await;
        let (states, reasons) = (listed.all("td[data-label=State]"), listed.all("td[data-label=Reason]"));
        assert!(states.len() == 1 && states[0].starts_with("Sent back"), "{states:?}");
        assert!(reasons.len() == 1 && reasons[0].contains("“Nobody's whom we know”"), "{reasons:?}");
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn a_double_still_takes_a_word_after_it_was_set_aside(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        for serial in ["A1", "A2"] {
            imports(&portal, &mut people, &message(&[("22", "70.00", "Li Ming", &number, serial)])).await;
        }
        assert_eq!(states(&portal).await.pop(), Some(("held".to_owned(), Some("twin".to_owned()))));
        let at = newest(&portal).await;
        decides(&mut people.finn, &at, "park", "Asked the bank").await;
        let again = credits(&mut people.finn, &at, &number, "").await;
        assert_eq!((again.status, again.wrong_fields()), (422, vec!["note".to_owned()]));
        assert_eq!(balance(&portal, &people.li).await.to_string(), "70.00");
        credits(&mut people.finn, &at, &number, "The bank shows two").await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "140.00");
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn a_case_is_about_the_account_that_the_money_went_to(portal) {
        let mut people = company(&portal).await;
        let mut wu = verified(&portal, "wu@example.com").await;
        let (hers, theirs) = (tops_up(&mut people.li, "70").await, tops_up(&mut wu, "70").await);
        imports(&portal, &mut people, &message(&[("22", "70.00", "Zhao Wei", &hers, "A1")])).await;
        let at = newest(&portal).await;
        let told = async || {
            portal
                .read(|conn| {
                    let case = aml_cases::table.select((aml_cases::account_id, aml_cases::state, aml_cases::note));
                    case.first::<(Option<i64>, String, Option<String>)>(conn).unwrap()
                })
                .await
        };
        credits(&mut people.finn, &at, &hers, "Her brother").await;
        assert_eq!(told().await, (Some(people.li.account_id), "cleared".into(), Some("Her brother".into())));
        // Undone, and credited to somebody else in the same strange name: the case tells of that.
        decides(&mut people.finn, &at, "undo", "Not hers").await;
        presses(&mut people.fay, &at, "/agreement").await;
        assert_eq!(credits(&mut people.finn, &at, &theirs, "").await.status, 422);
        credits(&mut people.finn, &at, &theirs, "Their uncle").await;
        assert_eq!(told().await, (Some(wu.account_id), "cleared".into(), Some("Their uncle".into())));
        assert_eq!(balance(&portal, &wu).await.to_string(), "70.00");
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn what_a_bank_brings_back_is_told_to_no_customer(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        let file = message(&[("22", "70.00", "Li Ming", &number, "A1")]).replace("1122C70,00", "1122RD70,00");
        imports(&portal, &mut people, &file).await;
        assert_eq!(states(&portal).await, [("open".to_owned(), None)]);
        let page = people.li.opens(&format!("/account/remittances/{number}")).await.text();
        assert!(page.contains("You send the money and declare") && !page.contains("has arrived"), "{page}");
        assert!(portal.mails_to("li@example.com").await.is_empty());
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn nobody_looks_at_cases_of_an_account_of_their_own(portal) {
        let mut people = company(&portal).await;
        // Finn is a customer, too.
        let mut own = verified(&portal, "finn@staff.example.com").await;
        let number = tops_up(&mut own, "70").await;
        imports(&portal, &mut people, &message(&[("22", "70.00", "Wu Xia", &number, "A1")])).await;
        let theirs = people.finn.opens("/staff/aml").await;
        assert!(theirs.text().contains("No cases here"), "{}", theirs.text());
        let link = people.fay.opens("/staff/aml").await.links().into_iter().find(|(_, to)| to.ends_with("/report"));
        let link = link.expect("others see it").1;
        let mut forged = people.finn.opens("/staff/aml/rules/threshold").await.form("/staff/aml/rules/threshold");
        forged.action = link;
        forged.fields.push(("note".into(), "Mine".into()));
        assert_eq!(people.finn.posts(&forged).await.status, 403);
        // Nor do they read of the money, or decide about it, whoever proposed what.
        let at = newest(&portal).await;
        assert_eq!(people.finn.gets(&at).await.status, 403);
        assert_eq!(people.finn.gets(&format!("{at}/decision?decision=park")).await.status, 403);
        let list = people.finn.opens("/staff/statements?state=held").await;
        assert!(list.text().contains("Of an account of your own") && !list.text().contains("Wu Xia"), "{}", list.text());
        assert_eq!(people.finn.opens("/staff/statements/next").await.path(), "/staff/statements");
        assert!(people.fay.opens("/staff/statements?state=held").await.text().contains("Wu Xia"));
        decides(&mut people.fay, &at, "send_back", "Nobody's").await;
        let refusal = people.fay.opens(&at).await.forms().into_iter().find(|form| form.ends_with("/refusal")).unwrap();
        for way in [refusal.replace("/refusal", "/agreement"), refusal] {
            let mut forged = people.finn.opens("/staff/aml/rules/threshold").await.form("/staff/aml/rules/threshold");
            forged.action = way;
            assert_eq!(people.finn.posts(&forged).await.status, 403);
        }
        assert_eq!(state(&portal).await, "held");
        let mut third = portal.employs("Fritz", &[easylink::web::feature::StaffRole::Finance]).await;
        presses(&mut third, &at, "/agreement").await;
        assert_eq!(state(&portal).await, "returning");
    }
);

on_both!(
    async fn what_was_reported_is_not_credited_without_a_word(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        imports(&portal, &mut people, &message(&[("22", "70.00", "Wu Xia", &number, "A1")])).await;
        let at = newest(&portal).await;
        let link = people.fay.opens("/staff/aml").await.links().into_iter().find(|(_, to)| to.ends_with("/report"));
        let link = link.unwrap().1;
        let form = people.fay.opens(&link).await.form(&link).with("note", "Reported as 13/26");
        people.fay.submits(&form).await;
        decides(&mut people.finn, &at, "park", "We ask").await;
        // The name is approved since: nothing is strange any more but that it was reported.
        approves(&mut people.li, "Wu Xia").await;
        assert_eq!(credits(&mut people.finn, &at, &number, "").await.status, 422);
        credits(&mut people.finn, &at, &number, "The authority lets it go").await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "70.00");
    }
);

on_both!(
    async fn a_double_that_was_typed_in_takes_a_word(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        imports(&portal, &mut people, &message(&[("23", "70.00", "Li Ming", &number, "SW01")])).await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "70.00");
        enters_line(&mut people.fay, "70", &number, "SWO1").await;
        let at = newest(&portal).await;
        let again = credits(&mut people.finn, &at, &number, "").await;
        assert_eq!((again.status, again.wrong_fields()), (422, vec!["note".to_owned()]));
        assert_eq!(balance(&portal, &people.li).await.to_string(), "70.00");
        // Voided, and what was doubted of it with it.
        let form = people.fay.opens(&format!("{at}/voiding")).await.form(&format!("{at}/voiding"));
        people.fay.submits(&form.with("reason", "Typed in twice")).await;
        assert_eq!(state(&portal).await, "voided");
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn files_that_contradict_one_another_become_a_case(portal) {
        let mut people = company(&portal).await;
        let mut wu = verified(&portal, "wu@example.com").await;
        let (hers, theirs) = (tops_up(&mut people.li, "70").await, tops_up(&mut wu, "70").await);
        // Somebody saw the line before the bank's file came, and wrote one of their own.
        imports(&portal, &mut people, &message(&[("22", "70.00", "Li Ming", &hers, "SW1"), ("22", "5.00", "Wu Xia", "rent", "SW2")])).await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "70.00");
        let real = message(&[("22", "70.00", "Zhao Wei", &theirs, "SW1"), ("22", "5.00", "Wu Xia", "rent", "SW2")]);
        let path = sends(&mut people, &real).await.header("location").unwrap().to_owned();
        let page = people.fay.opens(&path).await.text();
        assert!(page.contains("It contradicts what is here") && page.contains("One of its lines is here already"), "{page}");
        for _ in 0..2 {
            imports(&portal, &mut people, &real).await;
        }
        let cases = portal
            .read(|conn| {
                let all = aml_cases::table.select((aml_cases::rule, aml_cases::state, aml_cases::account_id));
                all.load::<(String, String, Option<i64>)>(conn).unwrap()
            })
            .await;
        assert_eq!(cases, [("other_name".into(), "open".into(), Some(people.li.account_id))]);
        // The same in other formats' words is no contradiction.
        let cut = message(&[("22", "5.00", "WU XIA", "rent for a year", "SW2")]);
        let path = sends(&mut people, &cut).await.header("location").unwrap().to_owned();
        assert!(!people.fay.opens(&path).await.text().contains("It contradicts"));
        // What was credited is cleared by a word, and the other name stands beside it.
        let list = people.finn.opens("/staff/aml").await;
        let way = list.links().into_iter().find(|(_, to)| to.ends_with("/clearance")).unwrap().1;
        let page = people.finn.opens(&way).await.text();
        assert!(page.contains("another remitter or another reference") && page.contains("Zhao Wei") && page.replace('-', "").contains(&theirs), "{page}");
        assert_eq!(people.fay.gets(&way).await.status, 403, "the file was hers");
        let form = people.finn.opens(&way).await.form(&way).with("note", "The bank says so");
        people.finn.submits(&form).await;
        imports(&portal, &mut people, &real).await;
        let state = |conn: &mut easylink::base::db::Conn| aml_cases::table.select(aml_cases::state).first::<String>(conn).unwrap();
        assert_eq!(portal.read(state).await, "cleared", "it was looked at");
        imports(&portal, &mut people, &message(&[("22", "70.00", "Sun Jia", &theirs, "SW1")])).await;
        assert_eq!(portal.read(state).await, "open", "yet another name");
        // A clearance of what was seen before that one came is asked for once more.
        let form = people.finn.opens(&way).await.form(&way).with("note", "Both are hers");
        imports(&portal, &mut people, &message(&[("22", "70.00", "Zhou Yi", &hers, "SW1")])).await;
        let again = people.finn.posts(&form).await;
        assert_eq!((again.status, again.wrong_fields()), (422, vec!["note".to_owned()]), "{}", again.text());
        for told in ["Zhao Wei", "Sun Jia", "Zhou Yi"] {
            assert!(again.text().contains(told), "{}", again.text());
        }
        let form = again.form(&way).with("note", "All are hers");
        people.finn.submits(&form).await;
        assert_eq!(portal.read(state).await, "cleared");
        // What was told once opens nothing anew, whichever file told the other, and in whatever letters.
        for name in ["ZHAO WEI", "Sun  Jia", "Zhao Wei"] {
            imports(&portal, &mut people, &message(&[("22", "70.00", name, &theirs, "SW1")])).await;
            assert_eq!(portal.read(state).await, "cleared", "{name}");
        }
        // Lines of one number come in any order.
        let twice = [("23", "9.00", "He Lin", "a", "SW3"), ("23", "9.00", "Xu Mo", "b", "SW3")];
        imports(&portal, &mut people, &message(&twice)).await;
        let path = sends(&mut people, &message(&[twice[1], twice[0]])).await.header("location").unwrap().to_owned();
        assert!(!people.fay.opens(&path).await.text().contains("It contradicts"));
        let path = sends(&mut people, &message(&[twice[0], ("23", "9.00", "Qi Bai", "b", "SW3")])).await;
        let path = path.header("location").unwrap().to_owned();
        assert!(people.fay.opens(&path).await.text().contains("It contradicts"));
        books_are_right(&portal).await;
    }
);
