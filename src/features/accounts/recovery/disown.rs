//! "This was not me": the page to which notices lead (EN10, RC4). It works without a sign-in and once: its button ends
//! every session of the person, takes back what the notice told of ([`Undo`]) and begins setting a new password, whose code
//! goes to the person's mailbox.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use serde_json::json;

pub(in crate::features::accounts) use super::undo::Undo;
use super::undo::apply;
use crate::base::crypto::Secret;
use crate::base::db::Conn;
use crate::base::types::Address;
use crate::features::accounts::codes::{self, Asking, Challenge, Purpose, begin};
use crate::features::accounts::proof::candidate;
use crate::features::accounts::queries::active_subject;
use crate::features::accounts::scene::Scene;
use crate::features::accounts::{Visitor, browsers, contact, guesses, letters, locking};
use crate::services::context::{Author, AuthorKind, Context};
use crate::services::records::{self, Entry, Event};
use crate::web::session::PersonKind;
use crate::web::{
    Ended, Error, Errors, FieldError, Flash, Form, Goto, Press, Shell, Stop, Visit, again, cookies, page, session,
};

#[derive(Template)]
#[template(path = "accounts/recovery/disown.html")]
struct Edit {
    shell: Shell,
    errors: Errors,
    token: String,
    undo: Undo,
    password: bool,
}

impl Edit {
    fn of(shell: Shell, errors: Errors, token: &str, undo: &Undo) -> Self {
        Self { shell, errors, token: token.to_string(), password: undo.asks_password(), undo: undo.clone() }
    }
}

/// The current password, where the link alone is too little.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Proof {
    password: Secret,
}

/// Makes the link of a notice that tells of a sign-in or a password; answers its path.
pub(in crate::features::accounts) fn link(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    address: &Address,
) -> diesel::QueryResult<String> {
    link_to(conn, ctx, person_id, address, &Undo::SignIn)
}

/// Makes the link of a notice that tells of something to be taken back; answers its path.
pub(in crate::features::accounts) fn link_to(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    address: &Address,
    undo: &Undo,
) -> diesel::QueryResult<String> {
    let (purpose, person_id, data) = (Purpose::Disown, Some(person_id), undo.text());
    let asking = Asking { purpose, address, person_id, remembered: false, data: &data, opens: false };
    Ok(format!("/password/not-me/{}", begin(conn, ctx, &asking)?.handle))
}

/// What a link leads to, while it works.
struct Linked {
    challenge: Challenge,
    person_id: i64,
    subject_id: i64,
    undo: Undo,
}

fn linked(conn: &mut Conn, ctx: &Context, token: &str) -> Result<Linked, Error> {
    let challenge = codes::linked(conn, ctx, token)?.ok_or(Error::NotFound)?;
    let person_id = challenge.person_id.ok_or(Error::NotFound)?;
    let subject_id = active_subject(conn, person_id)?.ok_or(Error::NotFound)?;
    let text = codes::data_of_link(ctx, token, &challenge).ok_or(Error::NotFound)?;
    let told = Undo::parse(&text).ok_or(Error::NotFound)?;
    // What can no longer be taken back leaves the rest of the link: whoever is in the account is put out, and it is locked.
    let undo = if told.stands(conn, person_id, challenge.created_at)? { told } else { Undo::SignIn };
    Ok(Linked { challenge, person_id, subject_id, undo })
}

/// Opening the link changes nothing: programs that read mail open links, too (OT9).
pub(super) async fn edit(visit: Visit<Visitor>, token: web::Path<String>) -> Result<HttpResponse, Error> {
    let (shell, undo) = seen(&visit, &token).await?;
    page(Edit::of(visit.with_form(shell), Errors::none(), &token, &undo))
}

async fn seen(visit: &Visit<Visitor>, token: &str) -> Result<(Shell, Undo), Error> {
    let (scene, token) = (Scene::of(visit), token.to_string());
    visit.read(move |conn, _| Ok(linked(conn, scene.ctx(), &token)?.undo)).await
}

pub(super) async fn update(
    visit: Visit<Visitor>,
    token: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let (scene, token) = (Scene::of(&visit), token.into_inner());
    let per_phone = visit.house().config.sms.per_phone;
    let ended = visit
        .write(&form, move |conn, _, _| {
            let found = linked(conn, scene.ctx(), &token)?;
            if found.undo.asks_password() {
                return Err(Error::NotFound.into());
            }
            disown(conn, &scene, &token, per_phone)
        })
        .await?;
    // A form without a field: nothing in it can be wrong.
    ended.or_fail(Error::Conflict)
}

