//! Asking for the code.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use crate::base::types::Address;
use crate::features::accounts::codes::{Asking, Purpose, begin};
use crate::features::accounts::guesses::{self, Asker};
use crate::features::accounts::proof::candidate;
use crate::features::accounts::scene::Scene;
use crate::features::accounts::{Visitor, letters, locking};
use crate::web::session::PersonKind;
use crate::web::{Error, Errors, FieldError, Form, Goto, Shell, Visit, cookies, page};

#[derive(Template)]
#[template(path = "accounts/recovery/forgot.html")]
struct New {
    shell: Shell,
    errors: Errors,
    email: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Forgot {
    email: String,
}

pub(super) async fn new(visit: Visit<Visitor>) -> Result<HttpResponse, Error> {
    let shell = visit.admit().await?;
    page(New { shell: visit.with_form(shell), errors: Errors::none(), email: String::new() })
}

pub(super) async fn create(visit: Visit<Visitor>, form: Form<Forgot>) -> Result<HttpResponse, Error> {
    let scene = Scene::of(&visit);
    let ended = visit.write(&form, move |conn, _, form| {
        let Some(address) = Address::parse(&form.email) else {
            let fault = if form.email.trim().is_empty() { FieldError::Missing } else { FieldError::Malformed };
            return Err(Errors::one("email", fault).into());
        };
        let person_id = candidate(conn, PersonKind::Customer, &address)?.person_id();
        let who = Asker::of(conn, &scene.asked, person_id)?;
        guesses::send(conn, &scene.asked, &address, who)?;
        let opens = person_id.is_some();
        let asking =
            Asking { purpose: Purpose::Reset, address: &address, person_id, remembered: false, data: "", opens };
        let begun = begin(conn, scene.ctx(), &asking)?;
        let facts = scene.facts().with_code(&begun.code);
        match person_id {
            Some(_) => letters::code_reset(conn, scene.ctx(), &address, person_id, &facts)?,
            None => locking::no_code(conn, scene.ctx(), &address, &scene.facts())?,
        }
        Ok(Goto::to("/password/reset").keeping(cookies::CHALLENGE, begun.handle))
    });
    ended.await?.or(|shell, errors, form| New { shell, errors, email: form.email.clone() })
}
