//! Working through the entries that need a person: from one to the next, what is offered, and what a button says that it does.

use super::desk::{credits, decides, newest};
use super::imports::{imports, message};
use super::{company, declaration, presses, sends, tops_up};
use crate::support::portal::Portal;

on_both!(
    async fn after_an_action_the_way_leads_on_and_round(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "30").await;
        let mut all = Vec::new();
        for (nth, amount) in ["10.00", "20.00", "30.00"].into_iter().enumerate() {
            imports(&portal, &mut people, &message(&[("20", amount, "Li Ming", "cloud", &format!("W{nth}"))])).await;
            all.push(newest(&portal).await);
        }
        let next = "Next one that needs a person";
        let page = credits(&mut people.finn, &all[2], &number, "").await;
        assert!(page.text().contains("It is done"), "{}", page.text());
        let page = people.finn.opens(&page.link(next)).await;
        assert_eq!(page.path(), all[0], "behind the last one the oldest comes");
        let page = decides(&mut people.finn, &all[0], "park", "Nobody knows").await;
        let page = people.finn.opens(&page.link(next)).await;
        assert_eq!(page.path(), all[1]);
        let page = people.finn.opens(&page.link(next)).await;
        assert_eq!(page.path(), "/staff/statements", "there is no other one");
    }
);

on_both!(
    async fn a_button_says_when_it_only_proposes(portal) {
        let mut people = company(&portal).await;
        tops_up(&mut people.li, "30").await;
        imports(&portal, &mut people, &message(&[("20", "30.00", "Li Ming", "cloud", "W1")])).await;
        let at = newest(&portal).await;
        let labels = |page: crate::support::page::Page| {
            page.form(&format!("{at}/credit")).buttons.iter().map(|one| one.label.clone()).collect::<Vec<_>>()
        };
        let brought = labels(people.fay.opens(&at).await);
        assert!(brought.iter().all(|label| label.starts_with("Propose to credit ¥")), "{brought:?}");
        let other = labels(people.finn.opens(&at).await);
        assert!(other.iter().all(|label| label.starts_with("Credit ¥")), "{other:?}");
    }
);

on_both!(
    async fn a_declaration_is_offered_by_its_name_alone(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "100").await;
        let form = declaration(&mut people.li, &number).await.with("remitter", "Harbour Holding Ltd");
        sends(&mut people.li, &form).await;
        // A bank took its charge, and the reference was lost.
        imports(&portal, &mut people, &message(&[("24", "88.00", "HARBOUR HOLDING LTD", "cloud", "W1")])).await;
        let page = people.finn.opens(&newest(&portal).await).await;
        let cards = page.all("section.card");
        assert!(cards.len() == 1 && cards[0].contains("The same name") && cards[0].contains("Not the authenticated name"), "{cards:?}");
        imports(&portal, &mut people, &message(&[("24", "87.00", "Wu Xia", "cloud", "W2")])).await;
        assert!(people.finn.opens(&newest(&portal).await).await.text().contains("Nothing fits it"));
    }
);

/// Lets the newest entry go back, as two people.
async fn goes_back(portal: &Portal, people: &mut super::Company) -> String {
    let at = newest(portal).await;
    decides(&mut people.finn, &at, "send_back", "Nobody's").await;
    presses(&mut people.fay, &at, "/agreement").await;
    at
}

on_both!(
    async fn what_goes_back_is_chosen_by_who_sent_it_and_when(portal) {
        let mut people = company(&portal).await;
        for (day, who, serial) in [("20", "Wu Xia", "W1"), ("21", "", "W2")] {
            imports(&portal, &mut people, &message(&[(day, "40.00", who, "rent", serial)])).await;
            goes_back(&portal, &mut people).await;
        }
        imports(&portal, &mut people, &message(&[("22", "-40.00", "Wu Xia", "back", "W3")])).await;
        let at = newest(&portal).await;
        let page = people.finn.opens(&format!("{at}/sending")).await;
        let offered = page.all("select[name=counterpart] option:not([value=''])");
        assert_eq!(offered.len(), 2, "{offered:?}");
        assert!(offered[0].contains("not named by the bank") && offered[0].contains("21 Nov 2026"), "{offered:?}");
        assert!(offered[1].contains("Wu Xia") && offered[1].contains("20 Nov 2026"), "{offered:?}");
    }
);
