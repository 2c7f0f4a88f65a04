//! Real-name authentication in a browser without scripts, as a customer, a contact and a reviewer see it. Pictures of
//! every step stay in `target/screenshots/path-identity-…`.

use std::path::{Path, PathBuf};

use easylink::services::faces::drawing::drawn;

use super::company::link;
use super::person::png_of;
use super::{NAME, NUMBER, reviewer};
use crate::path::walk::Walk;
use crate::support::portal::Portal;
use crate::support::until::until;
use crate::tickets::png;

const LI: &str = "li@example.com";
const RESULT: &str = "/account/identity";

/// A customer and a reviewer take turns; the customer begins.
async fn begin(portal: Portal, name: &'static str) -> Walk {
    let li = portal.enters(LI).await;
    let rosa = reviewer(&portal, "Rosa").await;
    let mut walk = Walk::begin(portal, name).await;
    walk.knows("li", &li.visitor);
    walk.knows("rosa", &rosa.visitor);
    walk.turn("li").await;
    walk
}

/// Leads from the page of the real name through the consents to the page of name and number.
async fn agrees(walk: &mut Walk, button: &str, way: &str, consents: usize) {
    walk.goto(RESULT).await;
    walk.follow(button).await;
    walk.at("/account/identity/new").await;
    walk.follow(way).await;
    for _ in 0..consents {
        walk.at("/account/identity/consent").await;
        walk.reads("If you refuse").await;
        walk.press("I agree").await;
    }
    walk.at("/account/identity/new").await;
}

/// Types name and number; answers the address of the case.
async fn types(walk: &mut Walk) -> String {
    walk.fill(&[("legal_name", NAME), ("document", "Resident identity card"), ("id_number", NUMBER)]).await;
    walk.press("Continue").await;
    let path = walk.browser.path().await;
    let case = path.strip_suffix("/pictures").unwrap_or_else(|| panic!("no page of pictures: {path}")).to_string();
    walk.at(&path).await;
    case
}

