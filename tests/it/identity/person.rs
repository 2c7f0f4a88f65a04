//! A person, from the first question to the decision.

use easylink::features::accounts::MemberRole;
use easylink::services::faces::drawing::drawn;

use super::{NAME, NUMBER, agrees, approves, case_in, hands_in, reviewer, takes, types};
use crate::support::portal::Portal;
use crate::tickets::png;

on_both!(
    async fn a_person_is_authenticated_by_a_document(portal) {
        let mut li = portal.enters("li@example.com").await;
        let closed = li.gets("/account/remittances/new").await;
        let way = closed.header("location").unwrap_or_default().split('?').next();
        assert_eq!((closed.status, way), (303, Some("/account/identity")));
        let case = hands_in(&mut li, NAME, NUMBER).await;
        let page = li.opens("/account/identity").await;
        assert!(page.text().contains("Being checked") && !page.text().contains(NUMBER) && !page.text().contains(NAME));

        let mut rosa = reviewer(&portal, "Rosa").await;
        let page = takes(&mut rosa).await;
        assert_eq!(page.path(), format!("/staff/identity/{case}"));
        assert!(page.text().contains(NAME) && page.text().contains(NUMBER), "the reviewer compares the whole number");
        let picture = page.all("figure img").len();
        assert_eq!(picture, 1);
        let shown = rosa.gets(&page.attribute("figure img", "src").unwrap()).await;
        assert_eq!((shown.status, shown.header("content-type")), (200, Some("image/png")));
        assert_eq!(shown.header("cache-control"), Some("no-store"));
        let page = approves(&mut rosa, &case).await;
        assert!(page.text().contains("The real name is authenticated"), "{}", page.text());

        let page = li.opens("/account/identity").await;
        assert!(page.text().contains("Authenticated") && page.text().contains("Z********"), "{}", page.text());
        assert!(page.text().contains("3****************7") && !page.text().contains(NUMBER));
        assert_eq!(li.gets("/account/remittances/new").await.status, 200, "the gate is open");
        let mails = portal.mails_to("li@example.com").await;
        let mail = mails.last().unwrap();
        assert_eq!(mail.subject, "Your real name is authenticated");
        assert!(!mail.text.contains(NUMBER) && !mail.text.contains(NAME));
        let records = li.opens("/account/records").await.text();
        for event in ["Real-name authentication begun", "handed in", "A reviewer opened", "Real name authenticated"] {
            assert!(records.contains(event), "{event}: {records}");
        }
    }
);

on_both!(
    async fn what_is_wrong_is_said_and_nothing_is_begun(portal) {
        let mut li = portal.enters("li@example.com").await;
        let form = agrees(&mut li, "document").await.form("/account/identity/new");
        for (number, words) in [
            ("330102199001010040", "does not fit the others"),
            ("330102990101004", "15 digits"),
            ("010105194912310026", "no region"),
            ("110105209912310029", "birth date"),
            ("12", "17 digits"),
        ] {
            let page = li.posts(&form.clone().answered(&[("legal_name", NAME), ("id_number", number)])).await;
            assert_eq!((page.status, page.wrong_fields()), (422, vec!["id_number".to_string()]), "{number}");
            assert!(page.text().contains(words), "{number}: {}", page.text());
        }
        let other = form.clone().answered(&[("legal_name", NAME), ("id_number", NUMBER), ("birth", "1990-01-02")]);
        let page = li.posts(&other).await;
        assert_eq!((page.status, page.wrong_fields()), (422, vec!["birth".to_string()]));
        let passport = form.answered(&[("legal_name", NAME), ("document", "passport"), ("id_number", "E1234567")]);
        assert_eq!(li.posts(&passport).await.wrong_fields(), ["birth"], "a passport does not tell the birth date");
        assert!(li.opens("/account/identity").await.text().contains("Begin"));
    }
);

on_both!(
    async fn the_young_are_stopped_before_anything_is_kept(portal) {
        let mut li = portal.enters("li@example.com").await;
        let today = portal.house.clock.now().day(&portal.house.config.zone);
        let year = i32::from(today.date().year());
        for (years, h1) in [(13, "Please ask a parent or guardian"), (17, "Please ask a parent or guardian")] {
            let form = agrees(&mut li, "document").await.form("/account/identity/new").answered(&[
                ("legal_name", NAME),
                ("document", "passport"),
                ("id_number", "E1234567"),
                ("birth", &format!("{}-06-01", year - years)),
            ]);
            let page = li.submits(&form).await;
            assert_eq!(page.h1(), h1, "{years}");
        }
        assert!(li.opens("/account/identity").await.text().contains("Begin"), "nothing was begun");
        assert!(!found(&portal, "E1234567").await && !found(&portal, NAME).await);
    }
);

