//! The desk of finance (D3): an entry that needs a person beside what it may pay; crediting it, wholly or in parts, setting it
//! aside, sending it back, undoing a credit, and saying what money that went out was for. What one person may not do alone
//! waits for a second one.

mod candidates;
mod deciding;
mod decisions;
mod model;
mod moves;
mod pages;
mod queries;
mod screening;
mod sending;
mod shares;
mod splitting;

pub(super) use deciding::{ask, decide_do};
pub(super) use decisions::{agree_do, list, refuse_do};
pub(super) use model::{DecisionKind, DecisionState, Planned};
pub(super) use moves::{Outcome, Wish, decide, drop_waiting, refuse_own};
pub(super) use pages::{credit_do, next, show};
pub(super) use queries::waiting;
pub(super) use queries::{hold, touched};
pub(super) use sending::{sending_ask, sending_do};
pub(super) use shares::{split_ask, split_do};
