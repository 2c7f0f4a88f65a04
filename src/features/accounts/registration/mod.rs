//! Registration (A1): address, password, agreement to a named version of the policy; the account is made when the
//! mailed code comes back. Nobody learns whether an address has an account (A3).

mod forms;
mod notices;
mod pages;
mod verify;
mod waiting;

pub(super) use notices::keep_consents;

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("/register").get(pages::new).post(pages::create),
        route("/register/verify").get(verify::show).post(verify::create),
        route("/register/verify/resend").post(verify::resend).form_at("/register/verify"),
    ]
}