fn file(walk: &Walk, name: &str, bytes: &[u8]) -> PathBuf {
    let path = walk.portal.folder().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Sends a picture, reads the answers and hands them in.
async fn hands_in(walk: &mut Walk, case: &str, picture: &Path) {
    walk.browser.choose_file("picture", picture).await;
    walk.press("Continue").await;
    walk.at(&format!("{case}/check")).await;
    walk.reads("Nothing is handed in yet").await;
    let text = walk.browser.text().await;
    assert!(text.contains(NAME) && !text.contains(NUMBER), "the number is masked: {text}");
    walk.press("Hand it in").await;
    walk.at(RESULT).await;
}

async fn takes(walk: &mut Walk, case: &str) {
    walk.turn("rosa").await;
    walk.goto("/staff/identity").await;
    walk.press("Take the next case").await;
    walk.at(&case.replace("/account/", "/staff/")).await;
    walk.reads(NUMBER).await;
}

/// Approves the case in hand.
async fn approves(walk: &mut Walk) {
    walk.press("Approve").await;
    walk.at("/staff/identity").await;
    walk.reads("The real name is authenticated").await;
}

/// The customer comes back and sees the result with what happened.
async fn sees(walk: &mut Walk, words: &[&str]) {
    walk.turn("li").await;
    walk.goto(RESULT).await;
    walk.at(RESULT).await;
    for words in words {
        walk.reads(words).await;
    }
    assert!(!walk.browser.text().await.contains(NUMBER), "the number is never shown whole");
}

async fn by_document(walk: &mut Walk) {
    agrees(walk, "Begin", "I am a person: by identity document", 1).await;
    let case = types(walk).await;
    let picture = file(walk, "front.png", &png(64));
    hands_in(walk, &case, &picture).await;
    walk.reads("Being checked").await;
    walk.reads("A reviewer decides").await;
    takes(walk, &case).await;
    approves(walk).await;
    let happened = ["You began it", "You handed it in", "Your real name is authenticated"];
    sees(walk, &[&["Person, by identity document", "Z********"], &happened[..]].concat()).await;
}

on_both!(
    async fn by_document_in_a_browser(portal) {
        let mut walk = begin(portal, "identity-document").await;
        by_document(&mut walk).await;
        walk.goto("/account/remittances/new").await;
        walk.at("/account/remittances/new").await;
    }
);

on_both!(
    async fn by_face_in_a_browser(portal) {
        let mut walk = begin(portal, "identity-face").await;
        agrees(&mut walk, "Begin", "I am a person: by a photo of my face", 2).await;
        let case = types(&mut walk).await;
        let plain = file(&walk, "wall.png", &png(64));
        walk.browser.choose_file("picture", &plain).await;
        walk.press("Continue").await;
        walk.at(&format!("{case}/pictures")).await;
        walk.reads("There is a problem").await;
        walk.reads("no face").await;
        let violations = walk.browser.axe().await;
        assert!(violations.is_empty(), "{violations:#?}");
        let face = file(&walk, "me.png", &png_of(drawn(360, 480, &[(180.0, 230.0, 160.0)])));
        hands_in(&mut walk, &case, &face).await;
        takes(&mut walk, &case).await;
        approves(&mut walk).await;
        sees(&mut walk, &["Person, by photo of the face", "Your real name is authenticated"]).await;
    }
);

on_both!(
    async fn a_company_in_a_browser(portal) {
        let mut walk = begin(portal, "identity-company").await;
        agrees(&mut walk, "Begin", "We are a company", 1).await;
        walk.fill(&[("company_name", "Canary Foods Ltd"), ("credit_code", "91350100M000100Y43")]).await;
        walk.browser.choose("Somebody else").await;
        walk.fill(&[("contact_email", "contact@example.com")]).await;
        let case = types(&mut walk).await;
        let licence = file(&walk, "licence.png", &png(64));
        hands_in(&mut walk, &case, &licence).await;
        walk.reads("Waiting for the contact").await;

        let link = link(&walk.portal, "contact@example.com").await;
        walk.turn("contact").await;
        walk.goto(&link).await;
        walk.picture().await;
        walk.reads("May Canary Foods Ltd name you as its contact?").await;
        let violations = walk.browser.axe().await;
        assert!(violations.is_empty(), "{violations:#?}");
        walk.press("I agree").await;
        walk.reads("Your answer is kept").await;
        walk.goto(&link).await;
        walk.reads("This link does not work any more").await;

        takes(&mut walk, &case).await;
        walk.reads("The contact agreed by a link of their own").await;
        approves(&mut walk).await;
        let happened = ["The contact was asked by mail", "The contact agreed", "Your real name is authenticated"];
        sees(&mut walk, &[&["Company, by business licence", "C********"], &happened[..]].concat()).await;
    }
);

on_both!(
    async fn rejected_and_tried_again_in_a_browser(portal) {
        let mut walk = begin(portal, "identity-again").await;
        agrees(&mut walk, "Begin", "I am a person: by identity document", 1).await;
        let case = types(&mut walk).await;
        let dark = file(&walk, "dark.png", &png(64));
        hands_in(&mut walk, &case, &dark).await;
        takes(&mut walk, &case).await;
        walk.press("Reject").await;
        walk.reads("There is a problem").await;
        walk.fill(&[("reason", "A picture cannot be read"), ("words", "The lower half is dark.")]).await;
        walk.press("Reject").await;
        walk.at("/staff/identity").await;
        walk.reads("The case is rejected").await;
        let rejected = ["Your last case was rejected", "A picture cannot be read", "The lower half is dark."];
        sees(&mut walk, &[&rejected[..], &["A reviewer rejected it"]].concat()).await;

        agrees(&mut walk, "Begin", "I am a person: by identity document", 0).await;
        let again = types(&mut walk).await;
        assert_ne!(again, case, "a second case");
        let bright = file(&walk, "bright.png", &png(80));
        hands_in(&mut walk, &again, &bright).await;
        takes(&mut walk, &again).await;
        approves(&mut walk).await;
        sees(&mut walk, &["Authenticated", "Your real name is authenticated"]).await;
        assert!(!walk.browser.text().await.contains("was rejected"), "the first try is over");
    }
);

on_both!(
    async fn withdrawn_in_a_browser(portal) {
        let mut walk = begin(portal, "identity-withdrawn").await;
        by_document(&mut walk).await;
        // Who is at the device is asked once more, because the proof of the sign-in is too old by now.
        walk.portal.minutes(11);
        walk.follow("Withdraw the authentication").await;
        walk.at("/account/identity/withdrawal").await;
        walk.reads("The result is removed at once").await;
        walk.press("Withdraw it").await;
        walk.at("/account/step-up").await;
        walk.press("Send code").await;
        walk.types_the_code(LI, "Confirm").await;
        walk.at("/account/kept").await;
        walk.reads("Nothing of this has been done yet").await;
        walk.browser.press_starting("Continue").await;
        // Ending a result takes a busy machine longer than the browser waits.
        until(async || walk.browser.path().await.starts_with(RESULT)).await;
        walk.at(RESULT).await;
        walk.reads("is withdrawn").await;
        walk.reads("Not authenticated").await;
        walk.goto("/account/privacy").await;
        walk.at("/account/privacy").await;
        walk.reads("Withdrawn").await;
        walk.goto("/account/remittances/new").await;
        walk.at(RESULT).await;
        walk.follow("Begin").await;
        walk.follow("I am a person: by identity document").await;
        walk.at("/account/identity/consent").await;
    }
);
