//! The room's addresses.

use super::{cookies, leaving, machines, policy};
use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("/privacy").get(policy::current),
        route("/privacy/versions/{number}").get(policy::show),
        route("/cookies").get(cookies::edit).post(cookies::update),
        route("/leave").get(leaving::show),
        route("/contact").get(policy::contact),
        route("/.well-known/security.txt").open(machines::security),
        route("/.well-known/gpc.json").open(machines::gpc),
    ]
}
