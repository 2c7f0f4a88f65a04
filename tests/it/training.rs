//! A role that needs a course opens nothing without it (F10, AZ6).

use std::time::Duration;

use diesel::prelude::*;
use easylink::base::db::schema::{training_completions, training_requirements};
use easylink::web::feature::StaffRole;

use crate::support::page::Page;
use crate::support::portal::Portal;

const DAY: Duration = Duration::from_secs(86400);

/// From now on the role needs the course.
async fn needs(portal: &Portal, role: StaffRole) {
    portal
        .write(move |conn| {
            diesel::insert_into(training_requirements::table)
                .values((training_requirements::role.eq(role), training_requirements::course.eq("privacy")))
                .execute(conn)
                .unwrap();
        })
        .await;
}

/// The person did the course, which lapses after so many days.
async fn did(portal: &Portal, person: i64, days: u32) {
    let now = portal.house.clock.now();
    portal
        .write(move |conn| {
            diesel::insert_into(training_completions::table)
                .values((
                    training_completions::person_id.eq(person),
                    training_completions::course.eq("privacy"),
                    training_completions::completed_at.eq(now),
                    training_completions::lapses_at.eq(now.plus(DAY * days)),
                ))
                .execute(conn)
                .unwrap();
        })
        .await;
}

fn closed(page: &Page) -> bool {
    page.status == 403
        && page.h1() == "Your privacy training is missing"
        && page.text().contains("yearly course on privacy")
}

on_both!(
    async fn a_role_opens_with_its_course_and_closes_when_that_lapses(portal) {
        let mut ana = portal.employs("Ana", &[StaffRole::Support, StaffRole::Admin]).await;
        let mut kim = portal.employs("Kim", &[StaffRole::Support]).await;
        assert_eq!(ana.gets("/staff/tickets").await.status, 200, "as installed no role needs one");
        let form = ana.gets("/staff/customers/lock").await.form("/staff/customers/lock").with("who", "li@example.com");
        needs(&portal, StaffRole::Support).await;
        assert!(closed(&ana.gets("/staff/tickets").await));
        assert!(closed(&kim.gets("/staff/customers/lock").await), "support alone");
        assert_eq!(ana.gets("/staff/people").await.status, 200, "another role needs none");
        assert_eq!(ana.posts(&form).await.status, 422, "admins, too, look for a customer");
        // The desk stays open and the way is not hidden; it answers.
        let desk = kim.gets("/staff").await;
        assert_eq!(desk.status, 200);
        assert!(desk.links().iter().any(|(_, to)| to == "/staff/tickets"), "{:?}", desk.links());
        // What another one did opens nothing.
        did(&portal, ana.person_id, 365).await;
        assert_eq!(ana.gets("/staff/tickets").await.status, 200);
        assert!(closed(&kim.gets("/staff/tickets").await));
        // A role that one does not hold stays closed as ever.
        let page = kim.gets("/staff/ledger").await;
        assert!(page.status == 403 && !closed(&page), "{}", page.text());
        portal.later(DAY * 364 + Duration::from_secs(86_340));
        let mut ana = portal.signed_in(ana.person_id, None).await;
        assert_eq!(ana.gets("/staff/tickets").await.status, 200);
        portal.later(Duration::from_secs(61));
        assert!(closed(&ana.gets("/staff/tickets").await), "lapsed, at the next click");
        did(&portal, ana_id(&portal).await, 30).await;
        assert_eq!(ana.gets("/staff/tickets").await.status, 200);
    }
);

async fn ana_id(portal: &Portal) -> i64 {
    use easylink::base::db::schema::people;
    portal
        .read(|conn| {
            people::table.filter(people::address.eq("ana@staff.example.com")).select(people::id).first(conn).unwrap()
        })
        .await
}

on_both!(
    async fn a_form_on_its_way_does_nothing_without_the_course(portal) {
        let mut boss = portal.employs("Boss", &[StaffRole::Admin]).await;
        let form = boss.gets("/staff/people/new").await.form("/staff/people");
        let form = form.with("address", "eve@staff.example.com").with_all("roles", &["support"]);
        needs(&portal, StaffRole::Admin).await;
        assert!(closed(&boss.posts(&form).await));
        assert!(portal.mails_to("eve@staff.example.com").await.is_empty());
        did(&portal, boss.person_id, 1).await;
        assert_eq!(boss.posts(&form).await.status, 303);
    }
);
