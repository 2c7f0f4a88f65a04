//! Identity (B): real-name cases from the first question to the decision, what is stored of them, and the gate that other
//! rooms ask for.
//!
//! Others use `seeding`, the same moves without a page, to fill a demo company.
//!
//! `Verified<M>` admits only members of an account whose real name was authenticated (B6).

mod actor;
mod asking;
mod cards;
mod cases;
mod consents;
mod contact;
mod desk;
mod fault;
mod jobs;
mod letters;
mod numbers;
mod personal;
#[cfg(debug_assertions)]
mod probe;
mod proofs;
mod provider;
mod recoveries;
mod results;
mod routes;
pub(crate) mod seeding;

pub use actor::Verified;
pub use cases::{CaseState, IdentityKind, IdentityMethod, Reason};
#[cfg(debug_assertions)]
pub use probe::probe;
pub use proofs::{Found, Paid, ProofKind, ask_proof, examine_proof, provable, proved, record_proof, same_name};
pub use recoveries::{RecoveryReason, RecoveryState};
pub use results::{IdentityResult, NewResult, hold_name, name_of, names_of, result_of, store};

use crate::web::Feature;
use crate::web::feature::{CardSpec, MenuEntry};

/// The room.
pub fn feature() -> Feature {
    Feature {
        name: "identity",
        routes: routes::routes,
        jobs: jobs::JOBS,
        personal: &[&personal::PERSONAL],
        menu: &[
            MenuEntry { key: "identity", href: "/account/identity", roles: &[], position: 80 },
            MenuEntry { key: "staff_identity", href: "/staff/identity", roles: &["reviewer"], position: 20 },
            MenuEntry { key: "staff_recoveries", href: "/staff/recoveries", roles: &["reviewer"], position: 21 },
        ],
        overview: &[
            CardSpec { roles: &[], position: 0, draw: recoveries::task },
            CardSpec { roles: &[], position: 1, draw: cards::task },
        ],
        desk: &[
            CardSpec { roles: &["reviewer"], position: 20, draw: desk::card },
            CardSpec { roles: &["reviewer"], position: 21, draw: recoveries::card },
        ],
        files: &[],
    }
}
