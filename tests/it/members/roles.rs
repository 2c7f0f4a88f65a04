//! Roles and removal.

use diesel::prelude::*;
use easylink::base::db::schema::{invitations, sessions};
use easylink::features::accounts::MemberRole;
use futures_util::future::join;

use super::{LIST, also_belongs, gives_role, invites, link_to, owners, page_of, removes, second_owner};

on_both!(
    async fn a_role_holds_from_the_next_request_on(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut mia = portal.joins(li.account_id, "mia@example.com", MemberRole::Technical).await;
        assert_eq!(mia.gets("/account/balance").await.status, 403);
        let done = gives_role(&mut li, "mia@example.com", "billing").await;
        assert_eq!(done.status, 303);
        assert_eq!(mia.gets("/account/balance").await.status, 200);
        let told = portal.mails_to("mia@example.com").await.pop().unwrap();
        assert!(told.text.contains("Role now: Billing"), "{}", told.text);
        // The form of a page that showed another role changes nothing.
        let path = page_of(&mut li, "mia@example.com").await;
        let stale = li.opens(&path).await.form(&format!("{path}/role")).with("role", "owner");
        gives_role(&mut li, "mia@example.com", "viewer").await;
        let page = li.posts(&stale).await;
        assert_eq!((page.status, page.wrong_fields()), (422, vec!["role".to_string()]));
        assert_eq!(owners(&portal, li.account_id).await, 1);
        let records = li.opens("/account/records").await.text();
        assert!(records.contains("Member’s role changed: mia@example.com, for billing"), "{records}");
    }
);

on_both!(
    async fn the_last_owner_stays_one(portal) {
        let mut li = portal.enters("li@example.com").await;
        let page = gives_role(&mut li, "li@example.com", "viewer").await;
        assert_eq!((page.status, page.wrong_fields()), (422, vec!["role".to_string()]));
        assert!(page.text().contains("This is the last owner"), "{}", page.text());
        let mut wei = second_owner(&portal, &li).await;
        let done = gives_role(&mut li, "li@example.com", "viewer").await;
        assert_eq!((done.status, done.header("location")), (303, Some(LIST)));
        assert_eq!(li.gets(LIST).await.status, 200);
        assert_eq!(gives_role(&mut wei, "wei@example.com", "viewer").await.status, 422);
        assert_eq!(owners(&portal, li.account_id).await, 1);
    }
);

on_both!(
    async fn who_is_removed_is_out_at_the_next_request_and_their_invitations_with_them(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut wei = second_owner(&portal, &li).await;
        let own = portal.enters("elsewhere@example.com").await.account_id;
        also_belongs(&portal, wei.person_id, own, MemberRole::Viewer).await;
        let mut at_home = portal.signed_in(wei.person_id, Some(own)).await;
        invites(&mut wei, "friend@example.com", "owner").await;
        let path = link_to(&portal, "friend@example.com").await;
        let late = wei.opens("/account/profile").await.form("/account/profile").with("name", "Wei");

        assert_eq!(removes(&mut li, "wei@example.com").await.header("location"), Some(LIST));
        let page = wei.gets("/account").await;
        assert!(page.header("location").unwrap().starts_with("/login"), "{page:?}");
        let page = wei.posts(&late).await;
        assert!(page.header("location").unwrap().starts_with("/login"), "{page:?}");
        // Only the sessions of this account end.
        assert_eq!(at_home.gets("/account").await.status, 200);
        assert_eq!(portal.visitor().gets(&path).await.status, 404, "an invitation of somebody who is out");
        let state: String = portal.read(|conn| invitations::table.select(invitations::state).first(conn).unwrap()).await;
        assert_eq!(state, "withdrawn");
        let told = portal.mails_to("wei@example.com").await.pop().unwrap();
        assert!(told.subject.starts_with("You no longer belong to"), "{}", told.subject);
        assert!(!li.opens(LIST).await.text().contains("wei@example.com"));
        // They can be asked in again.
        assert_eq!(invites(&mut li, "wei@example.com", "viewer").await.status, 303);
        let path = link_to(&portal, "wei@example.com").await;
        let form = at_home.opens(&path).await.form(&path);
        assert_eq!(at_home.posts(&form).await.status, 303);
        assert!(at_home.opens(LIST).await.text().contains("li@example.com"));
    }
);

on_both!(
    async fn a_member_of_another_account_is_nobody_here(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut wei = portal.enters("wei@example.com").await;
        let path = page_of(&mut li, "li@example.com").await;
        assert_eq!(wei.gets(&path).await.status, 404);
        assert_eq!(wei.gets(&format!("{path}/removal")).await.status, 404);
        let own = page_of(&mut wei, "wei@example.com").await;
        let led = wei.gets(&format!("{own}/removal")).await;
        assert!(led.header("location").unwrap().starts_with("/account/members/departure"), "{led:?}");
        let token = wei.opens(&own).await.form(&format!("{own}/role")).value("token").unwrap().to_string();
        for body in ["role=viewer&shown=owner", ""] {
            let to = if body.is_empty() { format!("{path}/removal") } else { format!("{path}/role") };
            let sent = format!("token={token}&{body}");
            assert_eq!(wei.posts_raw(&to, "application/x-www-form-urlencoded", sent).await.status, 404, "{to}");
        }
        assert_eq!(owners(&portal, li.account_id).await, 1);
    }
);

on_both!(
    async fn two_owners_who_remove_one_another_at_once_leave_one(portal) {
        for round in 0..6 {
            let mut li = portal.enters(&format!("li{round}@example.com")).await;
            let name = format!("wei{round}@example.com");
            let mut wei = portal.joins(li.account_id, &name, MemberRole::Owner).await;
            let of_wei = format!("{}/removal", page_of(&mut li, &name).await);
            let of_li = format!("{}/removal", page_of(&mut wei, &li.address).await);
            let (one, other) = (li.opens(&of_wei).await.form(&of_wei), wei.opens(&of_li).await.form(&of_li));
            let (one, other) = join(li.posts_now(&one), wei.posts_now(&other)).await;
            assert_eq!((one.status, other.status), (303, 303), "round {round}");
            let out = |page: &crate::support::page::Page| page.header("location").unwrap().starts_with("/login");
            assert_eq!(usize::from(out(&one)) + usize::from(out(&other)), 1, "round {round}");
            assert_eq!(owners(&portal, li.account_id).await, 1, "round {round}");
            let account = li.account_id;
            let open = sessions::table.filter(sessions::account_id.eq(account)).filter(sessions::ended_at.is_null());
            assert_eq!(portal.read(move |conn| open.count().get_result::<i64>(conn).unwrap()).await, 1);
        }
    }
);
