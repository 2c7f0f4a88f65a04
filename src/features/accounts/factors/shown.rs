//! Recovery codes, shown to the session that made them until they are put away, for a quarter of an hour at most; and a
//! new set in place of the old one.

use actix_web::HttpResponse;
use askama::Template;

use super::pages::{HERE, own};
use super::{codes, moves, queries};
use crate::features::accounts::scene::{Scene, see};
use crate::features::accounts::{Fresh, Person};
use crate::web::{Error, Flash, Form, Goto, Press, Shell, Visit, page};

#[derive(Template)]
#[template(path = "accounts/factors/codes.html")]
struct Codes {
    shell: Shell,
    codes: Vec<String>,
}

pub(super) async fn show(visit: Visit<Person>) -> Result<HttpResponse, Error> {
    let (shell, set) = visit
        .read(|conn, person| {
            Ok(queries::codes_of_session(conn, person.ctx(), person.person_id(), person.session().id)?)
        })
        .await?;
    let Some(set) = set else { return Ok(see(HERE)) };
    let codes = set.iter().map(|code| codes::in_fours(code)).collect();
    page(Codes { shell: visit.with_form(shell), codes })
}

pub(super) async fn renew(visit: Visit<Fresh<Person>>, form: Form<Press>) -> Result<HttpResponse, Error> {
    let scene = Scene::of(&visit);
    let ended = visit
        .write(&form, move |conn, person, _| {
            own(person)?;
            let new = moves::renew_codes(conn, person, &scene)?;
            Ok(Goto::to("/account/security/totp/codes").saying(Flash::RecoveryCodesMade).entering(new))
        })
        .await?;
    ended.or_fail(Error::Conflict)
}

pub(super) async fn kept(visit: Visit<Person>, form: Form<Press>) -> Result<HttpResponse, Error> {
    let ended = visit
        .write(&form, |conn, person, _| {
            own(person)?;
            queries::put_codes_away(conn, person.person_id())?;
            Ok(Goto::to(HERE))
        })
        .await?;
    ended.or_fail(Error::Conflict)
}
