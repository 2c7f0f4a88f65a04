//! The path that must work, walked in a browser without scripts on both databases: from registration to money that is
//! credited and a work order that is answered. Pictures of every step stay in `target/screenshots/path-…`.

mod money;
pub mod walk;

use easylink::app::demo;

use self::walk::Walk;
use crate::support::people::PASSWORD;
use crate::support::portal::Portal;
use crate::tickets::pdf;

const ADDRESS: &str = "new@example.com";
const CHANGED: &str = "eleven green umbrellas";
const CUSTOMER: &str = "customer@example.com";

#[tokio::test]
async fn the_path_on_sqlite() {
    walk_it(Portal::sqlite().await, "sqlite").await;
}

#[tokio::test]
async fn the_path_on_postgresql() {
    walk_it(Portal::postgresql().await, "postgresql").await;
}

async fn walk_it(portal: Portal, database: &'static str) {
    portal.opens_the_demo().await;
    let mut walk = Walk::begin(portal, database).await;
    looks_around(&mut walk).await;
    registers(&mut walk).await;
    signs_in_by_every_way(&mut walk).await;
    ends_a_device(&mut walk).await;
    let number = tops_up(&mut walk).await;
    finance_credits(&mut walk, &number).await;
    sees_the_money(&mut walk).await;
    asks_and_is_answered(&mut walk).await;
    reads_the_records(&mut walk).await;
}

/// Products, one of them, a help article, an announcement, the policy, cookies.
async fn looks_around(walk: &mut Walk) {
    walk.goto("/").await;
    walk.at("/").await;
    walk.goto("/products?q=server").await;
    walk.at("/products").await;
    for (list, item) in [("/products", "/products/"), ("/help", "/help/"), ("/announcements", "/announcements/")] {
        walk.goto(list).await;
        let first = walk.browser.first_link_to(item).await;
        walk.goto(&first).await;
        walk.at(&first).await;
    }
    walk.goto("/privacy").await;
    walk.at("/privacy").await;
    let before: Vec<String> = walk.browser.cookies().await.into_keys().collect();
    assert!(before.iter().all(|name| ["form", "flash"].contains(&name.as_str())), "before any choice: {before:?}");
    walk.goto("/cookies").await;
    walk.at("/cookies").await;
}

async fn registers(walk: &mut Walk) {
    walk.turn("new").await;
    walk.goto("/register").await;
    walk.fill(&[("email", ADDRESS), ("password", PASSWORD), ("again", PASSWORD)]).await;
    walk.press("Send code").await;
    // The agreement is not ticked by anybody else.
    walk.reads("There is a problem").await;
    walk.picture().await;
    walk.fill(&[("password", PASSWORD), ("again", PASSWORD)]).await;
    walk.browser.choose("agreement").await;
    walk.press("Send code").await;
    walk.at("/register/verify").await;
    walk.fill(&[("code", "00000000")]).await;
    walk.press("Open account").await;
    walk.reads("There is a problem").await;
    walk.types_the_code(ADDRESS, "Open account").await;
    walk.at("/account").await;
    walk.reads("Your account is ready").await;
    signs_out(walk).await;
}

async fn signs_out(walk: &mut Walk) {
    walk.browser.press_menu().await;
    walk.press("Sign out").await;
    walk.at("/").await;
    walk.reads("You are signed out").await;
    walk.goto("/account").await;
    walk.at("/login").await;
}

async fn signs_in_by_every_way(walk: &mut Walk) {
    // With the password, where the browser is known.
    walk.fill(&[("email", ADDRESS), ("password", PASSWORD)]).await;
    walk.press("Sign in").await;
    walk.at("/account").await;
    // From another browser: the password, and a code by mail.
    walk.turn("another browser").await;
    walk.goto("/login").await;
    walk.fill(&[("email", ADDRESS), ("password", PASSWORD)]).await;
    walk.press("Sign in").await;
    walk.at("/login/verify").await;
    walk.types_the_code(ADDRESS, "Sign in").await;
    walk.at("/account").await;
    // With a code instead.
    walk.turn("third browser").await;
    walk.goto("/login").await;
    walk.follow("Sign in with a mailed code instead").await;
    walk.fill(&[("email", ADDRESS)]).await;
    walk.press("Send code").await;
    walk.at("/login/verify").await;
    walk.types_the_code(ADDRESS, "Sign in").await;
    walk.at("/account").await;
}

