//! What the columns of a bank's CSV are: said once by a person from a preview, kept for the receiving account, and used for
//! every file that comes after.

mod form;
mod moves;
mod pages;
mod queries;
mod sheet;

pub(in crate::features::remittance) use pages::{edit, update};
pub use queries::current;
