//! The devices that are signed in: seeing and ending them (SS6).

use actix_web::{HttpResponse, web};
use askama::Template;
use serde_json::json;

use super::super::{Fresh, Person};
use super::queries;
use crate::features::accounts::browsers::{self, Trusted};
use crate::services::records::{self, Entry, Event};
use crate::web::session::{Device, end_all, end_named};
use crate::web::{Actor, Ended, Error, Errors, Flash, Form, Goto, Press, Shell, Visit, page};

const HERE: &str = "/account/security/sessions";

#[derive(Template)]
#[template(path = "accounts/sessions.html")]
struct List {
    shell: Shell,
    devices: Vec<Device>,
    trusted: Vec<Trusted>,
    current: i64,
    errors: Errors,
}

pub(super) async fn list(visit: Visit<Person>) -> Result<HttpResponse, Error> {
    drawn(&visit, Errors::none()).await
}

async fn drawn<A: Actor + AsRef<Person>>(visit: &Visit<A>, errors: Errors) -> Result<HttpResponse, Error> {
    let house = visit.house().clone();
    let (shell, (devices, trusted, current)) = visit
        .read(move |conn, actor| {
            let person = actor.as_ref();
            let trusted = browsers::trusted_list(conn, person.person_id(), person.now())?;
            Ok((queries::devices(conn, person, &house.seen)?, trusted, person.session().id))
        })
        .await?;
    page(List { shell, devices, trusted, current, errors })
}

pub(super) async fn end(
    visit: Visit<Fresh<Person>>,
    path: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let public_id = path.into_inner();
    let ended = visit
        .write(&form, move |conn, person, _| {
            let (id, device) = end_named(conn, person.person_id(), &public_id, person.now())?.ok_or(Error::NotFound)?;
            let own = id == person.session().id;
            let event = if own { Event::SignedOut } else { Event::SessionEnded };
            let entry = Entry::new(event).about(&public_id).with(json!({ "device": device }));
            records::keep(conn, person.ctx(), entry)?;
            Ok(if own {
                Goto::to(door(person)).saying(Flash::SignedOut).leaving()
            } else {
                Goto::to(HERE).saying(Flash::SessionEnded)
            })
        })
        .await?;
    answered(&visit, ended).await
}

pub(super) async fn end_others(visit: Visit<Fresh<Person>>, form: Form<Press>) -> Result<HttpResponse, Error> {
    let ended = visit
        .write(&form, |conn, person, _| {
            let count = end_all(conn, person.person_id(), Some(person.session().id), person.now())?;
            if count > 0 {
                let entry = Entry::new(Event::SessionsEnded).with(json!({ "count": count }));
                records::keep(conn, person.ctx(), entry)?;
            }
            Ok(Goto::to(HERE).saying(Flash::SessionsEnded))
        })
        .await?;
    answered(&visit, ended).await
}

/// Ends every session of the person, this one too.
pub(super) async fn end_everywhere(visit: Visit<Fresh<Person>>, form: Form<Press>) -> Result<HttpResponse, Error> {
    let ended = visit
        .write(&form, |conn, person, _| {
            let count = end_all(conn, person.person_id(), None, person.now())?;
            let entry = Entry::new(Event::SessionsEnded).with(json!({ "count": count, "all": true }));
            records::keep(conn, person.ctx(), entry)?;
            Ok(Goto::to(door(person)).saying(Flash::SignedOutEverywhere).leaving())
        })
        .await?;
    answered(&visit, ended).await
}

/// Takes back the trust in one browser: the second factor is asked for there again.
pub(super) async fn distrust(
    visit: Visit<Person>,
    path: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let public_id = path.into_inner();
    let ended = visit
        .write(&form, move |conn, person, _| {
            let device = browsers::distrust(conn, person.person_id(), &public_id)?.ok_or(Error::NotFound)?;
            let entry = Entry::new(Event::BrowserDistrusted).with(json!({ "device": device }));
            records::keep(conn, person.ctx(), entry)?;
            Ok(Goto::to(HERE).saying(Flash::BrowserDistrusted))
        })
        .await?;
    ended.or_fail(Error::Conflict)
}

/// Where this person signs in.
fn door(person: &Person) -> &'static str {
    if person.is_staff() { "/staff/login" } else { "/login" }
}

/// These forms have nothing to refuse; should one come back, the list is drawn anew with what was said.
async fn answered(visit: &Visit<Fresh<Person>>, ended: Ended<HttpResponse, Press>) -> Result<HttpResponse, Error> {
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(_, errors, _) => drawn(visit, errors).await,
    }
}
