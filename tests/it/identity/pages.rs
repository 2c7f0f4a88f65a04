//! The pages of a case are well-formed: the crawl reaches none of them, for the demo has no open case.

use super::{NAME, NUMBER, agrees, company, hands_in, reviewer, takes};
use crate::support::checkers::vnu;
use crate::support::page::Page;
use crate::support::portal::Portal;
use crate::tickets::png;
use crate::validation::unlisted;

async fn checked(page: &Page, faults: &mut Vec<String>) {
    let found = vnu(&page.html).await.into_iter().chain(unlisted(page));
    faults.extend(found.map(|fault| format!("{} ({}): {fault}", page.path(), page.status)));
}

#[tokio::test]
async fn every_page_of_a_case_is_sound() {
    let portal = Portal::sqlite().await;
    let (mut li, mut rosa) = (portal.enters("li@example.com").await, reviewer(&portal, "Rosa").await);
    let mut faults = Vec::new();
    for path in ["", "/new", "/guardian", "/withdrawal", "/consent?question=document&way=document"] {
        checked(&li.opens(&format!("/account/identity{path}")).await, &mut faults).await;
    }
    checked(&li.opens("/account/identity/consent?question=face&way=face").await, &mut faults).await;
    for (question, way) in [("provider", "document"), ("face", "licence")] {
        let page = li.gets(&format!("/account/identity/consent?question={question}&way={way}")).await;
        assert_eq!(page.status, 404, "{question} is not asked on the way {way}");
    }
    let page = agrees(&mut li, "document").await;
    checked(&page, &mut faults).await;
    let form = page.form("/account/identity/new");
    checked(&li.posts(&form.with("id_number", "1")).await, &mut faults).await;
    let form = agrees(&mut li, "document").await.form("/account/identity/new");
    let page = li.submits(&form.answered(&[("legal_name", NAME), ("id_number", NUMBER)])).await;
    checked(&page, &mut faults).await;
    let case = super::case_in(&page);
    let at = format!("/account/identity/{case}");
    let page = li.posts(&page.form(&format!("{at}/pictures")).file("back", "b.png", "image/png", &png(20))).await;
    checked(&page, &mut faults).await;
    let form = page.form(&format!("{at}/pictures")).file("picture", "a.png", "image/png", &png(20));
    checked(&li.submits(&form).await, &mut faults).await;
    checked(&li.opens(&format!("{at}/end")).await, &mut faults).await;
    checked(&li.opens("/account/identity").await, &mut faults).await;
    hands_in(&mut li, NAME, NUMBER).await;
    checked(&li.opens("/account/identity").await, &mut faults).await;

    checked(&rosa.opens("/staff").await, &mut faults).await;
    checked(&rosa.opens("/staff/identity?lost=yes").await, &mut faults).await;
    let page = takes(&mut rosa).await;
    checked(&page, &mut faults).await;
    let form = page.form(&format!("/staff/identity/{case}/verdict"));
    checked(&rosa.posts(&form.clone().pressing("Reject")).await, &mut faults).await;
    let page = rosa.opens(&format!("/staff/identity/{case}")).await;
    let form =
        page.form(&format!("/staff/identity/{case}/verdict")).answered(&[("reason", "other"), ("words", "Dark.")]);
    rosa.submits(&form.pressing("Reject")).await;
    checked(&li.opens("/account/identity").await, &mut faults).await;

    let mut shop = portal.enters("shop@example.com").await;
    checked(&agrees(&mut shop, "licence").await, &mut faults).await;
    company::hands_in(&mut shop, Some("contact@example.com")).await;
    checked(&shop.opens("/account/identity").await, &mut faults).await;
    let link = company::link(&portal, "contact@example.com").await;
    let mut contact = portal.visitor();
    let page = contact.opens(&link).await;
    checked(&page, &mut faults).await;
    checked(&contact.submits(&page.form(&link).pressing("I refuse")).await, &mut faults).await;
    checked(&contact.opens(&link).await, &mut faults).await;
    checked(&shop.opens("/account/identity").await, &mut faults).await;
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
