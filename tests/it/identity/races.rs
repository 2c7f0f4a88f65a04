//! At once: one open case for each account, one holder of each case, one decision.

use diesel::prelude::*;
use easylink::base::db::schema::identity_cases;
use futures_util::future::join_all;

use super::{NAME, NUMBER, agrees, hands_in, reviewer, takes};

on_both!(
    async fn of_reviewers_at_once_one_takes_the_case(portal) {
        let mut li = portal.enters("li@example.com").await;
        hands_in(&mut li, NAME, NUMBER).await;
        let mut all = Vec::new();
        for nth in 0..6 {
            let mut officer = reviewer(&portal, &format!("R{nth}")).await;
            let form = officer.opens("/staff/identity").await.form("/staff/identity/next");
            all.push((officer, form));
        }
        let taken = join_all(all.iter_mut().map(|(officer, form)| officer.posts_now(form))).await;
        let won = taken.iter().filter(|page| page.status == 303 && page.header("location") != Some("/staff/identity"));
        assert_eq!(won.count(), 1, "{:?}", taken.iter().map(|page| page.status).collect::<Vec<_>>());
        assert!(taken.iter().all(|page| page.status == 303), "who comes too late is told that none waits");
    }
);

on_both!(
    async fn reviewers_at_once_take_a_case_each(portal) {
        let mut all = Vec::new();
        for nth in 0..4 {
            let mut one = portal.enters(&format!("one{nth}@example.com")).await;
            hands_in(&mut one, NAME, NUMBER).await;
            let mut officer = reviewer(&portal, &format!("R{nth}")).await;
            let form = officer.opens("/staff/identity").await.form("/staff/identity/next");
            all.push((officer, form));
        }
        let taken = join_all(all.iter_mut().map(|(officer, form)| officer.posts_now(form))).await;
        let ways: std::collections::BTreeSet<_> = taken.iter().filter_map(|page| page.header("location")).collect();
        assert_eq!(ways.len(), 4, "{ways:?}");
    }
);

on_both!(
    async fn of_two_decisions_at_once_one_counts(portal) {
        let mut li = portal.enters("li@example.com").await;
        let case = hands_in(&mut li, NAME, NUMBER).await;
        let mut rosa = reviewer(&portal, "Rosa").await;
        let page = takes(&mut rosa).await;
        let approval = page.form(&format!("/staff/identity/{case}/approval"));
        let page = rosa.opens(&format!("/staff/identity/{case}")).await;
        let rejection =
            page.form(&format!("/staff/identity/{case}/verdict")).answered(&[("reason", "unreadable")]).pressing("Reject");
        let mut twin = rosa.twin();
        let both = tokio::join!(rosa.posts_now(&approval), twin.posts_now(&rejection));
        let said = [both.0.header("location").unwrap_or_default(), both.1.header("location").unwrap_or_default()];
        let lost = said.iter().filter(|to| to.contains("lost=yes")).count();
        assert_eq!(lost, 1, "{said:?} {} {}", both.0.status, both.1.status);
        let text = li.opens("/account/identity").await.text();
        assert!(text.contains("Your real name is authenticated") != text.contains("A reviewer rejected it"), "{text}");
    }
);

on_both!(
    async fn an_account_has_one_open_case(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut forms = Vec::new();
        for _ in 0..4 {
            let form = agrees(&mut li, "document").await.form("/account/identity/new");
            forms.push(form.answered(&[("legal_name", NAME), ("id_number", NUMBER)]));
        }
        let mut twins: Vec<_> = forms.iter().map(|_| li.twin()).collect();
        let sent = join_all(twins.iter_mut().zip(&forms).map(|(twin, form)| twin.posts_now(form))).await;
        assert!(sent.iter().any(|page| page.status == 303), "{:?}", sent.iter().map(|page| page.status).collect::<Vec<_>>());
        assert!(sent.iter().all(|page| [303, 409, 422, 429].contains(&page.status)));
        let open: i64 = portal.read(|conn| identity_cases::table.count().get_result(conn).unwrap()).await;
        assert_eq!(open, 1);
    }
);
