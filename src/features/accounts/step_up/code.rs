//! A mailed code in the place of a password that there is not.

use actix_web::HttpResponse;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::HERE;
use super::pages::{Proof, Show, asks, second, stepped_up};
use super::queries::has_password;
use crate::base::types::Address;
use crate::features::accounts::codes::{self, Asking, Purpose, begin};
use crate::features::accounts::guesses::{self, Asker};
use crate::features::accounts::scene::Scene;
use crate::features::accounts::{Person, factors, letters};
use crate::web::paths::local_path;
use crate::web::{Ended, Error, Errors, FieldError, Flash, Form, Goto, Stop, Visit, cookies};

pub(super) const PURPOSES: &[Purpose] = &[Purpose::StepUp];

/// Mails the code.
pub(super) async fn send(visit: Visit<Person>, form: Form<Proof>) -> Result<HttpResponse, Error> {
    let scene = Scene::of(&visit);
    let ended = visit.write(&form, move |conn, person, form| {
        if has_password(conn, person.person_id())? {
            return Err(Error::Conflict.into());
        }
        let to =
            Address::parse(&person.session().address).ok_or_else(|| Error::internal("a stored address is none"))?;
        let who = Asker::of(conn, &scene.asked, Some(person.person_id()))?;
        guesses::send(conn, &scene.asked, &to, who)?;
        let asking = Asking {
            purpose: Purpose::StepUp,
            address: &to,
            person_id: Some(person.person_id()),
            remembered: false,
            data: "",
            opens: true,
        };
        let begun = begin(conn, person.ctx(), &asking)?;
        let facts = scene.facts().with_code(&begun.code);
        letters::code_step_up(conn, person.ctx(), &to, Some(person.person_id()), &facts)?;
        let next = local_path(&form.next).unwrap_or_default();
        let here = format!("{HERE}?next={}", utf8_percent_encode(&next, NON_ALPHANUMERIC));
        Ok(Goto::to(here).saying(Flash::CodeSent).keeping(cookies::CHALLENGE, begun.handle))
    });
    match ended.await? {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, form) => {
            let (_, asks) = asks(&visit).await?;
            crate::web::again(Show { shell: *shell, errors, asks, next: local_path(&form.next).unwrap_or_default() })
        }
    }
}

/// Takes the code: made in this browser, for this person.
pub(super) async fn redeem(visit: &Visit<Person>, form: &Form<Proof>) -> Result<Ended<HttpResponse, Proof>, Error> {
    let scene = Scene::of(visit);
    let ended = visit.write(form, move |conn, person, form| {
        let ended = || Stop::Counted(Errors::one("code", FieldError::CodeEnded));
        if has_password(conn, person.person_id())? {
            return Err(ended());
        }
        let own = codes::current(conn, &scene.asked, PURPOSES)?;
        if own.is_some_and(|found| found.person_id != Some(person.person_id())) {
            return Err(ended());
        }
        if factors::is_on(conn, person.person_id())? && form.app_code.trim().is_empty() {
            return Err(Errors::one("app_code", FieldError::Missing).into());
        }
        // First, so that a slip there does not cost the mailed code, which works once.
        second(conn, person, &form.app_code)?;
        codes::redeem(conn, &scene.asked, PURPOSES, &form.code)?;
        stepped_up(conn, person, &form.next)
    });
    ended.await
}
