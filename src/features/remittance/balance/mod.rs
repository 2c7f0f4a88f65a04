//! What the ledger shows: a customer's balance and its movements; finance's accounts and trial balance.

mod chart;
mod pages;
mod staff;

pub(super) use pages::show;
pub(super) use staff::ledger;
