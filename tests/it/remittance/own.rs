//! Money of an account that is, by the address, also an officer's own: others read of it and decide about it, on every page.

use easylink::web::feature::StaffRole;

use super::desk::{credits, decides, newest};
use super::imports::{imports, message, sends};
use super::{company, declares, enters_line, presses, tops_up, verified};
use crate::support::entered::Entered;

/// A post of a form that the officer was never shown.
async fn forges(officer: &mut Entered, to: &str, field: &str, value: &str) -> u16 {
    let mut forged = officer.opens("/staff/aml/rules/threshold").await.form("/staff/aml/rules/threshold");
    forged.action = to.to_owned();
    forged.fields.push((field.to_owned(), value.to_owned()));
    officer.posts(&forged).await.status
}

on_both!(
    async fn what_is_their_own_is_read_nowhere(portal) {
        let mut people = company(&portal).await;
        let mut kim = portal.employs("Kim", &[StaffRole::Finance]).await;
        // Finn is a customer, too.
        let mut own = verified(&portal, "finn@staff.example.com").await;
        let number = tops_up(&mut own, "70").await;
        imports(&portal, &mut people, &message(&[("22", "70.00", "Wu Xia", &number, "O1")])).await;
        let at = newest(&portal).await;
        decides(&mut people.fay, &at, "park", "We ask the bank").await;
        // Another customer declares the same amount: the entry is offered, but not to Finn.
        let other = tops_up(&mut people.li, "70").await;
        declares(&mut people.li, &other).await;
        let declaration = format!("/staff/remittances/{other}");
        assert!(kim.opens(&declaration).await.text().contains("Wu Xia"), "of that amount");
        assert!(!people.finn.opens(&declaration).await.text().contains("Wu Xia"));
        // What is proposed about it waits for others.
        decides(&mut people.fay, &at, "send_back", "Nobody's").await;
        assert_eq!(kim.opens("/staff/decisions").await.all("tbody tr").len(), 1);
        assert!(people.finn.opens("/staff/decisions").await.text().contains("No decisions here"));
        presses(&mut kim, &at, "/agreement").await;
        // Nor do they choose it as what the bank sent back.
        imports(&portal, &mut people, &message(&[("23", "-70.00", "Wu Xia", "back", "O2")])).await;
        let sending = format!("{}/sending", newest(&portal).await);
        let offered = "select[name=counterpart] option:not([value=''])";
        assert_eq!(kim.opens(&sending).await.all(offered).len(), 1);
        assert!(people.finn.opens(&sending).await.all(offered).is_empty());
        let entry = at.rsplit('/').next().unwrap();
        assert_eq!(forges(&mut people.finn, &sending, "counterpart", entry).await, 422);
    }
);

on_both!(
    async fn what_is_proposed_or_told_to_be_their_own_is_for_others(portal) {
        let mut people = company(&portal).await;
        let mut kim = portal.employs("Kim", &[StaffRole::Finance]).await;
        let mut own = verified(&portal, "finn@staff.example.com").await;
        let number = tops_up(&mut own, "10000").await;
        imports(&portal, &mut people, &message(&[("22", "10000.00", "Wu Xia", "no reference", "O1")])).await;
        let at = newest(&portal).await;
        assert_eq!(people.finn.gets(&at).await.status, 200, "nobody knows yet whose it is");
        credits(&mut kim, &at, &number, "He showed the receipt").await;
        assert_eq!(people.finn.gets(&at).await.status, 403, "it is proposed to be his");
        assert!(people.finn.opens("/staff/decisions").await.text().contains("No decisions here"));
        presses(&mut people.fay, &at, "/agreement").await;
        decides(&mut people.fay, &at, "undo", "It was not his").await;
        presses(&mut kim, &at, "/agreement").await;
        assert_eq!(people.finn.gets(&at).await.status, 403, "it was said to be his");
        // Another file says so of another entry; until it is imported its page says to others alone who sent it.
        imports(&portal, &mut people, &message(&[("22", "50.00", "He Lin", "rent", "O2")])).await;
        let at = newest(&portal).await;
        assert_eq!(people.finn.gets(&at).await.status, 200);
        let file = message(&[("22", "50.00", "Xu Mo", &number, "O2")]);
        let path = sends(&mut people, &file).await.header("location").unwrap().to_owned();
        assert!(kim.opens(&path).await.text().contains("Xu Mo"));
        let page = people.finn.opens(&path).await.text();
        assert!(page.contains("Of an account of your own") && !page.contains("Xu Mo"), "{page}");
        imports(&portal, &mut people, &file).await;
        assert_eq!(people.finn.gets(&at).await.status, 403);
        assert!(people.finn.opens("/staff/aml").await.text().contains("No cases here"));
    }
);

on_both!(
    async fn nobody_voids_money_of_an_account_of_their_own(portal) {
        let mut people = company(&portal).await;
        let mut own = verified(&portal, "finn@staff.example.com").await;
        let number = tops_up(&mut own, "70").await;
        enters_line(&mut people.fay, "70", &number, "S-1").await;
        let voiding = format!("{}/voiding", newest(&portal).await);
        assert_eq!(people.finn.gets(&voiding).await.status, 403);
        assert_eq!(forges(&mut people.finn, &voiding, "reason", "Mine").await, 403);
        let form = people.fay.opens(&voiding).await.form(&voiding).with("reason", "Mistyped");
        assert_eq!(people.fay.posts(&form).await.status, 303);
    }
);
