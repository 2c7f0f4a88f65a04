//! The page that asks again. A guess is counted before it is compared, as at every door.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::actor::holds;
use super::code::{self, PURPOSES};
use super::queries::has_password;
use crate::base::crypto::Secret;
use crate::base::db::Conn;
use crate::base::types::Address;
use crate::features::accounts::factors::{self, Outcome};
use crate::features::accounts::proof::candidate;
use crate::features::accounts::scene::{Scene, home, see};
use crate::features::accounts::{Person, browsers, codes, guesses};
use crate::services::context::Author;
use crate::services::records::{self, Entry, Event};
use crate::web::error::whole_seconds;
use crate::web::forms::Asking;
use crate::web::paths::local_path;
use crate::web::session::{self, Entering};
use crate::web::{Ended, Error, Errors, FieldError, Flash, Form, Goto, Shell, Stop, Visit, cookies, kept, page};

/// Where to go on.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Onward {
    next: String,
}

/// The proof. Nothing of it is shown again.
#[derive(Clone, Deserialize, Default)]
#[serde(default)]
pub(super) struct Proof {
    password: Secret,
    /// Of the mail.
    pub(super) code: String,
    /// Of the authenticator, where one is on.
    pub(super) app_code: String,
    pub(super) next: String,
}

/// What the first factor is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    /// The password.
    Password,
    /// A mailed code, where there is no password.
    Code,
    /// One that is on its way to this browser.
    CodeSent,
}

/// What the page has to know of the person.
pub(super) struct Asks {
    pub(super) address: String,
    first: First,
    /// And the second factor where one is on.
    pub(super) factor: bool,
    fresh: bool,
    kept: i64,
}

impl Asks {
    fn password(&self) -> bool {
        self.first == First::Password
    }

    fn sent(&self) -> bool {
        self.first == First::CodeSent
    }
}

#[derive(Template)]
#[template(path = "accounts/step_up/show.html")]
pub(super) struct Show {
    pub(super) shell: Shell,
    pub(super) errors: Errors,
    pub(super) asks: Asks,
    pub(super) next: String,
}

pub(super) async fn asks(visit: &Visit<Person>) -> Result<(Shell, Asks), Error> {
    let asked = visit.asked().clone();
    let read = visit.read(move |conn, person| {
        let of_own = |found: &codes::Challenge| found.person_id == Some(person.person_id());
        let first = match codes::current(conn, &asked, PURPOSES)? {
            _ if has_password(conn, person.person_id())? => First::Password,
            Some(found) if of_own(&found) => First::CodeSent,
            _ => First::Code,
        };
        Ok(Asks {
            address: person.session().address.clone(),
            first,
            factor: factors::is_on(conn, person.person_id())?,
            fresh: holds(person.session(), person.now()),
            kept: kept::count(conn, person.person_id(), person.now())?,
        })
    });
    read.await
}

pub(super) async fn show(visit: Visit<Person>, asking: Asking<Onward>) -> Result<HttpResponse, Error> {
    let (shell, asks) = asks(&visit).await?;
    let next = local_path(&asking.0.next);
    if asks.fresh {
        return Ok(see(next.as_deref().unwrap_or_else(|| home(&shell))));
    }
    page(Show { shell, errors: Errors::none(), asks, next: next.unwrap_or_default() })
}

pub(super) async fn create(visit: Visit<Person>, form: Form<Proof>) -> Result<HttpResponse, Error> {
    let (_, asks) = asks(&visit).await?;
    let ended =
        if asks.password() { by_password(&visit, &form, &asks).await? } else { code::redeem(&visit, &form).await? };
    ended.or(|shell, errors, form| Show { shell, errors, asks, next: local_path(&form.next).unwrap_or_default() })
}