/// Sees devices and ends one; then forgets the password, which ends the others.
async fn ends_a_device(walk: &mut Walk) {
    walk.turn("new").await;
    walk.goto("/account/security").await;
    walk.at("/account/security").await;
    walk.goto("/account/security/sessions").await;
    walk.at("/account/security/sessions").await;
    // The newest other one stands first; this device stands above all.
    walk.browser.press_device_but_this().await;
    walk.reads("That device is signed out").await;
    walk.turn("fourth browser").await;
    walk.goto("/login").await;
    walk.follow("I forgot my password").await;
    walk.fill(&[("email", ADDRESS)]).await;
    walk.press("Send code").await;
    walk.at("/password/reset").await;
    let code = walk.portal.code_for(ADDRESS).await;
    walk.fill(&[("code", &code), ("password", CHANGED), ("again", CHANGED)]).await;
    walk.press("Set password").await;
    walk.reads("Your new password is set").await;
    walk.picture().await;
    for left in ["new", "another browser", "third browser"] {
        walk.turn(left).await;
        walk.goto("/account").await;
        walk.at("/login").await;
    }
}

/// The demo's customer opens a top-up and declares it; answers its reference.
async fn tops_up(walk: &mut Walk) -> String {
    opens_a_receiving_account(walk).await;
    walk.turn("customer").await;
    walk.goto("/login").await;
    walk.fill(&[("email", CUSTOMER), ("password", demo::PASSWORD)]).await;
    walk.press("Sign in").await;
    walk.types_the_code(CUSTOMER, "Sign in").await;
    walk.at("/account").await;
    walk.goto("/account/remittances/new").await;
    walk.fill(&[("amount", "1,250.00")]).await;
    walk.press("Get the reference").await;
    walk.reads("Your reference is ready").await;
    let number = walk.number().await;
    walk.at(&format!("/account/remittances/{number}")).await;
    walk.follow("Declare the transfer").await;
    walk.fill(&[("remitter", "Li Ming"), ("bank", "Harbour Bank"), ("bank_number", "110022334455667")]).await;
    walk.browser.choose("A bank account").await;
    walk.fill(&[("amount", "1250.00")]).await;
    walk.browser.fill_day("remitted_on", "2026-11-23").await;
    let slip = walk.picture_file("slip.png");
    walk.browser.choose_file("slip", &slip).await;
    walk.picture().await;
    walk.press("Check your answers").await;
    walk.at(&format!("/account/remittances/{number}/declaration")).await;
    walk.reads("110022334455667").await;
    let violations = walk.browser.axe().await;
    assert!(violations.is_empty(), "{violations:#?}");
    // Back and forth: everything is kept, the slip too.
    walk.press("Change").await;
    walk.reads("slip.png").await;
    walk.press("Check your answers").await;
    walk.reads("slip.png").await;
    walk.press("Declare remittance").await;
    walk.at(&format!("/account/remittances/{number}")).await;
    walk.reads("Your remittance is declared").await;
    number
}

/// Finance proposes the company's account and a second person opens it.
async fn opens_a_receiving_account(walk: &mut Walk) {
    walk.enters_as_staff("finance").await;
    walk.goto("/staff/receiving/new").await;
    walk.fill(&[
        ("bank_name", "Harbour Bank, Pier Branch"),
        ("holder", "Easy Link Cloud"),
        ("account_number", "6200 1111 2222 3333"),
    ])
    .await;
    walk.press("Propose the account").await;
    walk.at("/staff/receiving").await;
    walk.enters_as_staff("finance2").await;
    walk.goto("/staff/receiving").await;
    walk.press("Open Harbour Bank, Pier Branch").await;
    walk.at("/staff/receiving").await;
    walk.reads("The account is open").await;
}

