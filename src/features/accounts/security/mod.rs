//! `/account/security`: the security check, changing the password, devices (A5, C3). Serves customers and staff: these
//! are a person's own matters.

mod model;
mod pages;
mod password;
mod queries;
mod sessions;

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("/account/security").get(pages::show),
        route("/account/security/password").get(password::edit).post(password::update),
        route("/account/security/sessions").get(sessions::list),
        // Before the one with a parameter, which would take these words for names.
        route("/account/security/sessions/all/end")
            .post(sessions::end_everywhere)
            .form_at("/account/security/sessions"),
        route("/account/security/sessions/others/end").post(sessions::end_others).form_at("/account/security/sessions"),
        route("/account/security/browsers/{public_id}/end")
            .post(sessions::distrust)
            .form_at("/account/security/sessions"),
        route("/account/security/sessions/{public_id}/end").post(sessions::end).form_at("/account/security/sessions"),
    ]
}
