//! The permanent reference of an account and its approved payers (D1): money that carries the reference, in the authenticated name
//! or in that of an approved payer, is credited without any declaration.

mod mails;
mod model;
mod moves;
mod pages;
mod queries;

pub use moves::{add, make_reference};
pub(super) use pages::{create, new, reference_do, remove_ask, remove_do, show};
pub use queries::NewPayer;
pub(super) use queries::{names_of, names_of_all};
