//! The second step of a sign-in: a code of the app, or a recovery code in its place.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::{MOST_TRIES, Wait, current, finish, queries};
use crate::base::db::Conn;
use crate::features::accounts::factors::{Second, forget, state, use_code, use_recovery_code};
use crate::features::accounts::recovery::disown::{self, Undo};
use crate::features::accounts::scene::{Scene, elsewhere};
use crate::features::accounts::sign_in::{Entrant, Ways, enter_by};
use crate::features::accounts::{Visitor, letters};
use crate::services::records::{self, Entry, Event};
use crate::web::paths::local_path;
use crate::web::{Error, Errors, FieldError, Form, Shell, Stop, Visit, page, session};

#[derive(Template)]
#[template(path = "accounts/factors/ask.html")]
struct Ask {
    shell: Shell,
    errors: Errors,
    trust: bool,
}

#[derive(Template)]
#[template(path = "accounts/factors/ask_recovery.html")]
struct AskRecovery {
    shell: Shell,
    errors: Errors,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Code {
    code: String,
    /// "Trust this browser".
    trust: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Recovery {
    code: String,
}

async fn waiting(visit: &Visit<Visitor>) -> Result<(Shell, Option<Wait>), Error> {
    let scene = Scene::of(visit);
    visit.read(move |conn, _| Ok(current(conn, &scene.asked)?)).await
}

pub(super) async fn show(visit: Visit<Visitor>) -> Result<HttpResponse, Error> {
    let (shell, found) = waiting(&visit).await?;
    if found.is_none() {
        return elsewhere(&visit, &shell, "/login");
    }
    page(Ask { shell: visit.with_form(shell), errors: Errors::none(), trust: false })
}

pub(super) async fn show_recovery(visit: Visit<Visitor>) -> Result<HttpResponse, Error> {
    let (shell, found) = waiting(&visit).await?;
    if found.is_none() {
        return elsewhere(&visit, &shell, "/login");
    }
    page(AskRecovery { shell: visit.with_form(shell), errors: Errors::none() })
}

pub(super) async fn create(visit: Visit<Visitor>, form: Form<Code>) -> Result<HttpResponse, Error> {
    let scene = Scene::of(&visit);
    let ended = visit.write(&form, move |conn, visitor, form| {
        let (wait, entrant) = tried(conn, &scene, &form.code)?;
        let outcome = use_code(conn, scene.ctx(), wait.person_id, &form.code)?;
        finished(conn, &scene, &wait, &entrant, outcome.or_counted(FieldError::WrongAppCode))?;
        let ways = ways_of(&wait, Second::Totp, form.trust.is_some());
        Ok(enter_by(conn, &scene, visitor, &entrant, ways, onward(&wait, &scene))?.1)
    });
    ended.await?.or(|shell, errors, form| Ask { shell, errors, trust: form.trust.is_some() })
}

pub(super) async fn recover(visit: Visit<Visitor>, form: Form<Recovery>) -> Result<HttpResponse, Error> {
    let scene = Scene::of(&visit);
    let ended = visit.write(&form, move |conn, visitor, form| {
        let (wait, entrant) = tried(conn, &scene, &form.code)?;
        let outcome = use_recovery_code(conn, scene.ctx(), wait.person_id, &form.code)?;
        finished(conn, &scene, &wait, &entrant, outcome.or_counted(FieldError::WrongRecoveryCode))?;
        let ways = ways_of(&wait, Second::RecoveryCode, false);
        let (ctx, goto) = enter_by(conn, &scene, visitor, &entrant, ways, onward(&wait, &scene))?;
        let left = state(conn, wait.person_id)?.codes_left;
        records::keep(conn, &ctx, Entry::new(Event::RecoveryCodeUsed).with(json!({ "left": left })))?;
        let undo = disown::link_to(conn, &ctx, wait.person_id, &entrant.address, &Undo::RecoveryCodes)?;
        let facts = scene.facts().with_disown(undo).with_left(left);
        letters::recovery_code_used(conn, &ctx, &entrant.address, Some(wait.person_id), &facts)?;
        Ok(goto)
    });
    ended.await?.or(|shell, errors, _| AskRecovery { shell, errors })
}

/// The wait of this browser and whose it is, with one more try counted.
fn tried(conn: &mut Conn, scene: &Scene, typed: &str) -> Result<(Wait, Entrant), Stop> {
    if typed.trim().is_empty() {
        return Err(Errors::one("code", FieldError::Missing).into());
    }
    let ended = || Stop::Counted(Errors::one("code", FieldError::StartAgain));
    let wait = current(conn, &scene.asked)?.ok_or_else(ended)?;
    // Whoever changes password or factor comes before this try or after it.
    session::hold(conn, wait.person_id)?;
    if !queries::count_try(conn, wait.id, scene.ctx().now, MOST_TRIES)? {
        return Err(ended());
    }
    let (subject_id, address) = queries::entrant(conn, wait.person_id)?.ok_or_else(ended)?;
    let entrant = Entrant { person_id: wait.person_id, subject_id, address };
    Ok((wait, entrant))
}

/// Ends the wait after a right code; a wrong one is kept on record.
fn finished(conn: &mut Conn, scene: &Scene, wait: &Wait, who: &Entrant, outcome: Result<(), Stop>) -> Result<(), Stop> {
    if let Err(stop) = outcome {
        let entry = Entry::new(Event::SignInFailed).of_person(who.person_id, who.subject_id);
        records::keep(conn, scene.ctx(), entry.with(json!({ "at": "totp" })))?;
        return Err(stop);
    }
    if !finish(conn, wait)? {
        return Err(Stop::Counted(Errors::one("code", FieldError::StartAgain)));
    }
    forget(conn, scene.ctx(), who.person_id)?;
    Ok(())
}

fn ways_of(wait: &Wait, second: Second, trust: bool) -> Ways {
    Ways { method: wait.method, second: Some(second), remembered: wait.remembered, trust }
}

fn onward(wait: &Wait, scene: &Scene) -> Option<String> {
    wait.next(&scene.asked).as_deref().and_then(local_path)
}
