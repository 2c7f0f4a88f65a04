//! Top-ups: the customer's side of a remittance, from the reference to the thread that follows it.

mod claiming;
mod declaring;
mod forms;
mod moves;
mod pages;
mod queries;
mod thread;

pub(super) use claiming::{claim_do, claim_form};
pub(super) use declaring::{DECLARATION_BYTES, declare_do, declare_form};
pub use moves::{declare, open, withdraw};
pub(super) use pages::{
    create, download, list, new, number_in, settle_ask, settle_do, show, slip, withdraw_ask, withdraw_do,
};
pub use queries::Declaration;
#[cfg(test)]
pub(super) use queries::Declared;
pub(super) use queries::{Row, TopUp, any, for_customer, holds, of_account, some, under_way};
pub(super) use thread::{Knot, knots};
