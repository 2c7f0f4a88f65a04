//! The e-mail address: replacing it.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use super::model::{ContactKind, Proof};
use super::moves::{self, Wish};
use super::{queries, sending};
use crate::base::types::Address;
use crate::features::accounts::scene::Scene;
use crate::features::accounts::{Fresh, Person};
use crate::web::{Actor, Error, Errors, FieldError, Form, Goto, Shell, Visit, cookies, page};

#[derive(Template)]
#[template(path = "accounts/contact/address.html")]
struct Edit {
    shell: Shell,
    errors: Errors,
    email: String,
    proof: String,
    /// The present address.
    address: String,
    /// The bound phone, masked.
    bound: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Replace {
    email: String,
    proof: String,
}

async fn present<A: Actor + AsRef<Person>>(visit: &Visit<A>) -> Result<(Shell, String, Option<String>), Error> {
    let sends = visit.house().config.sends_texts();
    let (shell, (address, phone)) = visit
        .read(move |conn, actor| {
            let person = actor.as_ref();
            let phone = queries::proving_phone(conn, &person.ctx().keys, person.person_id(), person.now())?;
            Ok((person.session().address.clone(), phone.filter(|_| sends)))
        })
        .await?;
    Ok((shell, address, phone.map(|phone| phone.masked())))
}

pub(super) async fn edit(visit: Visit<Person>) -> Result<HttpResponse, Error> {
    let (shell, address, bound) = present(&visit).await?;
    let proof = Proof::Address.as_str().to_string();
    page(Edit { shell, errors: Errors::none(), email: String::new(), proof, address, bound })
}

pub(super) async fn update(visit: Visit<Fresh<Person>>, form: Form<Replace>) -> Result<HttpResponse, Error> {
    let (_, address, bound) = present(&visit).await?;
    let (scene, rules) = (Scene::of(&visit), visit.house().config.sms.clone());
    let by_phone = bound.is_some();
    let ended = visit.write(&form, move |conn, person, form| {
        if person.is_staff() {
            return Err(Error::Forbidden.into());
        }
        let mut errors = Errors::none();
        let present = sending::own_address(person)?;
        let new = Address::parse(&form.email);
        match &new {
            None if form.email.trim().is_empty() => errors.add("email", FieldError::Missing),
            None => errors.add("email", FieldError::Malformed),
            Some(new) if *new == present => errors.add("email", FieldError::Taken),
            Some(_) => {}
        }
        let proof = match Proof::parse(&form.proof) {
            Some(proof @ (Proof::Address | Proof::Wait)) => Some(proof),
            Some(Proof::Phone) if by_phone => Some(Proof::Phone),
            _ => None,
        };
        if proof.is_none() {
            errors.add("proof", if form.proof.is_empty() { FieldError::Missing } else { FieldError::UnknownChoice });
        }
        errors.check()?;
        let (Some(new), Some(proof)) = (new, proof) else { return Err(Error::Conflict.into()) };
        let (old, kind) = (Some(present.as_str()), ContactKind::Address);
        let change =
            moves::ask(conn, person.ctx(), person.person_id(), &Wish { kind, proof, old, new: Some(new.as_str()) })?;
        let handle = sending::next_code(conn, &scene, person, &change, &rules, "form")?;
        Ok(Goto::to("/account/security/code").keeping(cookies::CHALLENGE, handle))
    });
    ended.await?.or(|shell, errors, form| Edit {
        shell,
        errors,
        email: form.email.clone(),
        proof: form.proof.clone(),
        address,
        bound,
    })
}
