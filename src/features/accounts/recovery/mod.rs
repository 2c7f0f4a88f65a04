//! Retrieving a forgotten password (A2): a code to the address, then the code and a new password in one form. It ends
//! every session and signs nobody in (RC1). Notices of sign-ins lead to it by a link (EN10).

pub(super) mod disown;
mod forgot;
mod reset;
mod undo;

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("/password/forgot").get(forgot::new).post(forgot::create),
        route("/password/reset").get(reset::edit).post(reset::update),
        route("/password/reset/resend").post(reset::resend).form_at("/password/reset"),
        route("/password/not-me/{token}").get(disown::edit).post(disown::update),
        route("/password/not-me/{token}/proof").post(disown::prove).form_at("/password/not-me/{token}"),
        route("/password/not-me/{token}/lock").post(disown::lock).form_at("/password/not-me/{token}"),
    ]
}
