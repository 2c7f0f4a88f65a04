//! Finance's desk: crediting by hand, in shares, with a second person; setting aside, sending back, undoing.

use diesel::prelude::*;
use easylink::base::db::schema::{remittances, statement_entries};
use easylink::base::types::Money;
use easylink::services::ledger::{self, Posting, TransactionKind};

use super::imports::{books_are_right, imports, message, states};
use super::{balance, company, declares, presses, tops_up, verified};
use crate::ledger::holder;
use crate::support::entered::Entered;
use crate::support::page::Page;
use crate::support::portal::Portal;

/// The address of the newest entry.
pub async fn newest(portal: &Portal) -> String {
    let number: String = portal
        .read(|conn| {
            let newest = statement_entries::table.order(statement_entries::id.desc());
            newest.select(statement_entries::number).first(conn).unwrap()
        })
        .await;
    format!("/staff/statements/{number}")
}

/// Credits the entry at this address to a top-up that its page offers.
pub async fn credits(officer: &mut Entered, at: &str, reference: &str, note: &str) -> Page {
    let page = officer.opens(at).await;
    let form = page.form(&format!("{at}/credit")).with("note", note);
    let label =
        form.buttons.iter().find(|one| one.label.replace([' ', '-'], "").contains(reference)).unwrap().label.clone();
    officer.submits(&form.pressing(&label)).await
}

/// Decides something about the entry at this address.
pub async fn decides(officer: &mut Entered, at: &str, decision: &str, note: &str) -> Page {
    let page = officer.opens(&format!("{at}/decision?decision={decision}")).await;
    let form = page.form(&format!("{at}/decision")).with("note", note);
    officer.submits(&form).await
}

pub async fn state(portal: &Portal) -> String {
    states(portal).await.pop().unwrap().0
}

/// What the accounts of the house hold whose code begins so.
pub async fn house(portal: &Portal, code: &str) -> i64 {
    let code = code.to_owned();
    portal
        .read(move |conn| {
            let all = ledger::accounts_of_the_house(conn).unwrap();
            all.iter().filter(|one| one.code.starts_with(&code)).map(|one| one.balance.0).sum()
        })
        .await
}

/// What a customer owes.
async fn owed(portal: &Portal, customer: &Entered) -> i64 {
    let account = customer.account_id;
    portal
        .write(move |conn| {
            let holder = holder(conn, account);
            let found = ledger::receivable_of(conn, holder, "CNY").unwrap();
            found.map_or(0, |account| ledger::hold(conn, &[&account]).unwrap()[0].0)
        })
        .await
}

/// Spends from a wallet, as an order would.
async fn spends(portal: &Portal, customer: &Entered, cents: i64) {
    let (account, ctx) = (customer.account_id, portal.ctx());
    portal
        .write(move |conn| {
            let holder = holder(conn, account);
            let wallet = ledger::wallet(conn, holder, "CNY", ctx.now).unwrap();
            let fees = ledger::fees(conn, "CNY", ctx.now).unwrap();
            let transfers = vec![(wallet, fees, Money(cents))];
            let kind = TransactionKind::BankCharge;
            ledger::post(conn, &ctx, Posting { kind, object: None, transfers }).unwrap();
        })
        .await;
}

