//! `/account/security/totp`: the second factor on and off.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use super::totp::TotpSecret;
use super::{Factor, moves, queries};
use crate::features::accounts::scene::{Scene, see};
use crate::features::accounts::step_up::proved;
use crate::features::accounts::{Fresh, Person};
use crate::web::qr::Picture;
use crate::web::{Actor, Error, Errors, FieldError, Flash, Form, Goto, Press, Shell, Visit, page};

pub(super) const HERE: &str = "/account/security/totp";
const ISSUER: &str = "Easy Link";

#[derive(Template)]
#[template(path = "accounts/factors/totp.html")]
struct Show {
    shell: Shell,
    errors: Errors,
    factor: Factor,
    /// The secret that waits for its first code, in fours, and its picture.
    pending: Option<(String, Option<Picture>)>,
    /// Whether this session may still show the recovery codes.
    codes: bool,
}

#[derive(Template)]
#[template(path = "accounts/factors/off.html")]
struct Off {
    shell: Shell,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Confirmation {
    code: String,
}

/// The secret is shown to a session that has just proved whose it is, and to no other.
async fn shown<A: Actor + AsRef<Person>>(visit: &Visit<A>) -> Result<Show, Error> {
    let (shell, (factor, pending, address, codes)) = visit
        .read(|conn, actor| {
            let person = actor.as_ref();
            let factor = super::state(conn, person.person_id())?;
            let pending = if proved(person.session(), person.now()) {
                queries::pending(conn, person.ctx(), person.person_id())?
            } else {
                None
            };
            let codes = queries::codes_of_session(conn, person.ctx(), person.person_id(), person.session().id)?;
            Ok((factor, pending, person.session().address.clone(), codes.is_some()))
        })
        .await?;
    let pending = pending.map(|secret: TotpSecret| (secret.in_fours(), secret.picture(ISSUER, &address)));
    Ok(Show { shell: visit.with_form(shell), errors: Errors::none(), factor, pending, codes })
}

pub(super) async fn show(visit: Visit<Person>) -> Result<HttpResponse, Error> {
    page(shown(&visit).await?)
}

/// Draws a secret; the page then shows it and asks for its first code.
pub(super) async fn begin(visit: Visit<Fresh<Person>>, form: Form<Press>) -> Result<HttpResponse, Error> {
    let ended = visit
        .write(&form, |conn, person, _| {
            own(person)?;
            moves::begin(conn, person)?;
            Ok(Goto::to(HERE))
        })
        .await?;
    ended.or_fail(Error::Conflict)
}

pub(super) async fn confirm(visit: Visit<Fresh<Person>>, form: Form<Confirmation>) -> Result<HttpResponse, Error> {
    let before = shown(&visit).await?;
    if before.pending.is_none() && !before.shell.is_staff() {
        return visit.lead(HERE, Flash::TotpNotBegun);
    }
    let scene = Scene::of(&visit);
    let ended = visit.write(&form, move |conn, person, form| {
        own(person)?;
        if form.code.trim().is_empty() {
            return Err(Errors::one("code", FieldError::Missing).into());
        }
        let secret = queries::pending(conn, person.ctx(), person.person_id())?.ok_or(Error::Conflict)?;
        // Nothing to guess: the page shows the secret.
        let step = secret.step_of(&form.code, person.now());
        let step = step.ok_or_else(|| Errors::one("code", FieldError::WrongAppCode))?;
        let new = moves::switch_on(conn, person, &scene, step)?;
        Ok(Goto::to("/account/security/totp/codes").saying(Flash::TotpOn).entering(new))
    });
    ended.await?.or(|shell, errors, _| Show { shell, errors, ..before })
}

pub(super) async fn ask_off(visit: Visit<Person>) -> Result<HttpResponse, Error> {
    let (shell, on) = visit.read(|conn, person| Ok(queries::is_on(conn, person.person_id())?)).await?;
    if !on || shell.is_staff() {
        return Ok(see(HERE));
    }
    page(Off { shell: visit.with_form(shell) })
}

pub(super) async fn off(visit: Visit<Fresh<Person>>, form: Form<Press>) -> Result<HttpResponse, Error> {
    let scene = Scene::of(&visit);
    let ended = visit
        .write(&form, move |conn, person, _| {
            own(person)?;
            let new = moves::switch_off(conn, person, &scene)?;
            Ok(Goto::to(HERE).saying(Flash::TotpOff).entering(new))
        })
        .await?;
    ended.or_fail(Error::Conflict)
}

/// The staff always have a second factor: theirs comes with the activation link.
pub(super) fn own(person: &Person) -> Result<(), Error> {
    if person.is_staff() { Err(Error::Forbidden) } else { Ok(()) }
}
