//! Further proof by a remittance (B2, B4): of a person one in the verified name, of a company one of a small random amount
//! that was shown to it. A proof stands with the account's result and falls with it. The money itself is of the room
//! `remittance`, which brings what arrived and is told here whether it proves anything.

mod model;
mod moves;
mod names;
mod queries;

pub use model::{Found, Paid, ProofKind, ProofState};
pub(super) use moves::fall;
pub use moves::{ask_proof, examine_proof, proved, record_proof};
pub use names::same_name;
pub(super) use queries::standing;
pub use queries::{Proof, provable};
