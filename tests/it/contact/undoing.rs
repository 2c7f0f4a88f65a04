//! Undoing a change by the link in its notice, for a week (RC4).

use std::time::Duration;

use super::{binds, disowns, moves, out, replaces, shown, types, undo_link};
use crate::support::people::{PASSWORD, Visitor};
use crate::support::portal::Portal;

const DAY: Duration = Duration::from_secs(86400);

/// Replaces the address by codes to both.
async fn moved(portal: &Portal, visitor: &mut Visitor, from: &str, to: &str) {
    moves(visitor, to, "address").await;
    types(visitor, &portal.code_for(from).await).await;
    let made = types(visitor, &portal.code_for(to).await).await;
    assert_eq!(made.header("location"), Some("/account/security"), "{}", made.text());
}

on_both!(
    async fn the_old_address_takes_the_account_back_with_one_link(portal) {
        let mut thief = portal.enters("li@example.com").await;
        moved(&portal, &mut thief, "li@example.com", "thief@example.com").await;
        let (mine, thiefs) = (undo_link(&portal, "li@example.com").await, undo_link(&portal, "thief@example.com").await);
        // The thief moves on, so that there is one more link in a mailbox of theirs.
        moved(&portal, &mut thief, "thief@example.com", "second@example.com").await;
        let latest = undo_link(&portal, "thief@example.com").await;
        portal.later(DAY * 6);
        let mut li = portal.visitor();
        for _ in 0..3 {
            assert_eq!(li.opens(&mine).await.status, 200, "looking at a link changes nothing (OT9)");
        }
        assert!(li.opens(&mine).await.text().contains("undo the change"));
        let undone = disowns(&mut li, &mine).await;
        assert_eq!(undone.header("location"), Some("/password/reset"), "{}", undone.text());
        assert!(li.opens("/password/reset").await.text().contains("The change is undone"));
        assert!(out(&thief.gets("/account").await), "whoever was in is out");
        // The thief's links bring nothing back, and their codes go to the owner.
        for link in [&thiefs, &latest] {
            let mut other = portal.visitor_from([127, 0, 4, 4]);
            let before = portal.mails_to("thief@example.com").await.len();
            assert_eq!(other.opens(link).await.status, 404, "it was mailed to an address that is taken back");
            assert_eq!(portal.mails_to("thief@example.com").await.len(), before, "nothing is mailed to the thief");
        }
        let mut li = portal.visitor();
        let form = li.opens("/password/forgot").await.form("/password/forgot").with("email", "li@example.com");
        li.posts(&form).await;
        let code = portal.code_for("li@example.com").await;
        let form = li.opens("/password/reset").await.form("/password/reset");
        let set = li.posts(&form.answered(&[("code", &code), ("password", PASSWORD), ("again", PASSWORD)])).await;
        assert_eq!(set.header("location"), Some("/login"), "{}", set.text());
        let form = li.opens("/login").await.form("/login");
        assert_eq!(li.posts(&form.answered(&[("email", "li@example.com"), ("password", PASSWORD)])).await.status, 303);
    }
);

on_both!(
    async fn a_phone_is_brought_back_too(portal) {
        let mut li = portal.enters("li@example.com").await;
        binds(&portal, &mut li, "13800138000").await;
        replaces(&mut li, "13900139000", "address").await;
        types(&mut li, &portal.code_for("li@example.com").await).await;
        types(&mut li, &portal.texted_code("+8613900139000").await).await;
        assert!(shown(&mut li).await.starts_with("139****9000"));
        let link = undo_link(&portal, "li@example.com").await;
        disowns(&mut portal.visitor(), &link).await;
        li.visitor = portal.signed_in(li.person_id, Some(li.account_id)).await;
        assert!(shown(&mut li).await.starts_with("138****8000"));
        assert!(li.opens("/account/records").await.text().contains("Change of phone undone"));
        assert_eq!(portal.visitor().gets(&link).await.status, 404, "a link works once");
    }
);

on_both!(
    async fn a_first_phone_goes_and_a_change_that_waits_is_stopped(portal) {
        let mut li = portal.enters("li@example.com").await;
        binds(&portal, &mut li, "13800138000").await;
        let first = undo_link(&portal, "li@example.com").await;
        moves(&mut li, "thief@example.com", "wait").await;
        types(&mut li, &portal.code_for("thief@example.com").await).await;
        let waiting = undo_link(&portal, "li@example.com").await;
        assert_ne!(first, waiting);
        disowns(&mut portal.visitor(), &waiting).await;
        portal.later(DAY * 4);
        portal.run_jobs().await;
        li.visitor = portal.signed_in(li.person_id, Some(li.account_id)).await;
        let page = li.opens("/account/security").await.text();
        assert!(page.contains("li@example.com") && !page.contains("A change waits"), "{page}");
        assert!(shown(&mut li).await.starts_with("138****8000"));
        disowns(&mut portal.visitor(), &first).await;
        li.visitor = portal.signed_in(li.person_id, Some(li.account_id)).await;
        assert!(shown(&mut li).await.starts_with("None"));
    }
);

on_both!(
    async fn after_a_week_the_link_is_over(portal) {
        let mut li = portal.enters("li@example.com").await;
        moved(&portal, &mut li, "li@example.com", "new@example.com").await;
        let link = undo_link(&portal, "li@example.com").await;
        portal.later(Duration::from_secs(7 * 86400 - 60));
        portal.run_jobs().await;
        assert_eq!(portal.visitor().gets(&link).await.status, 200);
        portal.minutes(2);
        assert_eq!(portal.visitor().gets(&link).await.status, 404);
    }
);

on_both!(
    async fn a_change_that_is_broken_keeps_no_other_one_waiting(portal) {
        let (mut li, mut wu) = (portal.enters("li@example.com").await, portal.enters("wu@example.com").await);
        for (one, to) in [(&mut li, "li.new@example.com"), (&mut wu, "wu.new@example.com")] {
            moves(one, to, "wait").await;
            types(one, &portal.code_for(to).await).await;
        }
        let broken = li.person_id;
        portal
            .write(move |conn| {
                use diesel::prelude::*;
                use easylink::base::db::schema::contact_changes;
                let own = contact_changes::table.filter(contact_changes::person_id.eq(broken));
                diesel::update(own).set(contact_changes::sealed_new.eq(Some(vec![1_u8, 2, 3]))).execute(conn).unwrap();
            })
            .await;
        portal.later(DAY * 4);
        portal.run_jobs().await;
        wu.visitor = portal.signed_in(wu.person_id, Some(wu.account_id)).await;
        let page = wu.opens("/account/security").await.text();
        assert!(page.contains("wu.new@example.com"), "{page}");
        li.visitor = portal.signed_in(li.person_id, Some(li.account_id)).await;
        let page = li.opens("/account/security").await.text();
        assert!(page.contains("li@example.com") && page.contains("A change waits"), "{page}");
    }
);
