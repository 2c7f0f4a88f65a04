//! The reviewers' pages: the queue, and one case at a time.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::checks::{Finding, findings};
use super::moves::{self, details, in_hand};
use super::queries::{self, Row};
use crate::base::db::Conn;
use crate::base::types::{Moment, Number};
use crate::features::identity::cases::{self, Case, CaseKey, CaseState, Details, Move, Picture, Reason};
use crate::features::staff::{Reviewer, Staff};
use crate::services::storage::Kind;
use crate::web::downloads;
use crate::web::forms::{Asking, Errors, FieldError, Form, plain};
use crate::web::lists::{PAGE, Rows};
use crate::web::visit::Looked;
use crate::web::{Ended, Error, Flash, Goto, Press, Shell, Stop, Visit, again, page};

/// What the queue is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: String,
    lost: String,
}

#[derive(Template)]
#[template(path = "identity/staff/list.html")]
struct List {
    shell: Shell,
    rows: Rows<Row>,
    waiting: i64,
    held: Option<Number>,
    /// Whether a hold ended before something was done with it.
    lost: bool,
    now: Moment,
}

impl List {
    fn taken(&self, row: &Row) -> bool {
        row.leased_until.is_some_and(|until| until > self.now)
    }
}

pub(in crate::features::identity) async fn list(
    visit: Visit<Staff<Reviewer>>,
    Asking(asked): Asking<Asked>,
) -> Result<HttpResponse, Error> {
    let cursor = Number::parse('K', &asked.after);
    let now = visit.asked().context.now;
    let (shell, (rows, waiting, held)) = visit
        .list("identity", json!({}), move |conn, officer| {
            let load = |after: Option<&Number>| queries::queue(conn, officer, after, PAGE + 1);
            let rows = Rows::below(cursor, load, |row| row.number.as_str().to_string())?;
            Ok((rows, queries::count(conn)?, queries::held(conn, officer)?.map(|case| case.number)))
        })
        .await?;
    page(List { shell, rows, waiting, held, lost: !asked.lost.is_empty(), now })
}

pub(in crate::features::identity) async fn take(
    visit: Visit<Staff<Reviewer>>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let ended = visit.write(&form, |conn, officer, _| {
        Ok(match moves::take_next(conn, officer)? {
            Some(number) => Goto::to(address(&number)),
            None => Goto::to("/staff/identity").saying(Flash::NoIdentityCase),
        })
    });
    ended.await?.or_fail(Error::Conflict)
}

fn address(number: &Number) -> String {
    format!("/staff/identity/{}", number.as_str())
}

fn number_in(path: &str) -> Result<Number, Error> {
    Number::parse('K', path).ok_or(Error::NotFound)
}

#[derive(Template)]
#[template(path = "identity/staff/show.html")]
struct Show {
    shell: Shell,
    seen: Seen,
    form: Judgement,
    errors: Errors,
}

/// What the page shows of a case.
struct Seen {
    case: Case,
    details: Details,
    pictures: Vec<Picture>,
    findings: Vec<Finding>,
}

impl Seen {
    /// Whether it may be approved as far as the checks go.
    fn approvable(&self) -> bool {
        !self.findings.iter().any(|finding| finding.fails())
    }

    fn picture(&self, picture: &Picture) -> String {
        format!("{}/pictures/{}", address(&self.case.number), picture.number.as_str())
    }
}

fn load(
    conn: &mut Conn,
    officer: &Staff<Reviewer>,
    number: &Number,
    per_number: i64,
    zone: &jiff::tz::TimeZone,
) -> Result<(Looked, Seen), Error> {
    let case = in_hand(conn, officer, number).map_err(failed)?;
    let details = details(officer, &case).ok_or(Error::NotFound)?;
    let pictures = cases::pictures(conn, case.id)?;
    let findings = findings(conn, officer, &case, &details, per_number, zone)?;
    let looked = Looked::at(case.account_id, case.number.as_str());
    Ok((looked, Seen { case, details, pictures, findings }))
}

/// What a refused look comes to.
fn failed(fault: crate::features::identity::fault::Fault) -> Error {
    match Stop::from(fault) {
        Stop::Failed(error) => error,
        Stop::Refused(_) | Stop::Counted(_) => Error::Conflict,
    }
}

async fn seen(visit: &Visit<Staff<Reviewer>>, number: Number) -> Result<(Shell, Seen), Error> {
    let (most, zone) = (visit.house().config.identity.per_number, visit.house().config.zone.clone());
    visit.look("identity_review", move |conn, officer| load(conn, officer, &number, most, &zone)).await
}

