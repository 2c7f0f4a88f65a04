//! Several receiving accounts at once: which one a top-up names, by its customer and its amount.

use diesel::prelude::*;
use easylink::base::db::schema::accounts;

use super::payers::reference;
use super::receiving::{closes_named, opens_with};
use super::{Company, company, presses, tops_up, verified};
use crate::support::entered::Entered;
use crate::support::page::Page;
use crate::support::portal::Portal;

/// The bank that a top-up names.
async fn bank(customer: &mut Entered, number: &str) -> String {
    let page = customer.opens(&format!("/account/remittances/{number}")).await.text();
    let found =
        ["Bank of Testing", "Small Bank", "Middle Bank", "Own Bank"].into_iter().find(|bank| page.contains(bank));
    found.unwrap_or_else(|| panic!("{page}")).to_string()
}

async fn named(customer: &mut Entered, amount: &str) -> String {
    let number = tops_up(customer, amount).await;
    bank(customer, &number).await
}

async fn account_number(portal: &Portal, account_id: i64) -> String {
    portal.read(move |conn| accounts::table.find(account_id).select(accounts::number).first(conn).unwrap()).await
}

async fn ranges(people: &mut Company) {
    let small = [("account_number", "5555 0001"), ("max_amount", "500"), ("min_amount", "")];
    opens_with(people, "Small Bank", &small).await;
    let middle = [("account_number", "5555 0002"), ("min_amount", "400"), ("max_amount", "600")];
    opens_with(people, "Middle Bank", &middle).await;
}

on_both!(
    async fn a_top_up_names_its_customers_account_else_the_narrowest_range(portal) {
        let mut people = company(&portal).await;
        ranges(&mut people).await;
        for (amount, expected) in [
            ("10", "Small Bank"),
            ("399.99", "Small Bank"),
            ("400", "Middle Bank"),
            ("600", "Middle Bank"),
            ("600.01", "Bank of Testing"),
        ] {
            assert_eq!(named(&mut people.li, amount).await, expected, "{amount}");
        }
        let number = account_number(&portal, people.li.account_id).await;
        let own = [("account_number", "5555 0003"), ("for_account", number.as_str())];
        opens_with(&mut people, "Own Bank", &own).await;
        assert_eq!(named(&mut people.li, "400").await, "Own Bank");
        let mut wu = verified(&portal, "wu@example.com").await;
        assert_eq!(named(&mut wu, "400").await, "Middle Bank");
        // Whoever sends money whenever they like reads which account takes which amounts.
        reference(&mut wu).await;
        let page = wu.opens("/account/payers").await.text();
        assert!(page.contains("up to ¥ 500.00") && page.contains("from ¥ 400.00 up to ¥ 600.00"), "{page}");
        reference(&mut people.li).await;
        let page = people.li.opens("/account/payers").await.text();
        assert!(page.contains("Own Bank") && !page.contains("up to"), "one account takes all: {page}");
        let list = people.fay.opens("/staff/receiving").await.text();
        assert!(list.contains("from ¥ 400.00 up to ¥ 600.00") && list.contains(&format!("Account {number}")), "{list}");
    }
);

on_both!(
    async fn closing_one_sends_each_top_up_to_what_takes_it(portal) {
        let mut people = company(&portal).await;
        ranges(&mut people).await;
        let (small, both, large) = (
            tops_up(&mut people.li, "10").await,
            tops_up(&mut people.li, "450").await,
            tops_up(&mut people.li, "900").await,
        );
        closes_named(&mut people, "Bank of Testing").await;
        let page = people.li.opens(&format!("/account/remittances/{large}")).await.text();
        assert!(page.contains("Please send no money now"), "nothing takes it: {page}");
        let mails = portal.mails_to("li@example.com").await;
        assert!(mails.len() == 1 && mails[0].text.contains("900.00"), "{}", mails.len());
        let form = people.li.opens("/account/remittances/new").await.form("/account/remittances/new");
        let page = people.li.posts(&form.with("amount", "900")).await;
        assert!(page.status == 422 && page.text().contains("No bank account takes this amount"), "{}", page.text());

        closes_named(&mut people, "Middle Bank").await;
        assert_eq!(bank(&mut people.li, &both).await, "Small Bank");
        assert_eq!(bank(&mut people.li, &small).await, "Small Bank");
        // One that takes the amount opens: what waited names it.
        opens_with(&mut people, "Middle Bank", &[("account_number", "5555 0009"), ("min_amount", "600")]).await;
        assert_eq!(bank(&mut people.li, &large).await, "Middle Bank");
    }
);

on_both!(
    async fn a_range_and_a_customer_are_held_to_their_rules(portal) {
        let mut people = company(&portal).await;
        let form = people.fay.opens("/staff/receiving/new").await.form("/staff/receiving/new").answered(&[
            ("bank_name", "Bank"),
            ("holder", "Easy Link Ltd"),
            ("account_number", "5555 0004"),
            ("min_amount", "20"),
            ("max_amount", "10"),
            ("for_account", "A22222222222"),
        ]);
        let page: Page = people.fay.posts(&form).await;
        assert_eq!(page.status, 422);
        assert_eq!(page.wrong_fields(), ["max_amount", "for_account"], "{}", page.text());
        // Nobody says where money for an account of their own is paid to.
        let address = people.fay.address.clone();
        let own = portal.enters(&address).await;
        let number = account_number(&portal, own.account_id).await;
        let mine = form.answered(&[("max_amount", "30"), ("for_account", number.as_str())]);
        assert_eq!(people.fay.posts(&mine).await.status, 403);
        assert!(!presses(&mut people.finn, "/staff/receiving", "/closure").await.text().contains("5555 0004"));
    }
);
