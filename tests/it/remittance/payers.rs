//! The permanent reference of an account, and who else may pay in by it.

use std::time::Duration;

use diesel::prelude::*;
use easylink::base::db::End;
use easylink::base::db::schema::{allocations, approved_payers};

use super::imports::{imports, message, reasons, states};
use super::{balance, company, presses, tops_up, verified};
use crate::support::entered::Entered;
use crate::support::page::Page;
use crate::support::portal::Portal;

const HERE: &str = "/account/payers";
const PARENT: &str = "Harbour Holding Ltd";

/// Gets the permanent reference, as it stands on the page.
pub async fn reference(owner: &mut Entered) -> String {
    presses(owner, HERE, "/reference").await.all(".slip-reference").concat().replace('-', "")
}

pub async fn approves(owner: &mut Entered, name: &str) -> Page {
    let form = owner.opens("/account/payers/new").await.form("/account/payers/new");
    owner.posts(&form.answered(&[("payer_name", name), ("relation", "Parent company"), ("agreed", "yes")])).await
}

async fn removes(owner: &mut Entered, name: &str) -> Page {
    let page = owner.opens(HERE).await;
    let way = page.link(&format!("Remove {name}"));
    presses(owner, &way, "/removal").await
}

on_both!(
    async fn money_under_the_permanent_reference_needs_no_declaration(portal) {
        let mut people = company(&portal).await;
        let number = reference(&mut people.li).await;
        assert_eq!(reference_again(&mut people.li).await, number, "it stays the same");
        let lines = [
            ("20", "70.00", "LI MING", number.as_str(), "M1"),
            ("20", "30.00", "Wu Xia", number.as_str(), "M2"),
            ("20", "20.00", "", number.as_str(), "M3"),
        ];
        imports(&portal, &mut people, &message(&lines)).await;
        let held = |why: &str| ("held".to_owned(), Some(why.to_owned()));
        assert_eq!(states(&portal).await, [("credited".into(), None), held("not_approved"), held("no_name")]);
        assert_eq!(balance(&portal, &people.li).await.to_string(), "70.00");
        let page = people.li.opens(HERE).await.text();
        assert!(page.contains("Credited") && page.contains("neither authenticated for this account"), "{page}");
        assert!(!page.contains("Wu Xia"), "who sent what is held is not told: {page}");
        let mails = portal.mails_to("li@example.com").await;
        assert!(mails.iter().any(|mail| mail.subject.contains("70.00 is in your balance")));
        assert_eq!(reasons(&portal).await, ["permanent"]);
        let without: i64 = portal
            .read(|conn| {
                let none = allocations::table.filter(allocations::remittance_id.is_null());
                none.count().get_result(conn).unwrap()
            })
            .await;
        assert_eq!(without, 1);
        let list = people.fay.opens("/staff/statements?state=held").await.text();
        assert!(list.contains("neither the authenticated name nor an approved payer"), "{list}");
        // Another account sees nothing of it.
        let mut wu = verified(&portal, "wu@example.com").await;
        let page = wu.opens(HERE).await.text();
        assert!(page.contains("No permanent reference yet") && !page.contains("70.00"), "{page}");
        assert_ne!(reference(&mut wu).await, number);
    }
);

async fn reference_again(owner: &mut Entered) -> String {
    owner.opens(HERE).await.all(".slip-reference").concat().replace('-', "")
}

on_both!(
    async fn an_approved_payer_pays_in_until_removed(portal) {
        let mut people = company(&portal).await;
        let number = reference(&mut people.li).await;
        let top_up = tops_up(&mut people.li, "40").await;
        assert_eq!(approves(&mut people.li, PARENT).await.status, 303);
        let mail = portal.mails_to("li@example.com").await.pop().unwrap();
        assert!(mail.subject.contains("A payer was approved") && mail.text.contains(PARENT), "{}", mail.text);
        let both = format!("{top_up} and {number}");
        let lines = [("20", "60.00", PARENT, number.as_str(), "A1"), ("20", "50.00", PARENT, both.as_str(), "A2")];
        imports(&portal, &mut people, &message(&lines)).await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "110.00");
        assert_eq!(reasons(&portal).await, ["permanent", "exact", "permanent"]);

        assert!(removes(&mut people.li, PARENT).await.text().contains("Nobody else may pay in"));
        assert!(portal.mails_to("li@example.com").await.iter().any(|mail| mail.subject.contains("was removed")));
        imports(&portal, &mut people, &message(&[("21", "1.00", PARENT, &number, "A3")])).await;
        assert_eq!(states(&portal).await.pop(), Some(("held".into(), Some("not_approved".into()))));
        assert_eq!(balance(&portal, &people.li).await.to_string(), "110.00");
        let kept: Vec<String> =
            portal.read(|conn| approved_payers::table.select(approved_payers::state).load(conn).unwrap()).await;
        assert_eq!(kept, ["removed"], "the record stays");
    }
);

