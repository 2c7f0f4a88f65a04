//! Changing the password (PW4): the current one is counted as a guess before it is compared; afterwards every other
//! device is signed out, known browsers are forgotten, and the owner gets a mail.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use crate::base::crypto::Secret;
use crate::base::db::Conn;
use crate::base::types::Address;
use crate::features::accounts::proof::{busy, candidate};
use crate::features::accounts::queries::set_password;
use crate::features::accounts::recovery::disown;
use crate::features::accounts::scene::Scene;
use crate::features::accounts::{Fresh, PasswordClass, Person, browsers, codes, contact, guesses, letters, passwords};
use crate::services::context::Author;
use crate::services::records::{self, Entry, Event};
use crate::web::session::{Entering, end_all, enter};
use crate::web::{Ended, Error, Errors, FieldError, Flash, Form, Goto, Shell, Stop, Visit, again, cookies, page};

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

pub(super) async fn edit(visit: Visit<Fresh<Person>>) -> Result<HttpResponse, Error> {
    let (shell, address) = visit.read(|_, person| Ok(person.session().address.clone())).await?;
    page(Edit { shell, address, errors: Errors::none() })
}

pub(super) async fn update(visit: Visit<Fresh<Person>>, form: Form<Change>) -> Result<HttpResponse, Error> {
    let (_, address) = visit.read(|_, person| Ok(person.session().address.clone())).await?;
    let parsed = Address::parse(&address).ok_or_else(|| Error::internal("a stored address is none"))?;
    match changed(&visit, &form, &parsed).await? {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, _) => again(Edit { shell: *shell, address, errors }),
    }
}

async fn changed(
    visit: &Visit<Fresh<Person>>,
    form: &Form<Change>,
    address: &Address,
) -> Result<Ended<HttpResponse, Change>, Error> {
    let typed = match visit.open(form).await? {
        Ended::Done(typed) => typed,
        Ended::Again(shell, errors, form) => return Ok(Ended::Again(shell, errors, form)),
    };
    let mut errors = Errors::none();
    if typed.current.is_empty() {
        errors.add("current", FieldError::Missing);
    }
    let hasher = &visit.house().hasher;
    errors.extend(passwords::check(hasher, &typed.password, &typed.again, address.as_str()).await.map_err(busy)?);
    if !errors.is_empty() {
        return visit.refuse(typed, errors).await;
    }
    let (scene, to) = (Scene::of(visit), address.clone());
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
    let Some(proven) = candidate.prove(hasher, typed.current.clone()).await? else {
        return visit.write(form, |conn, person, _| wrong(conn, person)).await;
    };
    let new = hasher.hash(typed.password.clone()).await.map_err(busy)?;
    visit
        .write(form, move |conn, person, form| {
            // The one who was proved is the one who is signed in, and nobody changed the password meanwhile.
            if proven.person_id != person.person_id() || !proven.redeem(conn)? {
                return wrong(conn, person);
            }
            guess.right(conn)?;
            let now = person.now();
            if !set_password(conn, person.person_id(), &new, PasswordClass::of(&form.password), now)? {
                return Err(Error::Conflict.into());
            }
            renewed(conn, person, &scene)
        })
        .await
}

/// The record of a wrong entry stays, although the form comes back.
fn wrong(conn: &mut Conn, person: &Person) -> Result<Goto, Stop> {
    let entry = Entry::new(Event::SignInFailed)
        .of_person(person.person_id(), person.session().subject_id)
        .with(json!({ "at": "password_change" }));
    records::keep(conn, person.ctx(), entry)?;
    Err(Stop::Counted(Errors::one("current", FieldError::WrongPassword)))
}

/// Everything that hung on the old password ends (RC2); this browser goes on with a new session.
fn renewed(conn: &mut Conn, person: &Person, scene: &Scene) -> Result<Goto, Stop> {
    let (ctx, session) = (person.ctx(), person.session());
    browsers::forget_all(conn, person.person_id())?;
    codes::void_all(conn, person.person_id())?;
    // Whoever had the old one may have asked for another phone or address.
    contact::cancel_open(conn, ctx, person.person_id())?;
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
    let to = Address::parse(&session.address).ok_or_else(|| Error::internal("a stored address is none"))?;
    if person.is_staff() {
        letters::password_changed_staff(conn, &ctx, &to, Some(person.person_id()), &scene.facts())?;
    } else {
        let facts = scene.facts().with_disown(disown::link(conn, &ctx, person.person_id(), &to)?);
        letters::password_changed(conn, &ctx, &to, Some(person.person_id()), &facts)?;
    }
    Ok(Goto::to("/account/security").saying(Flash::PasswordChanged).entering(new).dropping(cookies::BROWSER))
}
