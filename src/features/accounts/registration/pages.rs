//! The form that opens an account.

use actix_web::HttpResponse;
use askama::Template;

use super::forms::Registration;
use super::waiting::Waiting;
use crate::features::accounts::codes::{Asking, Purpose, begin};
use crate::features::accounts::proof::busy;
use crate::features::accounts::scene::{Scene, home, see};
use crate::features::accounts::{PasswordClass, Visitor, guesses, letters, locking, queries};
use crate::services::consent;
use crate::web::session::PersonKind;
use crate::web::{Ended, Error, Errors, FieldError, Form, Goto, Shell, Visit, again, cookies, page};

#[derive(Template)]
#[template(path = "accounts/registration/new.html")]
struct New {
    shell: Shell,
    errors: Errors,
    email: String,
    /// Whether the box was ticked, for the version that is shown now. Nobody finds it ticked beforehand.
    agreed: bool,
    notices: bool,
    /// The version in force; 0 while none is published.
    policy: i64,
}

async fn current_policy(visit: &Visit<Visitor>) -> Result<(Shell, i64), Error> {
    visit.read(|conn, _| Ok(consent::current_policy(conn)?.map_or(0, |policy| policy.number))).await
}

pub(super) async fn new(visit: Visit<Visitor>) -> Result<HttpResponse, Error> {
    let (shell, policy) = current_policy(&visit).await?;
    if shell.signed_in() {
        return Ok(see(home(&shell)));
    }
    page(New {
        shell: visit.with_form(shell),
        errors: Errors::none(),
        email: String::new(),
        agreed: false,
        notices: false,
        policy,
    })
}

pub(super) async fn create(visit: Visit<Visitor>, form: Form<Registration>) -> Result<HttpResponse, Error> {
    let (shell, policy) = current_policy(&visit).await?;
    let draw = |shell: Shell, errors: Errors, form: &Registration| New {
        shell,
        errors,
        email: form.email.clone(),
        agreed: form.agreement.is_some() && form.policy == policy.to_string(),
        notices: form.notices.is_some(),
        policy,
    };
    let typed = match visit.open(&form).await? {
        Ended::Done(typed) => typed,
        Ended::Again(shell, errors, form) => return again(draw(*shell, errors, &form)),
    };
    let refused = |errors: Errors| again(draw(visit.with_form(shell), errors, &typed));
    let scene = Scene::of(&visit);
    if typed.hurried(form.stamp(), scene.ctx().now) {
        return refused(Errors::one("password", FieldError::Hurried));
    }
    let address = match typed.check(&visit.house().hasher).await.map_err(busy)? {
        Ok(address) => address,
        Err(errors) => return refused(errors),
    };
    // A version that came into force while the page was open is to be seen before it is agreed to.
    if typed.policy != policy.to_string() {
        return refused(Errors::one("agreement", FieldError::ReplacedMeanwhile));
    }

    let (asked, to) = (scene.asked.clone(), address.clone());
    match visit.step(&form, move |conn, _, _| Ok(guesses::send(conn, &asked, &to, guesses::Asker::Stranger)?)).await? {
        Ended::Done(()) => {}
        Ended::Again(shell, errors, form) => return again(draw(*shell, errors, &form)),
    }
    // Hashed for a known address, too: the answer takes as long (A3).
    let hash = visit.house().hasher.hash(typed.password.clone()).await.map_err(busy)?;

    let ended = visit.write(&form, move |conn, _, form| {
        let known = queries::exists(conn, PersonKind::Customer, &address)?;
        let waiting = Waiting::new(hash, PasswordClass::of(&form.password), policy, form.notices.is_some());
        let asking = Asking {
            purpose: Purpose::Register,
            address: &address,
            person_id: None,
            remembered: false,
            data: &waiting.write(),
            opens: !known,
        };
        let begun = begin(conn, scene.ctx(), &asking)?;
        let facts = scene.facts();
        if known {
            if !locking::tell_locked(conn, scene.ctx(), &address, &facts)? {
                letters::account_exists(conn, scene.ctx(), &address, None, &facts)?;
            }
        } else {
            letters::code_register(conn, scene.ctx(), &address, None, &facts.with_code(&begun.code))?;
        }
        Ok(Goto::to("/register/verify").keeping(cookies::CHALLENGE, begun.handle))
    });
    ended.await?.or(draw)
}
