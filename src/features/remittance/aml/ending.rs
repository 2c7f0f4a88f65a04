//! Finance's pages on which a case ends by a word why: it was reported, or nothing is wrong with it.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::moves;
use super::queries::{self, Told};
use crate::base::types::Number;
use crate::features::identity;
use crate::features::remittance::entries::{self, Contradiction};
use crate::features::remittance::fields;
use crate::features::staff::{Finance, Staff, own_accounts};
use crate::web::forms::{Errors, Form};
use crate::web::{self, Ended, Error, Flash, Goto, Shell, Visit, page};

/// How a case ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It was reported to the authority.
    Report,
    /// Nothing is wrong with it.
    Clear,
}

impl Ending {
    fn may_end(self, case: &Told, person: i64) -> bool {
        match self {
            Self::Report => case.reportable(),
            Self::Clear => case.clearable(person),
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Clear => "clearance",
        }
    }

    /// What its page asks.
    const fn question(self) -> &'static str {
        match self {
            Self::Report => "Note that this case was reported?",
            Self::Clear => "Is nothing wrong with this money?",
        }
    }

    /// What its button says.
    const fn button(self) -> &'static str {
        match self {
            Self::Report => "It was reported",
            Self::Clear => "Nothing is wrong with it",
        }
    }

    /// What the note is to say.
    const fn hint(self) -> &'static str {
        match self {
            Self::Report => "To whom, when and under which number.",
            Self::Clear => "Why the other name, or the other reference, is right. Finance and the auditors read this.",
        }
    }

    /// How its button looks: what accuses somebody is no harmless thing.
    const fn kind(self) -> &'static str {
        match self {
            Self::Report => "bad",
            Self::Clear => "main",
        }
    }

    const fn said(self) -> (&'static str, Flash) {
        match self {
            Self::Report => ("/staff/aml?state=reported", Flash::AmlReported),
            Self::Clear => ("/staff/aml?state=cleared", Flash::AmlCleared),
        }
    }
}

/// Why a case ends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Reasons {
    /// The words.
    pub note: String,
    /// What of what other files told the page showed.
    pub seen: String,
}

#[derive(Template)]
#[template(path = "remittance/aml/ending.html")]
struct EndingPage {
    shell: Shell,
    case: Told,
    names: Names,
    ending: Ending,
    note: String,
    errors: Errors,
}

impl EndingPage {
    fn seen(&self) -> String {
        moves::sight(&self.names.2)
    }

    fn action(&self) -> String {
        format!("/staff/aml/{}/{}", self.case.number.as_str(), self.ending.word())
    }
}

fn number_in(path: &str) -> Result<Number, Error> {
    Number::parse('G', path).ok_or(Error::NotFound)
}

/// A case, and the names that it is about.
type Seen = (Told, Names);
/// Who sent the money, as the bank names them; the real name of the account; and what other files told.
type Names = (String, Option<String>, Vec<Contradiction>);

async fn open_case(visit: &Visit<Staff<Finance>>, number: Number, ending: Ending) -> Result<(Shell, Seen), Error> {
    visit
        .list("aml_cases", json!({ "case": number.as_str() }), move |conn, officer| {
            let own = own_accounts(conn, officer)?;
            let case = queries::told(conn, officer, &own, &number)?.ok_or(Error::NotFound)?;
            if !ending.may_end(&case, officer.person_id()) {
                return Err(if case.typed_by(officer.person_id()) { Error::Forbidden } else { Error::Conflict });
            }
            let entry = entries::one(conn, officer, &case.entry)?.ok_or(Error::NotFound)?;
            let real = match queries::one(conn, &number)?.and_then(|found| found.account_id) {
                Some(account) => identity::name_of(conn, officer.keys(), account)?,
                None => None,
            };
            let told = queries::contradictions(conn, officer.keys(), &case.entry)?;
            if ending == Ending::Clear && told.iter().any(|one| one.by == Some(officer.person_id())) {
                return Err(Error::Forbidden);
            }
            Ok((case, (entry.remitter, real, told)))
        })
        .await
}

async fn ask(visit: Visit<Staff<Finance>>, path: &str, ending: Ending) -> Result<HttpResponse, Error> {
    let (shell, (case, names)) = open_case(&visit, number_in(path)?, ending).await?;
    page(EndingPage { shell, case, names, ending, note: String::new(), errors: Errors::none() })
}

async fn end(
    visit: Visit<Staff<Finance>>,
    path: &str,
    form: Form<Reasons>,
    ending: Ending,
) -> Result<HttpResponse, Error> {
    let number = number_in(path)?;
    let target = number.clone();
    let ended = visit
        .write(&form, move |conn, officer, form| {
            let mut errors = Errors::none();
            let note = fields::text(&mut errors, "note", &form.note, 500);
            errors.check()?;
            match ending {
                Ending::Report => moves::report(conn, officer, &target, &note)?,
                Ending::Clear => moves::clear(conn, officer, &target, (&note, &form.seen))?,
            }
            let (to, flash) = ending.said();
            Ok(Goto::to(to).saying(flash))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, form) => {
            let (_, (case, names)) = open_case(&visit, number, ending).await?;
            web::again(EndingPage { shell: *shell, case, names, ending, note: form.note.clone(), errors })
        }
    }
}

pub(in crate::features::remittance) async fn report_ask(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    ask(visit, &path, Ending::Report).await
}

pub(in crate::features::remittance) async fn report_do(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Reasons>,
) -> Result<HttpResponse, Error> {
    end(visit, &path, form, Ending::Report).await
}

pub(in crate::features::remittance) async fn clear_ask(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    ask(visit, &path, Ending::Clear).await
}

pub(in crate::features::remittance) async fn clear_do(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Reasons>,
) -> Result<HttpResponse, Error> {
    end(visit, &path, form, Ending::Clear).await
}
