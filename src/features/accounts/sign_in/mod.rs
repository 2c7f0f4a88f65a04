//! Signing in and out (A2, A5, A7): by password, with a mailed code as second step on a browser that is not known, or
//! by a mailed code alone; whoever has a second factor gives that next (C2), which stands for the mailed second step.

mod code;
mod enter;
mod forms;
mod leave;
mod pages;
mod verify;

pub(super) use enter::{Entrant, Ways, enter, enter_by};

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("/login").get(pages::new).post(pages::create),
        route("/login/code").get(code::new).post(code::create),
        route("/login/verify").get(verify::show).post(verify::create),
        route("/login/verify/resend").post(verify::resend).form_at("/login/verify"),
        route("/logout").post(leave::create).form_at("/"),
    ]
}
