//! Work orders (E1, E3, E4): a customer asks, support answers, both read one conversation.
//!
//! Split by topic: `opening` takes a new one, `conversation` holds replies and moves of the state, `files` what was
//! attached, `desk` is the staff's side with the queue by due date. A customer sees what belongs to the current account;
//! notes are seen by staff alone. Every text becomes an entry, every move an entry and an operation record.
//!
//! Others use `seeding`, the same code the pages run on, to fill a demo company.

mod actor;
mod cards;
mod conversation;
mod desk;
mod files;
mod model;
mod opening;
mod personal;
mod queries;
mod routes;
pub(crate) mod seeding;

pub use model::{Category, TicketState, Urgency};
pub use queries::Contact;
// Named by the room's templates.
use conversation::view::{What, Who};
use model::Moved;

use crate::web::Feature;
use crate::web::feature::{CardSpec, MenuEntry};

/// The room.
pub fn feature() -> Feature {
    Feature {
        name: "tickets",
        routes: routes::routes,
        jobs: &[],
        personal: &[&personal::PERSONAL],
        menu: &[
            MenuEntry { key: "tickets", href: "/account/tickets", roles: &[], position: 60 },
            MenuEntry { key: "staff_tickets", href: "/staff/tickets", roles: &["support", "auditor"], position: 20 },
        ],
        overview: &[
            CardSpec { roles: &[], position: 6, draw: cards::task },
            CardSpec { roles: &[], position: 60, draw: cards::overview },
        ],
        desk: &[CardSpec { roles: &["support", "auditor"], position: 20, draw: cards::desk }],
        files: &[files::holds],
    }
}
