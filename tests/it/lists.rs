//! Every list that staff open is recorded, once for each look, with its name; every list begins anew where its cursor names
//! no row.

use diesel::prelude::*;
use easylink::base::db::schema::{products, records};
use easylink::base::types::Number;
use easylink::web::feature::StaffRole;

use crate::doors::lists_of_staff;
use crate::remittance::imports::{imports, message, sends};
use crate::remittance::{company, tops_up};
use crate::support::people::Visitor;
use crate::support::portal::Portal;

async fn recorded(portal: &Portal) -> Vec<(Option<String>, Option<i64>)> {
    let all = records::table.filter(records::event.eq("listed")).order(records::id);
    portal.read(move |conn| all.select((records::object, records::actor_id)).load(conn).unwrap()).await
}

/// Texts that are no cursor, and numbers of every kind that nothing has.
async fn begins_anew(visitor: &mut Visitor, path: &str) {
    let numbers = ['B', 'E', 'L', 'P', 'R', 'T'].map(|kind| Number::random(kind).as_str().to_string());
    for after in numbers.into_iter().chain(["no-such".to_string(), "%00".to_string(), "a%27".to_string()]) {
        let page = visitor.gets(&format!("{path}?after={after}")).await;
        assert_eq!(page.status, 200, "{path} after {after}");
        assert!(!page.text().contains("← Newer"), "{path} after {after} is the first page");
    }
}

on_both!(
    async fn every_list_of_staff_leaves_one_record(portal) {
        let lists = lists_of_staff();
        assert!(lists.len() >= 7, "{lists:?}");
        let mut names = std::collections::BTreeSet::new();
        for (path, roles) in lists {
            for role in roles {
                let mut officer = portal.employs(&format!("{}{}", role.as_str(), path.replace('/', ".")), std::slice::from_ref(role)).await;
                let before = recorded(&portal).await.len();
                assert_eq!(officer.gets(path).await.status, 200);
                let new = recorded(&portal).await.split_off(before);
                let [(name, actor)] = new.as_slice() else { panic!("{path} as {role:?} left {new:?}") };
                assert_eq!(*actor, Some(officer.person_id));
                names.insert(name.clone().unwrap_or_else(|| panic!("{path} has no name")));
            }
            // Whoever is not let in looked at nothing.
            let before = recorded(&portal).await.len();
            let mut editor = portal.employs(&format!("editor{}", path.replace('/', ".")), &[StaffRole::Editor]).await;
            assert_eq!(editor.gets(path).await.status, 403);
            assert_eq!(recorded(&portal).await.len(), before);
        }
        assert!(names.contains("ledger") && names.contains("tickets"), "{names:?}");
    }

);

on_both!(
    async fn pages_that_show_who_paid_in_are_recorded_too(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        imports(&portal, &mut people, &message(&[("22", "70.00", "Wu Xia", &number, "A1")])).await;
        let waiting = sends(&mut people, &message(&[("23", "8.00", "Wu Xia", "rent", "A2")])).await;
        let file = waiting.header("location").unwrap().to_owned();
        let links = people.fay.opens("/staff/aml").await.links();
        let case = links.into_iter().find(|(_, to)| to.ends_with("/report")).unwrap().1;
        for (path, shown, name) in [(&file, "Wu Xia", "imports"), (&case, "Report", "aml_cases")] {
            let before = recorded(&portal).await.len();
            let page = people.finn.opens(path).await;
            assert!(page.status == 200 && page.text().contains(shown), "{}", page.text());
            let new = recorded(&portal).await.split_off(before);
            assert_eq!(new, [(Some(name.to_string()), Some(people.finn.person_id))], "{path}");
        }
    }
);

on_both!(
    async fn a_cursor_that_names_no_row_shows_the_first_page(portal) {
        let mut li = portal.enters("li@example.com").await;
        let own = ["/account/tickets", "/account/remittances", "/account/balance", "/account/records"];
        for path in own.into_iter().chain(["/products", "/announcements"]) {
            begins_anew(&mut li, path).await;
        }
        // What is not sold yet is told apart from nothing by no address either.
        portal.opens_the_demo().await;
        let slug: String = portal.write(|conn| {
            let first: i64 = products::table.order(products::id).select(products::id).first(conn).unwrap();
            let draft = diesel::update(products::table.find(first)).set(products::state.eq("draft"));
            draft.returning(products::slug).get_result(conn).unwrap()
        }).await;
        let page = li.gets(&format!("/products?after={slug}")).await;
        assert!(!page.text().contains("← Newer"), "{}", page.text());
        let mut auditor = portal.employs("Ann", &[StaffRole::Auditor]).await;
        for asked in ["from=2026-01-01", "until=2030-12-31&event=listed", "event=listed", "object=records"] {
            let page = auditor.gets(&format!("/staff/audit?{asked}&after=999999999")).await;
            assert!(page.status == 200 && !page.text().contains("← Newer"), "{asked}: {}", page.text());
            assert!(!page.all("tbody tr").is_empty(), "{asked}: {}", page.text());
        }
        for (path, roles) in lists_of_staff() {
            let name = path.trim_start_matches('/').replace('/', "-");
            let mut officer = portal.employs(&name, std::slice::from_ref(&roles[0])).await;
            begins_anew(&mut officer, path).await;
        }
    }
);
