//! Binding the first phone.

use diesel::prelude::*;
use easylink::base::db::schema::{challenges, phones, text_messages};

use super::{CODE, SECURITY, asks, binds, phones as bound, shown, types};
use crate::support::portal::Portal;

on_both!(
    async fn a_phone_is_bound_by_the_code_that_it_gets(portal) {
        let mut li = portal.enters("li@example.com").await;
        let page = li.opens(SECURITY).await;
        assert!(page.text().contains("Bind a phone"), "{}", page.text());
        assert_eq!(asks(&mut li, "").await.wrong_fields(), ["phone"]);
        let land = asks(&mut li, "010-62345678").await;
        assert!(land.status == 422 && land.text().contains("no mobile number"), "{}", land.text());
        let abroad = asks(&mut li, "+852 9123 4567").await;
        assert!(abroad.status == 422 && abroad.text().contains("no messages to numbers of this country"));
        assert_eq!(abroad.form("/account/security/phone").value("phone"), Some("+852 9123 4567"), "what was typed is kept");
        assert!(portal.texts().await.is_empty(), "a number that is refused costs nothing");

        let asked = asks(&mut li, "138 0013-8000").await;
        assert_eq!((asked.status, asked.header("location")), (303, Some(CODE)));
        let page = li.opens(CODE).await;
        assert!(page.text().contains("138****8000") && !page.html.contains("13800138000"), "{}", page.text());
        assert_eq!(bound(&portal).await, 0);
        let wrong = types(&mut li, "00000000").await;
        assert!(wrong.status == 422 && wrong.text().contains("This code is not right"), "{}", wrong.text());
        let code = portal.texted_code("+8613800138000").await;
        let page = types(&mut li, &code).await;
        assert_eq!((page.status, page.header("location")), (303, Some(SECURITY)), "{}", page.text());
        assert!(li.opens(SECURITY).await.text().contains("Your phone is bound."));
        assert!(shown(&mut li).await.starts_with("138****8000"));
        assert_eq!(li.gets("/account").await.status, 200, "nobody is signed out by binding");

        let mails = portal.mails_to("li@example.com").await;
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].subject, "The phone of your Easy Link account was added");
        for fact in ["138****8000", "Firefox on Linux", "127.0.0.0/24", "/password/not-me/"] {
            assert!(mails[0].text.contains(fact), "{fact} in {}", mails[0].text);
        }
        assert!(!mails[0].text.contains("13800138000"));
        assert!(li.opens("/account/records").await.text().contains("Phone bound: 138****8000"));
        // The same code again leads nowhere.
        let again = li.gets(CODE).await;
        assert_eq!((again.status, again.header("location")), (303, Some(SECURITY)));
    }
);

on_both!(
    async fn the_database_holds_neither_number_nor_code(portal) {
        let mut li = portal.enters("li@example.com").await;
        asks(&mut li, "13800138000").await;
        let code = portal.texted_code("+8613800138000").await;
        types(&mut li, &code).await;
        let (numbers, texts, hashes) = portal
            .read(|conn| {
                let numbers: Vec<Vec<u8>> = phones::table.select(phones::sealed_number).load(conn).unwrap();
                let texts: Vec<(Vec<u8>, Option<Vec<u8>>)> = text_messages::table
                    .select((text_messages::sealed_number, text_messages::sealed_text))
                    .load(conn)
                    .unwrap();
                let hashes: Vec<Vec<u8>> = challenges::table.select(challenges::code_hash).load(conn).unwrap();
                (numbers, texts, hashes)
            })
            .await;
        assert_eq!((numbers.len(), texts.len()), (1, 1));
        let holds = |bytes: &[u8], word: &str| bytes.windows(word.len()).any(|part| part == word.as_bytes());
        let all = numbers.iter().chain(texts.iter().map(|(number, _)| number)).chain(texts.iter().filter_map(|(_, text)| text.as_ref())).chain(&hashes);
        for bytes in all {
            assert!(!holds(bytes, "3800138000") && !holds(bytes, &code) && !holds(bytes, "Easy Link"), "something stands in clear");
        }
    }
);

on_both!(
    async fn a_code_works_for_its_person_its_browser_and_its_number_alone(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut wu = portal.enters("wu@example.com").await;
        asks(&mut li, "13800138000").await;
        let code = portal.texted_code("+8613800138000").await;
        // Another person, even in the same browser.
        let handle = li.jar["challenge"].clone();
        wu.jar.insert("challenge".into(), handle.clone());
        assert_eq!(wu.gets(CODE).await.header("location"), Some(SECURITY));
        // Another browser of the same person.
        let mut other = portal.signed_in(li.person_id, Some(li.account_id)).await;
        assert_eq!(other.gets(CODE).await.header("location"), Some(SECURITY));
        // Another number: the first challenge is over with the change that it belongs to.
        portal.minutes(2);
        portal.vouches().await;
        asks(&mut li, "13900139000").await;
        assert_eq!(types(&mut li, &code).await.status, 422, "a code of one number does not bind another");
        li.jar.insert("challenge".into(), handle);
        assert_eq!(li.gets(CODE).await.header("location"), Some(SECURITY), "a change that gave way to another");
        assert_eq!(bound(&portal).await, 0);
        // And a code for another purpose does not do: one that signs in is no proof of a phone.
        let mut stranger = portal.visitor();
        let form = stranger.opens("/login/code").await.form("/login/code").with("email", "li@example.com");
        stranger.posts(&form).await;
        li.jar.insert("challenge".into(), stranger.jar["challenge"].clone());
        assert_eq!(li.gets(CODE).await.header("location"), Some(SECURITY));
    }
);

