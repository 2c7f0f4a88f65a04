//! Separate consents (B1, PR4).

use super::{NAME, NUMBER, agrees};

on_both!(
    async fn nothing_is_taken_without_each_consent(portal) {
        let mut li = portal.enters("li@example.com").await;
        for way in ["document", "face", "licence"] {
            let page = li.gets(&format!("/account/identity/new?way={way}")).await;
            let asked = format!("/account/identity/consent?question=document&way={way}");
            assert_eq!(page.header("location"), Some(asked.as_str()));
        }
        let page = li.opens("/account/identity/consent?question=document&way=face").await;
        for head in ["What for", "Why it is needed", "If you refuse", "How long", "Who gets it"] {
            assert!(page.text().contains(head), "{head}");
        }
        let page = li.submits(&page.form("/account/identity/consent").pressing("I agree")).await;
        assert!(page.path().starts_with("/account/identity/consent?question=face"), "{}", page.path());
        // The document's way does not need the face.
        let form = li.opens("/account/identity/new?way=document").await.form("/account/identity/new");
        let face = form.tampered("way", "face").answered(&[("legal_name", NAME), ("id_number", NUMBER)]);
        let page = li.posts(&face).await;
        let way = page.header("location").unwrap_or_default().to_string();
        assert!(way.starts_with("/account/identity/consent?question=face"), "{} {way}", page.status);
    }
);

on_both!(
    async fn refusing_loses_nothing(portal) {
        let mut li = portal.enters("li@example.com").await;
        let page = li.opens("/account/identity/consent?question=document&way=document").await;
        let page = li.submits(&page.form("/account/identity/consent").pressing("I refuse")).await;
        assert_eq!(page.path(), "/account/identity");
        assert!(page.text().contains("nothing is lost"), "{}", page.text());
        assert_eq!(li.gets("/account/tickets/new").await.status, 200);
        assert!(li.opens("/account/privacy").await.text().contains("Refused"));
        agrees(&mut li, "document").await;
    }
);
