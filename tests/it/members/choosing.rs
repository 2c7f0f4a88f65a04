//! Working in one of several accounts.

use diesel::prelude::*;
use easylink::base::db::schema::accounts;
use easylink::features::accounts::MemberRole;

use super::{LIST, also_belongs, gives_password};
use crate::support::digest::differing;
use crate::support::entered::Entered;
use crate::support::page::Page;
use crate::support::people::{PASSWORD, Visitor};
use crate::support::portal::Portal;

const CHOOSE: &str = "/account/choose";

/// Chooses the account that is called so.
async fn chooses(who: &mut Visitor, at: &str, called: &str) -> Page {
    let page = who.opens(at).await;
    let names = page.all("li.item");
    let nth = names.iter().position(|text| text.contains(called)).unwrap_or_else(|| panic!("{called} in {names:?}"));
    let forms: Vec<_> = page.posted_forms().into_iter().filter(|form| form.action == CHOOSE).collect();
    who.posts(&forms[nth]).await
}

/// A person of two accounts: their own, and that of a company in which they read.
async fn of_two(portal: &Portal) -> (Entered, Entered) {
    let li = portal.enters("li@example.com").await;
    let company = portal.enters("company@example.com").await;
    let account = company.account_id;
    let named = diesel::update(accounts::table.find(account)).set(accounts::name.eq(Some("Harbour Foods")));
    portal.write(move |conn| named.execute(conn).unwrap()).await;
    also_belongs(portal, li.person_id, account, MemberRole::Viewer).await;
    (li, company)
}

on_both!(
    async fn a_person_of_several_accounts_chooses_after_signing_in_and_switches(portal) {
        let (li, _) = of_two(&portal).await;
        gives_password(&portal, li.person_id).await;
        let mut visitor = portal.visitor();
        let form = visitor.opens("/login?next=%2Faccount%2Fmembers").await.form("/login");
        visitor.posts(&form.answered(&[("email", "li@example.com"), ("password", PASSWORD)])).await;
        let code = portal.code_for("li@example.com").await;
        let form = visitor.opens("/login/verify").await.form("/login/verify").with("code", &code);
        let entered = visitor.posts(&form).await;
        let to = entered.header("location").unwrap().to_string();
        assert_eq!(to, "/account/choose?next=%2Faccount%2Fmembers");
        let page = visitor.opens(&to).await;
        assert!(page.text().contains("Which account do you want to work in?"), "{}", page.text());
        let chosen = chooses(&mut visitor, &to, "Harbour Foods").await;
        assert_eq!((chosen.status, chosen.header("location")), (303, Some(LIST)));
        let list = visitor.opens(LIST).await;
        assert!(list.text().contains("company@example.com") && list.text().contains("Harbour Foods"), "{}", list.text());
        assert!(!list.forms().iter().any(|action| action.starts_with(LIST)), "only reads there");

        // And back, without signing out.
        assert!(list.links().iter().any(|(_, to)| to == CHOOSE));
        assert_eq!(chooses(&mut visitor, CHOOSE, "li@example.com").await.header("location"), Some("/account"));
        assert!(visitor.opens(LIST).await.forms().contains(&"/account/members/invitations".to_string()));
    }
);

on_both!(
    async fn a_form_made_for_another_account_gets_409_and_writes_nothing(portal) {
        let (mut li, company) = of_two(&portal).await;
        // The role would do in both.
        also_belongs(&portal, company.person_id, li.account_id, MemberRole::Owner).await;
        let mut company = company;
        for (on, action) in [
            ("/account/profile", "/account/profile/account"),
            (LIST, "/account/members/invitations"),
            ("/account/tickets/new", "/account/tickets/new"),
            ("/account/members/departure", "/account/members/departure"),
            (CHOOSE, CHOOSE),
        ] {
            let forms = company.opens(on).await.posted_forms();
            let form = forms.into_iter().find(|form| form.action == action).unwrap();
            let form = match action {
                "/account/profile/account" => form.with("account_name", "Mine"),
                "/account/members/invitations" => form.with("email", "mia@example.com"),
                "/account/tickets/new" => form.answered(&[
                    ("category", "service"), ("urgency", "normal"), ("subject", "Slow"), ("text", "Since noon."),
                ]),
                _ => form,
            };
            let mut other = company.twin();
            assert_eq!(chooses(&mut other, CHOOSE, "li@example.com").await.status, 303, "{action}");
            assert_ne!(other.jar.get("session"), company.jar.get("session"), "other rights, another session");
            // Two windows of one browser.
            company.jar.clone_from(&other.jar);
            let before = portal.digest().await;
            assert_eq!(company.posts(&form).await.status, 409, "{action}");
            assert_eq!(differing(&before, &portal.digest().await), Vec::<String>::new(), "{action}");
            assert_eq!(chooses(&mut other, CHOOSE, "Harbour Foods").await.status, 303, "{action}");
            company.jar.clone_from(&other.jar);
        }
        assert_eq!(li.gets("/account").await.status, 200);
    }
);

on_both!(
    async fn nobody_works_in_an_account_that_is_not_theirs(portal) {
        let (mut li, _) = of_two(&portal).await;
        let foreign = portal.enters("foreign@example.com").await.account_id;
        let number: String =
            portal.read(move |conn| accounts::table.find(foreign).select(accounts::number).first(conn).unwrap()).await;
        let forms = li.opens(CHOOSE).await.posted_forms();
        let form = forms.into_iter().find(|form| form.action == CHOOSE).unwrap();
        for account in [number.as_str(), "A", ""] {
            assert_eq!(li.posts(&form.clone().tampered("account", account)).await.status, 404, "{account}");
        }
        let elsewhere = li.posts(&form.clone().tampered("next", "//evil.example")).await;
        assert_eq!(elsewhere.header("location"), Some("/account"));
        // Staff are led nowhere.
        let mut ana = portal.employs("Ana", &[easylink::web::feature::StaffRole::Support]).await;
        assert!(ana.gets(CHOOSE).await.text().contains("Staff belong to no customer account"));
    }
);
