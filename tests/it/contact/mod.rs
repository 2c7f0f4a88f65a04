//! Phone and address as means of verification (C1): binding, replacing, removing, waiting and undoing.

mod address;
mod binding;
mod browser;
mod gateway;
mod guard;
mod locking;
mod phone;
mod undoing;

use diesel::prelude::*;
use easylink::base::db::schema::phones;

use crate::support::page::Page;
use crate::support::people::Visitor;
use crate::support::portal::Portal;

const SECURITY: &str = "/account/security";
const CODE: &str = "/account/security/code";

/// Asks to bind a phone.
async fn asks(visitor: &mut Visitor, number: &str) -> Page {
    let form = visitor.opens("/account/security/phone").await.form("/account/security/phone");
    visitor.posts(&form.with("phone", number)).await
}

/// Types a code on the page that asks for it.
async fn types(visitor: &mut Visitor, code: &str) -> Page {
    let form = visitor.opens(CODE).await.form(CODE);
    visitor.posts(&form.with("code", code)).await
}

/// Binds a phone, typed as people of the mainland type it.
pub async fn binds(portal: &Portal, visitor: &mut Visitor, number: &str) {
    let asked = asks(visitor, number).await;
    assert_eq!((asked.status, asked.header("location")), (303, Some(CODE)), "{}", asked.text());
    let code = portal.texted_code(&format!("+86{number}")).await;
    let bound = types(visitor, &code).await;
    assert_eq!((bound.status, bound.header("location")), (303, Some(SECURITY)), "{}", bound.text());
}

/// Asks for another phone, proved so.
async fn replaces(visitor: &mut Visitor, number: &str, proof: &str) -> Page {
    let at = "/account/security/phone/replacement";
    let form = visitor.opens(at).await.form(at);
    visitor.posts(&form.with("phone", number).tampered("proof", proof)).await
}

/// Asks for another address, proved so.
async fn moves(visitor: &mut Visitor, address: &str, proof: &str) -> Page {
    let at = "/account/security/address";
    let form = visitor.opens(at).await.form(at);
    visitor.posts(&form.with("email", address).tampered("proof", proof)).await
}

/// The phone that the security page shows.
async fn shown(visitor: &mut Visitor) -> String {
    let page = visitor.opens(SECURITY).await;
    let row = page.all(".row").into_iter().find(|row| row.starts_with("Phone")).expect("no row of the phone");
    row.trim_start_matches("Phone").trim().to_owned()
}

/// How many phones there are.
async fn phones(portal: &Portal) -> i64 {
    portal.read(|conn| phones::table.count().get_result(conn).unwrap()).await
}

/// The newest link "This was not me" that was mailed to an address.
async fn undo_link(portal: &Portal, address: &str) -> String {
    let mails = portal.mails_to(address).await;
    let text = &mails.iter().rfind(|mail| mail.text.contains("/password/not-me/")).expect("no link").text;
    let word = text.split_whitespace().find(|word| word.contains("/password/not-me/")).unwrap();
    word.strip_prefix(&portal.base).unwrap_or(word).to_string()
}

/// Opens such a link and presses its button.
async fn disowns(visitor: &mut Visitor, path: &str) -> Page {
    let form = visitor.opens(path).await.form(path);
    visitor.posts(&form).await
}

fn out(page: &Page) -> bool {
    page.status == 303 && page.header("location").is_some_and(|to| to.starts_with("/login"))
}
