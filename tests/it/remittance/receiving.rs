//! Our receiving accounts: two people open and close them, and whoever still owes a transfer is told.

use diesel::prelude::*;
use easylink::base::db::schema::records;
use easylink::base::types::Money;
use easylink::web::feature::StaffRole;

use super::{Company, balance, company, declares, enters_line, presses, tops_up};
use crate::support::entered::Entered;
use crate::support::page::Page;

/// A second account, proposed by Fay and opened by Finn.
pub async fn opens_another(people: &mut Company, bank: &str) {
    opens_with(people, bank, &[("account_number", "7777 0002")]).await;
}

/// The same with more answers.
pub async fn opens_with(people: &mut Company, bank: &str, answers: &[(&str, &str)]) {
    let form = people.fay.opens("/staff/receiving/new").await.form("/staff/receiving/new");
    let form = form.answered(&[("bank_name", bank), ("holder", "Easy Link Ltd")]).answered(answers);
    people.fay.submits(&form).await;
    presses(&mut people.finn, "/staff/receiving", "/opening").await;
}

/// Closes the account at this bank: Fay asks, Finn agrees.
pub async fn closes_named(people: &mut Company, bank: &str) {
    let page = people.fay.opens("/staff/receiving").await;
    let heads = page.all(".card-head h2");
    let nth = heads.iter().position(|one| one.contains(bank)).unwrap_or_else(|| panic!("{bank} in {heads:?}"));
    let closure = page.attribute(&format!(".card:nth-of-type({}) form", nth + 1), "action").unwrap();
    people.fay.submits(&page.form(&closure)).await;
    let list = people.finn.opens("/staff/receiving").await;
    closes(&mut people.finn, &list).await;
}

/// Presses the last button towards closing: that of the oldest account.
pub async fn closes_the_oldest(people: &mut Company) -> Page {
    for first in [true, false] {
        let who = if first { &mut people.fay } else { &mut people.finn };
        let page = who.opens("/staff/receiving").await;
        if !first {
            return closes(who, &page).await;
        }
        let form = page.forms().into_iter().rfind(|form| form.ends_with("/closure")).unwrap();
        who.submits(&page.form(&form)).await;
    }
    unreachable!()
}

/// Decides on the account whose closing is proposed: closes it.
async fn closes(who: &mut Entered, list: &Page) -> Page {
    let page = who.opens(&asked(list)).await;
    let form = page.form("form:has(input[value=close])");
    who.submits(&form).await
}

/// The page on which is decided.
fn asked(list: &Page) -> String {
    list.links().into_iter().find(|(_, to)| to.ends_with("/closure")).unwrap().1
}

on_both! {
    async fn receiving_accounts_open_and_close_by_two_people(portal) {
        let mut people = company(&portal).await;
        let page = people.fay.opens("/staff/receiving").await;
        let closure = page.forms().into_iter().find(|form| form.ends_with("/closure")).unwrap();
        let page = people.fay.submits(&page.form(&closure)).await;
        assert!(page.text().contains("A colleague has to agree"), "{}", page.text());
        // Customers still see it.
        assert!(people.li.opens("/account/remittances/new").await.text().contains("How much"));
        let list = people.finn.opens("/staff/receiving").await;
        closes(&mut people.finn, &list).await;
        assert!(people.li.opens("/account/remittances/new").await.text().contains("Top-ups are paused"));
        // A proposal is not opened by the one who made it.
        let form = people.fay.opens("/staff/receiving/new").await.form("/staff/receiving/new").answered(&[
            ("bank_name", "Second"), ("holder", "Easy Link Ltd"), ("account_number", "123456"),
        ]);
        people.fay.submits(&form).await;
        let theirs = people.finn.opens("/staff/receiving").await;
        let opening = theirs.forms().into_iter().find(|form| form.ends_with("/opening")).unwrap();
        let mut form = theirs.form(&opening);
        let own = people.fay.opens("/staff/receiving").await;
        let token = own.form(&opening.replace("/opening", "/closure")).value("token").unwrap().to_string();
        form = form.tampered("token", &token);
        assert_eq!(people.fay.posts(&form).await.status, 403);
        assert_eq!(people.finn.posts(&theirs.form(&opening)).await.status, 303);
    }
}

on_both! {
    async fn a_step_that_a_colleague_made_meanwhile_is_not_taken_for_the_next_one(portal) {
        let mut people = company(&portal).await;
        let page = people.finn.opens("/staff/receiving").await;
        let closure = page.forms().into_iter().find(|form| form.ends_with("/closure")).unwrap();
        presses(&mut people.fay, "/staff/receiving", "/closure").await;
        assert_eq!(people.finn.posts(&page.form(&closure)).await.status, 409, "he wanted to propose, not to close");
        assert!(people.li.opens("/account/remittances/new").await.text().contains("How much"));
    }
}

