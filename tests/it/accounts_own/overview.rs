//! The overview, the security check, names, and what of it staff see.

use diesel::prelude::*;
use easylink::base::db::schema::people;
use easylink::features::accounts::MemberRole;
use easylink::services::records::{self, Entry, Event};
use easylink::web::feature::StaffRole;

use super::{NEW, acting, changes, gives_password, task};
use crate::support::people::PASSWORD;

on_both!(
    async fn names_are_changed_by_those_who_may(portal) {
        let mut li = portal.enters("li@example.com").await;
        let form = li.opens("/account/profile").await.form("/account/profile");
        let page = li.posts(&form.clone().with("name", &"x".repeat(81))).await;
        assert_eq!((page.status, page.wrong_fields()), (422, vec!["name".to_string()]));
        assert_eq!(page.form("/account/profile").value("name"), Some("x".repeat(81).as_str()));
        assert_eq!(li.posts(&form.clone().tampered("name", "a\0b")).await.status, 422);
        let page = li.submits(&form.with("name", " Li Ming 李明 ")).await;
        assert!(page.text().contains("Your details are saved."), "{}", page.text());
        assert_eq!(page.form("/account/profile").value("name"), Some("Li Ming 李明"));
        assert!(li.opens("/account").await.h1().ends_with(", Li Ming 李明"));

        let account = "/account/profile/account";
        let form = li.opens("/account/profile").await.form(account);
        let page = li.posts(&form.clone().with("account_name", &"x".repeat(81))).await;
        assert_eq!((page.status, page.wrong_fields()), (422, vec!["account_name".to_string()]));
        assert_eq!(page.form("/account/profile").value("name"), Some("Li Ming 李明"));
        let page = li.submits(&form.with("account_name", "Cloudy")).await;
        assert_eq!(page.form(account).value("account_name"), Some("Cloudy"));

        // Only owners name the account; the door of its form is shut to every other role.
        for role in [MemberRole::Billing, MemberRole::Technical, MemberRole::Viewer] {
            let mut wu = portal.joins(li.account_id, &format!("{role}@example.com"), role).await;
            let page = wu.opens("/account/profile").await;
            assert!(!page.forms().contains(&account.to_string()));
            let mut form = page.form("/account/profile").tampered("account_name", "Mine");
            form.action = account.to_string();
            assert_eq!(wu.posts(&form).await.status, 403, "{role}");
        }
        assert_eq!(li.opens("/account/profile").await.form(account).value("account_name"), Some("Cloudy"));
    }
);

on_both!(
    async fn the_overview_says_what_needs_the_person(portal) {
        let mut li = portal.enters("li@example.com").await;
        let page = li.opens("/account").await;
        // The clock stands at 10:00 in the zone of the portal.
        assert_eq!(page.h1(), "Good morning");
        assert!(page.text().contains("One thing needs you."), "{}", page.text());
        assert_eq!(task(&page), "Finish real-name authentication → /account/identity");
        let ctx = acting(&portal, &li).await;
        portal
            .write(move |conn| {
                for _ in 0..7 {
                    records::keep(conn, &ctx, Entry::new(Event::ProfileChanged)).unwrap();
                }
            })
            .await;
        assert_eq!(li.opens("/account").await.all(".knot").len(), 5);
    }
);

on_both!(
    async fn the_security_check_names_what_is_weak(portal) {
        let mut li = portal.enters("li@example.com").await;
        gives_password(&portal, li.person_id).await;
        assert_eq!(task(&li.opens("/account/security").await), "Bind a phone → /account/security/phone");
        crate::contact::binds(&portal, &mut li, "13800138000").await;
        assert!(li.opens("/account/security").await.text().contains("Nothing to improve"));
        let person = li.person_id;
        let class = move |conn: &mut easylink::base::db::Conn| {
            let weak = people::password_class.eq(Some("fair"));
            diesel::update(people::table.find(person)).set(weak).execute(conn).unwrap();
        };
        portal.write(class).await;
        let page = li.opens("/account/security").await;
        assert_eq!(page.all(".task-title"), ["Choose a longer password", "Switch on a second step"]);
        assert!(page.text().contains("Weak"), "{}", page.text());
    }
);

on_both!(
    async fn staff_look_after_their_own_sign_in_and_nothing_else(portal) {
        let mut ana = portal.employs("Ana", &[StaffRole::Support]).await;
        gives_password(&portal, ana.person_id).await;
        for path in ["/account/security", "/account/security/password", "/account/security/sessions"] {
            assert_eq!(ana.gets(path).await.status, 200, "{path}");
        }
        for path in ["/account", "/account/records", "/account/profile", "/account/notifications", "/account/privacy"] {
            assert_eq!(ana.gets(path).await.status, 403, "{path}");
        }
        assert_eq!(changes(&mut ana, PASSWORD, NEW, NEW).await.status, 303);
        assert!(ana.opens("/account/security").await.text().contains("Your password is changed."));
        let mails = portal.mails_to("ana@staff.example.com").await;
        assert!(mails.len() == 1 && !mails[0].text.contains("/password/forgot"), "staff have no recovery by mail");
    }
);

on_both!(
    async fn what_is_kept_is_told_in_words_for_its_person(portal) {
        let mut li = portal.enters("li@example.com").await;
        let page = li.opens("/account/privacy").await;
        let rows = page.all("[aria-labelledby=kept] tbody tr");
        assert!(rows.len() > 10, "{rows:?}");
        assert_eq!(page.all("[data-unsaid]"), Vec::<String>::new());
        let titles: Vec<String> = rows.iter().filter_map(|row| row.lines().next()).map(str::to_string).collect();
        assert_eq!(titles.iter().collect::<std::collections::BTreeSet<_>>().len(), titles.len(), "{titles:?}");
        assert!(page.all("[aria-labelledby=kept] tbody th .meta").iter().all(|words| words.ends_with('.')), "{rows:?}");
        for internal in ["tying a code", "delivery", "naming the", "limits of guesses"] {
            assert!(!page.text().to_lowercase().contains(internal), "{internal} in {}", page.text());
        }
        assert!(page.text().contains("Your transfers\nWhat you and the bank tell us"), "{}", page.text());
    }
);
