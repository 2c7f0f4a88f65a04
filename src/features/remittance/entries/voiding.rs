//! Voiding an entry that was typed in wrongly.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::model::EntryMove;
use super::moves;
use super::queries::{self, StatementEntry};
use crate::base::types::Number;
use crate::features::remittance::fields;
use crate::features::staff::{Finance, Staff, own_accounts};
use crate::web::forms::{Errors, Form};
use crate::web::{self, Ended, Error, Flash, Goto, Shell, Visit, page};

fn number_in(path: &Path<String>) -> Result<Number, Error> {
    Number::parse('E', path).ok_or(Error::NotFound)
}

fn address(number: &Number) -> String {
    format!("/staff/statements/{}", number.as_str())
}

/// Why an entry is voided.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Voiding {
    /// What was wrong with it.
    pub reason: String,
}

#[derive(Template)]
#[template(path = "remittance/entries/void.html")]
struct Ask {
    shell: Shell,
    entry: StatementEntry,
    reason: String,
    errors: Errors,
}

async fn open_entry(visit: &Visit<Staff<Finance>>, number: Number) -> Result<(Shell, StatementEntry), Error> {
    let (shell, entry) = visit
        .list("statements", json!({ "entry": number.as_str() }), move |conn, officer| {
            let own = own_accounts(conn, officer)?;
            let entry = queries::one(conn, officer, &number)?.ok_or(Error::NotFound)?;
            if queries::concerning(conn, officer, &own, std::slice::from_ref(&number))?.is_empty() {
                Ok(entry)
            } else {
                Err(Error::Forbidden)
            }
        })
        .await?;
    // What a bank wrote is no slip of a person's.
    let typed_in = entry.import.is_none();
    if typed_in && entry.state.allows(EntryMove::Void) { Ok((shell, entry)) } else { Err(Error::Conflict) }
}

pub(in crate::features::remittance) async fn void_ask(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (shell, entry) = open_entry(&visit, number_in(&path)?).await?;
    page(Ask { shell, entry, reason: String::new(), errors: Errors::none() })
}

pub(in crate::features::remittance) async fn void_do(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Voiding>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let target = number.clone();
    let ended = visit
        .write(&form, move |conn, officer, form| {
            let mut errors = Errors::none();
            let reason = fields::text(&mut errors, "reason", &form.reason, 500);
            errors.check()?;
            moves::void(conn, officer, &target, &reason)?;
            Ok(Goto::to(address(&target)).saying(Flash::EntryVoided))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, form) => {
            let (_, entry) = open_entry(&visit, number).await?;
            web::again(Ask { shell: *shell, entry, reason: form.reason.clone(), errors })
        }
    }
}
