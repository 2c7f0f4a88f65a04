//! The ways in: registration, mailed codes, sign-in and recovery (A1-A5, A7).

mod codes;
mod guessing;
mod meanwhile;
pub mod recovery;
mod registration;
mod sign_in;

use diesel::prelude::*;
use easylink::base::db::schema::{challenges, sessions};

use crate::support::page::Page;
use crate::support::people::{PASSWORD, Visitor};
use crate::support::portal::Portal;

/// Fills the form of registration and posts it.
async fn asks_to_register(visitor: &mut Visitor, address: &str) -> Page {
    let form = visitor.opens("/register").await.form("/register");
    let form = form.answered(&[("email", address), ("password", PASSWORD), ("again", PASSWORD), ("agreement", "yes")]);
    visitor.posts(&form).await
}

/// Registers and is signed in, in a browser that is known from then on.
pub async fn registers(portal: &Portal, address: &str) -> Visitor {
    let mut visitor = portal.visitor();
    let asked = asks_to_register(&mut visitor, address).await;
    assert_eq!((asked.status, asked.header("location")), (303, Some("/register/verify")), "{}", asked.text());
    let entered = gives_code(&mut visitor, "/register/verify", &portal.code_for(address).await).await;
    assert_eq!((entered.status, entered.header("location")), (303, Some("/account")), "{}", entered.text());
    visitor
}

/// Types a code on the page that asks for it.
async fn gives_code(visitor: &mut Visitor, path: &str, code: &str) -> Page {
    let form = visitor.opens(path).await.form(path).with("code", code);
    visitor.posts(&form).await
}

/// Types address and password.
async fn signs_in(visitor: &mut Visitor, address: &str, password: &str) -> Page {
    let form = visitor.opens("/login").await.form("/login");
    visitor.posts(&form.answered(&[("email", address), ("password", password)])).await
}

/// Asks for a code instead of the password.
async fn asks_for_code(visitor: &mut Visitor, address: &str) -> Page {
    let form = visitor.opens("/login/code").await.form("/login/code").with("email", address);
    visitor.posts(&form).await
}

/// Asks to set a forgotten password anew.
async fn forgets(visitor: &mut Visitor, address: &str) -> Page {
    let form = visitor.opens("/password/forgot").await.form("/password/forgot").with("email", address);
    visitor.posts(&form).await
}

async fn signed_in(visitor: &mut Visitor) -> bool {
    visitor.gets("/account").await.status == 200
}

async fn signs_out(visitor: &mut Visitor) -> Page {
    let form = visitor.opens("/account").await.form("/logout");
    visitor.posts(&form).await
}

fn session_of(visitor: &Visitor) -> Option<String> {
    visitor.jar.get("session").cloned()
}

async fn sessions_open(portal: &Portal) -> i64 {
    portal.read(|conn| sessions::table.filter(sessions::ended_at.is_null()).count().get_result(conn).unwrap()).await
}

async fn challenges_made(portal: &Portal) -> i64 {
    portal.read(|conn| challenges::table.count().get_result(conn).unwrap()).await
}

/// What a stranger can see of an answer: status, names of headers, words; less what differs by chance or was typed.
pub fn seen(page: &Page, address: &str) -> (u16, Vec<String>, String) {
    let mut names: Vec<String> = page.headers.iter().map(|(name, _)| name.clone()).collect();
    names.sort();
    let mut html = page.html.replace(address, "ADDRESS");
    while let Some(at) = html.find("name=\"token\" value=\"") {
        let end = at + 20 + html[at + 20..].find('"').unwrap();
        html.replace_range(at..=end, "TOKEN");
    }
    (page.status, names, html)
}
