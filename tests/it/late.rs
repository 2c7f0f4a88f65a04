//! Access that ends while a form is on its way decides nothing any more (SS4).

use diesel::prelude::*;
use easylink::base::db::Conn;
use easylink::base::db::schema::{memberships, people};
use easylink::features::accounts::MemberRole;
use easylink::features::staff::invite;
use easylink::web::feature::StaffRole;
use easylink::web::{roles, session};

use crate::remittance::{company, tops_up, verified};
use crate::support::entered::Entered;
use crate::support::form::FormInPage;
use crate::support::portal::Portal;
use crate::support::waiting::until_others_wait;

/// Sends `form` of an admin whose role another transaction takes before the form's own change, and answers the status.
async fn sent_too_late(portal: &Portal, boss: &mut Entered, form: &FormInPage) -> u16 {
    let person = boss.person_id;
    let (tell, told) = tokio::sync::oneshot::channel();
    let taking = portal.write(move |conn| {
        roles::hold(conn, StaffRole::Admin).unwrap();
        tell.send(()).unwrap();
        until_others_wait(conn, 1);
        roles::take(conn, person, StaffRole::Admin).unwrap();
    });
    let sending = async {
        told.await.unwrap();
        let page = boss.posts(form).await;
        // Whoever is refused is still signed in, and the page says so.
        assert!(page.forms().contains(&"/logout".to_string()), "{}", page.text());
        page.status
    };
    futures_util::future::join(taking, sending).await.1
}

on_both!(
    async fn an_admin_whose_role_ends_meanwhile_decides_nothing(portal) {
        let mut kim = portal.employs("Kim", &[StaffRole::Admin]).await;
        portal.employs("Ana", &[StaffRole::Support]).await;
        let ana = kim.gets("/staff/people").await.link("Ana");
        let page = kim.gets("/staff/people/new").await.form("/staff/people");
        let page = kim.posts(&page.with("address", "eve@staff.example.com").with_all("roles", &["finance"])).await;
        let proposal = page.header("location").unwrap().to_string();
        let forms = [
            (proposal.clone(), format!("{proposal}/approval")),
            (proposal.clone(), format!("{proposal}/rejection")),
            ("/staff/people/new".into(), "/staff/people".into()),
            (ana.clone(), format!("{ana}/roles")),
            (ana.clone(), format!("{ana}/activation")),
            (ana.clone(), format!("{ana}/sessions")),
            (format!("{ana}/closure"), format!("{ana}/closure")),
        ];
        for (nth, (on, action)) in forms.into_iter().enumerate() {
            let name: &'static str = ["Bo", "Cy", "Di", "Ed", "Fay", "Gus", "Hal"][nth];
            let mut boss = portal.employs(name, &[StaffRole::Admin]).await;
            let mut form = boss.gets(&on).await.form(&action);
            if action == "/staff/people" {
                form = form.with("address", "new@staff.example.com").with_all("roles", &["support"]);
            } else if form.has("roles") {
                form = form.with_all("roles", &["editor"]);
            }
            let before = portal.digest().await;
            assert_eq!(sent_too_late(&portal, &mut boss, &form).await, 403, "{action}");
            let changed = crate::support::digest::differing(&before, &portal.digest().await);
            let meant = ["staff_roles", "sessions", "limits"];
            assert!(changed.iter().all(|table| meant.iter().any(|one| table.contains(one))), "{action}: {changed:?}");
        }
        let list = kim.gets("/staff/people").await.text();
        assert!(list.contains("Waiting for a second admin"), "{list}");
        let page = kim.gets(&ana).await.text();
        assert!(page.contains("Support") && !page.contains("Editor, "), "{page}");
    }
);

/// Sends `form` of a member about whom another transaction decides before the form's own change.
async fn sent_after(
    portal: &Portal,
    who: &mut Entered,
    form: &FormInPage,
    decides: impl FnOnce(&mut Conn, i64) + Send + 'static,
) -> crate::support::page::Page {
    let person = who.person_id;
    let (tell, told) = tokio::sync::oneshot::channel();
    let deciding = portal.write(move |conn| {
        session::hold(conn, person).unwrap();
        tell.send(()).unwrap();
        until_others_wait(conn, 1);
        decides(conn, person);
    });
    let sending = async {
        told.await.unwrap();
        who.posts(form).await
    };
    futures_util::future::join(deciding, sending).await.1
}

