//! Entries of the receiving banks' statements, typed in by finance.

mod model;
mod pages;
mod queries;

pub use model::{EntryMove, EntryState};
pub(super) use pages::{create, list, new};
pub use queries::{NewEntry, enter};
pub(super) use queries::{StatementEntry, candidates_for, waiting};
