//! Payment requests (D1): a page to print that asks somebody, such as a customer's own accounts department, to make the transfer of a
//! top-up. It is no invoice. They are numbered year by year without a gap.

mod moves;
mod pages;
mod queries;

pub use moves::issue;
pub(super) use pages::{create, show};
pub(super) use queries::{PaymentRequest, of};
