//! Who works here: adding, roles, a new beginning, the end. Admins write, auditors read.

mod authenticator;
mod console;
mod forms;
mod moves;
mod pages;
mod queries;

pub(super) use moves::{Kept, add_roles, remove_totp};

pub use console::{Refusal, Summary, end_sessions, everybody, invite, lock, unlock};

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("/staff/people").get(pages::list).post(pages::create),
        route("/staff/people/new").get(pages::new),
        route("/staff/people/{number}").get(pages::show),
        route("/staff/people/{number}/roles").post(pages::update).form_at("/staff/people/{number}"),
        route("/staff/people/{number}/activation").post(pages::renew).form_at("/staff/people/{number}"),
        route("/staff/people/{number}/authenticator").post(authenticator::create).form_at("/staff/people/{number}"),
        route("/staff/people/{number}/sessions").post(pages::end_sessions).form_at("/staff/people/{number}"),
        route("/staff/people/{number}/closure").get(pages::ask_end).post(pages::end),
    ]
}
