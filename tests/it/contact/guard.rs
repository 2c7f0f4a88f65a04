//! The price guard (OT10) and re-sending (OT7).

use super::{CODE, asks, types};
use crate::support::people::Visitor;
use crate::support::portal::Portal;

async fn resends(visitor: &mut Visitor) -> crate::support::page::Page {
    let form = visitor.opens(CODE).await.form("/account/security/code/resend");
    visitor.posts(&form).await
}

on_both!(
    async fn a_new_code_comes_after_a_minute_and_ends_the_old_one(portal) {
        let mut li = portal.enters("li@example.com").await;
        asks(&mut li, "13800138000").await;
        let old = portal.texted_code("+8613800138000").await;
        let early = resends(&mut li).await;
        assert!(early.status == 422 && early.text().contains("Wait "), "{}", early.text());
        // Nor by asking for the same anew.
        let early = asks(&mut li, "13800138000").await;
        assert!(early.status == 422 && early.text().contains("Wait "), "{}", early.text());
        assert_eq!(portal.texts().await.len(), 1);
        portal.minutes(1);
        assert_eq!(resends(&mut li).await.status, 303);
        let new = portal.texted_code("+8613800138000").await;
        assert_eq!(portal.texts().await.len(), 2);
        if old != new {
            assert_eq!(types(&mut li, &old).await.status, 422);
        }
        assert_eq!(types(&mut li, &new).await.status, 303);
    }
);

on_both!(
    async fn five_messages_a_day_reach_one_number_and_ten_are_of_one_person(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut wu = portal.enters("wu@example.com").await;
        for nth in 0..5 {
            let who = if nth % 2 == 0 { &mut li } else { &mut wu };
            assert_eq!(asks(who, "13800138000").await.status, 303, "{nth}");
            portal.run_jobs().await;
            portal.minutes(2);
            portal.vouches().await;
        }
        for who in [&mut li, &mut wu] {
            let page = asks(who, "13800138000").await;
            assert!(page.status == 422 && page.text().contains("hours"), "{}", page.text());
        }
        // Li has asked three times.
        for nth in 0..7 {
            assert_eq!(asks(&mut li, &format!("1390013900{nth}")).await.status, 303, "{nth}");
        }
        assert_eq!(asks(&mut li, "13900139008").await.status, 422, "the eleventh");
        assert_eq!(portal.texts().await.len(), 12);
        portal.minutes(30 * 60);
        li.visitor = portal.signed_in(li.person_id, Some(li.account_id)).await;
        assert_eq!(asks(&mut li, "13800138000").await.status, 303, "the next day");
    }
);

on_both!(
    async fn twenty_messages_a_day_are_of_one_network(portal) {
        let mut people = Vec::new();
        for nth in 0..4 {
            people.push(portal.enters(&format!("li{nth}@example.com")).await);
        }
        for nth in 0..20_usize {
            let number = format!("139{nth:08}");
            assert_eq!(asks(&mut people[nth % 3], &number).await.status, 303, "{nth}");
        }
        let refused = asks(&mut people[3], "13800138000").await;
        assert!(refused.status == 422 && refused.text().contains("hours"), "{}", refused.text());
        assert_eq!(portal.texts().await.len(), 20);
    }
);

#[tokio::test]
async fn the_day_has_an_end_for_everybody() {
    let portal = Portal::sqlite_with(&[("EASYLINK_SMS_PER_DAY", "2")]).await;
    for (nth, status) in [303, 303, 422].into_iter().enumerate() {
        let mut person = portal.enters(&format!("li{nth}@example.com")).await;
        assert_eq!(asks(&mut person, &format!("1380013800{nth}")).await.status, status, "{nth}");
    }
    assert_eq!(portal.texts().await.len(), 2);
}

#[tokio::test]
async fn a_portal_that_sends_no_messages_offers_no_phone() {
    let portal = Portal::sqlite_with(&[("EASYLINK_SMTP_URL", "smtp://localhost:1")]).await;
    portal.careless();
    let mut li = portal.enters("li@example.com").await;
    let page = li.opens("/account/security/phone").await;
    assert!(page.text().contains("sends no text messages"), "{}", page.text());
    assert!(page.posted_forms().iter().all(|form| form.action != "/account/security/phone"));
    assert!(!li.opens("/account/security").await.text().contains("Bind a phone"));
}
