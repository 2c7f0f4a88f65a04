//! The desk: what waits for this member of staff, gathered from every room.

mod pages;

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![route("/staff").get(pages::show)]
}
