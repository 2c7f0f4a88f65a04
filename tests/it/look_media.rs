//! What paper and forced colours show: a work order is printed without its forms and under the company's name, and a
//! select keeps its arrow where the page's own colours are put away.

use crate::crawl::walker;
use crate::support::browser::Browser;
use crate::support::portal::Portal;

#[tokio::test]
async fn a_work_order_is_printed_under_the_company_name_without_its_forms() {
    let portal = Portal::sqlite().await;
    portal.opens_the_demo().await;
    for (who, list) in [("customer@example.com", "/account/tickets"), ("support@staff.example.com", "/staff/tickets")] {
        let visitor = walker(&portal, who).await;
        let browser = Browser::open(&portal.base).await;
        browser.takes_over(&visitor).await;
        browser.goto(list).await;
        let order = browser.first_link_to(&format!("{list}/T")).await;
        browser.goto(&order).await;
        assert!(browser.shows("main form").await, "{order} has no form");
        browser.prints().await;
        assert!(browser.shows(".brand").await, "{order}: nobody is named");
        assert!(browser.shows(".conversation").await, "{order}: no conversation");
        for left in ["form", "main button", "#reply-title", "#note-title", ".bar-nav", ".foot"] {
            assert!(!browser.shows(left).await, "{order}: {left} is printed");
        }
    }
}

#[tokio::test]
async fn a_select_keeps_its_arrow_in_forced_colours() {
    let portal = Portal::sqlite().await;
    portal.opens_the_demo().await;
    let visitor = walker(&portal, "auditor@staff.example.com").await;
    let browser = Browser::open(&portal.base).await;
    browser.takes_over(&visitor).await;
    browser.goto("/staff/audit").await;
    assert_eq!(browser.style(".select", "appearance").await, "none");
    browser.forces_colours().await;
    assert_eq!(browser.style(".select", "appearance").await, "auto");
}

#[tokio::test]
async fn the_link_of_a_card_stands_beside_its_heading() {
    let portal = Portal::sqlite().await;
    portal.opens_the_demo().await;
    let mut faults = Vec::new();
    for (who, path) in [("customer@example.com", "/account"), ("admin2@staff.example.com", "/staff")] {
        let visitor = walker(&portal, who).await;
        let browser = Browser::open(&portal.base).await;
        browser.takes_over(&visitor).await;
        browser.goto(path).await;
        for width in [320, 360, 768, 1280] {
            browser.size(width, 900).await;
            let heads = browser.card_heads().await;
            assert!(!heads.is_empty(), "{path} has no card with a link");
            faults.extend(
                heads.iter().filter(|(_, beside)| !beside).map(|(head, _)| format!("{path} at {width}: {head}")),
            );
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
