//! The catalogue (A6, D5): the start page, the products with their plans and prices, and the search. Open to everybody.
//!
//! Others use `seeding` to fill a database.

mod model;
mod pages;
mod queries;
mod routes;
pub mod seeding;

pub use model::{Category, Period};

use crate::services::personal::PersonalData;
use crate::web::Feature;

/// Tables `products` and `plans`: nothing personal.
const PERSONAL: PersonalData = PersonalData { tables: &["products", "plans"], columns: &[] };

/// The room.
pub fn feature() -> Feature {
    Feature {
        name: "catalogue",
        routes: routes::routes,
        jobs: &[],
        personal: &[&PERSONAL],
        menu: &[],
        overview: &[],
        desk: &[],
        files: &[],
    }
}
