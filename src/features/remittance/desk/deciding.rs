//! Finance's page that asks before something is decided about an entry.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde::Deserialize;

use super::model::DecisionKind;
use super::moves::{self, Wish};
use super::pages::{address, flash, number_in, one_entry};
use crate::features::remittance::entries::{self, StatementEntry};
use crate::features::remittance::fields;
use crate::features::remittance::statements::Side;
use crate::features::staff::{Finance, Staff};
use crate::web::forms::{Asking, Errors, Form};
use crate::web::{self, Ended, Error, Goto, Shell, Visit, page};

/// What is asked about.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// `park`, `send_back`, `keep`, `undo` or `charge`.
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
}

#[derive(Template)]
#[template(path = "remittance/desk/ask.html")]
struct Ask {
    shell: Shell,
    entry: StatementEntry,
    kind: DecisionKind,
    form: Deciding,
    errors: Errors,
}

impl Ask {
    fn word(&self) -> &'static str {
        self.kind.as_str()
    }
}

/// A kind of decision that this entry allows; crediting, and what sends an entry back, have pages of their own.
fn kind_of(entry: &StatementEntry, word: &str) -> Result<DecisionKind, Error> {
    let elsewhere = |kind: &DecisionKind| matches!(kind, DecisionKind::Credit | DecisionKind::Sent);
    let kind = DecisionKind::parse(word).filter(|kind| !elsewhere(kind)).ok_or(Error::NotFound)?;
    let fits = match kind.entry_move() {
        Some(by) => entry.state.allows(by),
        None => entry.side == Side::Debit && !entry.reversal,
    };
    if fits { Ok(kind) } else { Err(Error::Conflict) }
}

pub(in crate::features::remittance) async fn ask(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    Asking(asked): Asking<Asked>,
) -> Result<HttpResponse, Error> {
    let (shell, entry) = one_entry(&visit, number_in(&path)?).await?;
    let kind = kind_of(&entry, &asked.decision)?;
    let form = Deciding { decision: asked.decision, ..Deciding::default() };
    page(Ask { shell, entry, kind, form, errors: Errors::none() })
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
            errors.check()?;
            let wish = Wish { kind, shares: Vec::new(), note: Some(note) };
            let outcome = moves::decide(conn, officer, &target, &wish, limit)?;
            Ok(Goto::to(address(&target)).saying(flash(outcome)))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, form) => {
            let (_, entry) = one_entry(&visit, number).await?;
            let kind = kind_of(&entry, &form.decision)?;
            web::again(Ask { shell: *shell, entry, kind, form: Deciding::clone(&form), errors })
        }
    }
}