on_both! {
    async fn who_still_owes_is_told_when_the_account_closes(portal) {
        let mut people = company(&portal).await;
        let (open, declared) = (tops_up(&mut people.li, "1,250").await, tops_up(&mut people.li, "20").await);
        declares(&mut people.li, &declared).await;
        let withdrawn = tops_up(&mut people.li, "30").await;
        presses(&mut people.li, &format!("/account/remittances/{withdrawn}/withdrawal"), "/withdrawal").await;
        opens_another(&mut people, "Bank of Seconds").await;
        assert!(portal.mails_to("li@example.com").await.is_empty(), "the old account still stands");
        let list = people.fay.opens("/staff/receiving").await.text();
        assert!(list.contains("Opened by\nfinn@staff.example.com"), "{list}");
        let page = closes_the_oldest(&mut people).await;
        assert!(page.text().contains("were told by mail"), "{}", page.text());

        let mails = portal.mails_to("li@example.com").await;
        assert_eq!(mails.len(), 1, "one mail about all of them");
        let mail = &mails[0];
        assert_eq!(mail.subject, "Our bank account for your transfers has changed");
        for words in ["¥\u{a0}1,250.00", "pay to the account that its page shows now", "¥\u{a0}20.00", "nothing\nfor you to do"] {
            assert!(mail.text.contains(words), "{words} in {}", mail.text);
        }
        for number in [&open, &declared] {
            assert!(mail.text.contains(&format!("/account/remittances/{number}")), "{}", mail.text);
        }
        assert!(!mail.text.contains(&withdrawn) && !mail.text.contains("7777"), "{}", mail.text);

        let page = people.li.opens(&format!("/account/remittances/{open}")).await;
        assert!(page.text().contains("7777 0002") && page.text().contains("The receiving account was closed"), "{}", page.text());
        let page = people.li.opens(&format!("/account/remittances/{declared}")).await;
        assert!(page.text().contains("Please send no money now") && !page.text().contains("3100 0001"), "{}", page.text());
        // What was on its way to the closed account is credited as ever.
        enters_line(&mut people.fay, "20", &declared, "S-1").await;
        presses(&mut people.finn, &format!("/staff/remittances/{declared}"), "/confirmation").await;
        assert_eq!(balance(&portal, &people.li).await, Money(2_000));
    }
}

on_both! {
    async fn who_has_to_wait_for_another_account_is_told_again(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "10").await;
        closes_the_oldest(&mut people).await;
        let mails = portal.mails_to("li@example.com").await;
        assert!(mails[0].text.contains("Please wait with this transfer"), "{}", mails[0].text);
        let path = format!("/account/remittances/{number}");
        let page = people.li.opens(&path).await;
        assert!(page.text().contains("As soon as another one is open"), "{}", page.text());
        opens_another(&mut people, "Bank of Seconds").await;
        let mails = portal.mails_to("li@example.com").await;
        assert_eq!(mails.len(), 2);
        assert!(mails[1].text.contains("pay to the account that its page shows now"), "{}", mails[1].text);
        assert!(people.li.opens(&path).await.text().contains("7777 0002"));
    }
}

on_both! {
    async fn a_proposal_to_close_is_taken_back_refused_or_decided_with_what_it_comes_to(portal) {
        let mut people = company(&portal).await;
        tops_up(&mut people.li, "1,250").await;
        let declared = tops_up(&mut people.li, "20").await;
        declares(&mut people.li, &declared).await;
        for decider in ["Take the proposal back", "Refuse: keep it open"] {
            let list = presses(&mut people.fay, "/staff/receiving", "/closure").await;
            let own = decider.starts_with("Take");
            let who = if own { &mut people.fay } else { &mut people.finn };
            let page = who.opens(&asked(&list)).await;
            assert!(page.text().contains("1 top-up, ¥ 1,250.00") && page.text().contains("No other account is open"), "{}", page.text());
            assert!(page.text().contains("told by mail at once: 1 person"), "{}", page.text());
            assert_eq!(page.all("main form button.bad").len(), usize::from(!own), "who proposed it does not close it");
            let form = page.form("form:has(input[value=keep])");
            assert_eq!(form.buttons[0].label, decider);
            let back = who.submits(&form).await;
            assert!(back.text().contains("The account stays open"), "{}", back.text());
            assert_eq!(who.posts(&page.form("form:has(input[value=keep])")).await.status, 303, "sent twice is done once");
        }
        let events: Vec<String> = portal.read(|conn| {
            let kept = records::table.filter(records::event.eq_any(["receiving_closing", "receiving_kept"]));
            kept.order(records::id).select(records::event).load(conn).unwrap()
        }).await;
        assert_eq!(events, ["receiving_closing", "receiving_kept", "receiving_closing", "receiving_kept"]);
        assert!(portal.mails_to("li@example.com").await.is_empty(), "nobody was told of what did not come");
        // What is not proposed is not decided, and the one who proposed still does not close.
        let list = presses(&mut people.fay, "/staff/receiving", "/closure").await;
        let mine = people.fay.opens(&asked(&list)).await.form("form:has(input[value=keep])");
        assert_eq!(people.fay.posts(&mine.clone().tampered("step", "close")).await.status, 403);
        let theirs = people.finn.opens(&asked(&list)).await;
        people.fay.submits(&mine).await;
        assert_eq!(people.finn.posts(&theirs.form("form:has(input[value=close])")).await.status, 409);
        let page = people.finn.gets(&asked(&list)).await;
        assert_eq!((page.status, page.header("location")), (303, Some("/staff/receiving")));
    }
}

