//! The room's addresses.

use super::pages;
use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![route("/account/identity").get(pages::show)]
}
