//! Ways in that are under way while the owner ends everything: none of them is left open (EN10, RC1, RC2, SS4).

use diesel::prelude::*;
use easylink::base::crypto::Secret;
use easylink::base::db::Conn;
use easylink::base::db::schema::{limits, people};
use easylink::web::session;
use futures_util::future::{join, join_all};

use super::recovery::{NEW, enters_anew, way_out};
use super::{registers, signed_in, signs_in, signs_out};
use crate::support::form::FormInPage;
use crate::support::people::{PASSWORD, Visitor};
use crate::support::portal::Portal;
use crate::support::waiting::until_others_wait;

async fn counters(portal: &Portal) -> i64 {
    portal.read(|conn| limits::table.count().get_result(conn).unwrap()).await
}

on_both!(
    async fn a_browser_that_is_forgotten_meanwhile_signs_nobody_in(portal) {
        registers(&portal, "li@example.com").await;
        let mut stranger = enters_anew(&portal, "li@example.com").await;
        signs_out(&mut stranger).await;
        let form = stranger.opens("/login").await.form("/login");
        let form = form.answered(&[("email", "li@example.com"), ("password", PASSWORD)]);
        let path = way_out(&portal, "li@example.com", "New browser").await;
        let mut owner = portal.visitor();
        let out = owner.gets(&path).await.form(&path);

        // So many passwords are before this one's that it is compared when the owner has left.
        let before = counters(&portal).await;
        let others = join_all((0..12).map(|_| portal.house.hasher.hash(Secret::new("any"))));
        let leaving = async {
            while counters(&portal).await == before {
                tokio::task::yield_now().await;
            }
            owner.posts_now(&out).await.status
        };
        let (_, (entered, left)) = join(others, join(stranger.posts_now(&form), leaving)).await;
        assert_eq!((entered.status, left), (303, 303));
        assert!(!signed_in(&mut stranger).await, "a browser that is no longer known came in");
    }
);

/// Sends `late` while `out`, which was sent before, waits: both for a transaction that holds the person.
async fn after(portal: &Portal, out: (&mut Visitor, &FormInPage), late: (&mut Visitor, &FormInPage)) -> (u16, u16) {
    let (tell, told) = tokio::sync::oneshot::channel();
    let holding = portal.write(move |conn| {
        let person: i64 =
            people::table.filter(people::address.eq("li@example.com")).select(people::id).first(conn).unwrap();
        session::hold(conn, person).unwrap();
        tell.send(()).unwrap();
        until_others_wait(conn, 2);
    });
    let both = async {
        told.await.unwrap();
        let changing = async {
            portal.read(|conn| until_others_wait(conn, 1)).await;
            late.0.posts_now(late.1).await.status
        };
        let (left, changed) = join(out.0.posts_now(out.1), changing).await;
        (left.status, changed)
    };
    join(holding, both).await.1
}

on_both!(
    async fn a_session_that_is_being_ended_gives_itself_no_new_one(portal) {
        registers(&portal, "li@example.com").await;
        for way in ["not-me", "everywhere", "others"] {
            portal.minutes(60);
            let mut stranger = enters_anew(&portal, "li@example.com").await;
            let mut owner = enters_anew(&portal, "li@example.com").await;
            if way != "everywhere" {
                // The notice's link needs no session, so that nothing the stranger ends can stop it.
                owner = portal.visitor();
            }
            let (on, action) = match way {
                "others" => ("/account/security/sessions", "/account/security/sessions/others/end"),
                _ => ("/account/security/password", "/account/security/password"),
            };
            let mut late = stranger.opens(on).await.form(action);
            if way != "others" {
                late = late.answered(&[("current", PASSWORD), ("password", NEW), ("again", NEW)]);
            }
            let out = if way == "everywhere" {
                owner.opens("/account/security/sessions").await.form("/account/security/sessions/all/end")
            } else {
                let path = way_out(&portal, "li@example.com", "New browser").await;
                owner.gets(&path).await.form(&path)
            };
            let (left, changed) = after(&portal, (&mut owner, &out), (&mut stranger, &late)).await;
            assert_eq!((left, changed), (303, 303), "{way}");
            assert!(!signed_in(&mut stranger).await, "a session outlives {way}");
            // SQLite has one writer: there the change may have come first, and is the owner's to undo.
            if portal.read(|conn| matches!(conn, Conn::Pg(_))).await {
                let mut back = portal.visitor();
                let entered = signs_in(&mut back, "li@example.com", NEW).await;
                assert_eq!(entered.status, 422, "{way}: the password was changed");
            }
        }
    }
);
