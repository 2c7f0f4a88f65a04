//! The second factor of customers (C2; MF1-MF7, RC1-RC4).

mod guessing;
mod path;
mod switching;
mod trusting;
mod undoing;

use easylink::features::accounts::factors::TotpSecret;

pub use crate::accounts_in::recovery::way_out;
use crate::accounts_in::registers;
use crate::staff::{code, shown_secret};
use crate::support::page::Page;
use crate::support::people::{PASSWORD, Visitor};
use crate::support::portal::Portal;

const TOTP: &str = "/account/security/totp";
const LI: &str = "li@example.com";

/// Somebody whose second factor is on, at a browser that is known.
pub struct Owner {
    pub visitor: Visitor,
    pub secret: TotpSecret,
    pub codes: Vec<String>,
}

/// Registers and switches the second factor on.
pub async fn owner(portal: &Portal, address: &str) -> Owner {
    let mut visitor = registers(portal, address).await;
    let (secret, codes) = switches_on(portal, &mut visitor).await;
    Owner { visitor, secret, codes }
}

/// Connects an app and confirms it; answers its secret and the recovery codes.
pub async fn switches_on(portal: &Portal, visitor: &mut Visitor) -> (TotpSecret, Vec<String>) {
    let form = visitor.opens(TOTP).await.form(TOTP);
    let page = visitor.submits(&form).await;
    let secret = shown_secret(&page);
    let form = page.form("/account/security/totp/confirmation").with("code", &code(portal, &secret));
    let page = visitor.submits(&form).await;
    assert_eq!((page.status, page.h1()), (200, "Your recovery codes".to_string()), "{}", page.text());
    let codes = page.all(".codes .mono");
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

/// A code that was not used: of a later step.
async fn next_code(portal: &Portal, secret: &TotpSecret) -> String {
    portal.later(std::time::Duration::from_secs(61));
    code(portal, secret)
}

/// Types address and password and follows.
pub async fn gives_password(visitor: &mut Visitor, address: &str) -> Page {
    gives(visitor, address, PASSWORD).await
}

async fn gives(visitor: &mut Visitor, address: &str, password: &str) -> Page {
    let form = visitor.opens("/login").await.form("/login");
    visitor.submits(&form.answered(&[("email", address), ("password", password)])).await
}

/// Types a code on the page that waits for the second factor.
async fn gives_second(visitor: &mut Visitor, path: &str, code: &str) -> Page {
    let form = visitor.opens(path).await.form(path).with("code", code);
    visitor.posts(&form).await
}

/// Signs in by password and app.
async fn enters(portal: &Portal, visitor: &mut Visitor, secret: &TotpSecret) {
    assert_eq!(gives_password(visitor, LI).await.path(), "/login/totp");
    let code = next_code(portal, secret).await;
    let entered = gives_second(visitor, "/login/totp", &code).await;
    assert_eq!(entered.header("location"), Some("/account"), "{}", entered.text());
}

async fn is_in(visitor: &mut Visitor) -> bool {
    visitor.gets("/account").await.status == 200
}

async fn signs_out(visitor: &mut Visitor) {
    let form = visitor.opens("/account").await.form("/logout");
    visitor.posts(&form).await;
}

/// Sets the password anew by mail.
async fn resets(portal: &Portal, visitor: &mut Visitor, new: &str) {
    let form = visitor.opens("/password/forgot").await.form("/password/forgot").with("email", LI);
    let page = visitor.submits(&form).await;
    let code = portal.code_for(LI).await;
    let form = page.form("/password/reset").answered(&[("code", &code), ("password", new), ("again", new)]);
    assert_eq!(visitor.posts(&form).await.header("location"), Some("/login"));
}
