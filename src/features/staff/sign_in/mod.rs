//! The staff's own door: address, password and code in one form, and one answer to whatever is wrong with them (EN11).

mod model;
mod moves;
mod pages;
mod queries;

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![route("/staff/login").get(pages::new).post(pages::create)]
}
