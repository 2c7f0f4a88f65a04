//! Accounts (A): who signs in and what they belong to. An account holds what was bought; a person signs in; members
//! join the two with a role. Registration, mailed codes, sign-in, recovery, devices, the overview and the records.
//!
//! Others use the actors `Visitor`, `Person` and `Member<R>`; what they deref to goes into every query.

mod actor;
mod personal;
mod queries;
mod recovery;
mod registration;
mod sign_in;

pub use actor::{Any, Billing, Customer, Member, MemberRole, Owner, Person, Roles, Technical, Viewer, Visitor};
pub use queries::new_person;

use crate::web::Feature;
use crate::web::routes::Route;

/// The room.
pub fn feature() -> Feature {
    Feature {
        name: "accounts",
        routes,
        jobs: &[],
        personal: &[&personal::PERSONAL],
        menu: &[],
        overview: &[],
        desk: &[],
    }
}

fn routes() -> Vec<Route> {
    [registration::routes(), sign_in::routes(), recovery::routes()].into_iter().flatten().collect()
}
