//! The page behind an activation link. Opening it changes nothing: the secret that it shows follows from the link.

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::queries;
use crate::base::crypto::Secret;
use crate::features::accounts::factors::{self, TotpSecret};
use crate::features::accounts::{PasswordClass, Visitor, passwords};
use crate::features::staff::queries::set_factors;
use crate::services::context::{Author, AuthorKind};
use crate::services::records::{self, Entry, Event};
use crate::web::qr::Picture;
use crate::web::{
    Actor, Ended, Error, Errors, FieldError, Flash, Form, Goto, Shell, Stop, Visit, again, page, session,
};

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(super) struct Fields {
    password: Secret,
    again: Secret,
    code: String,
}

#[derive(Template)]
#[template(path = "staff/activation/new.html")]
struct New {
    shell: Shell,
    errors: Errors,
    path: String,
    address: String,
    secret: String,
    picture: Option<Picture>,
}

impl New {
    fn of(shell: Shell, errors: Errors, token: &str, address: &str, secret: &TotpSecret) -> Self {
        Self {
            path: format!("/staff/activation/{token}"),
            address: address.to_string(),
            secret: secret.in_fours(),
            picture: secret.picture("Easy Link staff", address),
            shell,
            errors,
        }
    }
}

#[derive(Template)]
#[template(path = "staff/activation/gone.html")]
struct Gone {
    shell: Shell,
}

pub(super) async fn new(visit: Visit<Visitor>, token: web::Path<String>) -> Result<HttpResponse, Error> {
    let (token, sought) = (token.into_inner(), visit.asked().context.clone());
    let wanted = token.clone();
    let (shell, found) =
        visit.read(move |conn, _| Ok(queries::pending(conn, &sought.keys, &wanted, sought.now)?)).await?;
    let Some(found) = found else { return gone(shell) };
    let secret = TotpSecret::pending(&visit.house().keys, &token);
    page(New::of(visit.with_form(shell), Errors::none(), &token, &found.address, &secret))
}

pub(super) async fn create(
    visit: Visit<Visitor>,
    token: web::Path<String>,
    form: Form<Fields>,
) -> Result<HttpResponse, Error> {
    let (token, sought) = (token.into_inner(), visit.asked().context.clone());
    let (wanted, now) = (token.clone(), sought.now);
    let (shell, found) =
        visit.read(move |conn, _| Ok(queries::pending(conn, &sought.keys, &wanted, sought.now)?)).await?;
    let Some(found) = found else { return gone(shell) };
    let secret = TotpSecret::pending(&visit.house().keys, &token);
    let typed = match visit.open(&form).await? {
        Ended::Done(typed) => typed,
        Ended::Again(shell, errors, _) => return again(New::of(*shell, errors, &token, &found.address, &secret)),
    };
    let hasher = &visit.house().hasher;
    let judged = passwords::check(hasher, &typed.password, &typed.again, &found.address).await.map_err(unavailable)?;
    let step = match check(judged, &typed.code, secret.step_of(&typed.code, now)) {
        Ok(step) => step,
        Err(errors) => return again(New::of(visit.with_form(shell), errors, &token, &found.address, &secret)),
    };
    let hash = hasher.hash(typed.password.clone()).await.map_err(unavailable)?;
    let class = PasswordClass::of(&typed.password);
    let (person, factor) = (found.clone(), secret.clone());
    let ended = visit
        .write(&form, move |conn, visitor, _| {
            let author = Author {
                person_id: Some(person.person_id),
                subject_id: Some(person.subject_id),
                ..Author::nobody(AuthorKind::Staff)
            };
            let ctx = visitor.context().by(author);
            // The person first, as everywhere: whoever ends the person's work holds it before the links.
            session::hold(conn, person.person_id)?;
            // An authenticator that is on is replaced by two admins only (RC3).
            if factors::is_on(conn, person.person_id)? || !queries::close(conn, &ctx, person.id)? {
                return Err(Stop::Failed(Error::Conflict));
            }
            set_factors(conn, &ctx, person.person_id, &hash, class, &factor, step)?;
            // Somebody whose sign-in begins anew: what was open under the old one ends.
            session::end_all(conn, person.person_id, None, ctx.now)?;
            let entry = Entry::new(Event::StaffActivated).about(&person.number);
            records::keep(conn, &ctx, entry.of_person(person.person_id, person.subject_id))?;
            Ok(Goto::to("/staff/login").saying(Flash::Activated))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, _) => again(New::of(*shell, errors, &token, &found.address, &secret)),
    }
}

/// The step of the code, when all is well: with what is wrong about the password.
fn check(mut errors: Errors, code: &str, step: Option<i64>) -> Result<i64, Errors> {
    if code.trim().is_empty() {
        errors.add("code", FieldError::Missing);
    } else if step.is_none() {
        errors.add("code", FieldError::WrongAppCode);
    }
    match step {
        Some(step) => errors.check().map(|()| step),
        None => Err(errors),
    }
}

fn unavailable(full: crate::base::crypto::Full) -> Error {
    Error::Unavailable(full.to_string())
}

/// Used, run out, replaced or never made: nobody is told which.
fn gone(shell: Shell) -> Result<HttpResponse, Error> {
    Ok(HttpResponse::NotFound().content_type(ContentType::html()).body(Gone { shell }.render()?))
}
