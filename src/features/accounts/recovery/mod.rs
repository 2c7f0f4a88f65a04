//! Retrieving a forgotten password (A2).

use crate::web::routes::Route;

pub(super) fn routes() -> Vec<Route> {
    Vec::new()
}
