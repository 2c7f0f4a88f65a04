//! Four eyes on roles that touch money or identity, and on taking somebody's authenticator away (RC3): one admin proposes,
//! another approves. Taking a role away needs no second one, and the command line stands behind these rules.

mod model;
mod moves;
mod pages;
mod queries;

pub(super) use model::{Proposal, ProposalKind, ProposalState};
pub use moves::{Wanted, propose};
pub(super) use pages::{JOBS, card};
pub(super) use queries::{awaited, waiting, waiting_for};

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("/staff/people/proposals/{number}").get(pages::show),
        route("/staff/people/proposals/{number}/approval")
            .post(pages::approve)
            .form_at("/staff/people/proposals/{number}"),
        route("/staff/people/proposals/{number}/rejection")
            .post(pages::reject)
            .form_at("/staff/people/proposals/{number}"),
        route("/staff/people/proposals/{number}/withdrawal")
            .post(pages::withdraw)
            .form_at("/staff/people/proposals/{number}"),
    ]
}
