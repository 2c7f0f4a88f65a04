//! `/account/notifications`: which business notices a person wants (F13). Each kind is a consent of its own, given and
//! withdrawn in the same place; mails about one's own account are no notices and always come.

mod model;
mod pages;

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![route("/account/notifications").get(pages::edit).post(pages::update)]
}
