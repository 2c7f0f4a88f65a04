//! Operation records of everybody, for auditors (F11). Opening the list is a record itself.

mod model;
mod pages;

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![route("/staff/audit").get(pages::list)]
}
