//! The finance pages of statement entries.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;
use serde_json::json;
use validator::Validate;

use super::model::EntryState;
use super::moves;
use super::queries::{self, NewEntry, StatementEntry};
use super::sought::{By, sought};
use crate::base::db::Conn;
use crate::base::types::{Day, Number};
use crate::features::remittance::model::signs;
use crate::features::remittance::{fields, receiving};
use crate::features::staff::{Auditor, Finance, Staff, own_accounts};
use crate::web::forms::{Asking, Errors, FieldError, Form};
use crate::web::lists::{PAGE, Rows};
use crate::web::{self, Ended, Error, Flash, Goto, Shell, Visit, page};

/// The filter of the list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// `open` (the default), `credited`, `voided` or `all`.
    pub state: String,
    /// An amount, a serial number of the bank, the number of an entry, or a reference.
    pub q: String,
    /// The cursor.
    pub after: String,
}

impl Filter {
    /// The address of the same search among entries of a state.
    fn among(&self, state: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("state", state);
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
        format!("/staff/statements?{}", query.finish())
    }
}

#[derive(Template)]
#[template(path = "remittance/entries/list.html")]
struct List {
    shell: Shell,
    rows: Rows<StatementEntry>,
    filter: Filter,
    errors: Errors,
}

impl List {
    fn tab(&self, state: &str) -> String {
        self.filter.among(state)
    }

    fn here(&self, state: &str) -> bool {
        self.filter.state == state
    }
}

pub(in crate::features::remittance) async fn list(
    visit: Visit<Staff<(Finance, Auditor)>>,
    Asking(mut filter): Asking<Filter>,
) -> Result<HttpResponse, Error> {
    let state = match filter.state.as_str() {
        "all" => None,
        word => Some(EntryState::parse(word).unwrap_or(EntryState::Open)),
    };
    filter.state = state.map_or("all", EntryState::as_str).to_string();
    let by = match sought(&filter.q) {
        Ok(by) => by,
        Err(error) => {
            let shell = visit.admit().await?;
            let rows = Rows { rows: Vec::new(), next: None, later: false };
            return web::again(List { shell, rows, filter, errors: Errors::one("q", error) });
        }
    };
    let mut asked = json!({ "state": filter.state });
    if !by.is_empty() {
        asked["by"] = by.iter().map(By::told).collect();
    }
    let cursor = Number::parse('E', &filter.after);
    let (shell, rows) = visit
        .list("statements", asked, move |conn, officer| {
            let load = |after: Option<&Number>| queries::list(conn, officer, (state, &by), after, PAGE + 1);
            let mut rows = Rows::below(cursor, load, |row| row.number.as_str().to_string())?;
            let own = own_accounts(conn, officer)?;
            queries::hide(conn, officer, &own, &mut rows.rows)?;
            Ok(rows)
        })
        .await?;
    page(List { shell, rows, filter, errors: Errors::none() })
}

/// What finance reads off the statement.
#[derive(Clone, Default, Deserialize, Validate)]
#[serde(default)]
pub struct EntryForm {
    /// The receiving account's number.
    pub receiving: String,
    /// The day on which the bank booked it.
    pub booked_on: String,
    /// How much arrived.
    pub amount: String,
    /// The remitter's name.
    #[validate(length(min = 1, max = 120))]
    pub remitter: String,
    /// The remitter's account, when the statement shows it.
    pub remitter_account: String,
    /// The text of the remittance.
    pub text: String,
    /// The bank's serial number.
    #[validate(length(min = 1, max = 64))]
    pub bank_serial: String,
}

const ORDER: &[&str] = &["receiving", "booked_on", "amount", "remitter", "remitter_account", "text", "bank_serial"];

impl EntryForm {
    fn read(&self, conn: &mut Conn, today: Day) -> Result<NewEntry, Stopped> {
        let mut errors = Errors::none();
        let receiving = match Number::parse('B', &self.receiving) {
            Some(number) => receiving::opened(conn, &number)?,
            None => None,
        };
        if receiving.is_none() {
            errors.add("receiving", FieldError::UnknownChoice);
        }
        let booked_on = fields::past_day(&mut errors, "booked_on", &self.booked_on, today);
        let amount = fields::amount(&mut errors, "amount", &self.amount);
        let remitter = fields::line(&mut errors, "remitter", &self.remitter, 120);
        let account = fields::line_if_any(&mut errors, "remitter_account", &self.remitter_account, 64);
        let text = fields::line_if_any(&mut errors, "text", &self.text, 500);
        let bank_serial = fields::line(&mut errors, "bank_serial", &self.bank_serial, 64);
        if !bank_serial.is_empty() && signs(&bank_serial).is_empty() {
            errors.add("bank_serial", FieldError::Missing);
        }
        match (receiving, booked_on, amount, errors.is_empty()) {
            (Some(receiving), Some(booked_on), Some(amount), true) => Ok(NewEntry {
                receiving,
                booked_on,
                amount,
                remitter,
                remitter_account: (!account.is_empty()).then_some(account),
                text,
                bank_serial,
            }),
            _ => Err(errors.in_order(ORDER).into()),
        }
    }
}

type Stopped = crate::web::Stop;

#[derive(Template)]
#[template(path = "remittance/entries/new.html")]
struct New {
    shell: Shell,
    form: EntryForm,
    errors: Errors,
    accounts: Vec<(String, String)>,
    today: Day,
}

async fn accounts(visit: &Visit<Staff<Finance>>) -> Result<(Shell, Vec<(String, String)>), Error> {
    visit
        .read(|conn, _| {
            let known = receiving::known(conn)?;
            let word = |one: &receiving::Receiving| format!("{} · {}", one.bank_name, one.account_number);
            Ok(known.iter().map(|one| (one.number.as_str().to_string(), word(one))).collect())
        })
        .await
}

pub(in crate::features::remittance) async fn new(visit: Visit<Staff<Finance>>) -> Result<HttpResponse, Error> {
    let today = visit.asked().context.now.day(&visit.house().config.zone);
    let (shell, accounts) = accounts(&visit).await?;
    let form = EntryForm { booked_on: today.as_str().to_string(), ..EntryForm::default() };
    page(New { shell, form, errors: Errors::none(), accounts, today })
}

pub(in crate::features::remittance) async fn create(
    visit: Visit<Staff<Finance>>,
    form: Form<EntryForm>,
) -> Result<HttpResponse, Error> {
    let today = visit.asked().context.now.day(&visit.house().config.zone);
    let ended = visit
        .write(&form, move |conn, officer, form| {
            let new = form.read(conn, today)?;
            moves::enter(conn, officer, &new)?;
            Ok(Goto::to("/staff/statements").saying(Flash::EntryRecorded))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, form) => {
            let (_, accounts) = accounts(&visit).await?;
            crate::web::again(New { shell: *shell, form: EntryForm::clone(&form), errors, accounts, today })
        }
    }
}
