//! The code that signs in, alone or after the password.

use actix_web::HttpResponse;
use askama::Template;

use super::enter::{Entrant, enter};
use super::forms::Code;
use crate::features::accounts::codes::{self, Challenge, Purpose};
use crate::features::accounts::factors::{self, waits};
use crate::features::accounts::queries::active_subject;
use crate::features::accounts::scene::{Scene, elsewhere};
use crate::features::accounts::{Visitor, letters, locking};
use crate::web::paths::local_path;
use crate::web::session::SignInMethod;
use crate::web::{Error, Errors, FieldError, Flash, Form, Goto, Press, Shell, Stop, Visit, page};

const PURPOSES: &[Purpose] = &[Purpose::SignIn, Purpose::SecondStep];

#[derive(Template)]
#[template(path = "accounts/sign_in/verify.html")]
struct Show {
    shell: Shell,
    errors: Errors,
    address: String,
    /// Whether a password came before.
    second: bool,
}

impl Show {
    fn of(shell: Shell, errors: Errors, challenge: Option<&Challenge>) -> Self {
        Self {
            shell,
            errors,
            address: challenge.map_or(String::new(), |challenge| challenge.address.to_string()),
            second: challenge.is_some_and(|challenge| challenge.purpose == Purpose::SecondStep),
        }
    }
}

async fn challenge(visit: &Visit<Visitor>) -> Result<(Shell, Option<Challenge>), Error> {
    let scene = Scene::of(visit);
    visit.read(move |conn, _| Ok(codes::current(conn, &scene.asked, PURPOSES)?)).await
}

pub(super) async fn show(visit: Visit<Visitor>) -> Result<HttpResponse, Error> {
    let (shell, found) = challenge(&visit).await?;
    if found.is_none() {
        return elsewhere(&visit, &shell, "/login");
    }
    page(Show::of(visit.with_form(shell), Errors::none(), found.as_ref()))
}

pub(super) async fn create(visit: Visit<Visitor>, form: Form<Code>) -> Result<HttpResponse, Error> {
    let (_, found) = challenge(&visit).await?;
    let scene = Scene::of(&visit);
    let ended = visit.write(&form, move |conn, visitor, form| {
        let challenge = codes::redeem(conn, &scene.asked, PURPOSES, &form.code)?;
        let ended = || Stop::Counted(Errors::one("code", FieldError::CodeEnded));
        let person_id = challenge.person_id.ok_or_else(ended)?;
        let subject_id = active_subject(conn, person_id)?.ok_or_else(ended)?;
        let next = codes::data_of(&scene.asked, &challenge).as_deref().and_then(local_path);
        let method = match challenge.purpose {
            Purpose::SecondStep => SignInMethod::PasswordCode,
            _ => SignInMethod::Code,
        };
        let remembered = challenge.remembered;
        // A mailed code never stands for the second factor (RC3).
        if factors::is_on(conn, person_id)? {
            return Ok(waits::begin(conn, scene.ctx(), person_id, method, remembered, next.as_deref())?);
        }
        let entrant = Entrant { person_id, subject_id, address: challenge.address };
        Ok(enter(conn, &scene, visitor, &entrant, method, remembered, next)?.1)
    });
    ended.await?.or(|shell, errors, _| Show::of(shell, errors, found.as_ref()))
}

pub(super) async fn resend(visit: Visit<Visitor>, form: Form<Press>) -> Result<HttpResponse, Error> {
    let (shell, found) = challenge(&visit).await?;
    if found.is_none() {
        return elsewhere(&visit, &shell, "/login");
    }
    let scene = Scene::of(&visit);
    let ended = visit.write(&form, move |conn, _, _| {
        let (challenge, code) = codes::send_again(conn, &scene.asked, PURPOSES)?;
        let (ctx, facts, person) = (scene.ctx(), scene.facts(), challenge.person_id);
        match (code, challenge.purpose) {
            (Some(code), Purpose::SecondStep) => {
                letters::code_second_step(conn, ctx, &challenge.address, person, &facts.with_code(&code))?;
            }
            (Some(code), _) => letters::code_sign_in(conn, ctx, &challenge.address, person, &facts.with_code(&code))?,
            (None, _) => locking::no_code(conn, ctx, &challenge.address, &facts)?,
        }
        Ok(Goto::to("/login/verify").saying(Flash::CodeSent))
    });
    ended.await?.or(|shell, errors, _| Show::of(shell, errors, found.as_ref()))
}
