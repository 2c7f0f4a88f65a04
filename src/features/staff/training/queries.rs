//! Courses in the database.

use diesel::prelude::*;

use super::Course;
use crate::base::db::Conn;
use crate::base::db::schema::{training_completions, training_requirements};
use crate::base::types::Moment;
use crate::web::feature::StaffRole;

/// Which of these roles need which course.
pub(super) fn needed(conn: &mut Conn, roles: &[StaffRole]) -> QueryResult<Vec<(StaffRole, Course)>> {
    training_requirements::table
        .filter(training_requirements::role.eq_any(roles.to_vec()))
        .order(training_requirements::id)
        .select((training_requirements::role, training_requirements::course))
        .load(conn)
}

/// The courses of a person that have not lapsed.
pub(super) fn done(conn: &mut Conn, person_id: i64, now: Moment) -> QueryResult<Vec<Course>> {
    training_completions::table
        .filter(training_completions::person_id.eq(person_id))
        .filter(training_completions::lapses_at.gt(now))
        .select(training_completions::course)
        .load(conn)
}
