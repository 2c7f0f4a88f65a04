//! Companies: the credit code and its trap, the contact's own consent, a second reviewer.

use std::time::Duration;

use super::{NAME, NUMBER, agrees, approves, case_in, reviewer, takes};
use crate::support::entered::Entered;
use crate::support::portal::Portal;
use crate::tickets::{pdf, png};

pub const CODE: &str = "91350100M000100Y43";
/// Of the right form, with a check character that does not fit.
const ODD: &str = "91310115MA0AAAAA32";
pub const COMPANY: &str = "Canary Foods Ltd";

/// Hands in a company's case; answers its number.
pub async fn hands_in(who: &mut Entered, contact: Option<&str>) -> String {
    let form = agrees(who, "licence").await.form("/account/identity/new").answered(&[
        ("company_name", COMPANY),
        ("credit_code", CODE),
        ("legal_name", NAME),
        ("id_number", NUMBER),
    ]);
    let form = match contact {
        Some(address) => form.answered(&[("contact", "other"), ("contact_email", address)]),
        None => form,
    };
    let page = who.submits(&form).await;
    let case = case_in(&page);
    let form = page.form(&format!("/account/identity/{case}/pictures"));
    let page = who.submits(&form.file("picture", "licence.pdf", "application/pdf", &pdf(400))).await;
    assert_eq!(page.h1(), "Check your answers", "{}", page.text());
    let page = who.submits(&page.form(&format!("/account/identity/{case}/submission"))).await;
    assert!(page.text().contains("Handed in"), "{}", page.text());
    case
}

/// The path of the link in the newest mail to this address.
pub async fn link(portal: &Portal, address: &str) -> String {
    let mails = portal.mails_to(address).await;
    let text = &mails.last().unwrap().text;
    let link = text.split_whitespace().find(|word| word.contains("/identity/contact/")).unwrap();
    link.strip_prefix(&portal.base).unwrap_or(link).to_string()
}

on_both!(
    async fn a_company_is_authenticated_by_its_licence(portal) {
        let mut shop = portal.enters("shop@example.com").await;
        let form = agrees(&mut shop, "licence").await.form("/account/identity/new").answered(&[
            ("company_name", COMPANY),
            ("credit_code", ODD),
            ("legal_name", NAME),
            ("id_number", NUMBER),
        ]);
        let page = shop.posts(&form).await;
        assert_eq!((page.status, page.wrong_fields()), (422, vec!["credit_code".to_string()]));
        assert!(page.text().contains("0 and O, 1 and I, 8 and B"), "{}", page.text());
        let again = page.form("/account/identity/new").with("printed_so", "yes");
        let page = shop.submits(&again).await;
        assert!(page.path().ends_with("/pictures"), "{}", page.text());
        let case = case_in(&page);
        let form = page.form(&format!("/account/identity/{case}/pictures"));
        let page = shop.submits(&form.file("picture", "licence.png", "image/png", &png(90))).await;
        shop.submits(&page.form(&format!("/account/identity/{case}/submission"))).await;
        let mut rosa = reviewer(&portal, "Rosa").await;
        let page = takes(&mut rosa).await;
        assert!(page.text().contains("the customer says that it is printed so"), "{}", page.text());
        assert!(page.text().contains(ODD) && page.text().contains(COMPANY));
        approves(&mut rosa, &case).await;
        let page = shop.opens("/account/identity").await.text();
        assert!(page.contains("Company, by business licence") && page.contains("C********"), "{page}");
        assert!(page.contains("9****************2") && !page.contains(ODD), "{page}");
    }
);

on_both!(
    async fn another_contact_agrees_first(portal) {
        let mut shop = portal.enters("shop@example.com").await;
        let mut rosa = reviewer(&portal, "Rosa").await;
        let case = hands_in(&mut shop, Some("contact@example.com")).await;
        assert!(shop.opens("/account/identity").await.text().contains("Waiting for the contact"));
        assert!(!rosa.opens("/staff/identity").await.forms().iter().any(|form| form.ends_with("/next")), "not reviewed yet");
        let link = link(&portal, "contact@example.com").await;
        let mut contact = portal.visitor();
        for _ in 0..3 {
            assert_eq!(contact.gets(&link).await.status, 200);
        }
        assert!(shop.opens("/account/identity").await.text().contains("Waiting for the contact"), "opening answers nothing");
        let page = contact.opens(&link).await;
        assert!(page.text().contains(COMPANY) && page.text().contains("Nothing happens to you"), "{}", page.text());
        assert!(!page.text().contains(NUMBER));
        let form = page.form(&link);
        let page = contact.submits(&form.clone().pressing("I agree")).await;
        assert_eq!(page.h1(), "Your answer is kept");
        let twice = portal.visitor().gets(&link).await;
        assert!(twice.text().contains("does not work any more"));
        let page = takes(&mut rosa).await;
        assert_eq!(page.path(), format!("/staff/identity/{case}"));
        assert!(page.text().contains("The contact agreed"), "{}", page.text());
        approves(&mut rosa, &case).await;
        assert_eq!(shop.gets("/account/remittances/new").await.status, 200);
    }
);

