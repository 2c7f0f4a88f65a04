//! Every list that staff open is recorded, once for each look, with its name.

use diesel::prelude::*;
use easylink::base::db::schema::records;
use easylink::web::feature::StaffRole;

use crate::doors::lists_of_staff;
use crate::support::portal::Portal;

async fn recorded(portal: &Portal) -> Vec<(Option<String>, Option<i64>)> {
    let all = records::table.filter(records::event.eq("listed")).order(records::id);
    portal.read(move |conn| all.select((records::object, records::actor_id)).load(conn).unwrap()).await
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
