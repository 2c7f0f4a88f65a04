//! Our receiving accounts: finance proposes opens and closes them, two people each time;
//! top-ups name the one opened last. Customers who still owe a transfer to a closed one are told.

mod jobs;
mod mails;
mod model;
mod pages;
mod queries;

pub(super) use jobs::JOBS;
pub use model::{ReceivingMove, ReceivingState};
pub(super) use pages::{closure, create, list, new, opening};
pub use queries::{NewReceiving, Receiving, make, opened, propose};
pub(super) use queries::{RECEIVING, any_takes_money, current, known};
