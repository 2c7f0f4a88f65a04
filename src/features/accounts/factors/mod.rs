//! The second factor (C2): the authenticator of a person, customer or staff, recovery codes in its place, and sign-ins
//! that wait for it. A customer switches it on and off at `/account/security/totp`; the staff get theirs with the
//! activation link.
//!
//! Others ask [`is_on`] whether there is one, and prove it by [`use_code`], which counts the guess before it compares and
//! takes each code once. What it counted has to be committed: whoever refuses answers `Stop::Counted`.

mod codes;
mod guess;
mod model;
mod moves;
mod pages;
mod queries;
mod shown;
mod totp;
pub(super) mod waits;

pub use guess::{Outcome, use_code};
pub(super) use guess::{forget, use_recovery_code};
pub(super) use model::{Factor, Second};
pub use moves::{LostFactor, end_waits, remove_lost, revoke, unused_since, used_since};
pub(super) use moves::{put_back, take_off, void_codes};
pub use queries::{is_on, set};
pub(super) use queries::{state, sweep};
pub use totp::TotpSecret;
pub use waits::HalfSignedIn;

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    const HERE: &str = "/account/security/totp";
    vec![
        route(HERE).get(pages::show).post(pages::begin),
        route("/account/security/totp/confirmation").post(pages::confirm).form_at(HERE),
        route("/account/security/totp/end").get(pages::ask_off).post(pages::off),
        route("/account/security/totp/codes").get(shown::show).post(shown::renew),
        route("/account/security/totp/codes/kept").post(shown::kept).form_at("/account/security/totp/codes"),
    ]
}