on_both! {
    async fn the_number_of_an_account_is_checked_and_not_taken_twice(portal) {
        let mut people = company(&portal).await;
        let form = people.fay.opens("/staff/receiving/new").await.form("/staff/receiving/new").answered(&[
            ("bank_name", "Second"), ("holder", "Easy Link Ltd"),
        ]);
        for (number, words) in [
            ("!!", "at least 6 letters or digits"),
            ("12345", "at least 6 letters or digits"),
            ("1-2-3-4-5", "at least 6 letters or digits"),
            ("31000001/2345", "nothing else but spaces and hyphens"),
            ("账号31000001", "nothing else but spaces and hyphens"),
            ("3100 0001 2345", "already in use"),
            ("３１００-0001-2345", "already in use"),
        ] {
            let page = people.fay.posts(&form.clone().with("account_number", number)).await;
            assert_eq!((page.status, page.wrong_fields()), (422, vec!["account_number".to_string()]), "{number}");
            assert!(page.text().contains(words), "{number}: {}", page.text());
        }
        // Told together with what else is wrong.
        let page = people.fay.posts(&form.clone().with("bank_name", "").with("account_number", "310000012345")).await;
        assert_eq!(page.wrong_fields(), ["bank_name", "account_number"]);
        // While it is only proposed it is in use, too; once dropped it is free.
        let mut other = form.with("account_number", "ｄｅ 7777-0002");
        let page = people.fay.submits(&other).await;
        assert!(page.text().contains("de 7777-0002"), "kept in usual width: {}", page.text());
        other = other.with("account_number", "DE77770002").tampered("token", &token(&mut people.fay).await);
        assert_eq!(people.fay.posts(&other).await.wrong_fields(), ["account_number"]);
        let drop = people.fay.opens("/staff/receiving").await;
        people.fay.submits(&drop.form("form:has(input[value=drop])")).await;
        other = other.tampered("token", &token(&mut people.fay).await);
        assert_eq!(people.fay.posts(&other).await.status, 303);
    }
}

/// A fresh token of the form that proposes an account.
async fn token(who: &mut Entered) -> String {
    who.opens("/staff/receiving/new").await.form("/staff/receiving/new").value("token").unwrap().to_string()
}

on_both! {
    async fn the_others_of_finance_are_asked_for_the_second_half(portal) {
        const LINE: &str = "1 receiving account waits for a second person";
        let mut people = company(&portal).await;
        let mut aldo = portal.employs("Aldo", &[StaffRole::Auditor]).await;
        let (fay, finn) = ("fay@staff.example.com", "finn@staff.example.com");
        let mails = portal.mails_to(finn).await;
        assert_eq!(mails.len(), 1, "the company's own account");
        assert_eq!(mails[0].subject, "A receiving account at Easy Link waits for a second person");
        for words in ["Fay proposes to open", "Bank of Testing, Shanghai", "/staff/receiving"] {
            assert!(mails[0].text.contains(words), "{words} in {}", mails[0].text);
        }
        assert!(!mails[0].text.contains("3100"), "no account number in a mail");
        assert!(!people.finn.opens("/staff").await.text().contains("for a second person"), "it was opened");

        presses(&mut people.fay, "/staff/receiving", "/closure").await;
        let mails = portal.mails_to(finn).await;
        assert_eq!(mails.len(), 2);
        assert!(mails[1].text.contains("Fay proposes to close") && mails[1].text.contains("/closure\n"), "{}", mails[1].text);
        assert!(portal.mails_to(fay).await.is_empty() && portal.mails_to("aldo@staff.example.com").await.is_empty());
        let desk = people.finn.opens("/staff").await;
        assert!(desk.text().contains(LINE), "{}", desk.text());
        assert!(desk.all("section.card").iter().any(|card| card.contains(LINE)), "{}", desk.text());
        assert!(desk.links().iter().any(|(_, to)| to == "/staff/receiving"));
        for (who, name) in [(&mut people.fay, "who asked"), (&mut aldo, "who decides nothing")] {
            assert!(!who.opens("/staff").await.text().contains("for a second person"), "{name}");
        }
        // A proposal of Finn's beside it waits for Fay.
        let form = people.finn.opens("/staff/receiving/new").await.form("/staff/receiving/new").answered(&[
            ("bank_name", "Second"), ("holder", "Easy Link Ltd"), ("account_number", "7777 0002"),
        ]);
        people.finn.submits(&form).await;
        assert_eq!(portal.mails_to(fay).await.len(), 1);
        assert!(people.fay.opens("/staff").await.text().contains(LINE));
        assert!(people.finn.opens("/staff").await.text().contains(LINE), "the closing still does");
    }
}
