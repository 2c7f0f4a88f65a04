//! Finance's queue: a declaration beside the entries that may belong to it, confirming by a second person, refusing.

mod mails;
mod matching;
mod moves;
mod pages;
mod queries;

pub use moves::{confirm, refuse};
pub(super) use pages::{confirm_do, download, list, refuse_do, show};
pub use queries::Sight;
pub(super) use queries::{Customer, customers, waiting};
