//! Where received money goes (D3, D4): an entry of the statement is booked when it comes, and allocated to what it pays. The one
//! place that changes how much of a remittance has arrived, and that credits a wallet by it.

mod mails;
mod model;
mod moves;
mod queries;
mod telling;
mod undoing;

pub(super) use model::{AllocationKind, Payee, Share, Why};
pub(super) use moves::{Books, allocate, book, book_in, gate, settle, unbook};
pub(super) use queries::{
    Arrived, Permanent, Target, accounts_in, arrived, ever_paid, named_accounts, paid_accounts, permanent_of, target,
    target_of,
};
pub(super) use telling::{tell_held, tell_sent_back};
pub(super) use undoing::undo;
