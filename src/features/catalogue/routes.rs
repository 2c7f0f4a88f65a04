//! The room's addresses.

use super::pages;
use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![route("/").get(pages::home), route("/products").get(pages::list), route("/products/{slug}").get(pages::show)]
}
