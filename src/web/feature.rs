//! What a room is to the rest of the house: one value. The server, the clockwork, the navigation, the overview, the
//! staff desk and `doctor --routes` all work from the list of them.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::web::Data;

use super::error::Error;
use super::house::House;
use super::routes::Route;
use crate::base::db::Conn;
use crate::base::types::Moment;
use crate::services::context::Context;
use crate::services::personal::PersonalData;

/// A job of the clockwork.
#[derive(Clone, Copy)]
pub struct JobSpec {
    /// Its name in the table of jobs.
    pub name: &'static str,
    /// How often it runs, over all instances.
    pub every: Duration,
    /// What it does.
    pub run: JobRun,
}

/// The work of a job; the text of a failure goes to the log.
pub type JobRun = fn(Data<House>, Moment) -> Pin<Box<dyn Future<Output = Result<(), String>>>>;

/// One entry of the side navigation.
#[derive(Debug, Clone, Copy)]
pub struct MenuEntry {
    /// The key of its word in `templates/components/menu.html`.
    pub key: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// Who sees it; empty: everybody who sees the area.
    pub roles: &'static [&'static str],
    /// Its place in the order.
    pub position: u16,
}

/// Draws a card for the overview or the desk, or none; HTML from a template of the room.
pub type CardFn = fn(&mut Conn, &Context, &Look<'_>) -> Result<Option<String>, Error>;

/// How a card shows money and times.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The configured zone.
    pub zone: &'a jiff::tz::TimeZone,
    /// The currency, ISO 4217.
    pub currency: &'a str,
}

/// A card and who sees it.
#[derive(Clone, Copy)]
pub struct CardSpec {
    /// Who sees it; empty: everybody who sees the page.
    pub roles: &'static [&'static str],
    /// Its place in the order. Below 10 stands what needs the reader now: a task, drawn above the cards.
    pub position: u16,
    /// What draws it.
    pub draw: CardFn,
}

/// Answers which of these keys of the storage its rows hold. A file that nobody holds is deleted after a day.
pub type HoldsFn = fn(&mut Conn, &[String]) -> diesel::QueryResult<Vec<String>>;

/// A room.
pub struct Feature {
    /// Its name: the folder's.
    pub name: &'static str,
    /// Its pages.
    pub routes: fn() -> Vec<Route>,
    /// Its jobs.
    pub jobs: &'static [JobSpec],
    /// Its tables and their personal columns.
    pub personal: &'static [&'static PersonalData],
    /// Its entries of the side navigation, customers' and staff's.
    pub menu: &'static [MenuEntry],
    /// Its cards on `/account`.
    pub overview: &'static [CardSpec],
    /// Its cards on `/staff`.
    pub desk: &'static [CardSpec],
    /// Which files of the storage its tables hold.
    pub files: &'static [HoldsFn],
}

crate::base::types::text_enum! {
    /// What a member of staff may do. Combinable on one person.
    pub enum StaffRole {
        /// Work orders.
        Support = "support",
        /// Customer relations of assigned customers.
        Consultant = "consultant",
        /// Real-name review.
        Reviewer = "reviewer",
        /// Statements, remittances, ledger, refunds.
        Finance = "finance",
        /// Products, help, announcements.
        Editor = "editor",
        /// Policy, rights, retention, incidents.
        Privacy = "privacy",
        /// Reads every record, changes nothing.
        Auditor = "auditor",
        /// People, roles, settings; no customer data by that role alone.
        Admin = "admin",
    }
}

impl StaffRole {
    /// Whether two admins give it: it touches money or people's identity, reads every customer's, or gives such roles itself.
    #[must_use]
    pub const fn needs_two(self) -> bool {
        matches!(self, Self::Reviewer | Self::Finance | Self::Privacy | Self::Auditor | Self::Admin)
    }
}
