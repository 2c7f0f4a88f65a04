//! Money in, walked in a browser without scripts on both databases: a file of the bank is imported, what is clear is credited,
//! and what is not is seen by customer and finance until two people have dealt with it.

use std::time::Duration;

use super::walk::Walk;
use crate::remittance::company;
use crate::remittance::imports::{Line, message};
use crate::support::portal::Portal;

#[tokio::test]
async fn money_comes_in_on_sqlite() {
    walk_it(Portal::sqlite().await, "money-sqlite").await;
}

#[tokio::test]
async fn money_comes_in_on_postgresql() {
    walk_it(Portal::postgresql().await, "money-postgresql").await;
}

async fn walk_it(portal: Portal, pictures: &'static str) {
    let people = company(&portal).await;
    let mut walk = Walk::begin(portal, pictures).await;
    walk.knows("fay", &people.fay.visitor);
    walk.knows("finn", &people.finn.visitor);
    walk.knows("li", &people.li.visitor);
    let whole = tops_up(&mut walk, "1250.00").await;
    let short = tops_up(&mut walk, "100.00").await;
    let foreign = tops_up(&mut walk, "70.00").await;
    let permanent = has_a_reference_for_good(&mut walk).await;
    // One is what it should be, one too little, one from somebody else; one came without a top-up.
    let lines = [
        ("20", "1250.00", "LI MING", whole.as_str(), "B1"),
        ("20", "60.00", "Li Ming", short.as_str(), "B2"),
        ("20", "70.00", "Wu Xia", foreign.as_str(), "B3"),
        ("20", "300.00", "Li Ming", permanent.as_str(), "B4"),
    ];
    imports(&mut walk, &lines, "4 entries").await;
    walk.turn("li").await;
    walk.goto(&format!("/account/remittances/{whole}")).await;
    walk.reads("Found on the bank’s statement and credited").await;
    walk.picture().await;
    walk.goto(&format!("/account/remittances/{short}")).await;
    walk.reads("A part has arrived").await;
    walk.reads("¥ 40.00").await;
    walk.picture().await;
    walk.goto(&format!("/account/remittances/{foreign}")).await;
    walk.reads("It was not sent in the name that was authenticated").await;
    walk.picture().await;
    walk.goto("/account/payers").await;
    walk.reads("¥ 300.00").await;
    walk.reads("Credited").await;
    walk.picture().await;
    // Finance looks at what is held, and credits it with a word why.
    walk.turn("finn").await;
    walk.goto("/staff/statements?state=held").await;
    walk.goto("/staff/statements/next").await;
    walk.reads("Not the authenticated name").await;
    walk.picture().await;
    walk.fill(&[("note", "Her husband, seen in the register")]).await;
    walk.portal.later(Duration::from_secs(5));
    walk.browser.press_starting("Credit").await;
    walk.reads("It is done").await;
    // That was wrong: two people undo it.
    walk.follow("Undo the credit").await;
    walk.fill(&[("note", "It was another Wu Xia")]).await;
    walk.picture().await;
    walk.press("Propose to undo it").await;
    walk.reads("A second person has to agree").await;
    walk.turn("fay").await;
    walk.goto("/staff/decisions").await;
    walk.picture().await;
    let entry = walk.browser.first_link_to("/staff/statements/E").await;
    walk.goto(&entry).await;
    walk.press("Agree and do it").await;
    walk.reads("It is done").await;
    walk.turn("li").await;
    walk.goto(&format!("/account/remittances/{foreign}")).await;
    walk.reads("The credit was undone").await;
    walk.picture().await;
    walk.goto("/account/balance").await;
    walk.reads("¥ 1,550.00").await;
    walk.picture().await;
}

/// Opens a top-up; answers its reference.
async fn tops_up(walk: &mut Walk, amount: &str) -> String {
    walk.turn("li").await;
    walk.goto("/account/remittances/new").await;
    walk.fill(&[("amount", amount)]).await;
    walk.press("Get the reference").await;
    walk.number().await
}

/// Gets the permanent reference as the page shows it, with its hyphens.
async fn has_a_reference_for_good(walk: &mut Walk) -> String {
    walk.turn("li").await;
    walk.goto("/account/payers").await;
    walk.press("Get my permanent reference").await;
    walk.reads("It stays the same for good").await;
    walk.picture().await;
    let text = walk.browser.text().await;
    let shown = text.split_whitespace().find(|word| word.starts_with('M') && word.matches('-').count() == 2);
    shown.unwrap_or_else(|| panic!("no reference in:\n{text}")).to_owned()
}

/// Finance imports a file of the bank.
async fn imports(walk: &mut Walk, lines: &[Line<'_>], says: &str) {
    let path = walk.portal.folder().join("day.sta");
    std::fs::write(&path, message(lines)).unwrap();
    walk.turn("fay").await;
    walk.goto("/staff/statements/imports/new").await;
    walk.browser.choose_file("statement_file", &path).await;
    walk.picture().await;
    walk.press("Look it through").await;
    walk.reads(says).await;
    walk.picture().await;
    walk.press(&format!("Import {says}")).await;
    walk.portal.later(Duration::from_secs(6));
    walk.portal.run_jobs().await;
}