/// The same with the current password, which is counted as a guess before it is compared.
pub(super) async fn prove(
    visit: Visit<Visitor>,
    token: web::Path<String>,
    form: Form<Proof>,
) -> Result<HttpResponse, Error> {
    let token = token.into_inner();
    let (_, undo) = seen(&visit, &token).await?;
    let draw = |shell: Shell, errors: Errors, _: &Proof| Edit::of(shell, errors, &token, &undo);
    let (scene, named) = (Scene::of(&visit), token.clone());
    let counted = visit.step(&form, move |conn, _, form| {
        if form.password.is_empty() {
            return Err(Errors::one("password", FieldError::Missing).into());
        }
        let found = linked(conn, scene.ctx(), &named)?;
        let asked = &scene.asked;
        let (address, ..) = contact::address_of(conn, found.person_id)?;
        let known = browsers::known(conn, asked, found.person_id)?;
        let guess = guesses::count(conn, asked, PersonKind::Customer, &address, known, None)?;
        Ok((candidate(conn, PersonKind::Customer, &address)?, guess, form.password.clone()))
    });
    let (candidate, guess, password) = match counted.await? {
        Ended::Done(counted) => counted,
        Ended::Again(shell, errors, form) => return again(draw(*shell, errors, &form)),
    };
    let proven = candidate.prove(&visit.house().hasher, password).await?;
    let (scene, named) = (Scene::of(&visit), token.clone());
    let per_phone = visit.house().config.sms.per_phone;
    let ended = visit.write(&form, move |conn, _, _| {
        let found = linked(conn, scene.ctx(), &named)?;
        let right = match &proven {
            Some(proven) => proven.person_id == found.person_id && proven.redeem(conn)?,
            None => false,
        };
        if !right {
            let entry = Entry::new(Event::SignInFailed).of_person(found.person_id, found.subject_id);
            records::keep(conn, scene.ctx(), entry.with(json!({ "at": "undo" })))?;
            return Err(Stop::Counted(Errors::one("password", FieldError::WrongPassword)));
        }
        guess.right(conn)?;
        disown(conn, &scene, &named, per_phone)
    });
    ended.await?.or(draw)
}

/// The link alone, and nobody comes in until the owner unlocks the account (RC9). What asks for the password stays as it is.
pub(super) async fn lock(
    visit: Visit<Visitor>,
    token: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let (scene, token) = (Scene::of(&visit), token.into_inner());
    let per_phone = visit.house().config.sms.per_phone;
    let ended = visit
        .write(&form, move |conn, _, _| {
            let found = used(conn, &scene, &token)?;
            if !found.undo.asks_password() {
                undone(conn, scene.ctx(), &found, per_phone)?;
            }
            locking::lock(conn, scene.ctx(), found.person_id, &scene.facts())?;
            Ok(Goto::to("/").saying(Flash::AccountLocked).dropping(cookies::BROWSER))
        })
        .await?;
    ended.or_fail(Error::Conflict)
}

fn disown(conn: &mut Conn, scene: &Scene, token: &str, per_phone: i64) -> Result<Goto, Stop> {
    let ctx = scene.ctx();
    let found = used(conn, scene, token)?;
    let flash = if undone(conn, ctx, &found, per_phone)? { Flash::ContactUndone } else { Flash::Disowned };
    // Not counted among the codes that may be sent: each link was, and a stranger must not use them up. It goes to the
    // address that the person has now: a notice may have gone to one that is another's.
    let (address, ..) = contact::address_of(conn, found.person_id)?;
    let (purpose, address, person_id) = (Purpose::Reset, &address, Some(found.person_id));
    let asking = Asking { purpose, address, person_id, remembered: false, data: "", opens: true };
    let begun = begin(conn, ctx, &asking)?;
    letters::code_reset(conn, ctx, address, person_id, &scene.facts().with_code(&begun.code))?;
    let goto = Goto::to("/password/reset").saying(flash);
    Ok(goto.keeping(cookies::CHALLENGE, begun.handle).dropping(cookies::BROWSER))
}

/// Uses the link up and ends whatever hangs on the person's sign-in.
fn used(conn: &mut Conn, scene: &Scene, token: &str) -> Result<Linked, Stop> {
    let (ctx, now) = (scene.ctx(), scene.ctx().now);
    let person_id = linked(conn, ctx, token)?.person_id;
    // Others that hold the person come before this or after it, and what they did is read anew.
    session::hold(conn, person_id)?;
    let found = linked(conn, ctx, token)?;
    if !codes::use_up(conn, &found.challenge)? {
        return Err(Error::NotFound.into());
    }
    session::end_all(conn, person_id, None, now)?;
    browsers::forget_all(conn, person_id)?;
    codes::void_all(conn, person_id)?;
    records::keep(conn, ctx, Entry::new(Event::Disowned).of_person(person_id, found.subject_id))?;
    Ok(found)
}

/// Takes back what the notice told of, and whatever else was asked for and waits. Answers whether phone or address are again
/// what they were.
fn undone(conn: &mut Conn, ctx: &Context, found: &Linked, per_phone: i64) -> Result<bool, Error> {
    let (kind, subject_id) = (AuthorKind::Visitor, Some(found.subject_id));
    let author = Author { person_id: Some(found.person_id), subject_id, ..Author::nobody(kind) };
    let undone = apply(conn, &ctx.by(author), found.person_id, &found.undo, per_phone)?;
    contact::cancel_open(conn, ctx, found.person_id)?;
    Ok(undone)
}
