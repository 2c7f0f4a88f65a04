//! What the provider decides, and what it leaves.

use diesel::prelude::*;
use easylink::base::db::schema::{identity_cases, identity_files, identity_results};
use easylink::services::faces::drawing::drawn;

use super::{Manner, status, with_provider};
use crate::identity::person::png_of;
use crate::identity::{NAME, NUMBER, agrees, approves, company, hands_in, keeping, reviewer, takes};

with_provider! {
    async fn what_it_is_sure_of_is_decided_at_once(portal, provider) {
        let mut li = portal.enters("li@example.com").await;
        let mut rosa = reviewer(&portal, "Rosa").await;
        let case = hands_in(&mut li, NAME, NUMBER).await;
        assert!(provider.asked().is_empty(), "nothing leaves within a request");
        assert!(status(&mut li).await.contains("The verification provider answers"));
        assert!(rosa.opens("/staff/identity").await.text().contains("No case waits"), "nobody else looks at it meanwhile");

        portal.run_jobs().await;
        let asked = provider.asked();
        assert_eq!(asked.len(), 1);
        let body = &asked[0].body;
        assert_eq!(asked[0].once, format!("{case}/{}", body["attempt"].as_str().unwrap()));
        assert_eq!((body["name"].as_str(), body["number"].as_str()), (Some(NAME), Some(NUMBER)));
        assert_eq!(body["result_to"].as_str().unwrap(), format!("{}/hooks/identity", portal.base));
        let mut names: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        let least = ["attempt", "case", "document", "kind", "name", "number", "result_to", "way"];
        assert_eq!(names, least, "no more than it compares");

        let page = status(&mut li).await;
        for words in [
            "Authenticated",
            "The verification provider was asked",
            "went to 127.0.0.1, as you agreed",
            "found name and number together in its registers",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let mails = portal.mails_to("li@example.com").await;
        assert!(mails.iter().any(|mail| mail.subject.contains("authenticated")), "{:?}", mails.last().unwrap().subject);
        assert_eq!(li.gets("/account/remittances/new").await.status, 200, "the gate is open");
        let (left, by) = portal
            .read(|conn| {
                let sealed = identity_cases::table.filter(identity_cases::sealed_key.is_not_null()).count();
                let files = identity_files::table.count().get_result::<i64>(conn).unwrap();
                let by = identity_results::table.select(identity_results::decided_by_id).first::<Option<i64>>(conn);
                (sealed.get_result::<i64>(conn).unwrap() + files, by.unwrap())
            })
            .await;
        assert_eq!((left, by), (0, None), "key and pictures are gone; no person decided");
        let all = keeping::bytes(&portal).await;
        assert!(!all.windows(NUMBER.len()).any(|window| window == NUMBER.as_bytes()), "the number stands somewhere");
        portal.minutes(60);
        portal.run_jobs().await;
        assert_eq!(provider.asked().len(), 1, "it is asked once");
    }
}

with_provider! {
    async fn what_does_not_match_is_rejected_with_a_reason_and_can_be_tried_again(portal, provider) {
        provider.turns(Manner::Says("rejected", Some("name_differs")));
        let mut li = portal.enters("li@example.com").await;
        hands_in(&mut li, NAME, NUMBER).await;
        portal.run_jobs().await;
        let page = status(&mut li).await;
        assert!(page.contains("The verification provider found that it does not match"), "{page}");
        assert!(page.contains("No person has looked at it"), "{page}");
        assert!(page.contains("Your last case was rejected") && !page.contains("A reviewer rejected it"), "{page}");
        let mails = portal.mails_to("li@example.com").await;
        assert!(mails.last().unwrap().subject.contains("not"), "{}", mails.last().unwrap().subject);
        assert_eq!(li.gets("/account/remittances/new").await.status, 303);
        provider.turns(Manner::Says("verified", None));
        hands_in(&mut li, NAME, NUMBER).await;
        portal.run_jobs().await;
        assert!(status(&mut li).await.contains("Authenticated"));
        let asked = provider.asked();
        assert_ne!(asked[0].once, asked[1].once, "another case is another question");
    }
}

with_provider! {
    async fn what_it_cannot_tell_goes_to_a_reviewer(portal, provider) {
        let mut rosa = reviewer(&portal, "Rosa").await;
        for (nth, (result, reason)) in [("unknown", None), ("rejected", None), ("rejected", Some("other"))].into_iter().enumerate() {
            provider.turns(Manner::Says(result, reason));
            let mut li = portal.enters(&format!("li{nth}@example.com")).await;
            let case = hands_in(&mut li, NAME, NUMBER).await;
            portal.run_jobs().await;
            let page = status(&mut li).await;
            assert!(page.contains("It goes to a reviewer") && page.contains("could not tell"), "{page}");
            let page = takes(&mut rosa).await;
            assert_eq!(page.path(), format!("/staff/identity/{case}"));
            assert!(page.text().contains("The verification provider could not tell"), "{}", page.text());
            approves(&mut rosa, &case).await;
            assert!(status(&mut li).await.contains("Authenticated"));
        }
    }
}

with_provider! {
    async fn who_refuses_the_provider_loses_nothing(portal, provider) {
        let mut li = portal.enters("li@example.com").await;
        let mut page = li.opens("/account/identity/new?way=document").await;
        page = li.submits(&page.form("/account/identity/consent").pressing("I agree")).await;
        assert!(page.path().contains("question=provider"), "{}", page.path());
        assert!(page.text().contains("127.0.0.1") && page.text().contains("You lose nothing"), "{}", page.text());
        page = li.submits(&page.form("/account/identity/consent").pressing("I refuse")).await;
        assert!(page.path().starts_with("/account/identity/new?way=document"), "{}", page.path());
        assert!(page.text().contains("Your data stays here"), "{}", page.text());
        let case = hands_in(&mut li, NAME, NUMBER).await;
        portal.run_jobs().await;
        assert!(provider.asked().is_empty(), "it went out all the same");
        let page = status(&mut li).await;
        assert!(page.contains("A reviewer decides") && !page.contains("provider was asked"), "{page}");
        let mut rosa = reviewer(&portal, "Rosa").await;
        assert_eq!(takes(&mut rosa).await.path(), format!("/staff/identity/{case}"));
        assert!(li.opens("/account/privacy").await.text().contains("Refused"));
    }
}

with_provider! {
    async fn a_face_goes_along_only_on_its_own_way(portal, provider) {
        let mut li = portal.enters("li@example.com").await;
        let form = agrees(&mut li, "face").await.form("/account/identity/new");
        let page = li.submits(&form.answered(&[("legal_name", NAME), ("id_number", NUMBER)])).await;
        let case = crate::identity::case_in(&page);
        let face = png_of(drawn(360, 480, &[(180.0, 230.0, 160.0)]));
        let form = page.form(&format!("/account/identity/{case}/pictures")).file("picture", "f.png", "image/png", &face);
        let page = li.submits(&form).await;
        li.submits(&page.form(&format!("/account/identity/{case}/submission"))).await;
        portal.run_jobs().await;
        let body = &provider.asked()[0].body;
        assert_eq!((body["way"].as_str(), body["photo"]["kind"].as_str()), (Some("face"), Some("image/png")));
        let bytes = data_encoding::BASE64.decode(body["photo"]["data"].as_str().unwrap().as_bytes()).unwrap();
        assert!(bytes.starts_with(b"\x89PNG"));
        assert!(status(&mut li).await.contains("Authenticated"));
    }
}

with_provider! {
    async fn two_people_decide_about_a_company_where_two_are_asked_for(portal, provider, ("EASYLINK_IDENTITY_SECOND_REVIEWER", "yes")) {
        let mut shop = portal.enters("shop@example.com").await;
        let case = company::hands_in(&mut shop, None).await;
        portal.run_jobs().await;
        let body = &provider.asked()[0].body;
        assert!(body["company"]["code"].is_string() && body.get("photo").is_none(), "{body}");
        assert!(!status(&mut shop).await.contains("Authenticated"));
        let (mut rosa, mut raul) = (reviewer(&portal, "Rosa").await, reviewer(&portal, "Raul").await);
        let page = takes(&mut rosa).await;
        assert!(page.text().contains("found name and number together"), "{}", page.text());
        approves(&mut rosa, &case).await;
        assert!(!status(&mut shop).await.contains("Your real name is authenticated"));
        takes(&mut raul).await;
        approves(&mut raul, &case).await;
        assert!(status(&mut shop).await.contains("Your real name is authenticated"));
    }
}

with_provider! {
    async fn a_company_with_a_contact_is_asked_about_after_the_contact_agreed(portal, provider) {
        let mut shop = portal.enters("shop@example.com").await;
        company::hands_in(&mut shop, Some("contact@example.com")).await;
        portal.run_jobs().await;
        assert!(provider.asked().is_empty(), "before the contact agreed");
        let link = company::link(&portal, "contact@example.com").await;
        let mut contact = portal.visitor();
        let page = contact.opens(&link).await;
        assert!(page.text().contains("127.0.0.1"), "the contact reads who gets it");
        contact.submits(&page.form(&link).pressing("I agree")).await;
        portal.run_jobs().await;
        assert_eq!(provider.asked().len(), 1);
        assert!(status(&mut shop).await.contains("Authenticated"));
    }
}

with_provider! {
    async fn a_number_that_is_used_up_is_looked_at_by_a_person(portal, provider, ("EASYLINK_IDENTITY_PER_NUMBER", "1")) {
        let mut li = portal.enters("li@example.com").await;
        hands_in(&mut li, NAME, NUMBER).await;
        portal.run_jobs().await;
        let mut wu = portal.enters("wu@example.com").await;
        hands_in(&mut wu, NAME, NUMBER).await;
        portal.run_jobs().await;
        assert_eq!(provider.asked().len(), 2);
        assert!(status(&mut wu).await.contains("It goes to a reviewer"));
        let mut rosa = reviewer(&portal, "Rosa").await;
        assert!(takes(&mut rosa).await.text().contains("as many accounts as one may"));
    }
}
