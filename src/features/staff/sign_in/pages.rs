//! The page of the staff's door.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use super::model::onward;
use super::moves;
use crate::base::crypto::Secret;
use crate::base::types::Address;
use crate::features::accounts::{Visitor, candidate, guesses, known_browser, learn_browser};
use crate::web::cookies;
use crate::web::forms::Asking;
use crate::web::paths::see;
use crate::web::session::PersonKind;
use crate::web::{Actor, Ended, Error, Errors, FieldError, Flash, Form, Goto, Shell, Stop, Visit, again, page};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Next {
    next: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    address: String,
    password: Secret,
    code: String,
    next: String,
}

#[derive(Template)]
#[template(path = "staff/sign_in/new.html")]
struct New {
    shell: Shell,
    errors: Errors,
    address: String,
    next: String,
}

pub(super) async fn new(visit: Visit<Visitor>, asking: Asking<Next>) -> Result<HttpResponse, Error> {
    let shell = visit.admit().await?;
    let next = onward(&asking.0.next);
    if shell.is_staff() {
        return Ok(see(next));
    }
    let next = next.to_string();
    page(New { shell: visit.with_form(shell), errors: Errors::none(), address: String::new(), next })
}

pub(super) async fn create(visit: Visit<Visitor>, form: Form<Fields>) -> Result<HttpResponse, Error> {
    let draw = |shell: Shell, errors: Errors, form: &Fields| New {
        shell,
        errors,
        address: form.address.clone(),
        next: onward(&form.next).to_string(),
    };
    let asked = visit.asked().clone();
    let counted = visit
        .step(&form, move |conn, _, form| {
            let address = check(form)?;
            let candidate = candidate(conn, PersonKind::Staff, &address)?;
            let known = match candidate.person_id() {
                Some(person) => known_browser(conn, &asked, person)?,
                None => None,
            };
            let guess = guesses::count(conn, &asked, PersonKind::Staff, &address, known, Some(&form.password))?;
            Ok((address, form.password.clone(), candidate, guess))
        })
        .await?;
    let (address, password, candidate, guess) = match counted {
        Ended::Done(counted) => counted,
        Ended::Again(shell, errors, form) => return again(draw(*shell, errors, &form)),
    };
    let proven = candidate.prove(&visit.house().hasher, password).await?;
    visit
        .write(&form, move |conn, visitor, form| {
            let ctx = visitor.context();
            if let Some(proven) = &proven
                && let Some(new) = moves::enter(conn, ctx, proven, &form.code, &address, &guess)?
            {
                // Known from now on, so that nobody's guesses keep its owner out (EN5).
                let browser = learn_browser(conn, ctx, proven.person_id)?;
                let goto = Goto::to(onward(&form.next)).entering(new).saying(Flash::SignedIn);
                return Ok(goto.keeping(cookies::BROWSER, browser));
            }
            if let Some(proven) = &proven {
                moves::tell_half(conn, ctx, proven.person_id, &address)?;
            }
            moves::failed(conn, ctx, &candidate)?;
            Err(Stop::Counted(Errors::one("form", FieldError::WrongStaffSignIn)))
        })
        .await?
        .or(draw)
}

fn check(form: &Fields) -> Result<Address, Errors> {
    let mut errors = Errors::none();
    let address = Address::parse(&form.address);
    if form.address.trim().is_empty() {
        errors.add("address", FieldError::Missing);
    } else if address.is_none() {
        errors.add("address", FieldError::Malformed);
    }
    if form.password.is_empty() {
        errors.add("password", FieldError::Missing);
    }
    if form.code.trim().is_empty() {
        errors.add("code", FieldError::Missing);
    }
    match address {
        Some(address) => errors.check().map(|()| address),
        None => Err(errors),
    }
}