on_both!(
    async fn a_member_whose_place_or_session_ends_meanwhile_changes_nothing(portal) {
        let people = company(&portal).await;
        let account = people.li.account_id;
        let now = portal.house.clock.now();
        for (nth, (on, action, way)) in [
            ("/account/profile", "/account/profile", "session"),
            ("/account/profile", "/account/profile", "place"),
            ("/account/remittances/new", "/account/remittances/new", "session"),
            ("/account/remittances/new", "/account/remittances/new", "place"),
            ("/account/remittances/new", "/account/remittances/new", "role"),
        ].into_iter().enumerate() {
            let mut who = portal.joins(account, &format!("m{nth}@example.com"), MemberRole::Billing).await;
            let form = who.opens(on).await.form(action);
            let form = if form.has("amount") { form.with("amount", "10") } else { form.with("name", "Mia") };
            let before = portal.digest().await;
            let page = sent_after(&portal, &mut who, &form, move |conn, person| {
                let place = memberships::table.filter(memberships::person_id.eq(person));
                match way {
                    "session" => { session::end_all(conn, person, None, now).unwrap(); }
                    "place" => {
                        let ended = diesel::update(place).set(memberships::ended_at.eq(Some(now)));
                        ended.execute(conn).unwrap();
                    }
                    _ => {
                        let other = diesel::update(place).set(memberships::role.eq(MemberRole::Viewer));
                        other.execute(conn).unwrap();
                    }
                }
            }).await;
            if way == "role" {
                assert_eq!(page.status, 403, "{}", page.text());
            } else {
                let to = page.header("location").unwrap_or_default().to_string();
                assert!(page.status == 303 && (to.starts_with("/login") || to.starts_with("/account/choose")), "{way} {on}: {to}");
            }
            let changed = crate::support::digest::differing(&before, &portal.digest().await);
            let meant = ["memberships", "sessions", "limits", "kept_posts"];
            assert!(changed.iter().all(|table| meant.iter().any(|one| table.contains(one))), "{on} {way}: {changed:?}");
        }
        // The same form does something when nobody decides anything.
        let mut who = verified(&portal, "wei@example.com").await;
        assert!(!tops_up(&mut who, "10").await.is_empty());
    }
);

on_both!(
    async fn an_end_and_an_activation_at_once_wait_for_one_another_in_one_order(portal) {
        let mut boss = portal.employs("Boss", &[StaffRole::Admin]).await;
        let (ctx, address) = (portal.ctx(), easylink::base::types::Address::parse("eve@staff.example.com").unwrap());
        let path = portal.write(move |conn| invite(conn, &ctx, &address, &[StaffRole::Support]).unwrap()).await;
        let mut eve = portal.visitor();
        let page = eve.gets(&path).await;
        let code = crate::staff::code(&portal, &crate::staff::shown_secret(&page));
        let password = crate::support::people::PASSWORD;
        let form = page.form(&path).answered(&[("password", password), ("again", password), ("code", &code)]);
        let person = boss.gets("/staff/people").await.link("eve@staff.example.com");
        let end = boss.gets(&format!("{person}/closure")).await.form(&format!("{person}/closure"));

        let (tell, told) = tokio::sync::oneshot::channel();
        let holding = portal.write(move |conn| {
            let id = people::table.filter(people::address.eq("eve@staff.example.com")).select(people::id);
            let id: i64 = id.first(conn).unwrap();
            session::hold(conn, id).unwrap();
            tell.send(()).unwrap();
            until_others_wait(conn, 2);
        });
        let both = async {
            told.await.unwrap();
            let activating = async {
                portal.read(|conn| until_others_wait(conn, 1)).await;
                eve.posts(&form).await.status
            };
            let (ended, activated) = futures_util::future::join(boss.posts(&end), activating).await;
            (ended.status, activated)
        };
        let (ended, activated) = futures_util::future::join(holding, both).await.1;
        assert_eq!(ended, 303);
        // On SQLite, which has one writer, either may have come first.
        assert!(matches!(activated, 303 | 404 | 409), "{activated}");
        assert_eq!(portal.visitor().gets(&path).await.status, 404);
    }
);
