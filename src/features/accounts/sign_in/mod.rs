//! Signing in and out (A2, A5).

use crate::web::routes::Route;

pub(super) fn routes() -> Vec<Route> {
    Vec::new()
}
