//! The room's addresses.

use super::{announcements, topics};
use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("/help").get(topics::list),
        route("/help/{slug}").get(topics::show),
        route("/announcements").get(announcements::list),
        route("/announcements/{slug}").get(announcements::show),
    ]
}
