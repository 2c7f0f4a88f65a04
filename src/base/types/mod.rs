//! The small types everything else is built from: each rule about a value stands here once.
//!
//! A value of one of these types has been checked. All of them go in and out of both databases through one generic
//! pair of impls, so no query knows which engine runs.

mod address;
mod day;
mod moment;
mod money;
mod number;
mod phone;
mod sql;
mod text_enum;

pub use address::Address;
pub use day::Day;
pub use moment::Moment;
pub use money::{Money, MoneyError, currency_sign, grouped};
pub use number::Number;
pub use phone::{Phone, PhoneFault};
pub(crate) use sql::stored_as;
pub(crate) use text_enum::text_enum;
