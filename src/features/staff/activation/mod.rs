//! The activation link (PW10): its owner chooses a password and confirms an authenticator; then the sign-in is ready.

mod pages;
mod queries;

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![route("/staff/activation/{token}").get(pages::new).post(pages::create)]
}
