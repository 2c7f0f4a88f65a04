//! Help (E2): the help centre, found in English and in unspaced Chinese, and the announcements.
//!
//! Others use `newest` for announcements on their pages, and `seeding` to fill a database.

mod announcements;
mod routes;
pub mod seeding;
mod topics;

pub use announcements::{Headline, newest};
pub use topics::Topic;

use crate::services::personal::PersonalData;
use crate::web::Feature;

/// Tables `articles` and `announcements`: nothing personal.
const PERSONAL: PersonalData = PersonalData { tables: &["articles", "announcements"], columns: &[] };

/// The room.
pub fn feature() -> Feature {
    Feature {
        name: "help",
        routes: routes::routes,
        jobs: &[],
        personal: &[&PERSONAL],
        menu: &[],
        overview: &[],
        desk: &[],
        files: &[],
    }
}
