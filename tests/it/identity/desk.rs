//! One case at a time, held for twenty minutes; never one's own.

use super::{NAME, NUMBER, approves, hands_in, reviewer, takes};

/// Another number of nobody.
const OTHER: &str = "11010519491231002X";

on_both!(
    async fn a_reviewer_holds_one_case_and_sees_no_other(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut wu = portal.enters("wu@example.com").await;
        let first = hands_in(&mut li, NAME, NUMBER).await;
        portal.minutes(1);
        let second = hands_in(&mut wu, "Wu Canary", OTHER).await;
        let mut rosa = reviewer(&portal, "Rosa").await;
        let mut raul = reviewer(&portal, "Raul").await;
        let list = rosa.opens("/staff/identity").await.text();
        assert!(list.contains(&grouped(&first)) && list.contains(&grouped(&second)), "{list}");
        assert!(!list.contains("Canary"), "the queue names nobody");
        let unheld = rosa.gets(&format!("/staff/identity/{first}")).await;
        assert_eq!(unheld.header("location"), Some("/staff/identity?lost=yes"));
        assert_eq!(takes(&mut rosa).await.path(), format!("/staff/identity/{first}"), "longest waiting first");
        assert_eq!(takes(&mut rosa).await.path(), format!("/staff/identity/{first}"), "the one in hand again");
        assert_eq!(takes(&mut raul).await.path(), format!("/staff/identity/{second}"));
        assert_eq!(rosa.gets(&format!("/staff/identity/{second}")).await.status, 303);
        assert_eq!(raul.gets(&format!("/staff/identity/{first}")).await.status, 303);

        let page = rosa.opens(&format!("/staff/identity/{first}")).await;
        let approval = page.form(&format!("/staff/identity/{first}/approval"));
        portal.minutes(12);
        rosa.opens("/staff").await;
        raul.opens("/staff").await;
        portal.minutes(9);
        let late = rosa.posts(&approval).await;
        assert_eq!(late.header("location"), Some("/staff/identity?lost=yes"), "the hold is over");
        let page = rosa.opens("/staff/identity?lost=yes").await;
        assert!(page.text().contains("Nothing was decided"), "{}", page.text());
        assert_eq!(takes(&mut raul).await.path(), format!("/staff/identity/{first}"), "it is free again");
        let page = raul.opens(&format!("/staff/identity/{first}")).await;
        raul.submits(&page.form(&format!("/staff/identity/{first}/release"))).await;
        assert_eq!(takes(&mut rosa).await.path(), format!("/staff/identity/{first}"));
        approves(&mut rosa, &first).await;
        let done = rosa.gets(&format!("/staff/identity/{first}")).await;
        assert_eq!(done.status, 303, "nobody opens a decided case");
    }
);

fn grouped(number: &str) -> String {
    easylink::base::types::Number::parse('K', number).unwrap().to_string()
}

on_both!(
    async fn nobody_reviews_an_account_of_their_own(portal) {
        let mut own = portal.enters("rosa@staff.example.com").await;
        hands_in(&mut own, NAME, NUMBER).await;
        let mut rosa = reviewer(&portal, "Rosa").await;
        assert_eq!(rosa.address, "rosa@staff.example.com");
        let page = takes(&mut rosa).await;
        assert!(page.text().contains("No case waits for you"), "{}", page.text());
    }
);

on_both!(
    async fn one_number_stands_for_so_many_accounts(portal) {
        let mut rosa = reviewer(&portal, "Rosa").await;
        let mut lent = None;
        for nth in 0..3 {
            let mut one = portal.enters(&format!("one{nth}@example.com")).await;
            let case = hands_in(&mut one, NAME, NUMBER).await;
            lent = Some(takes(&mut rosa).await.form(&format!("/staff/identity/{case}/approval")));
            assert!(approves(&mut rosa, &case).await.text().contains("is authenticated"));
        }
        let mut fourth = portal.enters("fourth@example.com").await;
        let case = hands_in(&mut fourth, NAME, NUMBER).await;
        let page = takes(&mut rosa).await;
        assert!(page.text().contains("as many accounts as one may"), "{}", page.text());
        let path = format!("/staff/identity/{case}/approval");
        assert!(page.text().contains("Fails") && !page.forms().contains(&path), "{:?}", page.forms());
        let mut form = lent.unwrap();
        form.action = path;
        assert_eq!(rosa.posts(&form).await.status, 422);
        assert_eq!(fourth.gets("/account/remittances/new").await.status, 303);
    }
);
