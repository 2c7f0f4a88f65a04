//! Mail: written to the outbox in the transaction of the change it tells of, delivered by a worker with retry, growing
//! waits and a list of the dead. Bodies are sealed; those that hold a code are wiped on delivery or after a day.

mod delivery;
mod model;
mod moves;
mod personal;
mod queries;
mod worker;

pub use delivery::{Letter, Post, PostFault, Undelivered};
pub use model::{IllegalMove, MailMove, MailState};
pub use moves::{Unmoved, deliver_the_past};
pub use personal::PERSONAL;
pub use queries::{Delivered, dead_count, latest, send, waiting_count};
pub use worker::{PAUSE, deliver_due, wipe_old};

/// A mail to be sent. Bodies may hold codes: no `Debug`.
#[derive(Clone)]
pub struct Mail {
    /// The person it goes to, when known.
    pub person_id: Option<i64>,
    /// Which mail it is, e.g. `code_register`.
    pub kind: &'static str,
    /// The address it goes to, lower-cased.
    pub address: String,
    /// The subject line.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// Whether the body holds a code or a link that is a right: wiped early.
    pub holds_code: bool,
}