on_both!(
    async fn a_person_credits_what_carries_no_reference_in_one_press(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "100").await;
        declares(&mut people.li, &number).await;
        imports(&portal, &mut people, &message(&[("22", "100.00", "Li Ming", "for the cloud", "A1")])).await;
        let at = newest(&portal).await;
        let page = people.finn.opens(&at).await;
        let text = page.text();
        assert!(text.contains("entry 1 of 1 that need a person"), "{text}");
        for sign in ["The same amount", "The same name", "Booked within three days"] {
            assert!(text.contains(sign), "{sign}: {text}");
        }
        let done = credits(&mut people.finn, &at, &number, "").await;
        assert!(done.text().contains("It is done"), "{}", done.text());
        assert_eq!(balance(&portal, &people.li).await.to_string(), "100.00");
        assert_eq!(state(&portal).await, "credited");
        // Whoever brought the file credits nothing by it alone.
        let other = tops_up(&mut people.li, "50").await;
        imports(&portal, &mut people, &message(&[("23", "50.00", "Li Ming", "more", "A2")])).await;
        let at = newest(&portal).await;
        let asked = credits(&mut people.fay, &at, &other, "").await;
        assert!(asked.text().contains("A colleague has to agree"), "{}", asked.text());
        assert_eq!(balance(&portal, &people.li).await.to_string(), "100.00");
        presses(&mut people.finn, &at, "/agreement").await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "150.00");
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn an_entry_is_split_and_never_exceeds_itself(portal) {
        let mut people = company(&portal).await;
        let mut wu = verified(&portal, "wu@example.com").await;
        let (one, two) = (tops_up(&mut people.li, "60").await, tops_up(&mut wu, "30").await);
        imports(&portal, &mut people, &message(&[("22", "100.00", "Office of both", "two of us", "A1")])).await;
        let at = newest(&portal).await;
        let form = people.finn.opens(&format!("{at}/split")).await.form(&format!("{at}/split"));
        let wrong = form.clone().answered(&[("reference_1", &one), ("share_1", "60"), ("reference_2", &two), ("share_2", "41")]);
        let page = people.finn.posts(&wrong).await;
        assert_eq!(page.status, 422);
        assert!(page.text().contains("The shares come to 101.00, but the entry is 100.00"), "{}", page.text());
        let unknown = form.clone().answered(&[("reference_1", "R7KM3X9Q26WA"), ("share_1", "100")]);
        assert_eq!(people.finn.posts(&unknown).await.status, 422);
        let right = form.answered(&[("reference_1", &one), ("share_1", "60"), ("reference_2", &two), ("share_2", "40")]);
        let silent = people.finn.posts(&right).await;
        assert!(silent.status == 422 && silent.text().contains("Say why this may be credited"), "{}", silent.text());
        let right = right.with("note", "They share an office");
        let done = people.finn.submits(&right).await;
        assert!(done.text().contains("It is done"), "{}", done.text());
        assert_eq!(balance(&portal, &people.li).await.to_string(), "60.00");
        assert_eq!(balance(&portal, &wu).await.to_string(), "40.00", "30.00 for the top-up and 10.00 more");
        assert_eq!(house(&portal, "suspense/CNY").await, 0);
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn from_the_limit_on_a_second_person_agrees_once(portal) {
        let mut people = company(&portal).await;
        let mut kim = portal.employs("Kim", &[easylink::web::feature::StaffRole::Finance]).await;
        let number = tops_up(&mut people.li, "10000").await;
        imports(&portal, &mut people, &message(&[("22", "10000.00", "Li Ming", "no reference", "A1")])).await;
        let at = newest(&portal).await;
        let silent = credits(&mut people.finn, &at, &number, "").await;
        assert_eq!(silent.status, 422, "much for an account that is new");
        let asked = credits(&mut people.finn, &at, &number, "Announced by its owner").await;
        assert!(asked.text().contains("A colleague has to agree"), "{}", asked.text());
        assert_eq!(balance(&portal, &people.li).await, Money::ZERO);
        let own = people.finn.opens(&at).await;
        assert!(!own.forms().iter().any(|form| form.ends_with("/agreement")), "nobody agrees to their own decision");
        assert!(people.finn.opens("/staff/decisions").await.text().contains("A colleague has to"));
        let agreement = kim.opens(&at).await;
        let action = agreement.forms().into_iter().find(|form| form.ends_with("/agreement")).unwrap();
        let forged = kim.opens(&at).await.form(&action);
        let mut tampered = people.finn.opens(&at).await.form(&action.replace("/agreement", "/refusal"));
        tampered.action = action.clone();
        assert_eq!(people.finn.posts(&tampered).await.status, 403);
        // Two at once: one of them does it.
        let other = people.fay.opens(&at).await.form(&action);
        let (one, two) = futures_util::join!(kim.posts(&forged), people.fay.posts(&other));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert!(statuses == [303, 409] || statuses == [303, 303], "{statuses:?}");
        assert_eq!(balance(&portal, &people.li).await.to_string(), "10,000.00");
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn what_fits_nothing_is_set_aside_and_goes_back(portal) {
        let mut people = company(&portal).await;
        imports(&portal, &mut people, &message(&[("22", "80.00", "Wu Xia", "rent", "A1")])).await;
        let at = newest(&portal).await;
        assert_eq!(decides(&mut people.finn, &at, "park", "").await.status, 422, "a note is needed");
        decides(&mut people.finn, &at, "park", "Asked the bank who that is").await;
        assert_eq!(state(&portal).await, "parked");
        assert!(people.fay.opens("/staff/statements?state=parked").await.text().contains("In suspense"));
        let asked = decides(&mut people.finn, &at, "send_back", "Nobody's").await;
        assert!(asked.text().contains("A colleague has to agree"), "{}", asked.text());
        assert_eq!((state(&portal).await.as_str(), house(&portal, "suspense/CNY").await), ("parked", 8_000));
        presses(&mut people.fay, &at, "/agreement").await;
        assert_eq!((state(&portal).await.as_str(), house(&portal, "refunds/").await), ("returning", 8_000));
        books_are_right(&portal).await;
        // The bank sends it: another amount is not it, the same one settles it.
        let lines = [("24", "-80.00", "Wu Xia", "sent back", "A2"), ("24", "-1.50", "", "charges", "A3")];
        imports(&portal, &mut people, &message(&lines)).await;
        let charge = newest(&portal).await;
        decides(&mut people.finn, &charge, "charge", "Monthly").await;
        assert_eq!(house(&portal, "fees/").await, 150);
        let numbers: Vec<String> = portal
            .read(|conn| {
                let all = statement_entries::table.order(statement_entries::id).select(statement_entries::number);
                all.load(conn).unwrap()
            })
            .await;
        let sent = format!("/staff/statements/{}", numbers[1]);
        let page = people.finn.opens(&format!("{sent}/sending")).await;
        let wrong = page.form(&format!("{sent}/sending")).with("note", "By bank");
        assert_eq!(people.finn.posts(&wrong).await.status, 422, "the entry has to be named");
        let page = people.finn.opens(&format!("{sent}/sending")).await;
        let form = page.form(&format!("{sent}/sending")).answered(&[("counterpart", &numbers[0]), ("note", "By bank")]);
        people.finn.submits(&form).await;
        let first = states(&portal).await.remove(0).0;
        assert_eq!((first.as_str(), house(&portal, "refunds/").await), ("returned", 0));
        assert_eq!(house(&portal, "suspense/").await, 0);
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn a_wrong_match_is_undone_by_two_and_what_was_spent_is_owed(portal) {
        let mut people = company(&portal).await;
        let mut wu = verified(&portal, "wu@example.com").await;
        let number = tops_up(&mut people.li, "100").await;
        imports(&portal, &mut people, &message(&[("22", "100.00", "Li Ming", &number, "A1")])).await;
        let at = newest(&portal).await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "100.00");
        spends(&portal, &people.li, 7_000).await;
        decides(&mut people.finn, &at, "undo", "It was meant for Wu").await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "30.00", "one person undoes nothing");
        presses(&mut people.fay, &at, "/agreement").await;
        assert_eq!(balance(&portal, &people.li).await, Money::ZERO);
        assert_eq!((owed(&portal, &people.li).await, house(&portal, "suspense/CNY").await), (7_000, 10_000));
        assert_eq!(state(&portal).await, "open");
        let page = people.li.opens("/account/balance").await.text();
        assert!(page.contains("70.00 of it was spent already"), "{page}");
        let page = people.li.opens(&format!("/account/remittances/{number}")).await.text();
        assert!(page.contains("The credit was undone") && page.contains("Waiting for your declaration"), "{page}");
        let mail = portal.mails_to("li@example.com").await.pop().unwrap();
        assert!(mail.subject.contains("counted for you was taken out again"), "{}", mail.subject);
        books_are_right(&portal).await;
        // It goes where it belongs, and what comes next pays what is owed first.
        let right = tops_up(&mut wu, "100").await;
        credits(&mut people.finn, &at, &right, "").await;
        assert_eq!(balance(&portal, &wu).await.to_string(), "100.00");
        imports(&portal, &mut people, &message(&[("23", "100.00", "Li Ming", &number, "A2")])).await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "30.00");
        assert_eq!(owed(&portal, &people.li).await, 0);
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn undoing_one_part_reserves_the_other_again(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "100").await;
        imports(&portal, &mut people, &message(&[("22", "60.00", "Li Ming", &number, "A1")])).await;
        imports(&portal, &mut people, &message(&[("23", "45.00", "Li Ming", &number, "A2")])).await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "105.00");
        let at = newest(&portal).await;
        decides(&mut people.finn, &at, "undo", "Meant for another").await;
        presses(&mut people.fay, &at, "/agreement").await;
        assert_eq!(balance(&portal, &people.li).await, Money::ZERO);
        let received: (String, i64) = portal
            .read(|conn| remittances::table.select((remittances::state, remittances::received)).first(conn).unwrap())
            .await;
        assert_eq!(received, ("partial".to_owned(), 6_000));
        assert_eq!(house(&portal, "suspense/CNY").await, 10_500);
        books_are_right(&portal).await;
        // The customer is content with the part.
        presses(&mut people.li, &format!("/account/remittances/{number}/settlement"), "/settlement").await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "60.00");
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn nobody_refuses_what_takes_money_from_an_account_of_their_own(portal) {
        let mut people = company(&portal).await;
        let mut kim = portal.employs("Kim", &[easylink::web::feature::StaffRole::Finance]).await;
        // Finn is a customer, too.
        let mut own = verified(&portal, "finn@staff.example.com").await;
        let number = tops_up(&mut own, "70").await;
        imports(&portal, &mut people, &message(&[("22", "70.00", "Li Ming", &number, "A1")])).await;
        assert_eq!(balance(&portal, &own).await.to_string(), "70.00");
        let at = newest(&portal).await;
        for refuses in [true, false] {
            decides(&mut people.fay, &at, "undo", "It was meant for Wu").await;
            assert_eq!(people.finn.gets(&at).await.status, 403);
            let refusal = people.fay.opens(&at).await.forms().into_iter().find(|form| form.ends_with("/refusal"));
            let mut forged = people.finn.opens("/staff/aml/rules/threshold").await.form("/staff/aml/rules/threshold");
            forged.action = refusal.unwrap();
            assert_eq!(people.finn.posts(&forged).await.status, 403);
            let waiting = people.fay.opens(&at).await;
            assert!(waiting.text().contains("A second person has to agree"), "{}", waiting.text());
            // Others may, and whoever proposed it takes it back.
            presses(if refuses { &mut kim } else { &mut people.fay }, &at, "/refusal").await;
            assert!(!people.fay.opens(&at).await.text().contains("A second person has to agree"));
        }
        assert_eq!(balance(&portal, &own).await.to_string(), "70.00");
        // Nor do they refuse a credit to it; of others' money they may.
        imports(&portal, &mut people, &message(&[("23", "10000.00", "Li Ming", "no reference", "A2")])).await;
        let large = newest(&portal).await;
        for (customer, status) in [(&mut own, 403), (&mut people.li, 303)] {
            let number = tops_up(customer, "10000").await;
            credits(&mut kim, &large, &number, "Known").await;
            let refusal = people.fay.opens(&large).await.forms().into_iter().find(|form| form.ends_with("/refusal"));
            let mut forged = people.finn.opens("/staff/aml/rules/threshold").await.form("/staff/aml/rules/threshold");
            forged.action = refusal.unwrap();
            assert_eq!(people.finn.posts(&forged).await.status, status);
            if status == 403 {
                presses(&mut kim, &large, "/refusal").await;
            }
        }
        books_are_right(&portal).await;
    }
);
