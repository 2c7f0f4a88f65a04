//! Entries of the receiving banks' statements, typed in by finance.

mod pages;
mod queries;

pub(super) use pages::{create, list, new};
pub use queries::{NewEntry, enter, receiving_id};
pub(super) use queries::{StatementEntry, list as entries_of, waiting};
