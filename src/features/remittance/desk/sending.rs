//! Finance's page on which it is said which entry money that went out sends back.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::model::{DecisionKind, Planned};
use super::moves::{self, Wish};
use super::pages::{address, flash, foreign, number_in};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::remittance::allocating;
use crate::features::remittance::entries::{self, StatementEntry};
use crate::features::remittance::fields;
use crate::features::remittance::statements::Side;
use crate::features::staff::{Finance, Officer, Staff, own_accounts};
use crate::web::forms::{Errors, FieldError, Form};
use crate::web::{self, Ended, Error, Goto, Shell, Visit, page};

/// Which entry went back.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Sending {
    /// Its number.
    pub counterpart: String,
    /// Why.
    pub note: String,
}

#[derive(Template)]
#[template(path = "remittance/desk/sending.html")]
struct SendingPage {
    shell: Shell,
    entry: StatementEntry,
    going_back: Vec<(String, String)>,
    form: Sending,
    errors: Errors,
}

/// Money that went out, and the entries of its amount that are to go back.
fn load(conn: &mut Conn, officer: &Officer, number: &Number) -> Result<(StatementEntry, Vec<StatementEntry>), Error> {
    let entry = foreign(conn, officer, number)?;
    if entry.side != Side::Debit {
        return Err(Error::Conflict);
    }
    let arrived = allocating::arrived(conn, number)?.ok_or(Error::NotFound)?;
    let mut back = entries::going_back(conn, officer, (entry.amount, &arrived.currency))?;
    let own = own_accounts(conn, officer)?;
    entries::hide(conn, officer, &own, &mut back)?;
    back.retain(|one| !one.hidden);
    Ok((entry, back))
}

/// What tells one entry that goes back from another of the same amount.
fn choice(entry: &StatementEntry) -> (String, String) {
    let who = if entry.remitter.is_empty() { "not named by the bank" } else { &entry.remitter };
    let tail = entry.tail.as_ref().map(|tail| format!(" …{tail}")).unwrap_or_default();
    (entry.number.as_str().to_string(), format!("{} · {who}{tail} · {}", entry.number, entry.booked_on.words()))
}

async fn seen(
    visit: &Visit<Staff<Finance>>,
    number: Number,
) -> Result<(Shell, StatementEntry, Vec<(String, String)>), Error> {
    let (shell, (entry, back)) = visit
        .list("statements", json!({ "entry": number.as_str() }), move |conn, officer| load(conn, officer, &number))
        .await?;
    let choices = back.iter().map(choice).collect();
    Ok((shell, entry, choices))
}

pub(in crate::features::remittance) async fn sending_ask(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (shell, entry, going_back) = seen(&visit, number_in(&path)?).await?;
    page(SendingPage { shell, entry, going_back, form: Sending::default(), errors: Errors::none() })
}

pub(in crate::features::remittance) async fn sending_do(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Sending>,
) -> Result<HttpResponse, Error> {
    let (number, limit) = (number_in(&path)?, visit.house().config.money.four_eyes_from);
    let target = number.clone();
    let ended = visit
        .write(&form, move |conn, officer, form| {
            let (entry, back) = load(conn, officer, &target)?;
            let mut errors = Errors::none();
            let chosen =
                Number::parse('E', &form.counterpart).filter(|number| back.iter().any(|one| one.number == *number));
            if chosen.is_none() {
                errors.add("counterpart", FieldError::UnknownChoice);
            }
            let note = fields::text(&mut errors, "note", &form.note, 500);
            errors.check()?;
            let planned = |number: Number| Planned {
                reference: number.as_str().to_string(),
                amount: entry.amount.0,
                balance: false,
            };
            let shares = chosen.map(planned).into_iter().collect();
            let wish = Wish { kind: DecisionKind::Sent, shares, note: Some(note) };
            let outcome = moves::decide(conn, officer, &target, &wish, limit)?;
            Ok(Goto::to(address(&target)).saying(flash(outcome)))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, form) => {
            let (_, entry, going_back) = seen(&visit, number).await?;
            web::again(SendingPage { shell: *shell, entry, going_back, form: Sending::clone(&form), errors })
        }
    }
}
