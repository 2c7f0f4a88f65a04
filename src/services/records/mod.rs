//! Operation records (F11): every sign-in and every change, by whom, when, from where. They are inserted in the
//! transaction of the change and never altered; the payload is sealed under the key of the subject, so that destroying
//! that key erases the content and leaves the chain of events whole.

mod events;
mod lines;
mod personal;
mod queries;
mod subjects;

pub use events::Event;
pub use lines::{Line, lines_of_person};
pub use personal::PERSONAL;
pub use queries::{Own, Record, Search, failed_sign_ins, happened, keep, of_object, of_person, search, times_of};
pub use subjects::new_subject;

use serde_json::Value;

/// What is to be recorded.
#[derive(Debug, Clone)]
pub struct Entry {
    event: Event,
    object: Option<String>,
    account_id: Option<i64>,
    person_id: Option<i64>,
    subject_id: Option<i64>,
    /// Whether it is of no one person: every owner of the account reads it.
    of_all: bool,
    details: Value,
}

impl Entry {
    /// An event of the author's own account and person.
    pub fn new(event: Event) -> Self {
        Self {
            event,
            object: None,
            account_id: None,
            person_id: None,
            subject_id: None,
            of_all: false,
            details: Value::Null,
        }
    }

    /// The public number of what the event is about.
    #[must_use]
    pub fn about(mut self, object: impl ToString) -> Self {
        self.object = Some(object.to_string());
        self
    }

    /// Whom the event concerns, when that is not the author: the account.
    #[must_use]
    pub fn of_account(mut self, account_id: i64) -> Self {
        self.account_id = Some(account_id);
        self
    }

    /// The event is the account's, whoever of its members did it: every owner reads it, with the name of who did it.
    #[must_use]
    pub fn of_all(mut self, account_id: i64) -> Self {
        self.account_id = Some(account_id);
        self.of_all = true;
        self
    }

    /// Whom the event concerns, when that is not the author: the person and the subject whose key seals the payload.
    #[must_use]
    pub fn of_person(mut self, person_id: i64, subject_id: i64) -> Self {
        self.person_id = Some(person_id);
        self.subject_id = Some(subject_id);
        self
    }

    /// Facts worth keeping; never a secret, never a full number.
    #[must_use]
    pub fn with(mut self, details: Value) -> Self {
        self.details = details;
        self
    }
}
