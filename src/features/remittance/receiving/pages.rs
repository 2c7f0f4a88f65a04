//! The finance pages of our receiving accounts.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::Path;
use askama::Template;
use serde::Deserialize;
use serde_json::Value;
use validator::Validate;

use super::model::{Range, ReceivingMove, ReceivingState};
use super::moves;
use super::queries::{self, Listed, NewReceiving, Outcome, Receiving};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::remittance::fields;
use crate::features::staff::{Auditor, Finance, Staff};
use crate::web::forms::{Errors, FieldError, Form};
use crate::web::{Ended, Error, Flash, Goto, Press, Shell, Stop, Visit, page};

#[derive(Template)]
#[template(path = "remittance/receiving/list.html")]
struct List {
    shell: Shell,
    rows: Vec<Listed>,
}

pub(in crate::features::remittance) async fn list(
    visit: Visit<Staff<(Finance, Auditor)>>,
) -> Result<HttpResponse, Error> {
    let (shell, rows) = visit.list("receiving", Value::Null, |conn, officer| Ok(queries::all(conn, officer)?)).await?;
    page(List { shell, rows })
}

/// What finance types in.
#[derive(Debug, Clone, Default, Deserialize, Validate)]
#[serde(default)]
pub struct ReceivingForm {
    /// The bank and its branch.
    #[validate(length(min = 1, max = 120))]
    pub bank_name: String,
    /// Whose account it is.
    #[validate(length(min = 1, max = 120))]
    pub holder: String,
    /// Its number.
    #[validate(length(min = 1, max = 64))]
    pub account_number: String,
    /// What a payer has to know.
    pub instructions: String,
    /// The least amount of a top-up that names it; any when empty.
    pub min_amount: String,
    /// The greatest.
    pub max_amount: String,
    /// The number of the one account whose top-ups name it; everybody's when empty.
    pub for_account: String,
}

impl ReceivingForm {
    fn read(&self, conn: &mut Conn, currency: &str) -> Result<NewReceiving, Stop> {
        let mut errors = Errors::none();
        let bank_name = fields::line(&mut errors, "bank_name", &self.bank_name, 120);
        let holder = fields::line(&mut errors, "holder", &self.holder, 120);
        let account_number = fields::account_number(&mut errors, "account_number", &self.account_number);
        if errors.of("account_number").is_none() && queries::in_use(conn, &account_number)? {
            errors.add("account_number", FieldError::ReceivingInUse);
        }
        let instructions = fields::line_if_any(&mut errors, "instructions", &self.instructions, 500);
        let range = Range {
            from: fields::amount_if_any(&mut errors, "min_amount", &self.min_amount),
            to: fields::amount_if_any(&mut errors, "max_amount", &self.max_amount),
        };
        if range.from.zip(range.to).is_some_and(|(from, to)| to < from) {
            errors.add("max_amount", FieldError::RangeBackwards);
        }
        let for_account_id = match self.for_account.trim() {
            "" => None,
            typed => {
                let number = Number::parse('A', typed);
                let found = number.map(|number| queries::customer(conn, &number)).transpose()?.flatten();
                if found.is_none() {
                    errors.add("for_account", FieldError::NoAccount);
                }
                found
            }
        };
        errors.check()?;
        let currency = currency.to_string();
        Ok(NewReceiving { bank_name, holder, account_number, currency, instructions, range, for_account_id })
    }
}

#[derive(Template)]
#[template(path = "remittance/receiving/new.html")]
struct New {
    shell: Shell,
    form: ReceivingForm,
    errors: Errors,
}

pub(in crate::features::remittance) async fn new(visit: Visit<Staff<Finance>>) -> Result<HttpResponse, Error> {
    page(New { shell: visit.admit().await?, form: ReceivingForm::default(), errors: Errors::none() })
}

pub(in crate::features::remittance) async fn create(
    visit: Visit<Staff<Finance>>,
    form: Form<ReceivingForm>,
) -> Result<HttpResponse, Error> {
    let currency = visit.house().config.currency.clone();
    let ended = visit.write(&form, move |conn, officer, form| {
        let new = form.read(conn, &currency)?;
        moves::propose(conn, officer, &new)?;
        Ok(Goto::to("/staff/receiving").saying(Flash::ReceivingProposed))
    });
    ended.await?.or(|shell, errors, form| New { shell, form: form.clone(), errors })
}

fn number_in(path: &str) -> Result<Number, Error> {
    Number::parse('B', path).ok_or(Error::NotFound)
}

pub(in crate::features::remittance) async fn opening(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let (number, currency) = (number_in(&path)?, visit.house().config.currency.clone());
    let ended = visit.write(&form, move |conn, officer, _| {
        moves::make(conn, officer, &currency, &number, ReceivingMove::Open)?;
        Ok(Goto::to("/staff/receiving").saying(Flash::ReceivingOpened))
    });
    done(ended.await?)
}

#[derive(Template)]
#[template(path = "remittance/receiving/close.html")]
struct Close {
    shell: Shell,
    row: Listed,
    outcome: Outcome,
    /// How many accounts pay to it under a permanent reference.
    standing: i64,
    next: Vec<Receiving>,
}

/// What closing comes to, for both who asked for it and who decides.
pub(in crate::features::remittance) async fn closure_ask(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let now = visit.asked().context.now;
    let (shell, found) = visit
        .read(move |conn, officer| {
            let rows = queries::all(conn, officer)?;
            let row = rows.into_iter().find(|row| row.account.number == number).ok_or(Error::NotFound)?;
            let (outcome, next) = (queries::outcome(conn, &row.account)?, queries::choosing::next(conn, &row.account)?);
            let standing = queries::standing::live(conn, &row.account, now)?;
            Ok((row, outcome, standing, next))
        })
        .await?;
    let (row, outcome, standing, next) = found;
    if row.account.state != ReceivingState::Closing {
        return Ok(HttpResponse::SeeOther().insert_header((LOCATION, "/staff/receiving")).finish());
    }
    page(Close { shell, row, outcome, standing, next })
}

/// Which step towards closing the page offered: a colleague may have made it meanwhile, and the next one is another
/// decision.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Closing {
    /// A word of [`ReceivingMove`].
    pub step: String,
}

pub(in crate::features::remittance) async fn closure(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Closing>,
) -> Result<HttpResponse, Error> {
    let (number, currency) = (number_in(&path)?, visit.house().config.currency.clone());
    let ended = visit.write(&form, move |conn, officer, form| {
        let (step, flash) = match ReceivingMove::parse(&form.step) {
            Some(step @ ReceivingMove::Drop) => (step, Flash::ReceivingDropped),
            Some(step @ ReceivingMove::AskToClose) => (step, Flash::ReceivingClosing),
            Some(step @ ReceivingMove::Keep) => (step, Flash::ReceivingKept),
            Some(step @ ReceivingMove::Close) => (step, Flash::ReceivingClosed),
            Some(ReceivingMove::Open) | None => return Err(Error::BadRequest.into()),
        };
        moves::make(conn, officer, &currency, &number, step)?;
        Ok(Goto::to("/staff/receiving").saying(flash))
    });
    done(ended.await?)
}

fn done<F>(ended: Ended<HttpResponse, F>) -> Result<HttpResponse, Error> {
    ended.or_fail(Error::Conflict)
}
