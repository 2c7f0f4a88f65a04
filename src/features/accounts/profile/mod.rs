//! `/account/profile`: what the person and the account are called.

mod pages;
mod queries;

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("/account/profile").get(pages::edit).post(pages::update),
        route("/account/profile/account").post(pages::name_account).form_at("/account/profile"),
    ]
}
