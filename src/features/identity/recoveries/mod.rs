//! Account recovery when the second factor is lost (RC3): whoever gave the first factor shows a document, two different
//! reviewers compare it with what was authenticated, and three days pass in which every address is told and can stop it. Only
//! then the factor goes. Somebody whose real name nobody authenticated cannot be recovered: there is nothing to compare.

mod asking;
mod cards;
mod desk;
mod jobs;
mod model;
mod moves;
mod queries;
mod stopping;
mod telling;

pub(super) use cards::{card, task};
pub(super) use jobs::JOB;
pub use model::{RecoveryReason, RecoveryState};

use crate::web::routes::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("/login/totp/lost").get(asking::new).post(asking::create),
        route("/login/totp/lost/pictures").get(asking::edit).upload(asking::update, asking::PICTURES_BYTES),
        route("/recoveries/{number}/{token}").get(stopping::show).post(stopping::update),
        route("/staff/recoveries").get(desk::list),
        route("/staff/recoveries/{number}").get(desk::show),
        route("/staff/recoveries/{number}/pictures/{file}").get(desk::picture),
        route("/staff/recoveries/{number}/confirmation").post(desk::confirm).form_at("/staff/recoveries/{number}"),
        route("/staff/recoveries/{number}/rejection").post(desk::reject).form_at("/staff/recoveries/{number}"),
    ]
}
