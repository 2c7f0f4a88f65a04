//! Accounts (A): who signs in and what they belong to. An account holds what was bought; a person signs in; members
//! join the two with a role. Members and invitations, registration, mailed codes, sign-in, recovery, devices, the overview and the records.
//!
//! Others use the actors `Visitor`, `Person` and `Member<R>`; what they deref to goes into every query.
//!
//! `factors` is the second factor of customers and staff: `factors::is_on`, `factors::use_code`.
//!
//! Every door shares `guesses` (count before comparing: `guesses::count`, and `Guess::right` only once every factor was
//! right, then `guesses::clear`), `candidate` with `Candidate::prove` and `Proven::redeem` (a password, at the same cost
//! for addresses that nobody has) and `passwords::check` (judging a new one).

mod actor;
mod browsers;
mod codes;
mod contact;
pub mod factors;
pub mod guesses;
mod jobs;
mod kept;
mod letters;
mod locking;
mod members;
mod notifications;
mod overview;
pub mod passwords;
mod personal;
mod privacy;
mod profile;
mod proof;
mod queries;
mod records;
mod recovery;
mod registration;
mod scene;
mod security;
mod sign_in;
mod standing;
mod step_up;

pub use actor::{Any, Billing, Customer, Member, MemberRole, Owner, Person, Roles, Technical, Viewer, Visitor};
pub use browsers::{known as known_browser, learn as learn_browser};
pub use contact::{addresses_of, changed_since, text_to};
pub use factors::HalfSignedIn;
pub use locking::{Lock, LockReason, UnlockReason, lock_by_staff, lock_of, unlock_by_staff};
pub use members::{invite_as, join};
pub use passwords::PasswordClass;
pub use proof::{Candidate, Proven, candidate};
pub use queries::{
    Created, NewCustomer, Reader, create_customer, name_person, new_person, owners, owners_of, readers, readers_of,
    set_password,
};
pub use standing::{Stays, move_person};
pub use step_up::Fresh;

use crate::web::Feature;
use crate::web::feature::{CardSpec, MenuEntry};
use crate::web::routes::Route;

const MENU: &[MenuEntry] = &[
    MenuEntry { key: "overview", href: "/account", roles: &[], position: 10 },
    MenuEntry { key: "members", href: "/account/members", roles: &[], position: 65 },
    MenuEntry { key: "security", href: "/account/security", roles: &[], position: 70 },
    MenuEntry { key: "profile", href: "/account/profile", roles: &[], position: 75 },
    MenuEntry { key: "records", href: "/account/records", roles: &[], position: 90 },
    MenuEntry { key: "privacy", href: "/account/privacy", roles: &[], position: 95 },
    MenuEntry { key: "notifications", href: "/account/notifications", roles: &[], position: 96 },
];

/// The room.
pub fn feature() -> Feature {
    Feature {
        name: "accounts",
        routes,
        jobs: jobs::JOBS,
        personal: &[&personal::PERSONAL],
        menu: MENU,
        overview: &[CardSpec { roles: &[], position: 0, draw: kept::task }],
        desk: &[CardSpec { roles: &[], position: 0, draw: kept::task }],
        files: &[],
    }
}

fn routes() -> Vec<Route> {
    [
        registration::routes(),
        sign_in::routes(),
        recovery::routes(),
        overview::routes(),
        security::routes(),
        step_up::routes(),
        kept::routes(),
        contact::routes(),
        locking::routes(),
        factors::routes(),
        factors::waits::routes(),
        profile::routes(),
        members::routes(),
        records::routes(),
        privacy::routes(),
        notifications::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
