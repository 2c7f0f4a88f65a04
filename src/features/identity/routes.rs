//! The room's addresses.

use super::{asking, consents, contact, desk, provider, recoveries};
use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    let mut all = vec![
        route("/account/identity").get(asking::show),
        route("/account/identity/consent").get(consents::show).post(consents::answer),
        route("/account/identity/new").get(asking::new).post(asking::create),
        route("/account/identity/guardian").get(asking::guardian),
        route("/account/identity/withdrawal").get(asking::withdraw_ask).post(asking::withdraw_do),
        route("/account/identity/{number}/pictures").get(asking::edit).upload(asking::update, asking::PICTURES_BYTES),
        route("/account/identity/{number}/check").get(asking::check),
        route("/account/identity/{number}/submission").post(asking::submit).form_at("/account/identity/{number}/check"),
        route("/account/identity/{number}/end").get(asking::end_ask).post(asking::end_do),
        route("/identity/contact/{token}").get(contact::show).post(contact::answer),
        route("/identity/contact-answered").get(contact::done),
        route("/hooks/identity").hook(provider::result, provider::MOST_BYTES),
        route("/staff/identity").get(desk::list),
        route("/staff/identity/next").post(desk::take).form_at("/staff/identity"),
        route("/staff/identity/{number}").get(desk::show),
        route("/staff/identity/{number}/pictures/{file}").get(desk::picture),
        route("/staff/identity/{number}/approval").post(desk::approve).form_at("/staff/identity/{number}"),
        route("/staff/identity/{number}/verdict").post(desk::judge).form_at("/staff/identity/{number}"),
        route("/staff/identity/{number}/release").post(desk::release).form_at("/staff/identity/{number}"),
    ];
    all.extend(recoveries::routes());
    all
}
