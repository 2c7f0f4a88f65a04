//! The finance pages of remittances.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::matching::{Candidate, Known, candidates};
use super::moves;
use super::queries::{self, Payer, Queued, Sight};
use crate::base::db::Conn;
use crate::base::types::{Moment, Number};
use crate::features::identity;
use crate::features::remittance::desk::Outcome;
use crate::features::remittance::entries::{self, EntryState};
use crate::features::remittance::fields;
use crate::features::remittance::model::{Move, RemittanceState};
use crate::features::remittance::payers;
use crate::features::remittance::top_ups::{self, Knot, TopUp, number_in};
use crate::features::staff::{Auditor, Finance, Officer, Staff, is_own, own_accounts};
use crate::web::forms::{Asking, Errors, Form};
use crate::web::lists::{PAGE, Rows};
use crate::web::visit::Looked;
use crate::web::{Actor, Ended, Error, Flash, Goto, Shell, Visit, page};

/// Who reads; only finance acts.
type Reader = Staff<(Finance, Auditor)>;

const SHOWN: usize = 6;

/// The filter of the queue.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// A state; `declared` by default.
    pub state: String,
    /// The cursor.
    pub after: String,
}

#[derive(Template)]
#[template(path = "remittance/confirming/list.html")]
struct List {
    shell: Shell,
    rows: Rows<Queued>,
    state: RemittanceState,
    waiting: i64,
}

pub(in crate::features::remittance) async fn list(
    visit: Visit<Reader>,
    Asking(filter): Asking<Filter>,
) -> Result<HttpResponse, Error> {
    let state = RemittanceState::parse(&filter.state).unwrap_or(RemittanceState::Declared);
    let cursor = Number::parse('R', &filter.after);
    let (shell, (rows, waiting)) = visit
        .list("remittances", json!({ "state": state.as_str() }), move |conn, officer| {
            let load = |after: Option<&Number>| queries::queue(conn, officer, state, after, PAGE + 1);
            let rows = Rows::below(cursor, load, |row| row.number.as_str().to_string())?;
            Ok((rows, queries::waiting(conn)?.0))
        })
        .await?;
    page(List { shell, rows, state, waiting })
}

/// What stands on a remittance's page.
struct Case {
    top_up: TopUp,
    payer: Payer,
    knots: Vec<Knot>,
    candidates: Vec<Candidate>,
    /// Whether money that names it is here and waits.
    arrived: bool,
}

#[derive(Template)]
#[template(path = "remittance/confirming/show.html")]
struct Show {
    shell: Shell,
    case: Case,
    reason: String,
    errors: Errors,
}

impl Show {
    /// When the declaration that is shown was made: what is confirmed must be what was seen.
    fn seen(&self) -> i64 {
        self.case.top_up.declared.as_ref().map_or(0, |told| told.at.0)
    }

    /// The id of an entry's box: the first one is where the error summary leads.
    fn box_of(&self, one: &Candidate) -> String {
        let first = self.case.candidates.iter().find(|other| other.names_another.is_some() && !other.entry.own);
        if first.is_some_and(|first| first.entry.number == one.entry.number) {
            return "another_checked".into();
        }
        format!("another_checked-{}", one.entry.number.as_str())
    }

    /// Whether the viewer may act on it.
    fn acts(&self) -> bool {
        self.shell.has_role("finance") && self.case.top_up.state.allows(Move::Refuse)
    }
}

/// The remittance for the eyes of finance; one of an account that is also their own is for others.
fn foreign(conn: &mut Conn, officer: &Officer, number: &Number) -> Result<TopUp, Error> {
    let top_up = top_ups::any(conn, officer, number)?.ok_or(Error::NotFound)?;
    if is_own(conn, officer.person_id(), top_up.account_id)? { Err(Error::Forbidden) } else { Ok(top_up) }
}

