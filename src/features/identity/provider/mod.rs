//! The verification provider (B4): a machine of somebody else that compares a name and a number with official registers.
//! It is asked only where the person agreed to that on a page of its own, gets no more than it compares, and decides only
//! what it is sure of; everything else goes to the reviewers. `docs/identity.md` has the protocol.

mod hook;
mod model;
mod moves;
mod protocol;
mod queries;
mod question;
mod work;

pub(super) use hook::{MOST_BYTES, result};
pub(super) use model::Outcome;
pub(super) use moves::{begin, end};
#[cfg(debug_assertions)]
pub(super) use protocol::{Direction, Reply, Signed, verify};
pub(super) use queries::{at_provider, decide, outcome_of, waiting_for};
pub(super) use work::work;