/// One person types in the line of the bank's statement, the second one confirms.
async fn finance_credits(walk: &mut Walk, number: &str) {
    walk.enters_as_staff("finance").await;
    walk.goto("/staff/statements/new").await;
    walk.fill(&[
        ("receiving", "Harbour Bank, Pier Branch · 6200 1111 2222 3333"),
        ("amount", "1250.00"),
        ("remitter", "LI MING"),
        ("text", number),
        ("bank_serial", "PIER-000017"),
    ])
    .await;
    walk.browser.fill_day("booked_on", "2026-11-23").await;
    walk.press("Record the entry").await;
    walk.reads("The entry is recorded").await;
    walk.picture().await;
    let case = format!("/staff/remittances/{number}");
    walk.goto(&case).await;
    walk.reads("You typed in this entry, so a colleague has to confirm it").await;
    walk.enters_as_staff("finance2").await;
    walk.goto(&case).await;
    walk.at(&case).await;
    walk.browser.press_starting("Credit ¥").await;
    walk.reads("The remittance is confirmed and credited").await;
    walk.picture().await;
}

async fn sees_the_money(walk: &mut Walk) {
    let mails = walk.portal.mails_to(CUSTOMER).await;
    let mail = mails.last().unwrap();
    assert!(mail.text.contains("1,250.00"), "{} {}", mail.subject, mail.text);
    walk.turn("customer").await;
    walk.goto("/account/balance").await;
    walk.at("/account/balance").await;
    walk.reads("1,250.00").await;
}

async fn asks_and_is_answered(walk: &mut Walk) {
    walk.goto("/account/tickets/new").await;
    walk.browser.fill("category", "A running service").await;
    walk.browser.choose("Normal").await;
    walk.fill(&[("subject", "Both disks are slow"), ("text", "Since noon.\nWe tried to restart.")]).await;
    for name in ["first.png", "second.png"] {
        let file = walk.picture_file(name);
        walk.browser.choose_file("files", &file).await;
    }
    walk.picture().await;
    walk.press("Send work order").await;
    walk.reads("Your work order is sent").await;
    let number = walk.number().await;
    walk.at(&format!("/account/tickets/{number}")).await;
    walk.reads("first.png").await;
    walk.reads("second.png").await;
    walk.enters_as_staff("support").await;
    let desk = format!("/staff/tickets/{number}");
    walk.goto(&desk).await;
    walk.at(&desk).await;
    let answer = walk.portal.folder().join("advice.pdf");
    std::fs::write(&answer, pdf(2000)).unwrap();
    walk.fill(&[("text", "Please do what the file says.")]).await;
    walk.browser.choose_file("files", &answer).await;
    walk.press("Send reply").await;
    walk.at(&desk).await;
    let mails = walk.portal.mails_to(CUSTOMER).await;
    let mail = mails.last().unwrap();
    assert!(mail.text.contains("Please do what the file says."), "{} {}", mail.subject, mail.text);
    walk.turn("customer").await;
    let own = format!("/account/tickets/{number}");
    walk.goto(&own).await;
    walk.reads("advice.pdf").await;
    walk.fill(&[("text", "That helped, thank you.")]).await;
    walk.press("Send reply").await;
    walk.at(&own).await;
    walk.reads("That helped, thank you.").await;
}

async fn reads_the_records(walk: &mut Walk) {
    walk.goto("/account/records").await;
    walk.at("/account/records").await;
    for words in [
        "Signed in",
        "Top-up opened",
        "Transfer declared",
        "Remittance credited",
        "Work order opened",
        "Reply written in a work order",
    ] {
        walk.reads(words).await;
    }
    walk.reads("Easy Link staff").await;
    assert!(!walk.browser.text().await.contains("Work order assigned"), "what staff do among themselves");
}
