//! Locking one's own account from the security page.

use actix_web::HttpResponse;
use askama::Template;

use super::moves;
use crate::features::accounts::Person;
use crate::features::accounts::scene::Scene;
use crate::web::{Error, Flash, Form, Goto, Press, Shell, Visit, cookies, page};

#[derive(Template)]
#[template(path = "accounts/locking/lock.html")]
struct New {
    shell: Shell,
    address: String,
}

pub(super) async fn new(visit: Visit<Person>) -> Result<HttpResponse, Error> {
    let (shell, address) = visit.read(|_, person| Ok(person.session().address.clone())).await?;
    page(New { shell, address })
}

pub(super) async fn create(visit: Visit<Person>, form: Form<Press>) -> Result<HttpResponse, Error> {
    let scene = Scene::of(&visit);
    let ended = visit.write(&form, move |conn, person, _| {
        if person.is_staff() {
            return Err(Error::Forbidden.into());
        }
        moves::lock(conn, person.ctx(), person.person_id(), &scene.facts())?;
        Ok(Goto::to("/").saying(Flash::AccountLocked).dropping(cookies::BROWSER).leaving())
    });
    ended.await?.or_fail(Error::Conflict)
}
