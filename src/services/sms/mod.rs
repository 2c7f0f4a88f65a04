//! Text messages to mobile phones (C1): written to the outbox in the transaction of what they tell of, handed to a gateway by
//! a worker with retry, and given up once they would come too late. Number and text are sealed; the text is wiped on delivery.
//! Without a gateway they stay in the portal and are read at `/dev/mailbox`, as mails are.

mod gateway;
mod model;
mod moves;
mod personal;
mod queries;
mod worker;

pub use gateway::{Gateway, GatewayFault, SIGNATURE};
pub use model::{IllegalMove, TextMove, TextState};
pub use moves::Unmoved;
pub use personal::PERSONAL;
pub use queries::{Kept, dead_count, latest, send, waiting_count};
pub use worker::{PAUSE, deliver_due, wipe_old};

use std::time::Duration;

use crate::base::types::Phone;

/// A message to be sent. It may hold a code: no `Debug`.
#[derive(Clone)]
pub struct Text<'a> {
    /// The person it goes to.
    pub person_id: Option<i64>,
    /// Which message it is, e.g. `code_phone_new`.
    pub kind: &'static str,
    /// Where it goes.
    pub to: &'a Phone,
    /// What it says.
    pub text: String,
    /// For how long it is of use: a code that comes later only costs money.
    pub life: Duration,
}
