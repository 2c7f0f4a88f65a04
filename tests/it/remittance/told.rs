//! What customers are told of money that waits: by mail, in the thread, and further on when it was set aside.

use super::desk::{credits, decides, newest};
use super::imports::{imports, message, states};
use super::payers::reference;
use super::receiving::{closes_named, opens_with};
use super::{balance, company, enters_line, tops_up, verified};
use crate::support::portal::Portal;

const SUBJECT: &str = "arrived, and we look at it first";

/// The mails about money that waits.
async fn about_waiting(portal: &Portal, address: &str) -> Vec<easylink::services::mail::Delivered> {
    portal.mails_to(address).await.into_iter().filter(|mail| mail.subject.contains(SUBJECT)).collect()
}

on_both!(
    async fn whoever_sent_money_that_is_held_has_a_mail_and_reads_why_also_once_it_is_set_aside(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "100").await;
        let here = format!("/account/remittances/{number}");
        imports(&portal, &mut people, &message(&[("20", "100.00", "Wu Xia", &number, "T1")])).await;
        let mails = about_waiting(&portal, "li@example.com").await;
        assert_eq!(mails.len(), 1);
        assert!(mails[0].subject.contains("100.00") && mails[0].text.contains(&here), "{}", mails[0].text);
        assert!(!mails[0].text.contains("Wu Xia") && mails[0].text.contains("not send it again"), "{}", mails[0].text);
        let why = "It was not sent in the name that was authenticated";
        let page = people.li.opens(&here).await;
        assert!(page.text().contains(why) && page.all(".knot").iter().any(|knot| knot.contains("we look at it first") && knot.contains("100.00")), "{}", page.text());

        let at = newest(&portal).await;
        decides(&mut people.finn, &at, "park", "We ask").await;
        assert_eq!(states(&portal).await, [("parked".to_owned(), None)]);
        assert!(people.li.opens(&here).await.text().contains(why), "the reason stays");
        let desk = people.finn.opens(&at).await.text();
        assert!(desk.contains("A case about it is open"), "{desk}");
        credits(&mut people.finn, &at, &number, "Her sister, papers seen").await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "100.00");
        assert!(!people.li.opens(&here).await.text().contains(why));
        assert_eq!(about_waiting(&portal, "li@example.com").await.len(), 1, "once");
    }
);

on_both!(
    async fn what_came_by_the_permanent_reference_is_told_to_the_owners_and_stays_on_their_page(portal) {
        let mut people = company(&portal).await;
        let number = reference(&mut people.li).await;
        imports(&portal, &mut people, &message(&[("20", "30.00", "", &number, "T1")])).await;
        let mails = about_waiting(&portal, "li@example.com").await;
        assert!(mails.len() == 1 && mails[0].text.contains("/account/payers"), "{mails:?}");
        decides(&mut people.finn, &newest(&portal).await, "park", "We ask").await;
        let page = people.li.opens("/account/payers").await.text();
        assert!(page.contains("We look at it first") && page.contains("The bank does not say who sent it"), "{page}");
        assert!(people.finn.opens(&newest(&portal).await).await.text().contains("Before that a person had to look at it"));
        // Another customer is told nothing of it, and neither is anybody of money that nobody knows.
        verified(&portal, "wu@example.com").await;
        imports(&portal, &mut people, &message(&[("21", "5.00", "Wu Xia", "rent", "T2")])).await;
        assert_eq!(about_waiting(&portal, "li@example.com").await.len(), 1);
        assert!(portal.mails_to("wu@example.com").await.is_empty());
    }
);

on_both!(
    async fn nobody_is_told_to_send_money_to_an_account_that_closed(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "100").await;
        let here = format!("/account/remittances/{number}");
        assert!(people.li.opens(&here).await.text().contains("You send the money and declare the transfer"));
        closes_named(&mut people, "Bank of Testing").await;
        let page = people.li.opens(&here).await.text();
        assert!(page.contains("Please send no money now") && page.contains("Another account is named here"), "{page}");
        assert!(!page.contains("You send the money and declare"), "{page}");
        // The only account that is open takes large amounts alone, and the permanent reference says so.
        let large = [("account_number", "5555 0009"), ("min_amount", "600"), ("max_amount", "")];
        opens_with(&mut people, "Large Bank", &large).await;
        reference(&mut people.li).await;
        let page = people.li.opens("/account/payers").await.text();
        assert!(page.contains("Large Bank") && page.contains("from ¥ 600.00"), "{page}");
    }
);

on_both!(
    async fn what_was_typed_in_is_not_told_twice_when_the_bank_confirms_it(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        enters_line(&mut people.fay, "70", &number, "S-1").await;
        imports(&portal, &mut people, &message(&[("23", "70.00", "Li Ming", &number, "S1")])).await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "70.00");
        assert!(about_waiting(&portal, "li@example.com").await.is_empty(), "it was credited at once");
    }
);
