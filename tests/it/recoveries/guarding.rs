//! What a recovery is held to besides its way: whose papers count, who may confirm, which browser began it.

use diesel::prelude::*;
use easylink::base::db::schema::{account_recoveries, consents, identity_results, recovery_files, staff_roles};

use super::{LI, LOST, OTHER, confirms, entered, loses, owner, says, state};
use crate::accounts_in::registers;
use crate::factors::{gives_password, switches_on};
use crate::identity::{NUMBER, approves, reviewer, takes};
use crate::tickets::png;

on_both!(
    async fn the_licence_of_a_company_proves_nobody(portal) {
        let mut rosa = reviewer(&portal, "Rosa").await;
        let mut visitor = registers(&portal, LI).await;
        let mut shop = entered(&portal, &visitor).await;
        crate::identity::company::hands_in(&mut shop, None).await;
        let case = takes(&mut rosa).await.path().rsplit('/').next().unwrap().to_string();
        approves(&mut rosa, &case).await;
        switches_on(&portal, &mut visitor).await;
        let mut lost = portal.visitor();
        gives_password(&mut lost, LI).await;
        assert!(lost.opens(LOST).await.text().contains("We cannot tell that it is you"));
    }
);

on_both!(
    async fn what_is_withdrawn_is_compared_no_more(portal) {
        let mut rosa = reviewer(&portal, "Rosa").await;
        let mut raul = reviewer(&portal, "Raul").await;
        owner(&portal, &mut rosa).await;
        loses(&portal, LI, NUMBER).await;
        let gone = |conn: &mut easylink::base::db::Conn| {
            diesel::update(identity_results::table).set(identity_results::state.eq("restricted")).execute(conn).unwrap();
        };
        portal.write(gone).await;
        portal.minutes(2);
        portal.run_jobs().await;
        let left: i64 = portal.read(|conn| recovery_files::table.count().get_result(conn).unwrap()).await;
        assert_eq!((state(&portal).await.as_str(), left), ("cancelled", 0));

        // Nor does the word of somebody count who is no reviewer any more.
        portal
            .write(|conn| {
                diesel::update(identity_results::table).set(identity_results::state.eq("standing")).execute(conn).unwrap();
            })
            .await;
        let (_, number) = loses(&portal, LI, NUMBER).await;
        confirms(&mut rosa, &number).await;
        let (first, second) = (rosa.person_id, raul.person_id);
        portal
            .write(move |conn| {
                diesel::delete(staff_roles::table.filter(staff_roles::person_id.eq(first))).execute(conn).unwrap();
            })
            .await;
        assert!(confirms(&mut raul, &number).await.text().contains("A second reviewer"));
        let by: Option<i64> = portal
            .read(|conn| {
                let all = account_recoveries::table.order(account_recoveries::id.desc());
                all.select(account_recoveries::first_by_id).first(conn).unwrap()
            })
            .await;
        assert_eq!((state(&portal).await.as_str(), by), ("confirmed", Some(second)));
    }
);

on_both!(
    async fn what_is_begun_is_of_its_browser_and_agreed_to_on_record(portal) {
        let mut rosa = reviewer(&portal, "Rosa").await;
        owner(&portal, &mut rosa).await;
        let given = |conn: &mut easylink::base::db::Conn| {
            let own = consents::table.filter(consents::purpose.eq("identity_document"));
            own.filter(consents::event.eq("given")).count().get_result::<i64>(conn).unwrap()
        };
        let before = portal.read(given).await;
        let mut lost = portal.visitor();
        let page = says(&mut lost, LI, NUMBER).await;
        assert_eq!(portal.read(given).await, before + 1);
        let form = page.form(&format!("{LOST}/pictures")).file("picture", "card.png", "image/png", &png(64));
        // Another browser with the password sees nothing of it and takes nothing away.
        let mut other = portal.visitor();
        gives_password(&mut other, LI).await;
        assert_eq!(other.gets(&format!("{LOST}/pictures")).await.status, 303);
        let again = other.opens(LOST).await.form(LOST).answered(&[("proven_number", OTHER), ("agree_use", "yes")]);
        assert_eq!(other.posts(&again).await.status, 303);
        assert_eq!(lost.submits(&form).await.h1(), "We are looking at it");
        let agrees: bool = portal
            .read(|conn| {
                let asked = account_recoveries::table.filter(account_recoveries::state.eq("asked"));
                asked.select(account_recoveries::agrees).first(conn).unwrap()
            })
            .await;
        assert!(agrees, "the number of the browser that handed it in");
    }
);
