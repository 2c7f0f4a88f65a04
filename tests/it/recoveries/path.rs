//! The way of somebody who lost app and recovery codes, in a browser without scripts on both databases.

use std::time::Duration;

use super::{NUMBER, authenticated, confirms, factors, stop_link_of};
use crate::identity::reviewer;
use crate::path::walk::Walk;
use crate::support::checkers::vnu;
use crate::support::people::PASSWORD;
use crate::support::portal::Portal;

const LOST: &str = "lost@example.com";

#[tokio::test]
async fn on_sqlite() {
    walk_it(Portal::sqlite().await, "recoveries-sqlite").await;
}

#[tokio::test]
async fn on_postgresql() {
    walk_it(Portal::postgresql().await, "recoveries-postgresql").await;
}

async fn sound(walk: &Walk) {
    let violations = walk.browser.axe().await;
    assert!(violations.is_empty(), "{violations:#?}");
}

async fn walk_it(portal: Portal, database: &'static str) {
    portal.opens_the_demo().await;
    authenticated(&portal, LOST).await;
    let before = factors(&portal).await;
    let mut second = reviewer(&portal, "Second").await;
    let mut walk = Walk::begin(portal, database).await;

    walk.turn("lost").await;
    walk.goto("/login").await;
    walk.fill(&[("email", LOST), ("password", PASSWORD)]).await;
    walk.press("Sign in").await;
    walk.at("/login/totp").await;
    walk.follow("App and recovery codes are lost").await;
    walk.at("/login/totp/lost").await;
    sound(&walk).await;
    walk.press("Continue").await;
    walk.reads("There is a problem").await;
    walk.picture().await;
    walk.fill(&[("proven_number", NUMBER)]).await;
    walk.browser.choose("I agree that you use this to find out who I am").await;
    walk.press("Continue").await;
    walk.at("/login/totp/lost/pictures").await;
    sound(&walk).await;
    let file = walk.picture_file("card.png");
    walk.browser.choose_file("picture", &file).await;
    walk.press("Hand in").await;
    walk.at("/login/totp/lost").await;
    walk.reads("Two of us compare what you handed in").await;
    sound(&walk).await;

    walk.enters_as_staff("reviewer").await;
    walk.reads("Account recovery").await;
    walk.goto("/staff/recoveries").await;
    walk.at("/staff/recoveries").await;
    sound(&walk).await;
    let link = second.opens("/staff/recoveries").await.attribute("tbody a", "href").unwrap();
    let number = link.rsplit('/').next().unwrap().to_owned();
    walk.goto(&link).await;
    walk.at(&link).await;
    sound(&walk).await;
    for label in [
        "The number in the picture is the one that was typed",
        "The name in the picture fits the authenticated one",
        "Paper and word lie beside a genuine, valid document",
    ] {
        walk.browser.choose(label).await;
    }
    walk.press("Confirm, as the first of two").await;
    walk.reads("A second reviewer has to confirm it, too.").await;
    let page = second.opens(&link).await;
    assert_eq!(vnu(&page.html).await, Vec::<String>::new());
    confirms(&mut second, &number).await;

    walk.turn("mailbox").await;
    let stop = stop_link_of(&walk.portal, LOST).await;
    walk.goto(&stop).await;
    walk.reads("Was it you who lost the second step?").await;
    walk.picture().await;
    sound(&walk).await;

    walk.portal.later(Duration::from_secs(73 * 3600));
    walk.portal.run_jobs().await;
    assert_eq!(factors(&walk.portal).await, before - 1);
    walk.turn("lost").await;
    walk.goto("/login").await;
    walk.fill(&[("email", LOST), ("password", PASSWORD)]).await;
    walk.press("Sign in").await;
    walk.types_the_code(LOST, "Sign in").await;
    walk.at("/account").await;
    walk.goto("/account/records").await;
    walk.reads("Second step taken away after its loss").await;
}
