//! What the customer's pages show of a case.

use serde_json::Value;

use super::forms::AnswersForm;
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::types::Moment;
use crate::features::identity::cases::{Case, CaseKey, Details, Reason};
use crate::features::identity::proofs::Proof;
use crate::features::identity::provider::Outcome;
use crate::features::identity::results::IdentityResult;
use crate::services::context::Context;
use crate::services::records::{self, Event};

/// Where the account's real name stands.
pub(super) struct Status {
    /// What was authenticated.
    pub result: Option<IdentityResult>,
    /// The newest case.
    pub case: Option<Case>,
    /// What happened with it, newest first.
    pub knots: Vec<Knot>,
    /// What proves it further, or is to.
    pub proof: Option<Proof>,
    /// Whether the reader may do something about it.
    pub owner: bool,
    /// Whether the reader began the case: another owner does not see what was typed.
    pub own: bool,
    /// Whether the verification provider is being asked.
    pub at_provider: bool,
}

impl Status {
    /// The case, while something can still become of it.
    pub fn open(&self) -> Option<&Case> {
        self.case.as_ref().filter(|case| case.state.is_open())
    }

    /// What the reviewer wrote with the last reason.
    pub fn words(&self) -> Option<&str> {
        self.knots.iter().find(|knot| knot.reason.is_some())?.words.as_deref()
    }
}

/// One thing that happened.
pub(super) struct Knot {
    pub event: Event,
    pub at: Moment,
    pub reason: Option<Reason>,
    pub words: Option<String>,
    /// Whether a contact's time to answer ended.
    pub expired: bool,
    /// Whether the verification provider decided.
    pub by_provider: bool,
    /// The host of the provider that was asked.
    pub provider: Option<String>,
    /// What the provider came to.
    pub outcome: Option<Outcome>,
}

/// What happened with a case; looks of reviewers are on the customer's records.
pub(super) fn knots(conn: &mut Conn, ctx: &Context, case: &Case) -> diesel::QueryResult<Vec<Knot>> {
    let text = |details: &Value, key: &str| details.get(key).and_then(Value::as_str).map(str::to_string);
    let mut knots: Vec<Knot> = records::of_object(conn, ctx, case.account_id, case.number.as_str())?
        .into_iter()
        .filter(|record| !matches!(record.event, Event::Looked | Event::IdentityReleased | Event::IdentityTaken))
        .map(|record| Knot {
            event: record.event,
            at: record.at,
            reason: text(&record.details, "reason").and_then(|word| Reason::parse(&word)),
            words: text(&record.details, "words").filter(|words| !words.is_empty()),
            expired: record.details["expired"].as_bool().unwrap_or_default(),
            by_provider: record.details["by"] == "provider",
            provider: text(&record.details, "provider"),
            outcome: text(&record.details, "outcome").and_then(|word| Outcome::parse(&word)),
        })
        .collect();
    knots.reverse();
    Ok(knots)
}

/// What was typed, as long as its key stands.
pub(super) fn details(keys: &Keys, case: &Case) -> Option<Details> {
    let key = CaseKey::open(keys, &case.number, case.sealed_key.as_deref())?;
    key.open_details(&case.number, case.sealed_details.as_deref())
}

/// The same in the form, for the one who typed it.
pub(super) fn answered(keys: &Keys, case: &Case) -> Option<AnswersForm> {
    let details = details(keys, case)?;
    let company = details.company.as_ref();
    let contact = company.and_then(|company| company.contact.clone());
    Some(AnswersForm {
        way: case.method.as_str().to_string(),
        company_name: company.map(|company| company.name.clone()).unwrap_or_default(),
        credit_code: company.map(|company| company.code.clone()).unwrap_or_default(),
        printed_so: String::new(),
        legal_name: details.name.clone(),
        document: case.document.as_str().to_string(),
        // A full number is never sent back: it is typed again when it changes.
        id_number: String::new(),
        birth: details.birth.clone().unwrap_or_default(),
        contact: if contact.is_some() { "other" } else { "self" }.to_string(),
        contact_email: contact.unwrap_or_default(),
    })
}
