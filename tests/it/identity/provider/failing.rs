//! A provider that is slow, fails or lies: nothing is decided by that, and nobody waits for ever.

use diesel::prelude::*;
use easylink::base::db::schema::identity_results;

use super::server::Provider;
use super::{Manner, status, with_provider};
use crate::identity::{NAME, NUMBER, hands_in, reviewer, takes};
use crate::support::portal::Portal;

async fn decided(portal: &Portal) -> i64 {
    portal.read(|conn| identity_results::table.count().get_result::<i64>(conn).unwrap()).await
}

with_provider! {
    async fn lies_decide_nothing_and_after_a_day_a_reviewer_does(portal, provider) {
        let lies = [Manner::Forges, Manner::Mistakes, Manner::Dates, Manner::Copies, Manner::Mirrors, Manner::Plain];
        let mut li = portal.enters("li@example.com").await;
        let case = hands_in(&mut li, NAME, NUMBER).await;
        for (nth, lie) in lies.into_iter().enumerate() {
            provider.turns(lie);
            portal.run_jobs().await;
            assert_eq!(provider.asked().len(), nth + 1, "{lie:?}");
            assert_eq!(decided(&portal).await, 0, "{lie:?}");
            let mut idle = reviewer(&portal, &format!("Rosa{nth}")).await;
            assert!(idle.opens("/staff/identity").await.text().contains("No case waits"), "{lie:?}");
            // Longer than any pause between two tries.
            portal.minutes(245);
        }
        portal.minutes(60);
        portal.run_jobs().await;
        assert_eq!(provider.asked().len(), lies.len(), "its time was over");
        let page = status(&mut portal.returns("li@example.com").await).await;
        assert!(page.contains("It goes to a reviewer") && page.contains("gave no answer"), "{page}");
        let page = takes(&mut reviewer(&portal, "Raul").await).await;
        assert_eq!(page.path(), format!("/staff/identity/{case}"));
        assert!(page.text().contains("The verification provider was not asked, or gave no answer"), "{}", page.text());
    }
}

with_provider! {
    async fn failures_are_tried_again_under_the_same_key(portal, provider) {
        let mut li = portal.enters("li@example.com").await;
        provider.turns(Manner::Fails(503));
        hands_in(&mut li, NAME, NUMBER).await;
        portal.run_jobs().await;
        portal.run_jobs().await;
        assert_eq!(provider.asked().len(), 1, "it waits before it tries again");
        portal.minutes(1);
        portal.run_jobs().await;
        assert_eq!(provider.asked().len(), 2);
        portal.minutes(1);
        portal.run_jobs().await;
        assert_eq!(provider.asked().len(), 2, "the pauses grow");
        // Slow: the portal hangs up after its patience.
        provider.turns(Manner::Silent);
        portal.minutes(4);
        portal.run_jobs().await;
        assert_eq!((provider.asked().len(), decided(&portal).await), (3, 0));
        provider.turns(Manner::Says("verified", None));
        portal.minutes(15);
        portal.run_jobs().await;
        let asked = provider.asked();
        assert!(status(&mut li).await.contains("Authenticated"));
        assert_eq!(asked.len(), 4);
        assert!(asked.iter().all(|one| one.once == asked[0].once && one.text == asked[0].text), "one question");
        let ids: std::collections::BTreeSet<&str> = asked.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids.len(), 4, "every message has an id of its own");
        let page = status(&mut li).await;
        assert_eq!(page.matches("The verification provider was asked").count(), 1, "{page}");
    }
}

with_provider! {
    async fn what_it_refuses_goes_to_a_reviewer_at_once(portal, provider) {
        provider.turns(Manner::Fails(400));
        let mut li = portal.enters("li@example.com").await;
        hands_in(&mut li, NAME, NUMBER).await;
        portal.run_jobs().await;
        assert!(status(&mut li).await.contains("gave no answer"));
        let mut rosa = reviewer(&portal, "Rosa").await;
        assert!(takes(&mut rosa).await.path().starts_with("/staff/identity/K"));
    }
}

with_provider! {
    async fn who_fails_for_many_is_left_alone_for_a_while(portal, provider) {
        provider.turns(Manner::Fails(500));
        for nth in 0..6 {
            let mut one = portal.enters(&format!("one{nth}@example.com")).await;
            hands_in(&mut one, NAME, NUMBER).await;
        }
        portal.run_jobs().await;
        portal.run_jobs().await;
        portal.run_jobs().await;
        // Some that came last met a closed door; the count is of all of them together.
        let met = provider.asked().len();
        assert!((5..=6).contains(&met), "{met}");
        provider.turns(Manner::Says("verified", None));
        portal.run_jobs().await;
        assert_eq!((provider.asked().len(), decided(&portal).await), (met, 0), "it is left alone");
        for _ in 0..4 {
            portal.minutes(10);
            portal.run_jobs().await;
            portal.run_jobs().await;
        }
        assert!(decided(&portal).await >= 3, "as many as one number may stand for");
    }
}

with_provider! {
    async fn a_case_that_is_taken_back_is_not_asked_about(portal, provider) {
        let mut li = portal.enters("li@example.com").await;
        let case = hands_in(&mut li, NAME, NUMBER).await;
        let page = li.opens(&format!("/account/identity/{case}/end")).await;
        li.submits(&page.form(&format!("/account/identity/{case}/end"))).await;
        portal.run_jobs().await;
        assert!(provider.asked().is_empty());
    }
}

on_both!(
    async fn without_a_provider_nobody_is_asked_for_consent_to_one(portal) {
        let mut li = portal.enters("li@example.com").await;
        let page = li.opens("/account/identity/consent?question=document&way=document").await;
        let page = li.submits(&page.form("/account/identity/consent").pressing("I agree")).await;
        assert!(page.path().starts_with("/account/identity/new"), "{}", page.path());
        let hook = portal.visitor().posts_raw("/hooks/identity", "application/json", "{}").await;
        assert_eq!(hook.status, 404);
    }
);

#[tokio::test]
async fn what_is_pending_for_a_day_goes_to_a_reviewer() {
    let provider = Provider::start(Manner::Says("pending", None));
    let portal = super::portal_with(&provider, &[], false).await;
    let mut li = portal.enters("li@example.com").await;
    hands_in(&mut li, NAME, NUMBER).await;
    portal.run_jobs().await;
    let mut rosa = reviewer(&portal, "Rosa").await;
    assert!(rosa.opens("/staff/identity").await.text().contains("No case waits"));
    portal.minutes(24 * 60);
    portal.run_jobs().await;
    let page = takes(&mut reviewer(&portal, "Raul").await).await;
    assert!(page.path().starts_with("/staff/identity/K"), "{}", page.text());
}