on_both!(
    async fn a_code_dies_after_five_tries_ten_minutes_and_one_use(portal) {
        let mut li = portal.enters("li@example.com").await;
        asks(&mut li, "13800138000").await;
        let code = portal.texted_code("+8613800138000").await;
        for _ in 0..5 {
            assert_eq!(types(&mut li, "00000000").await.status, 422);
        }
        let page = types(&mut li, &code).await;
        assert!(page.status == 422 && page.text().contains("no longer works"), "{}", page.text());
        portal.minutes(2);
        portal.vouches().await;
        asks(&mut li, "13800138000").await;
        let code = portal.texted_code("+8613800138000").await;
        let form = li.opens(CODE).await.form(CODE).with("code", &code);
        portal.later(std::time::Duration::from_secs(601));
        assert_eq!(li.posts_now(&form).await.status, 422, "ten minutes are over");
        assert_eq!(bound(&portal).await, 0);
        portal.minutes(2);
        portal.vouches().await;
        asks(&mut li, "13800138000").await;
        let code = portal.texted_code("+8613800138000").await;
        let form = li.opens(CODE).await.form(CODE).with("code", &code);
        let tries = (0..8).map(|_| {
            let (mut twin, form) = (li.twin(), form.clone());
            async move { twin.posts_now(&form).await.status }
        });
        let statuses = futures_util::future::join_all(tries).await;
        assert!(statuses.contains(&303), "{statuses:?}");
        assert_eq!(bound(&portal).await, 1, "of many at once one binds");
        assert_eq!(portal.mails_to("li@example.com").await.len(), 1, "and one tells");
    }
);

/// A number serves so many people as the setting says, and whose slot is taken learns it only with the code in hand.
async fn serves_two(portal: Portal) {
    for (nth, address) in ["a@example.com", "b@example.com"].iter().enumerate() {
        let mut person = portal.enters(address).await;
        portal.minutes(2);
        binds(&portal, &mut person, "13800138000").await;
        assert_eq!(bound(&portal).await, i64::try_from(nth).unwrap() + 1);
    }
    let mut third = portal.enters("c@example.com").await;
    portal.minutes(2);
    asks(&mut third, "13800138000").await;
    let code = portal.texted_code("+8613800138000").await;
    let refused = types(&mut third, &code).await;
    assert_eq!(refused.header("location"), Some("/account/security/phone"));
    assert!(third.opens("/account/security/phone").await.text().contains("as many people as one may"));
    assert_eq!(bound(&portal).await, 2);
    assert!(portal.mails_to("c@example.com").await.is_empty(), "nothing was changed");
}

#[tokio::test]
async fn a_number_serves_a_bounded_count_of_people_sqlite() {
    serves_two(Portal::sqlite_with(&[("EASYLINK_PHONE_ACCOUNTS", "2")]).await).await;
}

#[tokio::test]
async fn a_number_serves_a_bounded_count_of_people_postgresql() {
    serves_two(Portal::postgresql_with(&[("EASYLINK_PHONE_ACCOUNTS", "2")]).await).await;
}

#[tokio::test]
async fn other_countries_are_a_setting_and_the_mainland_is_one_of_them() {
    let portal = Portal::sqlite_with(&[("EASYLINK_SMS_COUNTRIES", "852")]).await;
    let mut li = portal.enters("li@example.com").await;
    assert_eq!(asks(&mut li, "13800138000").await.status, 422);
    assert_eq!(asks(&mut li, "+852 9123 4567").await.status, 303);
    let code = portal.texted_code("+85291234567").await;
    assert_eq!(types(&mut li, &code).await.status, 303);
    assert!(shown(&mut li).await.starts_with("+85****67"));
}

#[tokio::test]
async fn staff_bind_no_phone() {
    let portal = Portal::sqlite().await;
    let mut officer = portal.employs("Support", &[easylink::web::feature::StaffRole::Support]).await;
    let page = officer.opens("/account/security/phone").await;
    assert!(page.status == 200 && page.posted_forms().iter().all(|form| form.action != "/account/security/phone"));
    assert!(!officer.opens(SECURITY).await.text().contains("Bind a phone"));
}