async fn case<A: Actor + crate::web::MayLook + std::ops::Deref<Target = Officer>>(
    visit: &Visit<A>,
    number: Number,
) -> Result<(Shell, Case), Error> {
    visit
        .look("remittance", move |conn, officer| {
            let top_up = foreign(conn, officer, &number)?;
            let payer = queries::payer(conn, &top_up)?;
            let knots = top_ups::knots(conn, officer.ctx(), &top_up)?;
            let mut open = if top_up.state.allows(Move::Refuse) {
                entries::candidates_for(conn, officer, &top_up)?
            } else {
                Vec::new()
            };
            let own = own_accounts(conn, officer)?;
            entries::hide(conn, officer, &own, &mut open)?;
            open.retain(|entry| !entry.hidden);
            let known = Known {
                name: identity::name_of(conn, officer.keys(), top_up.account_id)?,
                payers: payers::names_of(conn, officer.keys(), top_up.account_id)?,
                remembered: queries::remembered(conn, officer, top_up.account_id)?,
            };
            let candidates = candidates(&top_up, open, &known, SHOWN);
            let looked = Looked::at(top_up.account_id, number.as_str());
            let arrived = entries::arrived(conn, &number)?;
            Ok((looked, Case { top_up, payer, knots, candidates, arrived }))
        })
        .await
}

pub(in crate::features::remittance) async fn show(
    visit: Visit<Reader>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (shell, case) = case(&visit, number_in(&path)?).await?;
    page(Show { shell, case, reason: String::new(), errors: Errors::none() })
}

/// Confirming against one entry.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Confirmation {
    /// The entry's number.
    pub entry: String,
    /// When the declaration was made that was looked at.
    pub seen: String,
    /// "yes": the entry names another top-up and belongs here all the same.
    pub another_checked: String,
}

/// What cannot be read is the moment of no declaration at all.
fn seen(text: &str) -> Moment {
    Moment(text.parse().unwrap_or(0))
}

pub(in crate::features::remittance) async fn confirm_do(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Confirmation>,
) -> Result<HttpResponse, Error> {
    let (number, limit) = (number_in(&path)?, visit.house().config.money.four_eyes_from);
    let target = number.clone();
    let ended = visit
        .write(&form, move |conn, officer, form| {
            let entry = Number::parse('E', &form.entry).ok_or(Error::NotFound)?;
            let sight = Sight { declared_at: seen(&form.seen), another_checked: form.another_checked == "yes" };
            Ok(match moves::confirm(conn, officer, &target, &entry, sight, limit)? {
                Outcome::Done => {
                    let to = format!("/staff/remittances/{}", target.as_str());
                    Goto::to(to).saying(Flash::RemittanceConfirmed)
                }
                Outcome::Proposed => {
                    Goto::to(format!("/staff/statements/{}", entry.as_str())).saying(Flash::EntryProposed)
                }
            })
        })
        .await?;
    again(&visit, ended, number, |_| String::new()).await
}

/// Refusing with a reason.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Refusal {
    /// What the customer reads.
    pub reason: String,
    /// When the declaration was made that was looked at.
    pub seen: String,
}

pub(in crate::features::remittance) async fn refuse_do(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Refusal>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let target = number.clone();
    let ended = visit
        .write(&form, move |conn, officer, form| {
            let mut errors = Errors::none();
            let reason = fields::text(&mut errors, "reason", &form.reason, 1000);
            errors.check()?;
            moves::refuse(conn, officer, &target, &reason, seen(&form.seen))?;
            Ok(Goto::to(format!("/staff/remittances/{}", target.as_str())).saying(Flash::RemittanceRefused))
        })
        .await?;
    again(&visit, ended, number, |form| form.reason.clone()).await
}

async fn again<F>(
    visit: &Visit<Staff<Finance>>,
    ended: Ended<HttpResponse, F>,
    number: Number,
    reason: impl FnOnce(&F) -> String,
) -> Result<HttpResponse, Error> {
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, form) => {
            let reason = reason(&form);
            let (_, case) = case(visit, number).await?;
            crate::web::again(Show { shell: *shell, case, reason, errors })
        }
    }
}

pub(in crate::features::remittance) async fn download(
    visit: Visit<Reader>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let (_, top_up) = visit
        .look("slip", move |conn, officer| {
            let top_up = foreign(conn, officer, &number)?;
            // A declaration made anew may bring another slip: that is another file.
            let told = top_up.declared.as_ref().filter(|told| told.slip.is_some()).ok_or(Error::NotFound)?;
            let file = format!("slip declared {}", told.at.rfc3339());
            Ok((Looked::at(top_up.account_id, number.as_str()).file(file), top_up))
        })
        .await?;
    top_ups::slip(&visit, top_up).await
}
