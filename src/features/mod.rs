//! The rooms, each of one shape. A room may use those above it in `app/features.rs`, never those below.

pub mod accounts;
pub mod catalogue;
pub mod help;
pub mod identity;
pub mod privacy;
pub mod remittance;
pub mod staff;
pub mod tickets;
