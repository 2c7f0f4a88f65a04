//! "Lock my account" (RC9): one button, on the security page and behind the link of every notice, ends all sessions and lets
//! nobody in. Only the owner unlocks it again, by a mailed code and a new password; whom staff locked does not: staff lock with a
//! reason, also what its owner had locked, and staff alone unlock that again.

mod lock;
mod model;
mod moves;
mod queries;
mod unlock;

pub use model::{Lock, LockReason, UnlockReason};
pub(super) use moves::{lock, no_code, tell_locked};
pub use moves::{lock_by_staff, unlock_by_staff};
pub use queries::lock_of;

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("/account/security/lock").get(lock::new).post(lock::create),
        route("/unlock").get(unlock::new).post(unlock::create),
        route("/unlock/finish").get(unlock::edit).post(unlock::update),
        route("/unlock/resend").post(unlock::resend).form_at("/unlock/finish"),
    ]
}
