//! Matching (D3): what the rules do with an entry that was imported. `rules` decides and touches nothing; `looking` finds what it
//! decides on and does as it says.

mod looking;
mod queries;
mod rules;

pub(super) use looking::{is_double, look_at_all, look_at_next};
