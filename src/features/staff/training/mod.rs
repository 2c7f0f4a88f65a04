//! The training gate (F10, AZ6): a role that needs a course lets nobody in who has not done it, or whose course has lapsed.
//! Which roles need one is data; without any, nothing changes.

mod queries;

use diesel::QueryResult;

use crate::base::db::Conn;
use crate::base::types::{Moment, text_enum};
use crate::web::feature::StaffRole;

text_enum! {
    /// A course.
    pub enum Course {
        /// The yearly one on privacy.
        Privacy = "privacy",
    }
}

/// Those of a person's roles whose training stands at this moment.
pub(super) fn standing(
    conn: &mut Conn,
    person_id: i64,
    roles: &[StaffRole],
    now: Moment,
) -> QueryResult<Vec<StaffRole>> {
    let needed = queries::needed(conn, roles)?;
    if needed.is_empty() {
        return Ok(roles.to_vec());
    }
    let done = queries::done(conn, person_id, now)?;
    let stands = |role: &StaffRole| needed.iter().all(|(of, course)| of != role || done.contains(course));
    Ok(roles.iter().copied().filter(stands).collect())
}