pub(in crate::features::identity) async fn show(
    visit: Visit<Staff<Reviewer>>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (shell, seen) = seen(&visit, number_in(&path)?).await?;
    page(Show { shell, seen, form: Judgement::default(), errors: Errors::none() })
}

/// A picture of the case in hand, and of no other.
pub(in crate::features::identity) async fn picture(
    visit: Visit<Staff<Reviewer>>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path.0)?;
    let file = Number::parse('D', &path.1).ok_or(Error::NotFound)?;
    let (_, (kind, name, bytes)) = visit
        .look("identity_review", move |conn, officer| {
            let case = in_hand(conn, officer, &number).map_err(failed)?;
            let (picture, sealed) = cases::sealed_picture(conn, case.id, &file)?.ok_or(Error::NotFound)?;
            let key = CaseKey::open(officer.keys(), &case.number, case.sealed_key.as_deref());
            let bytes = key.and_then(|key| key.open_bytes(&picture.number, &sealed)).ok_or(Error::NotFound)?;
            let kind = Kind::from_media_type(&picture.media_kind).ok_or(Error::NotFound)?;
            let looked = Looked::at(case.account_id, case.number.as_str()).file(file.as_str());
            Ok((looked, (kind, picture.part.as_str(), bytes.to_vec())))
        })
        .await?;
    Ok(downloads::serve_bytes(bytes, kind, name))
}

/// A reason and words for the customer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Judgement {
    reason: String,
    words: String,
    /// `reject` or `ask`: the button.
    verdict: String,
}

impl Judgement {
    fn read(&self) -> Result<(Reason, String), Errors> {
        let reason = Reason::parse(&self.reason);
        judged(reason, reason == Some(Reason::Other), &self.words)
    }
}

/// A reason, and the words for the customer: the reason speaks for itself, but for the one that says nothing.
pub(in crate::features::identity) fn judged<R>(
    reason: Option<R>,
    needs_words: bool,
    words: &str,
) -> Result<(R, String), Errors> {
    let mut errors = Errors::none();
    if reason.is_none() {
        errors.add("reason", FieldError::UnknownChoice);
    }
    let words = match plain::prose(words, 1000) {
        Err(FieldError::Missing) if !needs_words => String::new(),
        Ok(words) => words,
        Err(error) => {
            errors.add("words", error);
            String::new()
        }
    };
    match reason {
        Some(reason) if errors.is_empty() => Ok((reason, words)),
        _ => Err(errors),
    }
}

pub(in crate::features::identity) async fn approve(
    visit: Visit<Staff<Reviewer>>,
    path: Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let (rules, target) = (visit.house().config.identity, number.clone());
    let ended = visit
        .write(&form, move |conn, officer, _| {
            let flash = match moves::approve(conn, officer, &target, rules)? {
                CaseState::Seconded => Flash::IdentitySeconded,
                _ => Flash::IdentityApproved,
            };
            Ok(Goto::to("/staff/identity").saying(flash))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, _) => {
            let (_, seen) = seen(&visit, number).await?;
            again(Show { shell: *shell, seen, form: Judgement::default(), errors })
        }
    }
}

pub(in crate::features::identity) async fn judge(
    visit: Visit<Staff<Reviewer>>,
    path: Path<String>,
    form: Form<Judgement>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let (rules, target) = (visit.house().config.identity, number.clone());
    let ended = visit
        .write(&form, move |conn, officer, form| {
            let (reason, words) = form.read()?;
            let (by, flash) = match form.verdict.as_str() {
                "reject" => (Move::Reject, Flash::IdentityRejected),
                "ask" => (Move::Return, Flash::IdentityReturned),
                _ => return Err(Stop::Failed(Error::BadRequest)),
            };
            moves::turn_down(conn, officer, &target, (by, reason, &words), rules)?;
            Ok(Goto::to("/staff/identity").saying(flash))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, form) => {
            let (_, seen) = seen(&visit, number).await?;
            again(Show { shell: *shell, seen, form: form.clone(), errors })
        }
    }
}

pub(in crate::features::identity) async fn release(
    visit: Visit<Staff<Reviewer>>,
    path: Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let ended = visit.write(&form, move |conn, officer, _| {
        let case = in_hand(conn, officer, &number)?;
        moves::release(conn, officer, &case)?;
        Ok(Goto::to("/staff/identity").saying(Flash::IdentityReleased))
    });
    ended.await?.or_fail(Error::Conflict)
}
