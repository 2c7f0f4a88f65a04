//! "This was not me": the page to which notices of sign-ins lead (EN10). It works without a sign-in and once: its button
//! ends every session of the person and begins setting a new password, whose code goes to the person's mailbox.

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::base::db::Conn;
use crate::base::types::Address;
use crate::features::accounts::codes::{self, Asking, Purpose, begin};
use crate::features::accounts::queries::active_subject;
use crate::features::accounts::scene::Scene;
use crate::features::accounts::{Visitor, browsers, letters};
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};
use crate::web::{Error, Flash, Form, Goto, Press, Shell, Visit, cookies, page, session};

#[derive(Template)]
#[template(path = "accounts/recovery/disown.html")]
struct Edit {
    shell: Shell,
    token: String,
}

/// Makes the link of one notice; answers its path.
pub(in crate::features::accounts) fn link(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    address: &Address,
) -> diesel::QueryResult<String> {
    let (purpose, person_id) = (Purpose::Disown, Some(person_id));
    let asking = Asking { purpose, address, person_id, remembered: false, data: "", opens: false };
    Ok(format!("/password/not-me/{}", begin(conn, ctx, &asking)?.handle))
}

/// Opening the link changes nothing: programs that read mail open links, too (OT9).
pub(super) async fn edit(visit: Visit<Visitor>, token: web::Path<String>) -> Result<HttpResponse, Error> {
    let (scene, token) = (Scene::of(&visit), token.into_inner());
    let named = token.clone();
    let (shell, ()) = visit
        .read(move |conn, _| {
            let found = codes::linked(conn, scene.ctx(), &named)?.ok_or(Error::NotFound)?;
            active_subject(conn, found.person_id.ok_or(Error::NotFound)?)?.ok_or(Error::NotFound)?;
            Ok(())
        })
        .await?;
    page(Edit { shell: visit.with_form(shell), token })
}

pub(super) async fn update(
    visit: Visit<Visitor>,
    token: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let (scene, token) = (Scene::of(&visit), token.into_inner());
    let ended = visit
        .write(&form, move |conn, _, _| {
            let (ctx, now) = (scene.ctx(), scene.ctx().now);
            let found = codes::linked(conn, ctx, &token)?.ok_or(Error::NotFound)?;
            let person_id = found.person_id.ok_or(Error::NotFound)?;
            session::hold(conn, person_id)?;
            let subject_id = active_subject(conn, person_id)?.ok_or(Error::NotFound)?;
            if !codes::use_up(conn, &found)? {
                return Err(Error::NotFound.into());
            }
            session::end_all(conn, person_id, None, now)?;
            browsers::forget_all(conn, person_id)?;
            codes::void_all(conn, person_id)?;
            records::keep(conn, ctx, Entry::new(Event::Disowned).of_person(person_id, subject_id))?;
            // Not counted among the codes that may be sent: each link was, and a stranger must not use them up.
            let (purpose, address, person_id) = (Purpose::Reset, &found.address, Some(person_id));
            let asking = Asking { purpose, address, person_id, remembered: false, data: "", opens: true };
            let begun = begin(conn, ctx, &asking)?;
            letters::code_reset(conn, ctx, address, person_id, &scene.facts().with_code(&begun.code))?;
            let goto = Goto::to("/password/reset").saying(Flash::Disowned);
            Ok(goto.keeping(cookies::CHALLENGE, begun.handle).dropping(cookies::BROWSER))
        })
        .await?;
    // A form without a field: nothing in it can be wrong.
    ended.or_fail(Error::Conflict)
}