async fn by_password(
    visit: &Visit<Person>,
    form: &Form<Proof>,
    asks: &Asks,
) -> Result<Ended<HttpResponse, Proof>, Error> {
    let to = Address::parse(&asks.address).ok_or_else(|| Error::internal("a stored address is none"))?;
    let typed = match visit.open(form).await? {
        Ended::Done(typed) => typed,
        Ended::Again(shell, errors, form) => return Ok(Ended::Again(shell, errors, form)),
    };
    let mut errors = Errors::none();
    if typed.password.is_empty() {
        errors.add("password", FieldError::Missing);
    }
    if asks.factor && typed.app_code.trim().is_empty() {
        errors.add("app_code", FieldError::Missing);
    }
    if !errors.is_empty() {
        return visit.refuse(typed, errors).await;
    }
    let scene = Scene::of(visit);
    let asked = scene.asked.clone();
    let counted = visit.step(form, move |conn, person, _| {
        let kind = person.session().kind;
        let known = browsers::known(conn, &asked, person.person_id())?;
        let guess = guesses::count(conn, &asked, kind, &to, known, None)?;
        Ok((candidate(conn, kind, &to)?, guess))
    });
    let (candidate, guess) = match counted.await? {
        Ended::Done(counted) => counted,
        Ended::Again(shell, errors, form) => return Ok(Ended::Again(shell, errors, form)),
    };
    let proven = candidate.prove(&visit.house().hasher, typed.password.clone()).await?;
    visit
        .write(form, move |conn, person, form| {
            // The one who was proved is the one who is signed in, and nobody changed the password meanwhile.
            let right = match proven {
                Some(proven) => proven.person_id == person.person_id() && proven.redeem(conn)?,
                None => false,
            };
            if !right {
                return wrong(conn, person, "password", FieldError::WrongPassword);
            }
            second(conn, person, &form.app_code)?;
            guess.right(conn)?;
            stepped_up(conn, person, &form.next)
        })
        .await
}

/// The second factor where one is on; a wrong one is counted and recorded like a wrong password.
pub(super) fn second(conn: &mut Conn, person: &Person, typed: &str) -> Result<(), Stop> {
    if !factors::is_on(conn, person.person_id())? {
        return Ok(());
    }
    match factors::use_code(conn, person.ctx(), person.person_id(), typed)? {
        Outcome::Right => Ok(()),
        Outcome::Wrong => wrong(conn, person, "app_code", FieldError::WrongAppCode).map(|_| ()),
        Outcome::Wait(still) => Err(Stop::Counted(Errors::one("app_code", FieldError::Wait(whole_seconds(still))))),
    }
}

/// The record of a wrong entry stays, although the form comes back.
fn wrong(conn: &mut Conn, person: &Person, field: &'static str, error: FieldError) -> Result<Goto, Stop> {
    let entry = Entry::new(Event::SignInFailed)
        .of_person(person.person_id(), person.session().subject_id)
        .with(json!({ "at": "step_up" }));
    records::keep(conn, person.ctx(), entry)?;
    Err(Stop::Counted(Errors::one(field, error)))
}

/// This browser goes on under a new reference (SS2), from which on the proof counts.
pub(super) fn stepped_up(conn: &mut Conn, person: &Person, next: &str) -> Result<Goto, Stop> {
    let (ctx, old) = (person.ctx(), person.session());
    session::end(conn, old.id, ctx.now)?;
    let entering = Entering {
        person_id: person.person_id(),
        account_id: old.account_id,
        method: old.method,
        remembered: old.remembered,
        signed_in_at: old.signed_in_at,
        stepped_up_at: Some(ctx.now),
    };
    let new = session::enter(conn, ctx, &entering)?;
    let ctx = ctx.by(Author { session_id: Some(new.id), ..ctx.author.clone() });
    records::keep(conn, &ctx, Entry::new(Event::SteppedUp))?;
    let home = if person.is_staff() { "/staff" } else { "/account" };
    let to = local_path(next).unwrap_or_else(|| home.into());
    Ok(Goto::to(to).saying(Flash::SteppedUp).entering(new).dropping(cookies::CHALLENGE))
}
