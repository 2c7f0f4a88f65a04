//! The page behind the contact's link. Opening it changes nothing; a button answers.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{moves, queries};
use crate::features::accounts::Visitor;
use crate::features::identity::cases::{Case, CaseKey};
use crate::features::identity::consents::{contact_words, terms};
use crate::web::{Error, Form, Goto, Shell, Stop, Visit, page};

#[derive(Template)]
#[template(path = "identity/contact.html")]
struct Show {
    shell: Shell,
    /// The path of this page, and the company and the name that were given; nothing for a link that does not work.
    asked: Option<Asked>,
}

struct Asked {
    path: String,
    company: String,
    name: String,
    words: String,
}

pub(in crate::features::identity) async fn show(
    visit: Visit<Visitor>,
    token: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let (wanted, ctx) = (token.clone(), visit.asked().context.clone());
    let words = contact_words(&terms(visit.house()))?;
    let (shell, asked) = visit
        .read(move |conn, _| {
            let Some(case) = queries::by_token(conn, &ctx.keys, &wanted, ctx.now)? else { return Ok(None) };
            Ok(told(&ctx.keys, &case, format!("/identity/contact/{wanted}"), words))
        })
        .await?;
    let shell = if asked.is_some() { visit.with_form(shell) } else { shell };
    page(Show { shell, asked })
}

/// What the contact is told of the case: who asks, and under which name.
fn told(keys: &crate::base::crypto::Keys, case: &Case, path: String, words: String) -> Option<Asked> {
    let key = CaseKey::open(keys, &case.number, case.sealed_key.as_deref())?;
    let details = key.open_details(&case.number, case.sealed_details.as_deref())?;
    let company = details.company.as_ref()?.name.clone();
    Some(Asked { path, company, name: details.name.clone(), words })
}

/// The button that was pressed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Pressed {
    answer: String,
}

#[derive(Template)]
#[template(path = "identity/contact_done.html")]
struct Done {
    shell: Shell,
}

pub(in crate::features::identity) async fn answer(
    visit: Visit<Visitor>,
    token: web::Path<String>,
    form: Form<Pressed>,
) -> Result<HttpResponse, Error> {
    let (token, ctx) = (token.into_inner(), visit.asked().context.clone());
    let terms = terms(visit.house());
    let ended = visit.write(&form, move |conn, _, form| {
        let agrees = match form.answer.as_str() {
            "agree" => true,
            "refuse" => false,
            _ => return Err(Stop::Failed(Error::BadRequest)),
        };
        let case = queries::by_token(conn, &ctx.keys, &token, ctx.now)?.ok_or(Error::NotFound)?;
        moves::answer(conn, &ctx, &case, agrees, &terms)?;
        Ok(Goto::to("/identity/contact-answered"))
    });
    ended.await?.or_fail(Error::Conflict)
}

pub(in crate::features::identity) async fn done(visit: Visit<Visitor>) -> Result<HttpResponse, Error> {
    page(Done { shell: visit.admit().await? })
}
