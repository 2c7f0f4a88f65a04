//! The way of a customer through the second factor, in a browser without scripts on both databases.

use std::time::Duration;

use easylink::app::demo;
use easylink::features::accounts::factors::TotpSecret;

use super::way_out;
use crate::path::walk::Walk;
use crate::support::portal::Portal;

const CUSTOMER: &str = "customer@example.com";

#[tokio::test]
async fn on_sqlite() {
    walk_it(Portal::sqlite().await, "factors-sqlite").await;
}

#[tokio::test]
async fn on_postgresql() {
    walk_it(Portal::postgresql().await, "factors-postgresql").await;
}

async fn walk_it(portal: Portal, database: &'static str) {
    portal.opens_the_demo().await;
    let mut walk = Walk::begin(portal, database).await;
    walk.turn("customer").await;
    walk.goto("/login").await;
    walk.fill(&[("email", CUSTOMER), ("password", demo::PASSWORD)]).await;
    walk.press("Sign in").await;
    walk.types_the_code(CUSTOMER, "Sign in").await;
    walk.at("/account").await;

    // On.
    walk.goto("/account/security").await;
    walk.goto("/account/security/totp").await;
    walk.press("Connect an app").await;
    walk.at("/account/security/totp").await;
    axe(&walk).await;
    let text = walk.browser.text().await;
    let secret = shown(&text);
    types(&walk, &secret, "Switch on").await;
    walk.at("/account/security/totp/codes").await;
    axe(&walk).await;
    let codes: Vec<String> = words(&walk.browser.text().await, 29);
    assert_eq!(codes.len(), 10, "{codes:?}");
    walk.press("I have kept them").await;
    walk.at("/account/security/totp").await;
    walk.reads("10 are left").await;
    signs_out(&walk).await;

    // In with the app.
    gives_password(&walk).await;
    walk.at("/login/totp").await;
    axe(&walk).await;
    walk.fill(&[("code", "000000")]).await;
    walk.press("Sign in").await;
    walk.reads("There is a problem").await;
    walk.picture().await;
    types(&walk, &secret, "Sign in").await;
    walk.at("/account").await;
    signs_out(&walk).await;

    // In with a recovery code.
    gives_password(&walk).await;
    walk.follow("Use a recovery code instead").await;
    walk.at("/login/totp/recovery").await;
    axe(&walk).await;
    walk.fill(&[("code", &codes[0])]).await;
    walk.press("Sign in").await;
    walk.at("/account").await;
    walk.goto("/account/security").await;
    walk.at("/account/security").await;
    walk.reads("9 recovery codes are left").await;

    // Off, and on again by the link of the mail.
    walk.goto("/account/security/totp").await;
    walk.follow("Switch the second step off").await;
    walk.at("/account/security/totp/end").await;
    walk.press("Switch off").await;
    walk.reads("The second step is off").await;
    walk.picture().await;
    let path = way_out(&walk.portal, CUSTOMER, "switched off").await;
    walk.turn("mailbox").await;
    walk.goto(&path).await;
    walk.reads("on again").await;
    walk.picture().await;
    axe(&walk).await;
    walk.press("Sign out everywhere and mail me a code").await;
    walk.at("/password/reset").await;
    walk.turn("customer").await;
    walk.goto("/account").await;
    walk.at("/login").await;
    gives_password(&walk).await;
    walk.at("/login/totp").await;
    types(&walk, &secret, "Sign in").await;
    walk.at("/account").await;
}

async fn gives_password(walk: &Walk) {
    walk.goto("/login").await;
    walk.fill(&[("email", CUSTOMER), ("password", demo::PASSWORD)]).await;
    walk.press("Sign in").await;
}

async fn signs_out(walk: &Walk) {
    walk.browser.press_menu().await;
    walk.press("Sign out").await;
    walk.reads("You are signed out").await;
}

async fn types(walk: &Walk, secret: &TotpSecret, button: &str) {
    walk.portal.later(Duration::from_secs(61));
    let code = secret.code_at(walk.portal.house.clock.now().plus(Duration::from_secs(5))).unwrap();
    walk.fill(&[("code", &code)]).await;
    walk.press(button).await;
}

async fn axe(walk: &Walk) {
    let violations = walk.browser.axe().await;
    assert!(violations.is_empty(), "{violations:#?}");
}

/// The words of a text that have so many signs and hyphens.
fn words(text: &str, long: usize) -> Vec<String> {
    text.split_whitespace().filter(|word| word.len() == long && word.contains('-')).map(str::to_owned).collect()
}

/// The key that the page shows in fours.
fn shown(text: &str) -> TotpSecret {
    let after = text.split_once("Key").unwrap_or_else(|| panic!("no key in {text}")).1;
    let key: String = after.chars().filter(|sign| !sign.is_whitespace()).take(32).collect();
    TotpSecret::new(data_encoding::BASE32_NOPAD.decode(key.as_bytes()).unwrap().try_into().unwrap())
}
