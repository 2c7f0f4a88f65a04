//! Signing in with a password.

use actix_web::HttpResponse;
use askama::Template;

use super::enter::{Entrant, Ways, enter, enter_by};
use super::forms::{From, SignIn};
use crate::features::accounts::codes::{Asking, Purpose, begin};
use crate::features::accounts::factors::{self, Second, waits};
use crate::features::accounts::proof::candidate;
use crate::features::accounts::scene::{Scene, home, see};
use crate::features::accounts::{Visitor, browsers, guesses, letters};
use crate::services::records::{self, Entry, Event};
use crate::web::forms::Asking as Query;
use crate::web::paths::local_path;
use crate::web::session::{PersonKind, SignInMethod};
use crate::web::{Ended, Error, Errors, FieldError, Form, Goto, Shell, Stop, Visit, again, cookies, page};

#[derive(Template)]
#[template(path = "accounts/sign_in/new.html")]
struct New {
    shell: Shell,
    errors: Errors,
    email: String,
    remember: bool,
    next: String,
}

pub(super) async fn new(visit: Visit<Visitor>, query: Query<From>) -> Result<HttpResponse, Error> {
    let shell = visit.admit().await?;
    let next = local_path(&query.0.next);
    if shell.signed_in() {
        return Ok(see(next.as_deref().unwrap_or_else(|| home(&shell))));
    }
    let shell = visit.with_form(shell);
    page(New { shell, errors: Errors::none(), email: String::new(), remember: false, next: next.unwrap_or_default() })
}

pub(super) async fn create(visit: Visit<Visitor>, form: Form<SignIn>) -> Result<HttpResponse, Error> {
    let draw = |shell: Shell, errors: Errors, form: &SignIn| New {
        shell,
        errors,
        email: form.email.clone(),
        remember: form.remember.is_some(),
        next: local_path(&form.next).unwrap_or_default(),
    };
    // The guess is counted, then compared without holding the database, then acted on.
    let scene = Scene::of(&visit);
    let asked = scene.asked.clone();
    let counted = visit.step(&form, move |conn, _, form| {
        let address = form.check()?;
        let candidate = candidate(conn, PersonKind::Customer, &address)?;
        let known = candidate.person_id().map_or(Ok(None), |person| browsers::known(conn, &asked, person))?;
        let guess = guesses::count(conn, &asked, PersonKind::Customer, &address, known, Some(&form.password))?;
        Ok((address, form.password.clone(), candidate, guess))
    });
    let (address, password, candidate, guess) = match counted.await? {
        Ended::Done(counted) => counted,
        Ended::Again(shell, errors, form) => return again(draw(*shell, errors, &form)),
    };
    let proven = candidate.prove(&visit.house().hasher, password).await?;

    let ended = visit.write(&form, move |conn, visitor, form| {
        let standing = match proven {
            Some(proven) if proven.redeem(conn)? => Some(proven),
            _ => None,
        };
        let Some(proven) = standing else {
            let mut entry = Entry::new(Event::SignInFailed);
            if let (Some(person), Some(subject)) = (candidate.person_id(), candidate.subject_id()) {
                entry = entry.of_person(person, subject);
            }
            records::keep(conn, scene.ctx(), entry)?;
            return Err(Stop::Counted(Errors::one("form", FieldError::WrongSignIn)));
        };
        guess.right(conn)?;
        let (remembered, next) = (form.remember.is_some(), local_path(&form.next));
        // Asked again, for the way out that was taken while the password was compared (EN10).
        if factors::is_on(conn, proven.person_id)? {
            let method = SignInMethod::Password;
            if !browsers::trusted(conn, &scene.asked, proven.person_id)? {
                let (ctx, next) = (scene.ctx(), next.as_deref());
                return Ok(waits::begin(conn, ctx, proven.person_id, method, remembered, next)?);
            }
            let entrant = Entrant { person_id: proven.person_id, subject_id: proven.subject_id, address };
            let ways = Ways { method, second: Some(Second::TrustedBrowser), remembered, trust: false };
            return Ok(enter_by(conn, &scene, visitor, &entrant, ways, next)?.1);
        }
        if browsers::known(conn, &scene.asked, proven.person_id)?.is_some() {
            let entrant = Entrant { person_id: proven.person_id, subject_id: proven.subject_id, address };
            return Ok(enter(conn, &scene, visitor, &entrant, SignInMethod::Password, remembered, next)?.1);
        }
        guesses::send(conn, &scene.asked, &address, guesses::Asker::Proved)?;
        let asking = Asking {
            purpose: Purpose::SecondStep,
            address: &address,
            person_id: Some(proven.person_id),
            remembered,
            data: next.as_deref().unwrap_or_default(),
            opens: true,
        };
        let begun = begin(conn, scene.ctx(), &asking)?;
        let facts = scene.facts().with_code(&begun.code);
        letters::code_second_step(conn, scene.ctx(), &address, Some(proven.person_id), &facts)?;
        Ok(Goto::to("/login/verify").keeping(cookies::CHALLENGE, begun.handle))
    });
    ended.await?.or(draw)
}
