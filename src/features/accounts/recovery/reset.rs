//! The code and the new password.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use super::disown;
use crate::base::crypto::Secret;
use crate::features::accounts::codes::{self, Challenge, Purpose};
use crate::features::accounts::proof::busy;
use crate::features::accounts::queries::{active_subject, set_password};
use crate::features::accounts::scene::{Scene, elsewhere};
use crate::features::accounts::{PasswordClass, Visitor, browsers, contact, guesses, letters, locking, passwords};
use crate::services::records::{self, Entry, Event};
use crate::web::session::{self, PersonKind};
use crate::web::{
    Ended, Error, Errors, FieldError, Flash, Form, Goto, Press, Shell, Stop, Visit, again, cookies, page,
};

const PURPOSES: &[Purpose] = &[Purpose::Reset];

#[derive(Template)]
#[template(path = "accounts/recovery/reset.html")]
struct Edit {
    shell: Shell,
    errors: Errors,
    address: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Reset {
    code: String,
    password: Secret,
    again: Secret,
}

async fn challenge(visit: &Visit<Visitor>) -> Result<(Shell, Option<Challenge>), Error> {
    let scene = Scene::of(visit);
    visit.read(move |conn, _| Ok(codes::current(conn, &scene.asked, PURPOSES)?)).await
}

pub(super) async fn edit(visit: Visit<Visitor>) -> Result<HttpResponse, Error> {
    let (shell, found) = challenge(&visit).await?;
    let Some(found) = found else { return elsewhere(&visit, &shell, "/password/forgot") };
    page(Edit { shell: visit.with_form(shell), errors: Errors::none(), address: found.address.to_string() })
}

pub(super) async fn update(visit: Visit<Visitor>, form: Form<Reset>) -> Result<HttpResponse, Error> {
    let (shell, found) = challenge(&visit).await?;
    let Some(found) = found else { return elsewhere(&visit, &shell, "/password/forgot") };
    let address = found.address.to_string();
    let draw = |shell: Shell, errors: Errors, _: &Reset| Edit { shell, errors, address: address.clone() };
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
        let ended = || Stop::Counted(Errors::one("code", FieldError::CodeEnded));
        let person_id = challenge.person_id.ok_or_else(ended)?;
        let subject_id = active_subject(conn, person_id)?.ok_or_else(ended)?;
        let (ctx, now) = (scene.ctx(), scene.ctx().now);
        if !set_password(conn, person_id, &hash, PasswordClass::of(&form.password), now)? {
            return Err(ended());
        }
        session::end_all(conn, person_id, None, now)?;
        browsers::forget_all(conn, person_id)?;
        codes::void_all(conn, person_id)?;
        // Whoever had the old password may have asked for another phone or address.
        contact::cancel_open(conn, ctx, person_id)?;
        // Whoever was kept waiting by a stranger's guesses starts afresh (EN5).
        guesses::clear(conn, &ctx.keys, PersonKind::Customer, &challenge.address)?;
        records::keep(conn, ctx, Entry::new(Event::PasswordReset).of_person(person_id, subject_id))?;
        let facts = scene.facts().with_disown(disown::link(conn, ctx, person_id, &challenge.address)?);
        letters::password_reset(conn, ctx, &challenge.address, Some(person_id), &facts)?;
        Ok(Goto::to("/login").saying(Flash::PasswordReset).dropping(cookies::CHALLENGE).dropping(cookies::BROWSER))
    });
    ended.await?.or(draw)
}

pub(super) async fn resend(visit: Visit<Visitor>, form: Form<Press>) -> Result<HttpResponse, Error> {
    let (shell, found) = challenge(&visit).await?;
    let Some(found) = found else { return elsewhere(&visit, &shell, "/password/forgot") };
    let address = found.address.to_string();
    let scene = Scene::of(&visit);
    let ended = visit.write(&form, move |conn, _, _| {
        let (challenge, code) = codes::send_again(conn, &scene.asked, PURPOSES)?;
        let (facts, person) = (scene.facts(), challenge.person_id);
        match code {
            Some(code) => {
                letters::code_reset(conn, scene.ctx(), &challenge.address, person, &facts.with_code(&code))?;
            }
            None => locking::no_code(conn, scene.ctx(), &challenge.address, &facts)?,
        }
        Ok(Goto::to("/password/reset").saying(Flash::CodeSent))
    });
    ended.await?.or(|shell, errors, _| Edit { shell, errors, address })
}
