//! The page of the staff's door.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use askama::Template;
use serde::Deserialize;

use super::model::onward;
use super::queries::{self, Buckets};
use crate::base::crypto::{Secret, Verdict};
use crate::base::types::Address;
use crate::features::accounts::Visitor;
use crate::web::forms::Asking;
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
        return Ok(HttpResponse::SeeOther().insert_header((LOCATION, next)).finish());
    }
    let next = next.to_string();
    page(New { shell: visit.with_form(shell), errors: Errors::none(), address: String::new(), next })
}

pub(super) async fn create(visit: Visit<Visitor>, form: Form<Fields>) -> Result<HttpResponse, Error> {
    let draw = |shell: Shell, errors: Errors| New {
        shell,
        errors,
        address: form.address.clone(),
        next: onward(&form.next).to_string(),
    };
    let address = match check(&form) {
        Ok(address) => address,
        Err(errors) => return again(draw(visit.with_form(visit.admit().await?), errors)),
    };
    let at = Buckets::of(&visit.house().keys, &address, &visit.asked().network_bucket());
    let (wanted, buckets) = (address.clone(), at.clone());
    let counted =
        visit.step(&form, move |conn, visitor, _| queries::guess(conn, visitor.context(), &wanted, &buckets)).await?;
    let candidate = match counted {
        Ended::Done(candidate) => candidate,
        Ended::Again(shell, errors) => return again(draw(*shell, errors)),
    };
    let stored = candidate.as_ref().and_then(|candidate| candidate.password_hash.clone());
    let verdict = visit.house().hasher.verify(form.password.clone(), stored).await;
    let verdict = verdict.map_err(|full| Error::Unavailable(full.to_string()))?;
    visit
        .write(&form, move |conn, visitor, form| {
            let ctx = visitor.context();
            if let (Verdict::Right { rehash }, Some(candidate)) = (verdict, &candidate)
                && let Some(new) = queries::enter(conn, ctx, candidate, &form.code, rehash, &address, &at)?
            {
                return Ok(Goto::to(onward(&form.next)).entering(new).saying(Flash::SignedIn));
            }
            queries::failed(conn, ctx, candidate.as_ref())?;
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
