//! The reviewers' side of recoveries: a list without names, and one at a time.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::asking::means;
use super::model::{Recovery, RecoveryReason, RecoveryState};
use super::moves;
use super::queries::{self, Basis, Row};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::accounts;
use crate::features::identity::cases::Picture;
use crate::features::identity::desk::judged;
use crate::features::identity::fault::Fault;
use crate::features::staff::{Reviewer, Staff};
use crate::services::storage::Kind;
use crate::web::downloads;
use crate::web::forms::{Asking, Errors, FieldError, Form};
use crate::web::lists::{After, PAGE, Rows};
use crate::web::visit::Looked;
use crate::web::{Ended, Error, Flash, Goto, Shell, Stop, Visit, again, page};

const HERE: &str = "/staff/recoveries";
/// Within what time a change of address or phone is worth a look: as long as it can be undone.
const LATELY: Duration = Duration::from_secs(7 * 86_400);

#[derive(Template)]
#[template(path = "identity/recoveries/staff/list.html")]
struct List {
    shell: Shell,
    rows: Rows<Row>,
}

pub(super) async fn list(visit: Visit<Staff<Reviewer>>, Asking(asked): Asking<After>) -> Result<HttpResponse, Error> {
    let cursor = Number::parse('W', &asked.after);
    let (shell, rows) = visit
        .list("recoveries", json!({}), move |conn, officer| {
            let load = |after: Option<&Number>| queries::queue(conn, officer, after, PAGE + 1);
            Ok(Rows::below(cursor, load, |row| row.number.as_str().to_string())?)
        })
        .await?;
    page(List { shell, rows })
}

/// What is shown of one.
struct Seen {
    recovery: Recovery,
    /// What was authenticated; nothing once that was withdrawn.
    basis: Option<Basis>,
    typed: Option<String>,
    pictures: Vec<Picture>,
    /// Whether phone or address changed within the last days.
    changed: bool,
    /// Whether this reviewer confirmed it already.
    mine: bool,
}

impl Seen {
    fn at(&self, what: &str) -> String {
        format!("{HERE}/{}/{what}", self.recovery.number.as_str())
    }

    fn picture(&self, picture: &Picture) -> String {
        self.at(&format!("pictures/{}", picture.number.as_str()))
    }

    /// Whether this reviewer may confirm it.
    fn confirmable(&self) -> bool {
        self.recovery.state.is_checked() && self.recovery.agrees && self.basis.is_some() && !self.mine
    }
}

/// What two reviewers each say of what they saw.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Confirmation {
    number_fits: Option<String>,
    name_fits: Option<String>,
    paper_there: Option<String>,
}

impl Confirmation {
    fn read(&self) -> Result<(), Errors> {
        let mut errors = Errors::none();
        let boxes =
            [("number_fits", &self.number_fits), ("name_fits", &self.name_fits), ("paper_there", &self.paper_there)];
        for (field, ticked) in boxes {
            if ticked.is_none() {
                errors.add(field, FieldError::NotAccepted);
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// Why it is rejected.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Rejection {
    reason: String,
    words: String,
}

impl Rejection {
    fn read(&self) -> Result<(RecoveryReason, String), Errors> {
        let reason = RecoveryReason::parse(&self.reason);
        judged(reason, reason == Some(RecoveryReason::Other), &self.words)
    }
}

#[derive(Template)]
#[template(path = "identity/recoveries/staff/show.html")]
struct Show {
    shell: Shell,
    seen: Seen,
    ticked: Confirmation,
    form: Rejection,
    errors: Errors,
}

fn number_in(path: &str) -> Result<Number, Error> {
    Number::parse('W', path).ok_or(Error::NotFound)
}

fn failed(fault: Fault) -> Error {
    match Stop::from(fault) {
        Stop::Failed(error) => error,
        Stop::Refused(_) | Stop::Counted(_) => Error::Conflict,
    }
}

fn load(conn: &mut Conn, officer: &Staff<Reviewer>, number: &Number) -> Result<(Looked, Seen), Error> {
    let recovery = moves::foreign(conn, officer, number).map_err(failed)?;
    let looked = Looked::at(recovery.account_id, recovery.number.as_str());
    let seen = Seen {
        basis: queries::basis_of(conn, &recovery)?,
        typed: moves::typed(officer.ctx(), &recovery),
        pictures: queries::pictures(conn, recovery.id)?,
        changed: accounts::changed_since(conn, recovery.person_id, officer.now().minus(LATELY))?,
        mine: recovery.first_by_id == Some(officer.person_id()),
        recovery,
    };
    Ok((looked, seen))
}

async fn seen(visit: &Visit<Staff<Reviewer>>, number: Number) -> Result<(Shell, Seen), Error> {
    visit.look("account_recovery", move |conn, officer| load(conn, officer, &number)).await
}

pub(super) async fn show(visit: Visit<Staff<Reviewer>>, path: Path<String>) -> Result<HttpResponse, Error> {
    let (shell, seen) = seen(&visit, number_in(&path)?).await?;
    page(Show { shell, seen, ticked: Confirmation::default(), form: Rejection::default(), errors: Errors::none() })
}

/// A picture of an open recovery.
pub(super) async fn picture(
    visit: Visit<Staff<Reviewer>>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path.0)?;
    let file = Number::parse('D', &path.1).ok_or(Error::NotFound)?;
    let (_, (kind, name, bytes)) = visit
        .look("account_recovery", move |conn, officer| {
            let recovery = moves::foreign(conn, officer, &number).map_err(failed)?;
            let (picture, sealed) = queries::sealed_picture(conn, recovery.id, &file)?.ok_or(Error::NotFound)?;
            let bytes = moves::bytes(officer.ctx(), &recovery, &picture, &sealed).ok_or(Error::NotFound)?;
            let kind = Kind::from_media_type(&picture.media_kind).ok_or(Error::NotFound)?;
            let looked = Looked::at(recovery.account_id, recovery.number.as_str()).file(file.as_str());
            Ok((looked, (kind, picture.part.as_str(), bytes)))
        })
        .await?;
    Ok(downloads::serve_bytes(bytes, kind, name))
}

pub(super) async fn confirm(
    visit: Visit<Staff<Reviewer>>,
    path: Path<String>,
    form: Form<Confirmation>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let (means, target) = (means(visit.house()), number.clone());
    let ended = visit
        .write(&form, move |conn, officer, form| {
            form.read()?;
            let flash = match moves::confirm(conn, officer, &target, &means)? {
                RecoveryState::Waiting => Flash::RecoveryWaits,
                _ => Flash::RecoveryConfirmed,
            };
            Ok(Goto::to(HERE).saying(flash))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, ticked) => {
            let (_, seen) = seen(&visit, number).await?;
            again(Show { shell: *shell, seen, ticked: ticked.clone(), form: Rejection::default(), errors })
        }
    }
}

pub(super) async fn reject(
    visit: Visit<Staff<Reviewer>>,
    path: Path<String>,
    form: Form<Rejection>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let (means, target) = (means(visit.house()), number.clone());
    let ended = visit
        .write(&form, move |conn, officer, form| {
            let (reason, words) = form.read()?;
            moves::reject(conn, officer, &target, (reason, &words), &means)?;
            Ok(Goto::to(HERE).saying(Flash::RecoveryRejected))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, form) => {
            let (_, seen) = seen(&visit, number).await?;
            again(Show { shell: *shell, seen, ticked: Confirmation::default(), form: form.clone(), errors })
        }
    }
}
