//! What is held: what its customer reads of it, and what the rules look at once more.

use std::time::Duration;

use diesel::prelude::*;
use easylink::base::db::schema::{aml_cases, identity_results, statement_entries};

use super::desk::{decides, newest};
use super::imports::{books_are_right, imports, message, reasons, states};
use super::payers::reference;
use super::{at_once, balance, company, declares, presses, tops_up, verified};
use crate::support::portal::Portal;

on_both!(
    async fn the_customer_reads_why_it_is_not_credited_and_what_comes_next(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "100").await;
        let here = format!("/account/remittances/{number}");
        assert!(people.li.opens(&here).await.text().contains("No statement of this bank account is here yet"));
        imports(&portal, &mut people, &message(&[("21", "5.00", "Wu Xia", "rent", "A1")])).await;
        assert!(people.li.opens(&here).await.text().contains("declare the transfer: then we find it"));
        // Sent on the 22nd: the statements end before it, then after it.
        declares(&mut people.li, &number).await;
        assert!(people.li.opens(&here).await.text().contains("may stand on the next statement"));
        imports(&portal, &mut people, &message(&[("24", "5.00", "Wu Xia", "rent", "A2")])).await;
        let page = people.li.opens(&here).await.text();
        assert!(page.contains("Ask your bank whether it was carried out") && page.contains("24 Nov 2026"), "{page}");
        assert!(!page.contains("Wu Xia") && !page.contains("5.00"), "others' entries are never seen");
        // Each reason for which money is held has a sentence of its own, but for the rules that are not told apart.
        imports(&portal, &mut people, &message(&[("24", "100.00", "Wu Xia", &number, "A3")])).await;
        let mut sentences = std::collections::BTreeSet::new();
        for hold in ["third_party", "no_name", "twin", "no_real_name", "threshold", "structuring", "new_account"] {
            portal
                .write(move |conn| {
                    let held = statement_entries::table.filter(statement_entries::state.eq("held"));
                    diesel::update(held).set(statement_entries::hold.eq(Some(hold))).execute(conn).unwrap()
                })
                .await;
            let page = people.li.opens(&here).await;
            let text = page.text();
            let told = text.split("Money arrived, and we look at it first").nth(1).unwrap_or_else(|| panic!("{hold}: {text}"));
            sentences.insert(told.trim().lines().next().unwrap().trim().to_owned());
        }
        assert_eq!(sentences.len(), 5, "{sentences:#?}");
    }
);

/// Lets every real name stand, or none.
async fn names_stand(portal: &Portal, stand: bool) {
    let state = if stand { "standing" } else { "restricted" };
    portal
        .write(move |conn| {
            diesel::update(identity_results::table).set(identity_results::state.eq(state)).execute(conn).unwrap();
        })
        .await;
}

async fn a_run_later(portal: &Portal) {
    portal.later(Duration::from_secs(6));
    portal.run_jobs().await;
}

on_both!(
    async fn what_waits_for_a_real_name_alone_is_looked_at_again_once_it_stands(portal) {
        let mut people = company(&portal).await;
        let (number, permanent) = (tops_up(&mut people.li, "100").await, reference(&mut people.li).await);
        // One that is held for another reason stays a person's.
        imports(&portal, &mut people, &message(&[("21", "5.00", "", &number, "N0")])).await;
        names_stand(&portal, false).await;
        let lines = [
            ("22", "100.00", "Li Ming", number.as_str(), "N1"),
            ("22", "30.00", "Wu Xia", permanent.as_str(), "N2"),
            ("22", "20.00", "Li Ming", permanent.as_str(), "N3"),
        ];
        imports(&portal, &mut people, &message(&lines)).await;
        let held = |why: &str| ("held".to_owned(), Some(why.to_owned()));
        let (no_name, nameless) = (held("no_name"), held("no_real_name"));
        let waiting = [no_name.clone(), nameless.clone(), nameless.clone(), nameless.clone()];
        assert_eq!(states(&portal).await, waiting);
        let at = newest(&portal).await;
        decides(&mut people.finn, &at, "send_back", "Nobody's whom we know").await;
        a_run_later(&portal).await;
        assert_eq!(states(&portal).await, waiting, "no name stands yet");

        names_stand(&portal, true).await;
        a_run_later(&portal).await;
        let credited = ("credited".to_owned(), None);
        let now = [no_name.clone(), credited.clone(), held("not_approved"), nameless];
        assert_eq!(states(&portal).await, now, "the rules decide as on the first look, and a decision that waits is left alone");
        assert_eq!(balance(&portal, &people.li).await.to_string(), "100.00");
        assert_eq!(reasons(&portal).await, ["exact"]);
        let cases = portal.read(|conn| aml_cases::table.select(aml_cases::rule).load::<String>(conn).unwrap()).await;
        assert_eq!(cases, ["not_approved"]);
        // Once the decision is refused, nothing keeps it back.
        presses(&mut people.fay, &at, "/refusal").await;
        a_run_later(&portal).await;
        assert_eq!(states(&portal).await.pop(), Some(credited));
        assert_eq!(balance(&portal, &people.li).await.to_string(), "120.00");
        a_run_later(&portal).await;
        assert_eq!(reasons(&portal).await, ["exact", "permanent"], "once");
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn what_was_set_aside_for_want_of_a_real_name_is_looked_at_again_too(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "100").await;
        names_stand(&portal, false).await;
        imports(&portal, &mut people, &message(&[("22", "100.00", "Li Ming", &number, "N1")])).await;
        decides(&mut people.finn, &newest(&portal).await, "park", "Until it stands").await;
        a_run_later(&portal).await;
        assert_eq!(states(&portal).await, [("parked".to_owned(), None)]);
        names_stand(&portal, true).await;
        a_run_later(&portal).await;
        assert_eq!(states(&portal).await, [("credited".to_owned(), None)]);
        assert_eq!(balance(&portal, &people.li).await.to_string(), "100.00");
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn a_real_name_of_another_account_credits_nothing(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "100").await;
        names_stand(&portal, false).await;
        imports(&portal, &mut people, &message(&[("22", "100.00", "Li Ming", &number, "N1")])).await;
        verified(&portal, "wu@example.com").await;
        a_run_later(&portal).await;
        assert_eq!(states(&portal).await, [("held".to_owned(), Some("no_real_name".to_owned()))]);
        // Two instances look at it at once: it is credited once.
        names_stand(&portal, true).await;
        portal.later(Duration::from_secs(6));
        at_once(&portal, "statement_imports").await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "100.00");
        assert_eq!(reasons(&portal).await, ["exact"]);
        books_are_right(&portal).await;
    }
);
