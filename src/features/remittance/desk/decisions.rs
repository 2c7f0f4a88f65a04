//! Finance's list of decisions, and agreeing to one or refusing it.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::model::DecisionState;
use super::moves;
use super::pages::{Reader, address};
use super::queries::{self, Waiting};
use crate::base::types::Number;
use crate::features::remittance::entries;
use crate::features::staff::{Finance, Staff, own_accounts};
use crate::web::forms::{Asking, Form};
use crate::web::lists::{PAGE, Rows};
use crate::web::{Error, Flash, Goto, Press, Shell, Visit, page};

fn decision_in(path: &str) -> Result<Number, Error> {
    Number::parse('X', path).ok_or(Error::NotFound)
}

pub(in crate::features::remittance) async fn agree_do(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = decision_in(&path)?;
    let ended = visit.write(&form, move |conn, officer, _| {
        let entry = moves::agree(conn, officer, &number)?;
        Ok(Goto::to(address(&entry)).saying(Flash::EntryDecided))
    });
    ended.await?.or_fail(Error::Conflict)
}

pub(in crate::features::remittance) async fn refuse_do(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = decision_in(&path)?;
    let ended = visit.write(&form, move |conn, officer, _| {
        let entry = moves::refuse(conn, officer, &number)?;
        Ok(Goto::to(address(&entry)).saying(Flash::EntryRefused))
    });
    ended.await?.or_fail(Error::Conflict)
}

/// The filter of the list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// `proposed` (the default), `done` or `refused`.
    pub state: String,
    /// The cursor.
    pub after: String,
}

#[derive(Template)]
#[template(path = "remittance/desk/list.html")]
struct List {
    shell: Shell,
    rows: Rows<Waiting>,
    state: DecisionState,
}

pub(in crate::features::remittance) async fn list(
    visit: Visit<Reader>,
    Asking(filter): Asking<Filter>,
) -> Result<HttpResponse, Error> {
    let state = DecisionState::parse(&filter.state).unwrap_or(DecisionState::Proposed);
    let cursor = Number::parse('X', &filter.after);
    let (shell, rows) = visit
        .list("decisions", json!({ "state": state.as_str() }), move |conn, officer| {
            let load = |after: Option<&Number>| queries::decisions(conn, officer.person_id(), state, after, PAGE + 1);
            let mut rows = Rows::below(cursor, load, |row| row.told.number.as_str().to_string())?;
            // What is money of the viewer's own is decided by others.
            let (own, about) = (own_accounts(conn, officer)?, rows.rows.iter().map(|row| row.entry.clone()));
            let theirs = entries::concerning(conn, officer, &own, &about.collect::<Vec<_>>())?;
            rows.rows.retain(|row| !theirs.contains(&row.entry));
            Ok(rows)
        })
        .await?;
    page(List { shell, rows, state })
}
