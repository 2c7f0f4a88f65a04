//! What the ledger shows: a customer's balance and its movements; finance's accounts and trial balance.

mod banks;
mod bars;
mod chart;
mod pages;
mod queries;
mod staff;
mod trial;

pub(super) use bars::Age;
pub(super) use pages::show;
pub(super) use staff::ledger;
pub(super) use trial::{trial, trial_csv};
