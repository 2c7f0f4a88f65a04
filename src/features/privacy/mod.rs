//! Privacy (F): the policy and its versions, cookies, leaving for another site, contact, and what machines ask about
//! them.

mod cookies;
mod leaving;
mod machines;
mod policy;
mod routes;

pub use policy::publish_first;

use crate::web::Feature;

/// The room. Policy versions and consents are held by `services::consent`.
pub fn feature() -> Feature {
    Feature {
        name: "privacy",
        routes: routes::routes,
        jobs: &[],
        personal: &[],
        menu: &[],
        overview: &[],
        desk: &[],
        files: &[],
    }
}
