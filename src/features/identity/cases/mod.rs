//! Real-name cases: states, rows, what is sealed under the key of each, and the moves of their customers.

mod model;
mod moves;
mod queries;
mod sealed;

pub use model::{CaseState, IdentityKind, IdentityMethod, Reason};
pub(super) use model::{IllegalMove, LEASE, Move, Part};
pub(super) use moves::{
    Sealed, Told, add_picture, answer, details, keep_picture, lacks, move_by, move_by_contact, open, record,
    seal_picture, submit, sweep, withdraw,
};
pub(super) use queries::{Case, Picture, begun, columns, destroy, newest, own, pictures, sealed_picture};
pub(super) use sealed::{CaseKey, fingerprint, fingerprints, masked_name};
pub use sealed::{Company, Details};
