//! `/account/kept`: what somebody had typed when they were signed out, or before they confirmed who they are (A9, MF5).
//! Each post is offered once and lies for a day at most (`web/kept`).

mod card;
mod pages;

pub(super) use card::task;

use crate::web::routes::{Route, route};

const HERE: &str = "/account/kept";

pub(super) fn routes() -> Vec<Route> {
    vec![route(HERE).get(pages::list), route("/account/kept/{handle}/deletion").post(pages::delete).form_at(HERE)]
}
