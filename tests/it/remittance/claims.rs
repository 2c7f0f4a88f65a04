//! Money that was sent without its reference.

use super::desk::{credits, decides, newest};
use super::imports::{imports, message, states};
use super::payers::reference as reference_of;
use super::{Company, balance, company, presses, verified};
use crate::support::entered::Entered;
use crate::support::page::Page;
use crate::support::portal::Portal;

const HERE: &str = "/account/remittances/claim";

async fn claims(customer: &mut Entered, amount: &str, remitter: &str) -> Page {
    let page = customer.opens(HERE).await;
    let receiving = page.attribute("select[name=receiving] option:last-child", "value").unwrap();
    let form = page.form(HERE).answered(&[
        ("receiving", &receiving),
        ("remitter", remitter),
        ("bank", "ICBC, Shanghai"),
        ("kind", "card"),
        ("bank_number", "4111 1111 1111 1111"),
        ("amount", amount),
        ("remitted_on", "2026-11-22"),
    ]);
    customer.posts(&form).await
}

/// The reference of a claim that was taken.
fn number_of(page: &Page) -> String {
    assert_eq!(page.status, 303, "{}", page.text());
    let way = page.header("location").unwrap();
    way.split('?').next().unwrap().rsplit('/').next().unwrap().to_string()
}

/// What the desk shows for a claim.
async fn desk(people: &mut Company, number: &str) -> Page {
    people.finn.opens(&format!("/staff/remittances/{number}")).await
}

async fn arrives(portal: &Portal, people: &mut Company, amount: &str, remitter: &str) {
    imports(portal, people, &message(&[("22", amount, remitter, "no reference", "C1")])).await;
    assert_eq!(states(portal).await, [("open".to_owned(), None)]);
}

on_both!(
    async fn the_right_person_gets_what_was_sent_without_the_reference(portal) {
        let mut people = company(&portal).await;
        arrives(&portal, &mut people, "81.00", "Li Ming").await;
        let number = number_of(&claims(&mut people.li, "81", "Li Ming").await);
        let page = people.li.opens(&format!("/account/remittances/{number}")).await.text();
        assert!(page.contains("We look for money that came without its reference"), "{page}");
        let desk = desk(&mut people, &number).await;
        let text = desk.text();
        assert!(text.contains("Claimed without reference") && text.contains("The same name"), "{text}");
        assert!(!text.contains("Not the authenticated name"), "{text}");
        let form = desk.form(&format!("/staff/remittances/{number}/confirmation"));
        people.finn.submits(&form).await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "81.00");
        assert!(portal.mails_to("li@example.com").await.pop().unwrap().subject.contains("is in your balance"));
    }
);

on_both!(
    async fn what_was_set_aside_is_found_when_it_is_claimed(portal) {
        let mut people = company(&portal).await;
        arrives(&portal, &mut people, "81.00", "Li Ming").await;
        decides(&mut people.finn, &newest(&portal).await, "park", "Nobody knows").await;
        let number = number_of(&claims(&mut people.li, "81", "Li Ming").await);
        let form = desk(&mut people, &number).await.form(&format!("/staff/remittances/{number}/confirmation"));
        people.finn.submits(&form).await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "81.00");
    }
);

on_both!(
    async fn the_wrong_person_learns_nothing_and_the_desk_sees_it(portal) {
        let mut people = company(&portal).await;
        arrives(&portal, &mut people, "81.00", "Wu Xia").await;
        // Another customer claims it, in their own name and in the remitter's.
        let mut other = verified(&portal, "other@example.com").await;
        let there = number_of(&claims(&mut other, "81", "Wu Xia").await);
        let nothing = number_of(&claims(&mut other, "82", "Wu Xia").await);
        // What was said of sending it is said once.
        other.opens("/account/remittances").await;
        let page = async |who: &mut Entered, number: &str, amount: &str| {
            let text = who.opens(&format!("/account/remittances/{number}")).await.text();
            let grouped = format!("{}-{}-{}", &number[..4], &number[4..8], &number[8..]);
            text.replace(&grouped, "N").replace(amount, "A")
        };
        let (one, two) = (page(&mut other, &there, "81.00").await, page(&mut other, &nothing, "82.00").await);
        assert_eq!(one, two, "whether or not there is such an entry");
        portal.later(std::time::Duration::from_secs(60));
        portal.run_jobs().await;
        assert_eq!(states(&portal).await, [("open".to_owned(), None)], "no rule credits it");
        let text = desk(&mut people, &there).await.text();
        assert!(text.contains("Claimed without reference"), "{text}");
        assert!(text.contains("Not the authenticated name, nor an approved payer"), "{text}");
        let text = desk(&mut people, &nothing).await.text();
        assert!(text.contains("Another amount"), "{text}");
    }
);

on_both!(
    async fn the_same_is_claimed_once_and_what_is_wrong_is_said(portal) {
        let mut people = company(&portal).await;
        let first = number_of(&claims(&mut people.li, "81", "Li Ming").await);
        let page = claims(&mut people.li, "81.00", "LI MING").await;
        assert!(page.status == 422 && page.text().contains("claimed the same amount of this day before"));
        assert_eq!(page.link("Look at the first claim"), format!("/account/remittances/{first}"));
        number_of(&claims(&mut people.li, "81.01", "Li Ming").await);
        let form = people.li.opens(HERE).await.form(HERE);
        let page = people.li.posts(&form).await;
        assert_eq!(page.status, 422);
        let wrong = page.wrong_fields();
        assert!(wrong.contains(&"receiving".to_owned()) && wrong.contains(&"amount".to_owned()), "{wrong:?}");
        // The first is taken back: it may be claimed anew.
        presses(&mut people.li, &format!("/account/remittances/{first}/withdrawal"), "/withdrawal").await;
        assert_ne!(number_of(&claims(&mut people.li, "81", "Li Ming").await), first);
    }
);

on_both!(
    async fn held_money_of_an_unknown_payer_is_claimed(portal) {
        let mut people = company(&portal).await;
        let reference = reference_of(&mut people.li).await;
        imports(&portal, &mut people, &message(&[("22", "64.00", "Wu Xia", &reference, "C2")])).await;
        assert_eq!(states(&portal).await, [("held".to_owned(), Some("not_approved".to_owned()))]);
        let number = number_of(&claims(&mut people.li, "64", "Wu Xia").await);
        let desk = desk(&mut people, &number).await;
        assert!(desk.text().contains("Not the authenticated name, nor an approved payer"), "{}", desk.text());
        // Here it is not credited: it takes a word why, which is said where the entry is looked at.
        assert!(!desk.forms().iter().any(|form| form.ends_with("/confirmation")));
        let (_, at) = desk.links().into_iter().find(|(_, to)| to.starts_with("/staff/statements/E")).unwrap();
        let done = credits(&mut people.finn, &at, &number, "An uncle, by the register").await;
        assert!(done.text().contains("It is done"), "{}", done.text());
        assert_eq!(balance(&portal, &people.li).await.to_string(), "64.00");
    }
);
