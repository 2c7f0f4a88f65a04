//! Entries of the receiving banks' statements, typed in by finance.

mod meeting;
mod model;
mod moves;
mod pages;
mod queries;
mod sought;
mod told;
mod voiding;

pub(super) use meeting::{Brought, Typed, meet};
pub use model::{EntryMove, EntryState, Hold};
pub use moves::{enter, void};
pub(super) use pages::{create, list, new};
pub use queries::NewEntry;
pub(super) use queries::{
    StatementEntry, arrived, arrived_of, candidates_for, concerning, goes_back, going_back, held_for, hide, hold,
    named_in, naming, one, ours_among, remitter, typed, waiting, waits_for,
};
pub use told::{Contradiction, Name};
pub(super) use voiding::{void_ask, void_do};
