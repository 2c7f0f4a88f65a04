//! Identity (B): what is stored of a real-name authentication, its page, and the gate that other rooms ask for.
//!
//! `Verified<M>` admits only members of an account whose real name was authenticated (B6).

mod actor;
mod cards;
mod pages;
mod personal;
mod queries;
mod routes;

pub use actor::Verified;
pub use queries::{IdentityKind, IdentityMethod, IdentityResult, NewResult, result_of, store};

use crate::web::Feature;
use crate::web::feature::{CardSpec, MenuEntry};

/// The room.
pub fn feature() -> Feature {
    Feature {
        name: "identity",
        routes: routes::routes,
        jobs: &[],
        personal: &[&personal::PERSONAL],
        menu: &[MenuEntry { key: "identity", href: "/account/identity", roles: &[], position: 80 }],
        overview: &[CardSpec { roles: &[], position: 1, draw: cards::task }],
        desk: &[],
        files: &[],
    }
}
