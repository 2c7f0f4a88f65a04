//! Signing in with a mailed code instead of the password. The answer is the same for every address; the mail tells
//! its owner what it means (A3).

use actix_web::HttpResponse;
use askama::Template;

use super::forms::{AskCode, From};
use crate::features::accounts::codes::{Asking, Purpose, begin};
use crate::features::accounts::guesses::{self, Asker};
use crate::features::accounts::proof::candidate;
use crate::features::accounts::scene::{Scene, home, see};
use crate::features::accounts::{Visitor, letters, locking};
use crate::web::forms::Asking as Query;
use crate::web::paths::local_path;
use crate::web::session::PersonKind;
use crate::web::{Error, Errors, Form, Goto, Shell, Visit, cookies, page};

#[derive(Template)]
#[template(path = "accounts/sign_in/code.html")]
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

pub(super) async fn create(visit: Visit<Visitor>, form: Form<AskCode>) -> Result<HttpResponse, Error> {
    let scene = Scene::of(&visit);
    let ended = visit.write(&form, move |conn, _, form| {
        let address = form.check()?;
        let person_id = candidate(conn, PersonKind::Customer, &address)?.person_id();
        let who = Asker::of(conn, &scene.asked, person_id)?;
        guesses::send(conn, &scene.asked, &address, who)?;
        let asking = Asking {
            purpose: Purpose::SignIn,
            address: &address,
            person_id,
            remembered: form.remember.is_some(),
            data: &local_path(&form.next).unwrap_or_default(),
            opens: person_id.is_some(),
        };
        let begun = begin(conn, scene.ctx(), &asking)?;
        let facts = scene.facts().with_code(&begun.code);
        match person_id {
            Some(_) => letters::code_sign_in(conn, scene.ctx(), &address, person_id, &facts)?,
            None => locking::no_code(conn, scene.ctx(), &address, &scene.facts())?,
        }
        Ok(Goto::to("/login/verify").keeping(cookies::CHALLENGE, begun.handle))
    });
    ended.await?.or(|shell, errors, form| New {
        shell,
        errors,
        email: form.email.clone(),
        remember: form.remember.is_some(),
        next: local_path(&form.next).unwrap_or_default(),
    })
}
