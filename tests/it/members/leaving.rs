//! Leaving an account.

use easylink::features::accounts::MemberRole;
use futures_util::future::join;

use super::{LIST, owners, second_owner};
use crate::support::entered::Entered;
use crate::support::form::FormInPage;

const LEAVE: &str = "/account/members/departure";

async fn form(who: &mut Entered) -> FormInPage {
    who.opens(LEAVE).await.form(LEAVE)
}

on_both!(
    async fn a_member_leaves_and_the_owners_are_told(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut mia = portal.joins(li.account_id, "mia@example.com", MemberRole::Viewer).await;
        let mut elsewhere = portal.signed_in(mia.person_id, Some(li.account_id)).await;
        let leaving = form(&mut mia).await;
        let done = mia.posts(&leaving).await;
        assert_eq!((done.status, done.header("location")), (303, Some("/account/choose")));
        let page = mia.opens("/account").await;
        assert!(page.path().starts_with("/account/choose") && page.text().contains("You belong to no account"), "{}", page.text());
        assert_eq!(mia.gets("/account/security").await.status, 200, "the sign-in stays");
        assert!(elsewhere.gets("/account").await.header("location").unwrap().starts_with("/login"));
        let told = portal.mails_to("li@example.com").await.pop().unwrap();
        assert_eq!(told.subject, "mia@example.com has left your account");
        assert!(!li.opens(LIST).await.text().contains("mia@example.com"));
        let records = li.opens("/account/records").await;
        let row = records.all("tbody tr").into_iter().find(|row| row.contains("Member left")).unwrap();
        // Who did it is named, and from where is theirs alone.
        assert!(row.contains("mia@example.com") && !row.contains("You") && !row.contains("127.0.0.0"), "{row}");
    }
);

on_both!(
    async fn the_last_owner_does_not_leave(portal) {
        let mut li = portal.enters("li@example.com").await;
        portal.joins(li.account_id, "mia@example.com", MemberRole::Billing).await;
        let leaving = form(&mut li).await;
        let page = li.posts(&leaving).await;
        assert!(page.status == 422 && page.text().contains("This is the last owner"), "{}", page.text());
        assert_eq!(li.gets("/account").await.status, 200);
        second_owner(&portal, &li).await;
        let leaving = form(&mut li).await;
        assert_eq!(li.posts(&leaving).await.status, 303);
        assert_eq!(owners(&portal, li.account_id).await, 1);
    }
);

on_both!(
    async fn of_two_owners_who_leave_at_once_one_stays(portal) {
        for round in 0..8 {
            let mut li = portal.enters(&format!("li{round}@example.com")).await;
            let mut wei = portal.joins(li.account_id, &format!("wei{round}@example.com"), MemberRole::Owner).await;
            let (one, other) = (form(&mut li).await, form(&mut wei).await);
            let (one, other) = join(li.posts_now(&one), wei.posts_now(&other)).await;
            let mut statuses = [one.status, other.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [303, 422], "round {round}");
            assert_eq!(owners(&portal, li.account_id).await, 1, "round {round}");
        }
    }
);
