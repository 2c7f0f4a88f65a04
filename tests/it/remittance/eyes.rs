//! Who looks at money before it is credited, whichever page it is credited on: two people from an amount on, a word why where a
//! rule against money laundering or another name asks for it, and nobody for an account of their own.

use diesel::prelude::*;
use easylink::base::db::schema::{accounts, statement_imports};
use easylink::base::types::Money;

use super::ahead::cases;
use super::desk::{credits, decides, house, newest};
use super::imports::{books_are_right, imports, message, sends, states};
use super::receiving::{closes_named, opens_with};
use super::{balance, company, declaration, enters_line, entry, presses, sends as declares_so, tops_up, verified};

on_both!(
    async fn a_declaration_is_confirmed_by_the_rules_of_the_desk(portal) {
        let mut people = company(&portal).await;
        // An account that was opened long ago: no rule asks for a word.
        portal.write(|conn| diesel::update(accounts::table).set(accounts::created_at.eq(0_i64)).execute(conn).unwrap()).await;
        let number = tops_up(&mut people.li, "12000").await;
        let form = declaration(&mut people.li, &number).await.with("amount", "12000");
        declares_so(&mut people.li, &form).await;
        imports(&portal, &mut people, &message(&[("22", "12000.00", "Li Ming", "no reference", "A1")])).await;
        let here = format!("/staff/remittances/{number}");
        let proposed = presses(&mut people.finn, &here, "/confirmation").await;
        assert!(proposed.text().contains("A second person has to agree"), "{}", proposed.text());
        assert_eq!(balance(&portal, &people.li).await, Money::ZERO);
        // Pressing once more does not make two people of one.
        let once_more = people.finn.opens(&here).await.form(&format!("{here}/confirmation"));
        assert_eq!(people.finn.posts(&once_more).await.status, 409);
        let at = newest(&portal).await;
        // The second person reads whose top-up it is.
        let text = people.fay.opens(&at).await.text();
        assert!(text.contains("Real name") && text.contains("¥ 12,000.00 of ¥ 12,000.00"), "{text}");
        presses(&mut people.fay, &at, "/agreement").await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "12,000.00");
        // What is held is not confirmed here, whatever is posted.
        let held = tops_up(&mut people.li, "70").await;
        let form = declaration(&mut people.li, &held).await.with("amount", "70");
        declares_so(&mut people.li, &form).await;
        imports(&portal, &mut people, &message(&[("23", "70.00", "Wu Xia", &held, "A2")])).await;
        let at = newest(&portal).await;
        let here = format!("/staff/remittances/{held}");
        let page = people.finn.opens(&here).await;
        assert!(page.text().contains("The remitter is not whose real name"), "{}", page.text());
        let refusal = page.form(&format!("{here}/refusal"));
        let mut forged = refusal.clone();
        forged.action = format!("{here}/confirmation");
        forged.fields.push(("entry".into(), at.rsplit('/').next().unwrap().into()));
        let refused = people.finn.posts(&forged).await;
        assert!(refused.status == 422 && refused.text().contains("Open it, and say there why"), "{}", refused.text());
        assert_eq!(cases(&portal).await, [("third_party".to_owned(), "open".to_owned())]);
        // Whoever declared it is not asked to send it again, and cancels nothing.
        let mine = format!("/account/remittances/{held}");
        let page = people.li.opens(&mine).await;
        assert!(page.text().contains("Arrived, we look at it") && !page.text().contains("3100 0001 2345"), "{}", page.text());
        assert!(!page.links().iter().any(|(_, to)| to.ends_with("/withdrawal")), "{}", page.text());
        assert_eq!(people.li.gets(&format!("{mine}/withdrawal")).await.status, 409);
        let mut cancel = people.li.opens("/account/remittances/new").await.form("/account/remittances/new");
        cancel.action = format!("{mine}/withdrawal");
        assert_eq!(people.li.posts(&cancel).await.status, 409);
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn what_a_person_credits_is_looked_at_as_what_the_rules_credit(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "90000").await;
        imports(&portal, &mut people, &message(&[("22", "90000.00", "Li Ming", "no reference", "A1")])).await;
        let at = newest(&portal).await;
        assert_eq!(states(&portal).await, [("open".to_owned(), None)]);
        assert_eq!(credits(&mut people.finn, &at, &number, "").await.status, 422);
        assert_eq!(cases(&portal).await, [], "nothing was decided");
        credits(&mut people.finn, &at, &number, "Sale of a house, papers seen").await;
        assert_eq!(cases(&portal).await.len(), 1);
        presses(&mut people.fay, &at, "/agreement").await;
        assert_eq!(cases(&portal).await[0].1, "cleared");
        // Another name, without any reference.
        let other = tops_up(&mut people.li, "40").await;
        imports(&portal, &mut people, &message(&[("23", "40.00", "Wu Xia", "rent", "A2")])).await;
        let at = newest(&portal).await;
        assert_eq!(credits(&mut people.finn, &at, &other, "").await.status, 422);
        credits(&mut people.finn, &at, &other, "Her husband").await;
        assert_eq!(cases(&portal).await[1], ("third_party".to_owned(), "cleared".to_owned()));
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn a_file_that_brings_much_takes_two_people(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "6000").await;
        let first = message(&[("20", "6000.00", "Li Ming", &number, "A1")]);
        let path = sends(&mut people, &first).await.header("location").unwrap().to_owned();
        presses(&mut people.fay, &path, "/import").await;
        // With what was imported alone before, this is too much for one.
        let second = message(&[("21", "4000.00", "Li Ming", "more", "A2")]);
        let path = sends(&mut people, &second).await.header("location").unwrap().to_owned();
        let page = people.fay.opens(&path).await;
        assert!(page.text().contains("A colleague of finance imports it"), "{}", page.text());
        let theirs = people.finn.opens(&path).await.form(&format!("{path}/import"));
        let mut forged = page.form(&format!("{path}/dropping"));
        forged.action = format!("{path}/import");
        forged.fields.push(("seen".into(), theirs.value("seen").unwrap().to_owned()));
        assert_eq!(people.fay.posts(&forged).await.status, 403);
        assert!(people.finn.opens("/staff").await.text().contains("that a colleague brought waits to be imported"));
        presses(&mut people.finn, &path, "/import").await;
        portal.later(std::time::Duration::from_secs(6));
        portal.run_jobs().await;
        assert_eq!(states(&portal).await.len(), 2);
        let by: Vec<(Option<i64>, Option<i64>)> = portal
            .read(|conn| {
                let all = statement_imports::table.order(statement_imports::id);
                all.select((statement_imports::imported_by_id, statement_imports::agreed_by_id)).load(conn).unwrap()
            })
            .await;
        let (fay, finn) = (Some(people.fay.person_id), Some(people.finn.person_id));
        assert_eq!(by, [(fay, fay), (fay, finn)]);
        // It is when somebody agreed that counts, not when the file came.
        let third = message(&[("22", "4000.00", "Li Ming", "more", "A3")]);
        let path = sends(&mut people, &third).await.header("location").unwrap().to_owned();
        portal
            .write(|conn| diesel::update(statement_imports::table).set(statement_imports::created_at.eq(0_i64)).execute(conn).unwrap())
            .await;
        let forms = people.fay.opens(&path).await.forms();
        assert!(!forms.iter().any(|form| form.ends_with("/import")), "{forms:?}");
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn nobody_imports_money_for_an_account_of_their_own(portal) {
        let mut people = company(&portal).await;
        let mut own = verified(&portal, "fay@staff.example.com").await;
        let number = tops_up(&mut own, "70").await;
        imports(&portal, &mut people, &message(&[("22", "70.00", "Li Ming", &number, "A1")])).await;
        assert_eq!(states(&portal).await, [("open".to_owned(), None)], "another person looks at it");
        assert_eq!(balance(&portal, &own).await, Money::ZERO);
        credits(&mut people.finn, &newest(&portal).await, &number, "").await;
        assert_eq!(balance(&portal, &own).await.to_string(), "70.00");
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn what_a_file_brought_is_not_typed_in_once_more(portal) {
        let mut people = company(&portal).await;
        imports(&portal, &mut people, &message(&[("23", "10.00", "Li Ming", "no reference", "S-17")])).await;
        let form = entry(&mut people.fay, "10", "no reference", "S 17").await;
        let page = people.fay.posts(&form).await;
        assert!(page.status == 422 && page.text().contains("This serial number was entered already"), "{}", page.text());
        // Another amount is another line: banks use their numbers again.
        enters_line(&mut people.fay, "11", "no reference", "S-17").await;
        assert_eq!(states(&portal).await.len(), 2);
        assert_eq!(house(&portal, "suspense/CNY").await, 2_100);
    }
);

on_both!(
    async fn what_waits_about_a_voided_entry_waits_no_more(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        enters_line(&mut people.fay, "10", "no reference", "S-1").await;
        let at = newest(&portal).await;
        let asked = credits(&mut people.fay, &at, &number, "").await;
        assert!(asked.text().contains("A colleague has to agree"), "{}", asked.text());
        let voiding = format!("{at}/voiding");
        let form = people.finn.opens(&voiding).await.form(&voiding).with("reason", "Mistyped");
        people.finn.submits(&form).await;
        assert!(people.finn.opens("/staff/decisions").await.text().contains("No decisions here"));
        assert_eq!(house(&portal, "suspense/CNY").await, 0);
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn what_the_bank_takes_back_is_no_charge(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "100").await;
        imports(&portal, &mut people, &message(&[("22", "100.00", "Li Ming", &number, "A1")])).await;
        let credited = newest(&portal).await;
        // The bank recalls the credit: a debit that reverses one.
        let recall = message(&[("23", "-100.00", "Li Ming", &number, "A2")]).replace("1123D100", "1123RC100");
        imports(&portal, &mut people, &recall).await;
        let at = newest(&portal).await;
        let page = people.finn.opens(&at).await;
        assert!(page.text().contains("The bank takes back what it had booked"), "{}", page.text());
        assert!(page.links().iter().any(|(_, to)| to.ends_with(&credited)) && !page.text().contains("It is a bank charge"));
        assert_eq!(people.finn.gets(&format!("{at}/decision?decision=charge")).await.status, 409);
        // What it brought is undone and goes back; the line is what sent it.
        for (entry, decision) in [(&credited, "undo"), (&credited, "send_back")] {
            decides(&mut people.finn, entry, decision, "Recalled by the bank").await;
            presses(&mut people.fay, entry, "/agreement").await;
        }
        let form = people.finn.opens(&format!("{at}/sending")).await.form(&format!("{at}/sending"));
        let back = credited.rsplit('/').next().unwrap().to_owned();
        people.finn.submits(&form.answered(&[("counterpart", &back), ("note", "Recalled")])).await;
        assert_eq!(states(&portal).await[0].0, "returned");
        assert_eq!(balance(&portal, &people.li).await, Money::ZERO);
        assert_eq!((house(&portal, "suspense/").await, house(&portal, "refunds/").await), (0, 0));
        // Money of ours that comes back is not credited by the reference that its text repeats.
        let again = tops_up(&mut people.li, "30").await;
        let ours = message(&[("24", "30.00", "Li Ming", &again, "A3")]).replace("1124C30", "1124RD30");
        imports(&portal, &mut people, &ours).await;
        assert_eq!(states(&portal).await.pop(), Some(("open".to_owned(), None)));
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn the_rest_of_a_top_up_is_sent_to_no_closed_account(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "100").await;
        let here = format!("/account/remittances/{number}");
        imports(&portal, &mut people, &message(&[("22", "60.00", "Li Ming", &number, "A1")])).await;
        assert!(people.li.opens(&here).await.text().contains("3100 0001 2345"));
        closes_named(&mut people, "Bank of Testing").await;
        let page = people.li.opens(&here).await.text();
        assert!(page.contains("Please send no money now") && !page.contains("3100 0001 2345"), "{page}");
        opens_with(&mut people, "Second Bank", &[("account_number", "5555 0001")]).await;
        let page = people.li.opens(&here).await.text();
        assert!(page.contains("5555 0001") && page.contains("¥ 40.00") && !page.contains("3100 0001"), "{page}");
        books_are_right(&portal).await;
    }
);
