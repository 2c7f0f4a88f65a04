//! Real-name authentication: consent, what is typed and sent, the reviewers' desk, what is kept and what is destroyed.

pub mod company;
mod consents;
mod desk;
pub mod keeping;
mod pages;
pub mod person;
mod provider;
mod races;
mod walks;

use easylink::web::feature::StaffRole;

use crate::support::entered::Entered;
use crate::support::page::Page;
use crate::support::portal::Portal;
use crate::tickets::png;

/// A number of nobody whose check character is right.
pub const NUMBER: &str = "330102199001010047";
pub const NAME: &str = "Zhao Canary";

/// Agrees to what is asked on the way, and answers the page that comes after.
pub async fn agrees(who: &mut Entered, way: &str) -> Page {
    let mut page = who.opens(&format!("/account/identity/new?way={way}")).await;
    for _ in 0..3 {
        if !page.path().starts_with("/account/identity/consent") {
            break;
        }
        page = who.submits(&page.form("/account/identity/consent").pressing("I agree")).await;
    }
    assert!(page.path().starts_with("/account/identity/new"), "{}: {}", page.path(), page.text());
    page
}

/// Types name and number, and answers the page of pictures.
pub async fn types(who: &mut Entered, way: &str, name: &str, number: &str) -> Page {
    let form = agrees(who, way).await.form("/account/identity/new");
    let page = who.submits(&form.answered(&[("legal_name", name), ("id_number", number)])).await;
    assert!(page.path().ends_with("/pictures"), "{}: {}", page.path(), page.text());
    page
}

/// Hands in a case by document; answers its number.
pub async fn hands_in(who: &mut Entered, name: &str, number: &str) -> String {
    let page = types(who, "document", name, number).await;
    let case = case_in(&page);
    let form = page.form(&format!("/account/identity/{case}/pictures"));
    let page = who.submits(&form.file("picture", "front.png", "image/png", &png(64))).await;
    assert_eq!(page.h1(), "Check your answers", "{}", page.text());
    let page = who.submits(&page.form(&format!("/account/identity/{case}/submission"))).await;
    assert!(page.text().contains("Handed in"), "{}", page.text());
    case
}

/// The number in a page's address.
pub fn case_in(page: &Page) -> String {
    page.path().split('/').nth(3).unwrap().to_string()
}

pub async fn reviewer(portal: &Portal, name: &str) -> Entered {
    portal.employs(name, &[StaffRole::Reviewer]).await
}

/// Takes the next case; answers its page.
pub async fn takes(officer: &mut Entered) -> Page {
    let form = officer.opens("/staff/identity").await.form("/staff/identity/next");
    officer.submits(&form).await
}

/// Approves the case in hand.
pub async fn approves(officer: &mut Entered, case: &str) -> Page {
    let page = officer.opens(&format!("/staff/identity/{case}")).await;
    officer.submits(&page.form(&format!("/staff/identity/{case}/approval"))).await
}
