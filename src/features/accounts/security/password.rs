//! Changing the password (PW4): the current one is counted as a guess before it is compared; afterwards every other
//! device is signed out, known browsers are forgotten, and the owner gets a mail.

use std::time::Duration;

use actix_web::HttpResponse;
use askama::Template;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::json;

use super::super::Person;
use super::super::passwords::{self, PasswordClass};
use super::queries;
use crate::base::crypto::{Secret, Verdict};
use crate::base::db::Conn;
use crate::services::context::{Author, Context};
use crate::services::mail::{self, Mail};
use crate::services::records::{self, Entry, Event};
use crate::web::session::{Entering, end_all, enter};
use crate::web::{
    Ended, Error, Errors, FieldError, Flash, Form, Goto, Shell, Stop, Visit, again, cookies, limits, page,
};

/// Wrong entries until one has to wait, and the time they are counted over.
const MOST: i64 = 5;
const WINDOW: Duration = Duration::from_secs(300);

#[derive(Template)]
#[template(path = "accounts/password.html")]
struct Edit {
    shell: Shell,
    address: String,
    errors: Errors,
}

/// The three entries. Nothing of them is shown again.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Change {
    current: Secret,
    password: Secret,
    again: Secret,
}

/// What the mail tells.
struct Facts {
    at: String,
    device: String,
    network: String,
    link: String,
}

#[derive(Template)]
#[template(path = "mail/password_changed_subject.txt")]
struct Subject;

#[derive(Template)]
#[template(path = "mail/password_changed.txt")]
struct Text<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "mail/password_changed.html")]
struct Html<'a> {
    facts: &'a Facts,
}

pub(super) async fn edit(visit: Visit<Person>) -> Result<HttpResponse, Error> {
    let (shell, address) = visit.read(|_, person| Ok(person.session().address.clone())).await?;
    page(Edit { shell, address, errors: Errors::none() })
}

pub(super) async fn update(visit: Visit<Person>, form: Form<Change>) -> Result<HttpResponse, Error> {
    let (_, address) = visit.read(|_, person| Ok(person.session().address.clone())).await?;
    match changed(&visit, &form, &address).await? {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors) => again(Edit { shell: *shell, address, errors }),
    }
}

async fn changed(visit: &Visit<Person>, form: &Form<Change>, address: &str) -> Result<Ended<HttpResponse>, Error> {
    let mut errors = Errors::none();
    if form.current.is_empty() {
        errors.add("current", FieldError::Missing);
    }
    errors.extend(passwords::check(&form.password, &form.again, address));
    if !errors.is_empty() {
        return visit.refuse(errors).await;
    }
    let counted = visit.step(form, |conn, person, _| {
        count(conn, person)?;
        Ok(queries::password_hash(conn, person)?)
    });
    let stored = match counted.await? {
        Ended::Done(stored) => stored,
        Ended::Again(shell, errors) => return Ok(Ended::Again(shell, errors)),
    };
    let house = visit.house();
    let full = |fault: crate::base::crypto::Full| Error::Unavailable(fault.to_string());
    let verdict = house.hasher.verify(form.current.clone(), stored.clone()).await.map_err(full)?;
    let (Verdict::Right { .. }, Some(stored)) = (verdict, stored) else {
        return visit.write(form, |conn, person, _| wrong(conn, person)).await;
    };
    let new = house.hasher.hash(form.password.clone()).await.map_err(full)?;
    let zone = house.config.zone.clone();
    visit
        .write(form, move |conn, person, form| {
            let class = PasswordClass::of(&form.password);
            if !queries::replace_password(conn, person, &stored, &new, class)? {
                // Changed from elsewhere between the comparison and now.
                return Err(Stop::Refused(Errors::one("current", FieldError::WrongPassword)));
            }
            renewed(conn, person, &zone)
        })
        .await
}

/// Counts a guess. Five wrong ones in five minutes, and one waits.
fn count(conn: &mut Conn, person: &Person) -> Result<(), Stop> {
    let guesses = limits::count(conn, &format!("password of {}", person.person_id()), WINDOW, person.now())?;
    if guesses > MOST {
        let left = WINDOW.as_secs() - person.now().seconds().unsigned_abs() % WINDOW.as_secs();
        return Err(Stop::Counted(Errors::one("current", FieldError::Wait(left))));
    }
    Ok(())
}

/// The record of a wrong entry stays, although the form comes back.
fn wrong(conn: &mut Conn, person: &Person) -> Result<Goto, Stop> {
    let entry = Entry::new(Event::SignInFailed)
        .of_person(person.person_id(), person.session().subject_id)
        .with(json!({ "at": "password_change" }));
    records::keep(conn, person.ctx(), entry)?;
    Err(Stop::Counted(Errors::one("current", FieldError::WrongPassword)))
}

/// Everything that hung on the old password ends; this browser goes on with a new session.
fn renewed(conn: &mut Conn, person: &Person, zone: &TimeZone) -> Result<Goto, Stop> {
    let (ctx, session) = (person.ctx(), person.session());
    queries::forget_browsers(conn, person)?;
    let others = end_all(conn, person.person_id(), None, ctx.now)?.saturating_sub(1);
    let entering = Entering {
        person_id: person.person_id(),
        account_id: session.account_id,
        method: session.method,
        remembered: session.remembered,
        signed_in_at: session.signed_in_at,
        stepped_up_at: Some(ctx.now),
    };
    let new = enter(conn, ctx, &entering)?;
    let ctx = ctx.by(Author { session_id: Some(new.id), ..ctx.author.clone() });
    records::keep(conn, &ctx, Entry::new(Event::PasswordChanged).with(json!({ "count": others })))?;
    tell(conn, &ctx, person, zone)?;
    Ok(Goto::to("/account/security").saying(Flash::PasswordChanged).entering(new).dropping(cookies::BROWSER))
}

fn tell(conn: &mut Conn, ctx: &Context, person: &Person, zone: &TimeZone) -> Result<(), Stop> {
    let facts = Facts {
        at: ctx.now.local(zone),
        device: ctx.device.to_string(),
        network: ctx.network.to_string(),
        link: format!("{}/password/forgot", ctx.base_url),
    };
    let mail = Mail {
        person_id: Some(person.person_id()),
        kind: "password_changed",
        address: person.session().address.clone(),
        subject: Subject.render()?.trim().to_string(),
        text: Text { facts: &facts }.render()?,
        html: Html { facts: &facts }.render()?,
        holds_code: false,
    };
    mail::send(conn, ctx, mail)?;
    Ok(())
}
