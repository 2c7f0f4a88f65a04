//! Asking again before a sensitive step (C2): the password, or a mailed code where there is none, though somebody is
//! signed in. [`Fresh`] demands it; it holds for ten minutes, in that session only (MF4).

mod actor;
mod code;
mod pages;
mod queries;

pub use actor::Fresh;
pub(super) use actor::holds as proved;
pub(super) use queries::has_password;

use crate::web::routes::{Route, route};

const HERE: &str = "/account/step-up";

pub(super) fn routes() -> Vec<Route> {
    vec![
        route(HERE).get(pages::show).post(pages::create),
        route("/account/step-up/sending").post(code::send).form_at(HERE),
    ]
}