/// Whether a text stands in clear anywhere in the database.
async fn found(portal: &Portal, text: &'static str) -> bool {
    super::keeping::bytes(portal).await.windows(text.len()).any(|window| window == text.as_bytes())
}

on_both!(
    async fn pictures_are_kept_one_by_one_and_said_what_is_wrong(portal) {
        let mut li = portal.enters("li@example.com").await;
        let page = types(&mut li, "document", NAME, NUMBER).await;
        let case = case_in(&page);
        let at = format!("/account/identity/{case}/pictures");
        let page = li.posts(&page.form(&at)).await;
        assert_eq!((page.status, page.wrong_fields()), (422, vec!["picture".to_string()]));
        let form = page.form(&at).file("picture", "a.png", "image/png", b"MZ no picture").file("back", "b.png", "image/png", &png(32));
        let page = li.posts(&form).await;
        assert_eq!((page.status, page.wrong_fields()), (422, vec!["picture".to_string()]));
        assert!(page.text().contains("We have the back already"), "{}", page.text());
        let check = li.gets(&format!("/account/identity/{case}/check")).await;
        assert!(check.header("location").unwrap_or_default().starts_with(&at), "it cannot be handed in yet");
        let page = li.submits(&page.form(&at).file("picture", "a.jpg", "image/jpeg", &png(32))).await;
        assert_eq!(page.wrong_fields(), ["picture"], "a name that hides the kind");
        let page = li.submits(&page.form(&at).file("picture", "a.png", "image/png", &png(32))).await;
        assert_eq!(page.h1(), "Check your answers");
        assert!(page.text().contains(NAME) && page.text().contains("3****************7"), "{}", page.text());
        assert!(!page.text().contains(NUMBER));
    }
);

on_both!(
    async fn a_case_is_sent_back_mended_rejected_and_begun_anew(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut rosa = reviewer(&portal, "Rosa").await;
        let case = hands_in(&mut li, NAME, NUMBER).await;
        takes(&mut rosa).await;
        let page = rosa.opens(&format!("/staff/identity/{case}")).await;
        let form = page.form(&format!("/staff/identity/{case}/verdict"));
        let refused = rosa.posts(&form.clone().pressing("Ask for more")).await;
        assert_eq!((refused.status, refused.wrong_fields()), (422, vec!["reason".to_string()]));
        let form = refused.form(&format!("/staff/identity/{case}/verdict"));
        let asked = form.answered(&[("reason", "unreadable"), ("words", "The lower half is dark.")]).pressing("Ask for more");
        assert!(rosa.submits(&asked).await.text().contains("asked for more"));
        let page = li.opens("/account/identity").await;
        assert!(page.text().contains("We need more from you") && page.text().contains("The lower half is dark."));
        let page = li.opens(&format!("/account/identity/{case}/pictures")).await;
        let form = page.form(&format!("/account/identity/{case}/pictures"));
        let page = li.submits(&form.file("picture", "better.png", "image/png", &png(80))).await;
        li.submits(&page.form(&format!("/account/identity/{case}/submission"))).await;

        takes(&mut rosa).await;
        let page = rosa.opens(&format!("/staff/identity/{case}")).await;
        let form = page.form(&format!("/staff/identity/{case}/verdict"));
        let page = rosa.submits(&form.answered(&[("reason", "name_differs")]).pressing("Reject")).await;
        assert!(page.text().contains("The case is rejected"), "{}", page.text());
        let page = li.opens("/account/identity").await;
        assert!(page.text().contains("Your last case was rejected") && page.text().contains("not the one in the picture"));
        let mails = portal.mails_to("li@example.com").await;
        assert!(mails.last().unwrap().text.contains("Type it as it is printed"));
        let again = hands_in(&mut li, NAME, NUMBER).await;
        assert_ne!(again, case);
        takes(&mut rosa).await;
        approves(&mut rosa, &again).await;
        assert_eq!(li.gets("/account/remittances/new").await.status, 200);
    }
);

