//! The code that makes the account.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use super::notices::keep_consents;
use super::waiting::Waiting;
use crate::features::accounts::codes::{self, Challenge, Purpose};
use crate::features::accounts::queries::{NewCustomer, open_customer};
use crate::features::accounts::scene::{Scene, elsewhere};
use crate::features::accounts::sign_in::{Entrant, enter};
use crate::features::accounts::{Visitor, letters, locking};
use crate::services::records::{self, Entry, Event};
use crate::web::session::SignInMethod;
use crate::web::{Error, Errors, FieldError, Flash, Form, Goto, Press, Shell, Stop, Visit, page};

const PURPOSES: &[Purpose] = &[Purpose::Register];

#[derive(Template)]
#[template(path = "accounts/registration/verify.html")]
struct Show {
    shell: Shell,
    errors: Errors,
    address: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Code {
    code: String,
}

async fn challenge(visit: &Visit<Visitor>) -> Result<(Shell, Option<Challenge>), Error> {
    let scene = Scene::of(visit);
    visit.read(move |conn, _| Ok(codes::current(conn, &scene.asked, PURPOSES)?)).await
}

pub(super) async fn show(visit: Visit<Visitor>) -> Result<HttpResponse, Error> {
    let (shell, found) = challenge(&visit).await?;
    let Some(found) = found else { return elsewhere(&visit, &shell, "/register") };
    page(Show { shell: visit.with_form(shell), errors: Errors::none(), address: found.address.to_string() })
}

pub(super) async fn create(visit: Visit<Visitor>, form: Form<Code>) -> Result<HttpResponse, Error> {
    let (_, found) = challenge(&visit).await?;
    let address = found.map_or(String::new(), |found| found.address.to_string());
    let scene = Scene::of(&visit);
    let ended = visit.write(&form, move |conn, visitor, form| {
        let challenge = codes::redeem(conn, &scene.asked, PURPOSES, &form.code)?;
        let waiting = codes::data_of(&scene.asked, &challenge).as_deref().and_then(Waiting::read);
        let waiting = waiting.ok_or_else(|| Error::internal("a registration without its data"))?;
        let (password_hash, password_class) = waiting.password();
        let new =
            NewCustomer { address: &challenge.address, name: None, account_name: None, password_hash, password_class };
        // Registered meanwhile in another window: the answer is that of a code whose time is over (A3).
        let ended = || Stop::Counted(Errors::one("code", FieldError::CodeEnded));
        let created = open_customer(conn, scene.ctx(), &new)?.ok_or_else(ended)?;
        let entrant =
            Entrant { person_id: created.person_id, subject_id: created.subject_id, address: challenge.address };
        let (ctx, goto) = enter(conn, &scene, visitor, &entrant, SignInMethod::Registration, false, None)?;
        records::keep(conn, &ctx, Entry::new(Event::Registered).about(&created.account_number))?;
        keep_consents(conn, &ctx, created.person_id, waiting.policy, waiting.notices)?;
        Ok(goto.saying(Flash::Registered))
    });
    ended.await?.or(|shell, errors, _| Show { shell, errors, address })
}

pub(super) async fn resend(visit: Visit<Visitor>, form: Form<Press>) -> Result<HttpResponse, Error> {
    let (shell, found) = challenge(&visit).await?;
    let Some(found) = found else { return elsewhere(&visit, &shell, "/register") };
    let address = found.address.to_string();
    let scene = Scene::of(&visit);
    let ended = visit.write(&form, move |conn, _, _| {
        let (challenge, code) = codes::send_again(conn, &scene.asked, PURPOSES)?;
        let facts = scene.facts();
        match code {
            Some(code) => {
                letters::code_register(conn, scene.ctx(), &challenge.address, None, &facts.with_code(&code))?;
            }
            None if locking::tell_locked(conn, scene.ctx(), &challenge.address, &facts)? => {}
            None => letters::account_exists(conn, scene.ctx(), &challenge.address, None, &facts)?,
        }
        Ok(Goto::to("/register/verify").saying(Flash::CodeSent))
    });
    ended.await?.or(|shell, errors, _| Show { shell, errors, address })
}