on_both!(
    async fn a_contact_who_refuses_sends_the_case_back(portal) {
        let mut shop = portal.enters("shop@example.com").await;
        let case = hands_in(&mut shop, Some("contact@example.com")).await;
        let at = link(&portal, "contact@example.com").await;
        let mut contact = portal.visitor();
        let form = contact.opens(&at).await.form(&at);
        contact.submits(&form.pressing("I refuse")).await;
        let page = shop.opens("/account/identity").await;
        assert!(page.text().contains("The contact did not agree") && page.text().contains("Name another contact"));
        let mails = portal.mails_to("shop@example.com").await;
        assert_eq!(mails.last().unwrap().subject, "Your contact did not agree");
        // Handed in again as it is, the contact is asked again, by another link.
        let page = shop.opens(&format!("/account/identity/{case}/check")).await;
        shop.submits(&page.form(&format!("/account/identity/{case}/submission"))).await;
        let second = link(&portal, "contact@example.com").await;
        assert_ne!(second, at);
        // Taken back, the link answers nothing.
        let page = shop.opens(&format!("/account/identity/{case}/end")).await;
        shop.submits(&page.form(&format!("/account/identity/{case}/end"))).await;
        assert!(contact.opens(&second).await.text().contains("does not work any more"));
    }
);

async fn two_reviewers(portal: Portal) {
    let mut shop = portal.enters("shop@example.com").await;
    let mut rosa = reviewer(&portal, "Rosa").await;
    let mut raul = reviewer(&portal, "Raul").await;
    let case = hands_in(&mut shop, None).await;
    takes(&mut rosa).await;
    let page = approves(&mut rosa, &case).await;
    assert!(page.text().contains("A second reviewer has to approve"), "{}", page.text());
    assert_eq!(shop.gets("/account/remittances/new").await.status, 303, "not yet");
    assert!(takes(&mut rosa).await.text().contains("No case waits for you"), "nobody approves twice");
    takes(&mut raul).await;
    approves(&mut raul, &case).await;
    assert_eq!(shop.gets("/account/remittances/new").await.status, 200);
}

#[tokio::test]
async fn two_reviewers_decide_about_a_company_sqlite() {
    two_reviewers(Portal::sqlite_with(&[("EASYLINK_IDENTITY_SECOND_REVIEWER", "yes")]).await).await;
}

#[tokio::test]
async fn two_reviewers_decide_about_a_company_postgresql() {
    two_reviewers(Portal::postgresql_with(&[("EASYLINK_IDENTITY_SECOND_REVIEWER", "yes")]).await).await;
}

on_both!(
    async fn a_contact_who_does_not_answer_sends_the_case_back(portal) {
        let mut shop = portal.enters("shop@example.com").await;
        let case = hands_in(&mut shop, Some("contact@example.com")).await;
        let at = link(&portal, "contact@example.com").await;
        portal.later(Duration::from_secs(15 * 86_400));
        assert!(portal.visitor().gets(&at).await.text().contains("does not work any more"));
        portal.run_jobs().await;
        let mut shop = portal.returns("shop@example.com").await;
        let page = shop.opens("/account/identity").await;
        assert!(page.text().contains("The contact did not answer in time"), "{}", page.text());
        let page = shop.opens(&format!("/account/identity/{case}/check")).await;
        shop.submits(&page.form(&format!("/account/identity/{case}/submission"))).await;
        assert_ne!(link(&portal, "contact@example.com").await, at);
    }
);

on_both!(
    async fn nobodys_mailbox_is_filled_by_strangers(portal) {
        for nth in 0..5 {
            let mut one = portal.enters(&format!("one{nth}@example.com")).await;
            hands_in(&mut one, Some("contact@example.com")).await;
        }
        let mut sixth = portal.enters("sixth@example.com").await;
        let form = agrees(&mut sixth, "licence").await.form("/account/identity/new").answered(&[
            ("company_name", COMPANY),
            ("credit_code", CODE),
            ("legal_name", NAME),
            ("id_number", NUMBER),
            ("contact", "other"),
            ("contact_email", "contact@example.com"),
        ]);
        let page = sixth.submits(&form).await;
        let case = case_in(&page);
        let form = page.form(&format!("/account/identity/{case}/pictures"));
        let page = sixth.submits(&form.file("picture", "licence.png", "image/png", &png(20))).await;
        let page = sixth.posts(&page.form(&format!("/account/identity/{case}/submission"))).await;
        assert_eq!(page.status, 429, "{}", page.text());
        assert!(page.text().contains("as many of these as we take within an hour"), "{}", page.text());
        assert_eq!(portal.mails_to("contact@example.com").await.len(), 5);
    }
);
