//! A decision over money whose maker's access ends while the form is on its way (SS4).

use diesel::prelude::*;
use easylink::base::db::Conn;
use easylink::base::db::schema::staff_roles;
use easylink::base::types::Money;
use easylink::web::feature::StaffRole;
use easylink::web::{roles, session};
use futures_util::future::join;

use super::{Company, balance, company, declares, enters_line, entry, presses, tops_up};
use crate::support::digest::differing;
use crate::support::entered::Entered;
use crate::support::form::FormInPage;
use crate::support::page::Page;
use crate::support::portal::Portal;
use crate::support::waiting::until_others_wait;

/// How access ends.
#[derive(Debug, Clone, Copy)]
enum Ends {
    Role,
    Sessions,
}

/// Sends a form while another transaction ends the access of who sends it.
async fn sent_too_late(portal: &Portal, officer: &mut Entered, form: &FormInPage, ends: Ends) -> Page {
    let (person, now) = (officer.person_id, portal.house.clock.now());
    let (tell, told) = tokio::sync::oneshot::channel();
    let ending = portal.write(move |conn| {
        session::hold(conn, person).unwrap();
        tell.send(()).unwrap();
        until_others_wait(conn, 1);
        match ends {
            Ends::Role => roles::take(conn, person, StaffRole::Finance).unwrap(),
            Ends::Sessions => assert_eq!(session::end_all(conn, person, None, now).unwrap(), 1),
        }
    });
    let sending = async {
        told.await.unwrap();
        officer.posts_now(form).await
    };
    join(ending, sending).await.1
}

/// The last form of a page whose address ends like this.
async fn last_form(officer: &mut Entered, path: &str, ending: &str) -> FormInPage {
    let page = officer.opens(path).await;
    let action = page.forms().into_iter().rfind(|form| form.ends_with(ending)).unwrap();
    page.form(&action)
}

on_both! {
    async fn who_is_of_finance_no_more_decides_nothing(portal) {
        let Company { mut fay, mut finn, mut li } = company(&portal).await;
        let number = tops_up(&mut li, "10").await;
        declares(&mut li, &number).await;
        enters_line(&mut fay, "10", &number, "S-1").await;
        let list = fay.opens("/staff/statements").await;
        let voiding = format!("{}/voiding", list.attribute("tbody tr a", "href").unwrap());
        let new = "/staff/receiving/new";
        let proposal = [("bank_name", "Second"), ("holder", "Easy Link Ltd"), ("account_number", "7777 0002")];
        let proposed = finn.opens(new).await.form(new).answered(&proposal);
        finn.submits(&proposed).await;
        let remittance = format!("/staff/remittances/{number}");

        for (nth, ends) in [Ends::Role, Ends::Sessions].into_iter().cycle().take(14).enumerate() {
            let names = ["Ada", "Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal", "Ida", "Jo", "Kim", "Lou", "Max", "Nan"];
            let mut officer = portal.employs(names[nth], &[StaffRole::Finance]).await;
            let form = match nth / 2 {
                0 => last_form(&mut officer, &remittance, "/confirmation").await,
                1 => last_form(&mut officer, &remittance, "/refusal").await.with("reason", "No such money"),
                2 => entry(&mut officer, "20", "x", "S-2").await,
                3 => last_form(&mut officer, &voiding, "/voiding").await.with("reason", "Mistyped"),
                4 => officer.opens(new).await.form(new).answered(&proposal).with("account_number", "7777 0003"),
                5 => last_form(&mut officer, "/staff/receiving", "/opening").await,
                _ => last_form(&mut officer, "/staff/receiving", "/closure").await,
            };
            let before = portal.digest().await;
            let page = sent_too_late(&portal, &mut officer, &form, ends).await;
            let name = format!("{} {ends:?}", form.action);
            match ends {
                Ends::Role => assert_eq!(page.status, 403, "{name}"),
                Ends::Sessions => assert!(page.status == 303 && page.header("location").unwrap().contains("login"), "{name}"),
            }
            let changed = differing(&before, &portal.digest().await);
            let meant = ["staff_roles", "sessions", "limits", "kept_posts"];
            assert!(changed.iter().all(|table| meant.iter().any(|one| table.contains(one))), "{name}: {changed:?}");
        }
        presses(&mut finn, &remittance, "/confirmation").await;
        assert_eq!(balance(&portal, &li).await, Money(1_000));
    }
}

on_both! {
    async fn a_role_is_taken_after_the_decision_that_is_under_way(portal) {
        let Company { mut fay, mut finn, mut li } = company(&portal).await;
        let mut boss = portal.employs("Boss", &[StaffRole::Admin]).await;
        let number = tops_up(&mut li, "10").await;
        declares(&mut li, &number).await;
        enters_line(&mut fay, "10", &number, "S-1").await;
        let remittance = format!("/staff/remittances/{number}");
        let confirms = last_form(&mut finn, &remittance, "/confirmation").await;
        let him = boss.opens("/staff/people").await.link("Finn");
        let change = boss.opens(&him).await.form(&format!("{him}/roles")).with_all("roles", &["support"]);
        let finns = finn.person_id;

        let (tell, told) = tokio::sync::oneshot::channel();
        let between = portal.write(move |conn| {
            if let Conn::Pg(pg) = conn {
                diesel::sql_query("select id from statement_entries for update").execute(pg).unwrap();
            }
            tell.send(()).unwrap();
            until_others_wait(conn, 2);
            let held = staff_roles::table.filter(staff_roles::person_id.eq(finns)).select(staff_roles::role);
            assert_eq!(held.load::<StaffRole>(conn).unwrap(), [StaffRole::Finance], "taken before the decision was made");
        });
        let both = async {
            told.await.unwrap();
            let taking = async {
                portal.read(|conn| until_others_wait(conn, 1)).await;
                boss.posts_now(&change).await.status
            };
            let (confirmed, taken) = join(finn.posts_now(&confirms), taking).await;
            (confirmed.status, taken)
        };
        let ((), (confirmed, taken)) = join(between, both).await;
        let one_writer = portal.read(|conn| matches!(conn, Conn::Sqlite(_))).await;
        assert_eq!((confirmed, taken), (303, 303));
        // SQLite has one writer: there either comes first.
        assert!(balance(&portal, &li).await == Money(1_000) || one_writer);
        assert_ne!(finn.gets("/staff/remittances").await.status, 200);
    }
}
