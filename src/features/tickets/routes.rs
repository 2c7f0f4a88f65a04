//! The room's addresses.

use super::files::MOST_POST;
use super::{conversation, desk, files, opening};
use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("/account/tickets").get(conversation::list::list),
        route("/account/tickets/new").get(opening::pages::new).upload(opening::pages::create, MOST_POST),
        route("/account/tickets/{number}").get(conversation::pages::show).upload(conversation::pages::reply, MOST_POST),
        route("/account/tickets/{number}/closure")
            .post(conversation::pages::close)
            .form_at("/account/tickets/{number}"),
        route("/account/tickets/{number}/reopening")
            .post(conversation::pages::reopen)
            .form_at("/account/tickets/{number}"),
        route("/account/tickets/{number}/files/{file}").get(files::pages::show),
        route("/staff/tickets").get(desk::list::list),
        route("/staff/tickets/{number}").get(desk::pages::show).upload(desk::pages::reply, MOST_POST),
        route("/staff/tickets/{number}/notes").post(desk::moves::note).form_at("/staff/tickets/{number}"),
        route("/staff/tickets/{number}/assignment").post(desk::moves::assign).form_at("/staff/tickets/{number}"),
        route("/staff/tickets/{number}/resolution").post(desk::moves::resolve).form_at("/staff/tickets/{number}"),
        route("/staff/tickets/{number}/files/{file}").get(files::pages::show_to_staff),
    ]
}
