//! Finance's page that asks before something is decided about an entry.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::model::{DecisionKind, Planned};
use super::moves::{self, Wish};
use super::pages::{address, flash, number_in};
use super::queries;
use crate::base::types::Number;
use crate::features::remittance::entries::{self, StatementEntry};
use crate::features::remittance::fields;
use crate::features::remittance::statements::Side;
use crate::features::staff::{Finance, Staff};
use crate::web::forms::{Asking, Errors, FieldError, Form};
use crate::web::{self, Ended, Error, Goto, Shell, Visit, page};

/// What is asked about.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// `park`, `send_back`, `keep`, `undo`, `charge` or `sent`.
    pub decision: String,
}

/// What is decided.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Deciding {
    /// The same words.
    pub decision: String,
    /// Why.
    pub note: String,
    /// Of `sent`: the entry that went back.
    pub counterpart: String,
}

#[derive(Template)]
#[template(path = "remittance/desk/ask.html")]
struct Ask {
    shell: Shell,
    entry: StatementEntry,
    kind: DecisionKind,
    going_back: Vec<(String, String)>,
    form: Deciding,
    errors: Errors,
}

impl Ask {
    fn word(&self) -> &'static str {
        self.kind.as_str()
    }
}

/// A kind of decision that this entry allows; crediting has pages of its own.
fn kind_of(entry: &StatementEntry, word: &str) -> Result<DecisionKind, Error> {
    let kind = DecisionKind::parse(word).filter(|kind| *kind != DecisionKind::Credit).ok_or(Error::NotFound)?;
    let fits = match kind.entry_move() {
        Some(by) => entry.state.allows(by),
        None => entry.side == Side::Debit,
    };
    if fits { Ok(kind) } else { Err(Error::Conflict) }
}

async fn asking(
    visit: &Visit<Staff<Finance>>,
    number: Number,
) -> Result<(Shell, (StatementEntry, Vec<(String, String)>)), Error> {
    visit
        .list("statements", json!({ "entry": number.as_str() }), move |conn, officer| {
            let entry = entries::one(conn, officer, &number)?.ok_or(Error::NotFound)?;
            let back = queries::going_back(conn, entry.amount)?;
            Ok((entry, back.iter().map(|number| (number.as_str().to_string(), number.to_string())).collect()))
        })
        .await
}

pub(in crate::features::remittance) async fn ask(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    Asking(asked): Asking<Asked>,
) -> Result<HttpResponse, Error> {
    let (shell, (entry, going_back)) = asking(&visit, number_in(&path)?).await?;
    let kind = kind_of(&entry, &asked.decision)?;
    let form = Deciding { decision: asked.decision, ..Deciding::default() };
    page(Ask { shell, entry, kind, going_back, form, errors: Errors::none() })
}

pub(in crate::features::remittance) async fn decide_do(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Deciding>,
) -> Result<HttpResponse, Error> {
    let (number, limit) = (number_in(&path)?, visit.house().config.money.four_eyes_from);
    let target = number.clone();
    let ended = visit
        .write(&form, move |conn, officer, form| {
            let entry = entries::one(conn, officer, &target)?.ok_or(Error::NotFound)?;
            let kind = kind_of(&entry, &form.decision)?;
            let mut errors = Errors::none();
            let note = fields::text(&mut errors, "note", &form.note, 500);
            let mut shares = Vec::new();
            if kind == DecisionKind::Sent {
                match Number::parse('E', &form.counterpart) {
                    Some(back) => {
                        let reference = back.as_str().into();
                        shares.push(Planned { reference, amount: entry.amount.0, balance: false });
                    }
                    None => errors.add("counterpart", FieldError::UnknownChoice),
                }
            }
            errors.check()?;
            let wish = Wish { kind, shares, note: Some(note) };
            let outcome = moves::decide(conn, officer, &target, &wish, limit)?;
            Ok(Goto::to(address(&target)).saying(flash(outcome)))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, form) => {
            let (_, (entry, going_back)) = asking(&visit, number).await?;
            let kind = kind_of(&entry, &form.decision)?;
            web::again(Ask { shell: *shell, entry, kind, going_back, form: Deciding::clone(&form), errors })
        }
    }
}