on_both!(
    async fn at_most_five_stand_and_each_is_wanted(portal) {
        let mut li = verified(&portal, "li@example.com").await;
        let page = approves(&mut li, "li  ming").await;
        assert!(page.status == 422 && page.text().contains("authenticated name of the account itself"));
        let form = li.opens("/account/payers/new").await.form("/account/payers/new").with("payer_name", "A");
        let page = li.posts(&form).await;
        assert!(page.status == 422 && page.text().contains("Tick this box to go on"), "{}", page.text());
        for name in ["One", "Two", "Three", "Four"] {
            assert_eq!(approves(&mut li, name).await.status, 303);
        }
        let page = approves(&mut li, "TWO").await;
        assert!(page.status == 422 && page.text().contains("approved already"), "{}", page.text());
        // The fifth and the sixth at once: one of them finds no slot.
        let (five, six) = (
            li.opens("/account/payers/new").await.form("/account/payers/new"),
            li.opens("/account/payers/new").await.form("/account/payers/new"),
        );
        let filled = |form: crate::support::form::FormInPage, name: &str| {
            form.answered(&[("payer_name", name), ("relation", "Friend"), ("agreed", "yes")])
        };
        let mut other = portal.returns("li@example.com").await;
        let six = filled(six, "Seven");
        let again = other.opens("/account/payers/new").await.form("/account/payers/new");
        let (five, again) = (filled(five, "Five"), filled(again, "Six"));
        let (one, two) = futures_util::join!(li.posts(&five), other.posts(&again));
        let mut both = [one.status, two.status];
        both.sort_unstable();
        assert_eq!(both, [303, 422], "{} {}", one.text(), two.text());
        let page = li.posts(&six).await;
        assert!(page.status == 422 && page.text().contains("Five payers are approved"), "{}", page.text());
        let refused = portal
            .house
            .db
            .write(|conn| {
                let sixth = diesel::update(approved_payers::table.filter(approved_payers::slot.eq(5)));
                End::Undo(sixth.set(approved_payers::slot.eq(6)).execute(conn).is_err())
            })
            .await;
        assert!(refused.unwrap(), "the database knows no sixth slot");
        let page = li.opens(HERE).await;
        assert!(!page.links().iter().any(|(_, way)| way == "/account/payers/new"), "{}", page.text());
    }
);

on_both!(
    async fn what_stands_for_no_name_is_approved_by_nobody(portal) {
        let mut li = verified(&portal, "li@example.com").await;
        for none in ["NOTPROVIDED", "not provided", "NONREF", ".", "-", "X", "\u{3164}\u{3164}"] {
            let page = approves(&mut li, none).await;
            assert_eq!((page.status, page.wrong_fields()), (422, vec!["payer_name".to_owned()]), "{none}");
        }
        assert!(approves(&mut li, "Not Provided").await.text().contains("This is no name"));
        assert_eq!(kept(&portal).await, 0);
    }
);

on_both!(
    async fn only_a_fresh_owner_approves(portal) {
        let mut li = verified(&portal, "li@example.com").await;
        let form = li.opens("/account/payers/new").await.form("/account/payers/new").answered(&[
            ("payer_name", PARENT),
            ("relation", "Parent company"),
            ("agreed", "yes"),
        ]);
        portal.later(Duration::from_secs(700));
        let page = li.posts(&form).await;
        assert!(page.status == 303 && page.header("location").unwrap().starts_with("/account/step-up"));
        let billing = easylink::features::accounts::MemberRole::Billing;
        let mut clerk = portal.joins(li.account_id, "clerk@example.com", billing).await;
        let page = clerk.opens(HERE).await;
        assert!(page.text().contains("An owner of the account gets it here"), "{}", page.text());
        assert_eq!(clerk.gets("/account/payers/new").await.status, 403);
        assert_eq!(kept(&portal).await, 0);
    }
);

async fn kept(portal: &Portal) -> i64 {
    portal.read(|conn| approved_payers::table.count().get_result(conn).unwrap()).await
}
