//! Notices and consents.

use easylink::services::consent::{self, ConsentEvent, Purpose};

use super::acting;

on_both!(
    async fn notices_are_as_easy_to_stop_as_to_want(portal) {
        let mut li = portal.enters("li@example.com").await;
        let form = li.opens("/account/notifications").await.form("/account/notifications");
        assert_eq!((form.value("new_products"), form.value("service_changes")), (None, None), "nothing is ticked");
        let page = li.submits(&form.with("new_products", "yes")).await;
        assert!(page.text().contains("Your choices are saved."), "{}", page.text());
        let form = page.form("/account/notifications");
        assert_eq!((form.value("new_products"), form.value("service_changes")), (Some("yes"), None));
        // Sent again without a change: no new consent.
        li.submits(&form).await;
        let form = li.opens("/account/notifications").await.form("/account/notifications");
        let page = li.submits(&form.without("new_products")).await;
        assert_eq!(page.form("/account/notifications").value("new_products"), None);
        let consents = li.opens("/account/privacy").await.all("[aria-labelledby=consents] tbody tr");
        assert_eq!(consents.len(), 2, "{consents:?}");
        assert!(consents[0].contains("Withdrawn") && consents[1].contains("Given"), "{consents:?}");
        let records = li.opens("/account/records").await.all("tbody th");
        for said in ["Consent given: notices of new products", "Consent withdrawn: notices of new products"] {
            assert_eq!(records.iter().filter(|row| row.contains(said)).count(), 1, "{said} in {records:?}");
        }
    }
);

on_both!(
    async fn each_answer_about_cookies_is_on_record_as_the_consent_it_is(portal) {
        let mut li = portal.enters("li@example.com").await;
        for (button, word) in [("Refuse both", "refused"), ("Accept both", "given"), ("Refuse both", "withdrawn")] {
            for _again in 0..2 {
                let form = li.opens("/cookies").await.form("/cookies");
                li.posts(&form.pressing(button)).await;
            }
            let records = li.opens("/account/records").await.all("tbody th");
            for purpose in ["recording what you look at", "recommendations"] {
                let said = format!("Consent {word}: {purpose}");
                assert_eq!(records.iter().filter(|row| row.contains(&said)).count(), 1, "{said} in {records:?}");
            }
        }
    }
);

on_both!(
    async fn notices_wanted_at_registration_are_stopped_one_by_one(portal) {
        let mut li = portal.enters("li@example.com").await;
        let (ctx, person) = (acting(&portal, &li).await, li.person_id);
        portal
            .write(move |conn| {
                let (purpose, event) = (Purpose::BusinessNotices, ConsentEvent::Given);
                consent::keep(conn, &ctx, person, purpose, event, None, "Mail me business notices.").unwrap();
            })
            .await;
        let form = li.opens("/account/notifications").await.form("/account/notifications");
        assert_eq!((form.value("new_products"), form.value("service_changes")), (Some("yes"), Some("yes")));
        let form = li.submits(&form.without("service_changes")).await.form("/account/notifications");
        assert_eq!((form.value("new_products"), form.value("service_changes")), (Some("yes"), None));
    }
);
