//! `/account/privacy`: what is kept about a person, why and for how long; what they agreed to.

mod pages;

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![route("/account/privacy").get(pages::show)]
}
