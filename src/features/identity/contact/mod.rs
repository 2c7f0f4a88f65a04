//! The contact of a company who is not the person asking: asked by a mailed link of their own, and nothing of them is
//! reviewed before they agree (B3).

mod moves;
mod pages;
mod queries;

pub(super) use moves::{ask, end, sweep};
pub(super) use pages::{answer, done, show};
pub(super) use queries::{agreed, forget};
