//! The desk of finance (D3): an entry that needs a person beside what it may pay; crediting it, wholly or in parts, setting it
//! aside, sending it back, undoing a credit, and saying what money that went out was for. What one person may not do alone
//! waits for a second one.

mod candidates;
mod model;
mod moves;
mod pages;
mod queries;
mod splitting;

pub(super) use pages::{agree_do, ask, credit_do, decide_do, list, next, refuse_do, show, split_ask, split_do};
pub(super) use queries::waiting;
