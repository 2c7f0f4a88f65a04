//! Staff and their roles.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::staff_roles;
use crate::web::feature::StaffRole;

/// The roles of a person, in the order in which they were granted.
pub(super) fn roles(conn: &mut Conn, person_id: i64) -> QueryResult<Vec<StaffRole>> {
    staff_roles::table
        .filter(staff_roles::person_id.eq(person_id))
        .order(staff_roles::id)
        .select(staff_roles::role)
        .load(conn)
}
