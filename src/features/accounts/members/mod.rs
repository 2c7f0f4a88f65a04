//! Who belongs to an account (A8): members and their roles, invitations, leaving; and for a person of several accounts,
//! which one they work in.

mod actor;
mod choosing;
mod forms;
mod invitations;
mod letters;
mod model;
mod moves;
mod pages;
mod queries;

pub(super) use actor::Held;
pub(super) use choosing::entrance;
pub use invitations::{invite_as, join};
pub(super) use invitations::{sweep, tidy};

use super::{Any, Fresh, Member, Owner};
use crate::web::routes::{Route, route};

/// Who decides who belongs to the account, and as what: an owner who has just proved it (C2).
type Deciding = Fresh<Held<Member<Owner>>>;
/// Who takes back or sends again what was decided, which gives nobody more than before.
type Managing = Held<Member<Owner>>;
/// Who leaves.
type Leaving = Held<Member<Any>>;

const INVITATION: &str = "/invitations/{token}";

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("/account/choose").get(choosing::list).post(choosing::choose),
        route("/account/members").get(pages::list),
        route("/account/members/departure").get(pages::ask_leave).post(pages::leave),
        route("/account/members/invitations").post(invitations::pages::create).form_at("/account/members"),
        route("/account/members/invitations/{number}/sending")
            .post(invitations::pages::send_again)
            .form_at("/account/members"),
        route("/account/members/invitations/{number}/withdrawal")
            .post(invitations::pages::withdraw)
            .form_at("/account/members"),
        route("/account/members/{number}").get(pages::show),
        route("/account/members/{number}/role").post(pages::update).form_at("/account/members/{number}"),
        route("/account/members/{number}/removal").get(pages::ask_removal).post(pages::remove),
        route(INVITATION).get(invitations::link::show).post(invitations::link::accept),
        route("/invitations/{token}/registration").post(invitations::link::register).form_at(INVITATION),
    ]
}
