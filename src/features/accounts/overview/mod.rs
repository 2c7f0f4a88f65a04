//! `/account`: what needs the person, the cards of the rooms, the latest records.

mod pages;

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![route("/account").get(pages::show)]
}
