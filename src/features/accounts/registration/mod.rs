//! Registration (A1).

use crate::web::routes::Route;

pub(super) fn routes() -> Vec<Route> {
    Vec::new()
}
