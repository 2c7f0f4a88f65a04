//! Phone and address as means of verification (C1): binding a phone, replacing either, taking the phone away. A change is proved
//! by the other means and a code to the new one, or it waits three days while everybody is told; each can be undone for a
//! week by the link in its notice.

mod address;
mod code;
mod guard;
mod jobs;
mod model;
mod moves;
mod phone;
mod queries;
mod reach;
mod sending;
mod telling;
mod texts;

pub(super) use jobs::{finish_due, sweep, tell_again};
pub(super) use moves::{cancel_open, undo};
pub(super) use queries::{address_of, phone_of};
pub use reach::{addresses_of, changed_since, text_to};
pub(super) use telling::{Waiting, waiting_of};

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("/account/security/phone").get(phone::edit).post(phone::create),
        route("/account/security/phone/replacement").get(phone::replacement).post(phone::replace),
        route("/account/security/phone/removal").get(phone::removal).post(phone::remove),
        route("/account/security/address").get(address::edit).post(address::update),
        route("/account/security/code").get(code::show).post(code::create),
        route("/account/security/code/resend").post(code::resend).form_at("/account/security/code"),
        route("/account/security/changes/{number}/cancellation").post(code::cancel).form_at("/account/security"),
    ]
}
