//! The devices on which a person is signed in.

use easylink::web::feature::StaffRole;

use super::sent_to_sign_in;

on_both!(
    async fn devices_are_listed_and_ended(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut wu = portal.enters("wu@example.com").await;
        let (person, account) = (li.person_id, Some(li.account_id));
        let mut phone = portal.signed_in(person, account).await;
        let mut tablet = portal.signed_in(person, account).await;
        let page = li.opens("/account/security/sessions").await;
        assert!(page.text().contains("This device"), "{}", page.text());
        let ends: Vec<String> = page.forms().into_iter().filter(|action| action.ends_with("/end")).collect();
        assert_eq!(ends.len(), 5, "three devices, all others, all: {ends:?}");

        // The name of a stranger's device is as good as none.
        let stranger = wu.opens("/account/security/sessions").await;
        let theirs = stranger.forms().into_iter().find(|action| action.contains("/sessions/S")).unwrap();
        let mut form = page.form(&ends[1]);
        form.action = theirs;
        assert_eq!(li.posts(&form).await.status, 404);
        assert_eq!(wu.gets("/account").await.status, 200);

        // Of the other two exactly one is ended.
        let said = li.submits(&page.form(&ends[1])).await;
        assert!(said.text().contains("That device is signed out."), "{}", said.text());
        let out = [phone.gets("/account").await, tablet.gets("/account").await].iter().filter(|p| sent_to_sign_in(p)).count();
        assert_eq!(out, 1);
        assert_eq!(li.posts(&said.form("/account/security/sessions/others/end")).await.status, 303);
        assert!(sent_to_sign_in(&phone.gets("/account").await) && sent_to_sign_in(&tablet.gets("/account").await));

        // One's own device: signed out, to the door.
        let alone = li.opens("/account/security/sessions").await;
        assert!(!alone.forms().iter().any(|action| action.contains("others") || action.contains("all")), "nothing else to end");
        let own = alone.forms().into_iter().find(|action| action.contains("/sessions/S")).unwrap();
        let left = li.posts(&alone.form(&own)).await;
        assert_eq!((left.status, left.header("location")), (303, Some("/login")));
        assert!(sent_to_sign_in(&li.gets("/account").await));
    }
);

on_both!(
    async fn one_button_signs_out_everywhere(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut wu = portal.enters("wu@example.com").await;
        let mut phone = portal.signed_in(li.person_id, Some(li.account_id)).await;
        let page = li.opens("/account/security/sessions").await;
        let mut before = li.twin();
        let left = li.posts(&page.form("/account/security/sessions/all/end")).await;
        assert_eq!((left.status, left.header("location")), (303, Some("/login")));
        assert!(left.header("clear-site-data").is_some());
        assert!(li.opens("/login").await.text().contains("You are signed out on every device."));
        for browser in [&mut before, &mut phone] {
            assert!(sent_to_sign_in(&browser.gets("/account").await));
        }
        assert_eq!(wu.gets("/account").await.status, 200, "a stranger's device stays");
        let mut back = portal.signed_in(li.person_id, Some(li.account_id)).await;
        let records = back.opens("/account/records").await.text();
        assert!(records.contains("All devices signed out (2)"), "{records}");

        // Staff have the same page, and a door of their own.
        let mut ana = portal.employs("Ana", &[StaffRole::Support]).await;
        let mut other = portal.signed_in(ana.person_id, None).await;
        let page = ana.opens("/account/security/sessions").await;
        let left = ana.posts(&page.form("/account/security/sessions/all/end")).await;
        assert_eq!(left.header("location"), Some("/staff/login"));
        assert_eq!(other.gets("/staff").await.status, 303);
    }
);

on_both!(
    async fn devices_that_ran_out_are_not_listed(portal) {
        let li = portal.enters("li@example.com").await;
        portal.later(std::time::Duration::from_secs(15 * 86400));
        let mut fresh = portal.signed_in(li.person_id, Some(li.account_id)).await;
        let page = fresh.opens("/account/security/sessions").await;
        assert_eq!(page.all("tbody tr").len(), 1, "{}", page.text());
        assert!(fresh.opens("/account/security").await.text().contains("One device is signed in"));
    }
);
