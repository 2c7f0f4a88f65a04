//! Our receiving accounts: finance proposes opens and closes them, two people each time;
//! top-ups name the one that is for them or takes their amount. Customers who still owe a transfer to a closed one are told.

mod jobs;
mod mails;
mod model;
mod moves;
mod pages;
mod queries;
mod telling;

pub(super) use jobs::JOB;
pub use model::{Range, ReceivingMove, ReceivingState};
pub use moves::{make, propose};
pub(super) use pages::{closure, closure_ask, create, list, new, opening};
pub(super) use queries::choosing::{any_takes_money, chosen, once_paid_to, paid_to};
pub(super) use queries::owing::payable_again;
pub use queries::{NewReceiving, Receiving, opened};
pub(super) use queries::{RECEIVING, known, stay, waiting};
