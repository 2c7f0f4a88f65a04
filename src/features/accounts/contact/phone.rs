//! The phone: binding the first one, replacing it, taking it away.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use super::model::{ContactKind, Proof};
use super::moves::{self, Wish};
use super::{queries, sending};
use crate::base::config::SmsRules;
use crate::base::types::{Phone, PhoneFault};
use crate::features::accounts::scene::{Scene, see};
use crate::features::accounts::{Fresh, Person};
use crate::web::{Actor, Error, Errors, FieldError, Flash, Form, Goto, Shell, Visit, cookies, page};

const MAIN_LAND: u16 = 86;

#[derive(Template)]
#[template(path = "accounts/contact/phone.html")]
struct Edit {
    shell: Shell,
    errors: Errors,
    phone: String,
    /// The one that is bound, masked.
    bound: Option<String>,
    /// Whether text messages reach anybody.
    offered: bool,
}

#[derive(Template)]
#[template(path = "accounts/contact/replacement.html")]
struct Replacement {
    shell: Shell,
    errors: Errors,
    phone: String,
    proof: String,
    bound: String,
    address: String,
}

#[derive(Template)]
#[template(path = "accounts/contact/removal.html")]
struct Removal {
    shell: Shell,
    errors: Errors,
    proof: String,
    bound: String,
    address: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Bind {
    phone: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Replace {
    phone: String,
    proof: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Remove {
    proof: String,
}

/// The number that was typed, if messages go there.
fn number(typed: &str, rules: &SmsRules, errors: &mut Errors) -> Option<Phone> {
    let fault = match Phone::parse(typed, &rules.countries) {
        Ok(phone) if rules.countries.contains(&MAIN_LAND) || !phone.is_of(MAIN_LAND) => return Some(phone),
        Ok(_) | Err(PhoneFault::Country) => FieldError::PhoneCountry,
        Err(PhoneFault::Form) if typed.trim().is_empty() => FieldError::Missing,
        Err(PhoneFault::Form) => FieldError::PhoneForm,
    };
    errors.add("phone", fault);
    None
}

/// By what a change of the phone is proved.
fn proof(typed: &str, errors: &mut Errors) -> Option<Proof> {
    let proof = Proof::parse(typed).filter(|proof| matches!(proof, Proof::Address | Proof::Wait));
    if proof.is_none() {
        errors.add("proof", if typed.is_empty() { FieldError::Missing } else { FieldError::UnknownChoice });
    }
    proof
}

/// The page's shell, the phone that is bound, and the masked address.
async fn bound<A: Actor + AsRef<Person>>(visit: &Visit<A>) -> Result<(Shell, Option<Phone>, String), Error> {
    let (shell, (phone, address)) = visit
        .read(|conn, actor| {
            let person = actor.as_ref();
            let phone = queries::phone_of(conn, &person.ctx().keys, person.person_id())?;
            Ok((phone, sending::own_address(person)?.masked()))
        })
        .await?;
    Ok((shell, phone, address))
}

pub(super) async fn edit(visit: Visit<Person>) -> Result<HttpResponse, Error> {
    let (shell, phone, _) = bound(&visit).await?;
    let config = &visit.house().config;
    page(Edit {
        shell,
        errors: Errors::none(),
        phone: String::new(),
        bound: phone.map(|phone| phone.masked()),
        offered: config.sends_texts(),
    })
}

pub(super) async fn create(visit: Visit<Fresh<Person>>, form: Form<Bind>) -> Result<HttpResponse, Error> {
    let (scene, rules) = (Scene::of(&visit), visit.house().config.sms.clone());
    let offered = visit.house().config.sends_texts();
    let ended = visit.write(&form, move |conn, person, form| {
        if person.is_staff() || !offered {
            return Err(Error::Forbidden.into());
        }
        let mut errors = Errors::none();
        let Some(phone) = number(&form.phone, &rules, &mut errors) else { return Err(errors.into()) };
        if queries::phone_of(conn, &person.ctx().keys, person.person_id())?.is_some() {
            // Bound meanwhile in another window: from here on it is a replacement.
            return Ok(Goto::to("/account/security/phone/replacement"));
        }
        let wish = Wish { kind: ContactKind::Phone, proof: Proof::None, old: None, new: Some(phone.as_str()) };
        let change = moves::ask(conn, person.ctx(), person.person_id(), &wish)?;
        let handle = sending::next_code(conn, &scene, person, &change, &rules, "phone")?;
        Ok(Goto::to("/account/security/code").keeping(cookies::CHALLENGE, handle))
    });
    ended.await?.or(|shell, errors, form| Edit { shell, errors, phone: form.phone.clone(), bound: None, offered })
}

pub(super) async fn replacement(visit: Visit<Person>) -> Result<HttpResponse, Error> {
    let (shell, phone, address) = bound(&visit).await?;
    let Some(bound) = phone.map(|phone| phone.masked()) else { return Ok(see("/account/security/phone")) };
    let proof = Proof::Address.as_str().to_string();
    page(Replacement { shell, errors: Errors::none(), phone: String::new(), proof, bound, address })
}

pub(super) async fn replace(visit: Visit<Fresh<Person>>, form: Form<Replace>) -> Result<HttpResponse, Error> {
    let (_, phone, address) = bound(&visit).await?;
    let Some(bound) = phone else { return visit.lead("/account/security/phone", Flash::CodeElsewhere) };
    let (scene, rules) = (Scene::of(&visit), visit.house().config.sms.clone());
    let (offered, masked) = (visit.house().config.sends_texts(), bound.masked());
    let ended = visit.write(&form, move |conn, person, form| {
        if person.is_staff() || !offered {
            return Err(Error::Forbidden.into());
        }
        let mut errors = Errors::none();
        let (new, proof) = (number(&form.phone, &rules, &mut errors), proof(&form.proof, &mut errors));
        // As it is now: another window may have changed it.
        let bound = queries::phone_of(conn, &person.ctx().keys, person.person_id())?.ok_or(Error::Conflict)?;
        if new.as_ref() == Some(&bound) {
            errors.add("phone", FieldError::Taken);
        }
        errors.check()?;
        let (Some(new), Some(proof)) = (new, proof) else { return Err(Error::Conflict.into()) };
        let wish = Wish { kind: ContactKind::Phone, proof, old: Some(bound.as_str()), new: Some(new.as_str()) };
        let change = moves::ask(conn, person.ctx(), person.person_id(), &wish)?;
        let handle = sending::next_code(conn, &scene, person, &change, &rules, "phone")?;
        Ok(Goto::to("/account/security/code").keeping(cookies::CHALLENGE, handle))
    });
    ended.await?.or(|shell, errors, form| Replacement {
        shell,
        errors,
        phone: form.phone.clone(),
        proof: form.proof.clone(),
        bound: masked,
        address,
    })
}

pub(super) async fn removal(visit: Visit<Person>) -> Result<HttpResponse, Error> {
    let (shell, phone, address) = bound(&visit).await?;
    let Some(bound) = phone.map(|phone| phone.masked()) else { return Ok(see("/account/security/phone")) };
    page(Removal { shell, errors: Errors::none(), proof: Proof::Address.as_str().to_string(), bound, address })
}

pub(super) async fn remove(visit: Visit<Fresh<Person>>, form: Form<Remove>) -> Result<HttpResponse, Error> {
    let (_, phone, address) = bound(&visit).await?;
    let Some(bound) = phone else { return visit.lead("/account/security/phone", Flash::CodeElsewhere) };
    let (scene, rules, masked) = (Scene::of(&visit), visit.house().config.sms.clone(), bound.masked());
    let ended = visit.write(&form, move |conn, person, form| {
        let mut errors = Errors::none();
        let Some(proof) = proof(&form.proof, &mut errors) else { return Err(errors.into()) };
        let bound = queries::phone_of(conn, &person.ctx().keys, person.person_id())?.ok_or(Error::Conflict)?;
        let wish = Wish { kind: ContactKind::Phone, proof, old: Some(bound.as_str()), new: None };
        let change = moves::ask(conn, person.ctx(), person.person_id(), &wish)?;
        if proof == Proof::Wait {
            // There is nothing new to prove.
            moves::wait(conn, person.ctx(), scene.zone(), &change, &rules)?;
            return Ok(Goto::to("/account/security").saying(Flash::ContactWaiting));
        }
        let handle = sending::next_code(conn, &scene, person, &change, &rules, "form")?;
        Ok(Goto::to("/account/security/code").keeping(cookies::CHALLENGE, handle))
    });
    ended.await?.or(|shell, errors, form| Removal { shell, errors, proof: form.proof.clone(), bound: masked, address })
}
