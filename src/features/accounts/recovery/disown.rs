//! "This was not me": the page to which notices of sign-ins lead (EN10). It works without a sign-in and once: its button
//! ends every session of the person and begins setting a new password, whose code goes to the person's mailbox. A notice of a
//! change carries in its link what the button undoes as well (RC4).

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::base::db::Conn;
use crate::base::types::{Address, Number};
use crate::features::accounts::codes::{self, Asking, Challenge, Purpose, begin};
use crate::features::accounts::queries::active_subject;
use crate::features::accounts::scene::Scene;
use crate::features::accounts::{Visitor, browsers, contact, letters, locking};
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};
use crate::web::{Error, Flash, Form, Goto, Press, Shell, Stop, Visit, cookies, page, session};

#[derive(Template)]
#[template(path = "accounts/recovery/disown.html")]
struct Edit {
    shell: Shell,
    token: String,
    undo: Undo,
}

/// What the button undoes, beside ending every session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::features::accounts) enum Undo {
    /// A sign-in, which the end of the sessions undoes.
    SignIn,
    /// A change of phone or address; its number.
    Contact(Number),
}

impl Undo {
    /// As it stands in the sealed data of the link.
    fn text(&self) -> String {
        match self {
            Self::SignIn => String::new(),
            Self::Contact(number) => format!("contact {}", number.as_str()),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text.split_once(' ') {
            None => text.is_empty().then_some(Self::SignIn),
            Some(("contact", number)) => Number::parse('H', number).map(Self::Contact),
            Some(_) => None,
        }
    }
}

/// Makes the link of a notice that a change does not need undoing; answers its path.
pub(in crate::features::accounts) fn link(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    address: &Address,
) -> diesel::QueryResult<String> {
    link_to(conn, ctx, person_id, address, &Undo::SignIn)
}

/// Makes the link of one notice; answers its path.
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

/// What the link undoes.
fn undo_of(ctx: &Context, token: &str, challenge: &Challenge) -> Result<Undo, Error> {
    let data = codes::data_behind(ctx, token, challenge);
    data.as_deref().and_then(Undo::parse).ok_or_else(|| Error::internal("a link without what it undoes"))
}

/// Opening the link changes nothing: programs that read mail open links, too (OT9).
pub(super) async fn edit(visit: Visit<Visitor>, token: web::Path<String>) -> Result<HttpResponse, Error> {
    let (scene, token) = (Scene::of(&visit), token.into_inner());
    let named = token.clone();
    let (shell, undo) = visit
        .read(move |conn, _| {
            let found = codes::linked(conn, scene.ctx(), &named)?.ok_or(Error::NotFound)?;
            active_subject(conn, found.person_id.ok_or(Error::NotFound)?)?.ok_or(Error::NotFound)?;
            undo_of(scene.ctx(), &named, &found)
        })
        .await?;
    page(Edit { shell: visit.with_form(shell), token, undo })
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
            let (person_id, undone) = taken_back(conn, &scene, &token, per_phone)?;
            let ctx = scene.ctx();
            // Not counted among the codes that may be sent: each link was, and a stranger must not use them up. It goes to
            // the address that the person has now: a notice may have gone to one that is another's.
            let (address, ..) = contact::address_of(conn, person_id)?;
            let (purpose, address, person_id) = (Purpose::Reset, &address, Some(person_id));
            let asking = Asking { purpose, address, person_id, remembered: false, data: "", opens: true };
            let begun = begin(conn, ctx, &asking)?;
            letters::code_reset(conn, ctx, address, person_id, &scene.facts().with_code(&begun.code))?;
            let flash = if undone { Flash::ContactUndone } else { Flash::Disowned };
            let goto = Goto::to("/password/reset").saying(flash);
            Ok(goto.keeping(cookies::CHALLENGE, begun.handle).dropping(cookies::BROWSER))
        })
        .await?;
    // A form without a field: nothing in it can be wrong.
    ended.or_fail(Error::Conflict)
}

/// The same, and nobody comes in until the owner unlocks the account (RC9).
pub(super) async fn lock(
    visit: Visit<Visitor>,
    token: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let (scene, token) = (Scene::of(&visit), token.into_inner());
    let per_phone = visit.house().config.sms.per_phone;
    let ended = visit
        .write(&form, move |conn, _, _| {
            let (person_id, _) = taken_back(conn, &scene, &token, per_phone)?;
            locking::lock(conn, scene.ctx(), person_id, &scene.facts())?;
            Ok(Goto::to("/").saying(Flash::AccountLocked).dropping(cookies::BROWSER))
        })
        .await?;
    ended.or_fail(Error::Conflict)
}

/// Uses the link up: undoes what its notice told of and ends whatever hangs on the person's sign-in. Answers the person, and
/// whether a change was undone.
fn taken_back(conn: &mut Conn, scene: &Scene, token: &str, per_phone: i64) -> Result<(i64, bool), Stop> {
    let (ctx, now) = (scene.ctx(), scene.ctx().now);
    let found = codes::linked(conn, ctx, token)?.ok_or(Error::NotFound)?;
    let person_id = found.person_id.ok_or(Error::NotFound)?;
    session::hold(conn, person_id)?;
    let subject_id = active_subject(conn, person_id)?.ok_or(Error::NotFound)?;
    let undo = undo_of(ctx, token, &found)?;
    if !codes::use_up(conn, &found)? {
        return Err(Error::NotFound.into());
    }
    let undone = match &undo {
        Undo::SignIn => false,
        Undo::Contact(number) => contact::undo(conn, ctx, person_id, number.as_str(), per_phone)?,
    };
    // Whoever it was may have asked for more.
    contact::cancel_open(conn, ctx, person_id)?;
    session::end_all(conn, person_id, None, now)?;
    browsers::forget_all(conn, person_id)?;
    codes::void_all(conn, person_id)?;
    records::keep(conn, ctx, Entry::new(Event::Disowned).of_person(person_id, subject_id))?;
    Ok((person_id, undone))
}
