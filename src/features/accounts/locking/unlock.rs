//! Unlocking: the address, then a mailed code and a new password. It looks the same for every address (A3).

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use super::{moves, queries};
use crate::base::crypto::Secret;
use crate::base::types::Address;
use crate::features::accounts::codes::{self, Asking, Challenge, Purpose, begin};
use crate::features::accounts::guesses::{self, Asker};
use crate::features::accounts::proof::busy;
use crate::features::accounts::queries::set_password;
use crate::features::accounts::scene::{Scene, elsewhere};
use crate::features::accounts::{PasswordClass, Visitor, letters, passwords};
use crate::web::session::{self, PersonKind};
use crate::web::{
    Ended, Error, Errors, FieldError, Flash, Form, Goto, Press, Shell, Stop, Visit, again, cookies, page,
};

const PURPOSES: &[Purpose] = &[Purpose::Unlock];

#[derive(Template)]
#[template(path = "accounts/locking/unlock.html")]
struct New {
    shell: Shell,
    errors: Errors,
    email: String,
}

#[derive(Template)]
#[template(path = "accounts/locking/finish.html")]
struct Edit {
    shell: Shell,
    errors: Errors,
    address: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Ask {
    email: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Finish {
    code: String,
    password: Secret,
    again: Secret,
}

pub(super) async fn new(visit: Visit<Visitor>) -> Result<HttpResponse, Error> {
    let shell = visit.admit().await?;
    page(New { shell: visit.with_form(shell), errors: Errors::none(), email: String::new() })
}

pub(super) async fn create(visit: Visit<Visitor>, form: Form<Ask>) -> Result<HttpResponse, Error> {
    let scene = Scene::of(&visit);
    let ended = visit.write(&form, move |conn, _, form| {
        let Some(address) = Address::parse(&form.email) else {
            let fault = if form.email.trim().is_empty() { FieldError::Missing } else { FieldError::Malformed };
            return Err(Errors::one("email", fault).into());
        };
        let person_id = queries::self_locked(conn, &address)?;
        let who = Asker::of(conn, &scene.asked, person_id)?;
        guesses::send(conn, &scene.asked, &address, who)?;
        let (purpose, opens) = (Purpose::Unlock, person_id.is_some());
        let asking = Asking { purpose, address: &address, person_id, remembered: false, data: "", opens };
        let begun = begin(conn, scene.ctx(), &asking)?;
        let facts = scene.facts().with_code(&begun.code);
        match person_id {
            Some(_) => letters::code_unlock(conn, scene.ctx(), &address, person_id, &facts)?,
            None if moves::tell_locked(conn, scene.ctx(), &address, &facts)? => {}
            None => letters::unlock_none(conn, scene.ctx(), &address, None, &facts)?,
        }
        Ok(Goto::to("/unlock/finish").keeping(cookies::CHALLENGE, begun.handle))
    });
    ended.await?.or(|shell, errors, form| New { shell, errors, email: form.email.clone() })
}

async fn challenge(visit: &Visit<Visitor>) -> Result<(Shell, Option<Challenge>), Error> {
    let scene = Scene::of(visit);
    visit.read(move |conn, _| Ok(codes::current(conn, &scene.asked, PURPOSES)?)).await
}

pub(super) async fn edit(visit: Visit<Visitor>) -> Result<HttpResponse, Error> {
    let (shell, found) = challenge(&visit).await?;
    let Some(found) = found else { return elsewhere(&visit, &shell, "/unlock") };
    page(Edit { shell: visit.with_form(shell), errors: Errors::none(), address: found.address.to_string() })
}

pub(super) async fn update(visit: Visit<Visitor>, form: Form<Finish>) -> Result<HttpResponse, Error> {
    let (shell, found) = challenge(&visit).await?;
    let Some(found) = found else { return elsewhere(&visit, &shell, "/unlock") };
    let address = found.address.to_string();
    let draw = |shell: Shell, errors: Errors, _: &Finish| Edit { shell, errors, address: address.clone() };
    let typed = match visit.open(&form).await? {
        Ended::Done(typed) => typed,
        Ended::Again(shell, errors, form) => return again(draw(*shell, errors, &form)),
    };
    // A password that is not taken costs no try.
    let mut errors = Errors::none();
    if typed.code.trim().is_empty() {
        errors.add("code", FieldError::Missing);
    }
    let hasher = &visit.house().hasher;
    errors.extend(passwords::check(hasher, &typed.password, &typed.again, &address).await.map_err(busy)?);
    if !errors.is_empty() {
        return again(draw(visit.with_form(shell), errors, &typed));
    }
    let hash = hasher.hash(typed.password.clone()).await.map_err(busy)?;

    let scene = Scene::of(&visit);
    let ended = visit.write(&form, move |conn, _, form| {
        let challenge = codes::redeem(conn, &scene.asked, PURPOSES, &form.code)?;
        let over = || Stop::Counted(Errors::one("code", FieldError::CodeEnded));
        let person_id = challenge.person_id.ok_or_else(over)?;
        if queries::self_locked(conn, &challenge.address)? != Some(person_id) {
            return Err(over());
        }
        let (ctx, now) = (scene.ctx(), scene.ctx().now);
        moves::unlock(conn, ctx, person_id, &challenge.address, scene.facts())?;
        if !set_password(conn, person_id, &hash, PasswordClass::of(&form.password), now)? {
            return Err(Error::Conflict.into());
        }
        session::end_all(conn, person_id, None, now)?;
        codes::void_all(conn, person_id)?;
        guesses::clear(conn, &ctx.keys, PersonKind::Customer, &challenge.address)?;
        Ok(Goto::to("/login").saying(Flash::AccountUnlocked).dropping(cookies::CHALLENGE).dropping(cookies::BROWSER))
    });
    ended.await?.or(draw)
}

pub(super) async fn resend(visit: Visit<Visitor>, form: Form<Press>) -> Result<HttpResponse, Error> {
    let (shell, found) = challenge(&visit).await?;
    let Some(found) = found else { return elsewhere(&visit, &shell, "/unlock") };
    let address = found.address.to_string();
    let scene = Scene::of(&visit);
    let ended = visit.write(&form, move |conn, _, _| {
        let (challenge, code) = codes::send_again(conn, &scene.asked, PURPOSES)?;
        let (ctx, facts, person) = (scene.ctx(), scene.facts(), challenge.person_id);
        match code {
            Some(code) => letters::code_unlock(conn, ctx, &challenge.address, person, &facts.with_code(&code))?,
            None if moves::tell_locked(conn, ctx, &challenge.address, &facts)? => {}
            None => letters::unlock_none(conn, ctx, &challenge.address, None, &facts)?,
        }
        Ok(Goto::to("/unlock/finish").saying(Flash::CodeSent))
    });
    ended.await?.or(|shell, errors, _| Edit { shell, errors, address })
}
