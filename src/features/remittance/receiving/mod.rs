//! Our receiving accounts: finance proposes and opens them, two people each time; top-ups name the one opened last.

mod pages;
mod queries;

pub(super) use pages::{closure, create, list, new, opening};
pub use queries::{NewReceiving, close, open, propose};
pub(super) use queries::{RECEIVING, Receiving, current, known};
