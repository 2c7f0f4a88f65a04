//! Locking one customer's sign-in for a reason, and unlocking it (RC9). Support and admins find a customer by the exact
//! address or number, and see no more of them than it takes to know that it is the right one.

mod find;
mod lock;
mod queries;

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    const OF_ONE: &str = "/staff/customers/{number}/lock";
    vec![
        route("/staff/customers/lock").get(find::new).post(find::create),
        route(OF_ONE).get(lock::show).post(lock::create),
        route("/staff/customers/{number}/unlocking").post(lock::update).form_at(OF_ONE),
    ]
}
