//! What only the demo asks: a case by its number, and a hold without an officer.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::identity_cases;
use crate::base::types::{Moment, Number};
use crate::features::identity::cases::{Case, columns};

pub(super) fn found(conn: &mut Conn, number: &Number) -> QueryResult<Option<Case>> {
    identity_cases::table.filter(identity_cases::number.eq(number)).select(columns!()).first(conn).optional()
}

pub(super) fn take(conn: &mut Conn, case_id: i64, by: Option<i64>, until: Moment) -> QueryResult<()> {
    diesel::update(identity_cases::table.find(case_id))
        .set((identity_cases::leased_by_id.eq(by), identity_cases::leased_until.eq(Some(until))))
        .execute(conn)?;
    Ok(())
}