on_both!(
    async fn what_was_authenticated_is_withdrawn(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut rosa = reviewer(&portal, "Rosa").await;
        let case = hands_in(&mut li, NAME, NUMBER).await;
        takes(&mut rosa).await;
        approves(&mut rosa, &case).await;
        let page = li.opens("/account/identity/withdrawal").await;
        assert!(page.text().contains("removed at once"), "{}", page.text());
        let page = li.submits(&page.form("/account/identity/withdrawal")).await;
        assert!(page.text().contains("is withdrawn") && page.text().contains("Not authenticated"), "{}", page.text());
        assert!(page.text().contains("You withdrew it"), "{}", page.text());
        assert_eq!(li.gets("/account/remittances/new").await.status, 303, "the gate is shut");
        let consent = li.opens("/account/privacy").await.text();
        assert!(consent.contains("Withdrawn"), "{consent}");
        let page = li.gets("/account/identity/new?way=document").await;
        let way = page.header("location").unwrap_or_default().to_string();
        assert!(way.starts_with("/account/identity/consent"), "asked anew: {way}");
    }
);

pub fn png_of(picture: image::RgbImage) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

on_both!(
    async fn a_person_is_authenticated_by_the_face(portal) {
        let mut li = portal.enters("li@example.com").await;
        let page = types(&mut li, "face", NAME, NUMBER).await;
        let case = case_in(&page);
        let at = format!("/account/identity/{case}/pictures");
        let two = png_of(drawn(480, 360, &[(120.0, 180.0, 120.0), (360.0, 180.0, 120.0)]));
        for (picture, words) in [(png(64), "no face"), (two, "more than one face")] {
            let refused = li.posts(&page.form(&at).file("picture", "me.png", "image/png", &picture)).await;
            assert_eq!((refused.status, refused.wrong_fields()), (422, vec!["picture".to_string()]), "{words}");
            assert!(refused.text().contains(words), "{}", refused.text());
        }
        let face = png_of(drawn(360, 480, &[(180.0, 230.0, 160.0)]));
        let form = li.opens(&at).await.form(&at).file("picture", "me.png", "image/png", &face);
        let page = li.submits(&form).await;
        assert_eq!(page.h1(), "Check your answers", "{}", page.text());
        li.submits(&page.form(&format!("/account/identity/{case}/submission"))).await;
        let mut rosa = reviewer(&portal, "Rosa").await;
        takes(&mut rosa).await;
        assert!(approves(&mut rosa, &case).await.text().contains("The real name is authenticated"));
        assert!(li.opens("/account/identity").await.text().contains("by photo of the face"));
    }
);

on_both!(
    async fn another_owner_sees_nothing_of_what_was_typed(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut co = portal.joins(li.account_id, "co@example.com", MemberRole::Owner).await;
        let case = case_in(&types(&mut li, "document", NAME, NUMBER).await);
        let page = co.opens("/account/identity").await;
        assert!(page.text().contains("Another owner began it"), "{}", page.text());
        for path in ["pictures", "check"] {
            assert_eq!(co.gets(&format!("/account/identity/{case}/{path}")).await.status, 404, "{path}");
        }
        co.opens("/account/identity/consent?question=document&way=document").await;
        let page = co.gets("/account/identity/new?way=document").await;
        assert!(page.header("location").is_some() && !page.text().contains(NAME));
        let form = li.opens(&format!("/account/identity/{case}/pictures")).await.form(&format!("/account/identity/{case}/pictures"));
        let sent = co.posts(&form.file("picture", "a.png", "image/png", &png(20))).await;
        assert_eq!(sent.status, 403, "a form of another person's session");
        // Either may take it back.
        let page = co.opens(&format!("/account/identity/{case}/end")).await;
        assert!(co.submits(&page.form(&format!("/account/identity/{case}/end"))).await.text().contains("Taken back"));
    }
);

on_both!(
    async fn old_words_never_stand_beside_a_new_reason(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut rosa = reviewer(&portal, "Rosa").await;
        let case = hands_in(&mut li, NAME, NUMBER).await;
        let verdict = format!("/staff/identity/{case}/verdict");
        let page = takes(&mut rosa).await;
        let form = page.form(&verdict).answered(&[("reason", "unreadable"), ("words", "It is too dark.")]);
        rosa.submits(&form.pressing("Ask for more")).await;
        let page = li.opens(&format!("/account/identity/{case}/check")).await;
        li.submits(&page.form(&format!("/account/identity/{case}/submission"))).await;
        let page = takes(&mut rosa).await;
        rosa.submits(&page.form(&verdict).answered(&[("reason", "name_differs")]).pressing("Reject")).await;
        let notice = li.opens("/account/identity").await.all(".notice").join(" ");
        assert!(notice.contains("not the one in the picture") && !notice.contains("too dark"), "{notice}");
    }
);
