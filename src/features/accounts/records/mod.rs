//! `/account/records`: what a person did and what was tried in their name (F11).

mod cursor;
mod pages;

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![route("/account/records").get(pages::list)]
}
