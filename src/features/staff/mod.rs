//! Staff (People, F10, F11): who works here, with which roles; activation, TOTP sign-in, the desk, the audit page.
//!
//! Others use the actor `Staff<R>`; it derefs to `Officer`, which goes into every query. The command line adds people by
//! `invite`, a demonstration by `enrol` and `propose`.

mod activation;
mod actor;
mod audit;
mod customers;
mod desk;
mod letters;
mod people;
mod personal;
mod proposals;
mod queries;
mod sign_in;
mod training;

pub use crate::features::accounts::factors::TotpSecret;
pub use actor::{
    Acts, Admin, AnyRole, Auditor, Consultant, Editor, Finance, Officer, Privacy, Reviewer, Staff, StaffRoles, Support,
};
pub use people::{Refusal, Summary, end_sessions, everybody, invite, lock, unlock};
pub use proposals::{Wanted, propose};
pub use queries::{Enrolled, enrol, is_near, is_own, own_accounts};

use crate::web::Feature;
use crate::web::feature::{CardSpec, MenuEntry};
use crate::web::routes::Route;

/// The room.
pub fn feature() -> Feature {
    Feature {
        name: "staff",
        routes,
        jobs: proposals::JOBS,
        personal: &[&personal::PERSONAL],
        menu: &[
            MenuEntry { key: "desk", href: "/staff", roles: &[], position: 10 },
            MenuEntry {
                key: "staff_customers_lock",
                href: "/staff/customers/lock",
                roles: &["support", "admin"],
                position: 75,
            },
            MenuEntry { key: "staff_people", href: "/staff/people", roles: &["admin", "auditor"], position: 80 },
            MenuEntry { key: "staff_audit", href: "/staff/audit", roles: &["auditor"], position: 90 },
        ],
        overview: &[],
        desk: &[CardSpec { roles: &["admin"], position: 10, draw: proposals::card }],
        files: &[],
    }
}

fn routes() -> Vec<Route> {
    [
        desk::routes(),
        sign_in::routes(),
        activation::routes(),
        proposals::routes(),
        people::routes(),
        customers::routes(),
        audit::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
