//! Payment requests: numbered without a gap, for what is still payable; and the code that a banking app reads.

use diesel::prelude::*;
use easylink::base::db::schema::{payment_request_series, payment_requests};

use super::imports::{imports, message};
use super::receiving::{closes_the_oldest, opens_another};
use super::{company, presses, receiving, tops_up, verified};
use crate::support::portal::Portal;

async fn issued(portal: &Portal) -> Vec<(i64, i64)> {
    let all = payment_requests::table.order(payment_requests::id);
    portal.read(move |conn| all.select((payment_requests::year, payment_requests::sequence)).load(conn).unwrap()).await
}

on_both!(
    async fn a_payment_request_is_issued_once_and_counted_without_a_gap(portal) {
        let mut people = company(&portal).await;
        let (one, two) = (tops_up(&mut people.li, "100").await, tops_up(&mut people.li, "20").await);
        let path = |number: &str| format!("/account/remittances/{number}");
        let page = people.li.opens(&format!("{}/payment-request", path(&one))).await;
        assert_eq!(page.path().split('?').next(), Some(path(&one).as_str()), "there is none yet");
        let again = page.form(&format!("{}/payment-request", path(&one)));
        let page = presses(&mut people.li, &path(&one), "/payment-request").await;
        assert!(page.h1().contains("PR-") && page.h1().ends_with("-000001"), "{}", page.h1());
        let text = page.text();
        assert!(text.contains("This is no invoice") && text.contains("Li Ming") && text.contains("100.00"), "{text}");
        assert_eq!(page.all(".slip-reference").concat().replace('-', ""), one);
        assert_eq!(people.li.posts(&again).await.status, 303, "the same one is shown");
        let page = presses(&mut people.li, &path(&two), "/payment-request").await;
        assert!(page.h1().ends_with("-000002"), "{}", page.h1());
        assert!(people.li.opens(&path(&one)).await.text().contains("Payment request issued"));

        // A part arrived: the request says what is still payable.
        imports(&portal, &mut people, &message(&[("20", "60.00", "Li Ming", &one, "Q1")])).await;
        let page = people.li.opens(&format!("{}/payment-request", path(&one))).await.text();
        assert!(page.contains("Still payable") && page.contains("40.00"), "{page}");
        imports(&portal, &mut people, &message(&[("21", "40.00", "Li Ming", &one, "Q2")])).await;
        let page = people.li.opens(&format!("{}/payment-request", path(&one))).await.text();
        assert!(page.contains("Nothing is to be paid any more"), "{page}");

        // What is not payable has none, and nobody else sees one.
        let three = tops_up(&mut people.li, "5").await;
        let form = people.li.opens(&path(&three)).await.form(&format!("{}/payment-request", path(&three)));
        presses(&mut people.li, &format!("{}/withdrawal", path(&three)), "/withdrawal").await;
        assert_eq!(people.li.posts(&form).await.status, 409);
        let mut wu = verified(&portal, "wu@example.com").await;
        assert_eq!(wu.gets(&format!("{}/payment-request", path(&two))).await.status, 404);
        let numbers: Vec<i64> = issued(&portal).await.into_iter().map(|(_, sequence)| sequence).collect();
        assert_eq!(numbers, [1, 2]);
        let last: Vec<i64> =
            portal.read(|conn| payment_request_series::table.select(payment_request_series::last).load(conn).unwrap()).await;
        assert_eq!(last, [2], "what was refused took no number");
    }
);

on_both!(
    async fn many_at_once_leave_no_gap(portal) {
        let mut people = company(&portal).await;
        let mut forms = Vec::new();
        for amount in ["1", "2", "3", "4", "5", "6"] {
            let number = tops_up(&mut people.li, amount).await;
            let here = format!("/account/remittances/{number}");
            forms.push(people.li.opens(&here).await.form(&format!("{here}/payment-request")));
        }
        let sends = forms.iter().map(|form| {
            let mut twin = people.li.visitor.twin();
            async move { twin.posts(form).await.status }
        });
        let answers = futures_util::future::join_all(sends).await;
        assert_eq!(answers, [303; 6]);
        let mut numbers: Vec<i64> = issued(&portal).await.into_iter().map(|(_, sequence)| sequence).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    }
);

#[tokio::test]
async fn a_banking_app_reads_the_transfer_in_euros() {
    let portal = Portal::sqlite_with(&[("EASYLINK_CURRENCY", "EUR")]).await;
    let mut people = company(&portal).await;
    let without = tops_up(&mut people.li, "10").await;
    let page = people.li.opens(&format!("/account/remittances/{without}")).await;
    assert!(page.all("svg.qr").is_empty(), "its account has no IBAN");
    receiving::opens_with(&mut people, "Bank of Euros", &[("account_number", "DE89 3704 0044 0532 0130 00")]).await;
    let number = tops_up(&mut people.li, "123.45").await;
    let page = people.li.opens(&format!("/account/remittances/{number}")).await;
    assert_eq!(page.all("svg.qr").len(), 1);
    let text = page.text();
    assert!(text.contains("EUR123.45") && text.contains("DE89370400440532013000"), "{text}");
    assert!(page.attribute("svg.qr", "aria-label").unwrap().contains("SEPA transfer"));
}

on_both!(
    async fn a_sheet_that_was_printed_before_the_account_changed_is_said_to_be_old(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "100").await;
        let here = format!("/account/remittances/{number}");
        let page = presses(&mut people.li, &here, "/payment-request").await;
        assert!(!page.text().contains("has changed"), "{}", page.text());
        portal.minutes(1);
        opens_another(&mut people, "Bank of Seconds").await;
        closes_the_oldest(&mut people).await;
        let page = people.li.opens(&format!("{here}/payment-request")).await.text();
        assert!(page.contains("Bank of Seconds") && page.contains("The account to pay to has changed"), "{page}");
    }
);
