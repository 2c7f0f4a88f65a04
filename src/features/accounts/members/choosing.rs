//! In which of their accounts a person works. A session works in one at a time; every form is bound to the one for which
//! it was drawn (`web/visit`).

use actix_web::HttpResponse;
use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::super::Person;
use super::forms::Choice;
use super::model::Place;
use super::queries;
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::web::forms::Asking;
use crate::web::paths::local_path;
use crate::web::session::{self, Entering, NewSession};
use crate::web::{Error, Flash, Form, Goto, Shell, Visit, page};

#[derive(Template)]
#[template(path = "accounts/members/choose.html")]
struct List {
    shell: Shell,
    places: Vec<Place>,
    current: Option<i64>,
    next: String,
    staff: bool,
}

impl List {
    fn here(&self, place: &Place) -> bool {
        self.current == Some(place.account_id)
    }
}

/// Where to go on.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Onward {
    next: String,
}

/// Where somebody who has just signed in goes: on to `next`, or first to choose an account, of several or of none. An
/// invitation is looked at in whichever account.
pub(in crate::features::accounts) fn entrance(
    conn: &mut Conn,
    person_id: i64,
    next: Option<String>,
) -> diesel::QueryResult<String> {
    let places = queries::count_places(conn, person_id)?;
    Ok(match next {
        Some(next) if places == 1 || next.starts_with("/invitations/") => next,
        None if places == 1 => "/account".to_string(),
        Some(next) => format!("/account/choose?next={}", utf8_percent_encode(&next, NON_ALPHANUMERIC)),
        None => "/account/choose".to_string(),
    })
}

/// From now on this browser works in that account, under a new reference: other rights, another session (A5).
pub(super) fn work_in(conn: &mut Conn, person: &Person, account_id: i64) -> diesel::QueryResult<NewSession> {
    let old = person.session();
    session::end(conn, old.id, person.now())?;
    let entering = Entering {
        person_id: person.person_id(),
        account_id: Some(account_id),
        method: old.method,
        remembered: old.remembered,
        signed_in_at: old.signed_in_at,
        stepped_up_at: old.stepped_up_at,
    };
    session::enter(conn, person.ctx(), &entering)
}

pub(super) async fn list(visit: Visit<Person>, asking: Asking<Onward>) -> Result<HttpResponse, Error> {
    let next = local_path(&asking.0.next).unwrap_or_default();
    let (shell, (places, current, staff)) = visit
        .read(|conn, person| {
            let places = queries::places(conn, person.person_id())?;
            Ok((places, person.session().account_id, person.is_staff()))
        })
        .await?;
    page(List { shell, places, current, next, staff })
}

pub(super) async fn choose(visit: Visit<Person>, form: Form<Choice>) -> Result<HttpResponse, Error> {
    let ended = visit
        .write(&form, |conn, person, form| {
            let number = Number::parse('A', &form.account).ok_or(Error::NotFound)?;
            let places = queries::places(conn, person.person_id())?;
            let place = places.into_iter().find(|place| place.number == number).ok_or(Error::NotFound)?;
            let new = work_in(conn, person, place.account_id)?;
            let to = local_path(&form.next).unwrap_or_else(|| "/account".into());
            Ok(Goto::to(to).saying(Flash::AccountChosen).entering(new))
        })
        .await?;
    ended.or_fail(Error::Conflict)
}
