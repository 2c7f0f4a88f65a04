//! Accounts and memberships, as the actors read them.

use diesel::prelude::*;

use super::MemberRole;
use crate::base::db::Conn;
use crate::base::db::schema::{accounts, memberships, staff_roles};
use crate::web::Face;
use crate::web::session::{PersonKind, SessionRow};

/// A person's place in the current account.
#[derive(Queryable)]
pub(super) struct Membership {
    pub account_id: i64,
    pub number: String,
    pub name: Option<String>,
    pub role: MemberRole,
}

/// The standing membership of this session's person in its current account.
pub(super) fn membership(conn: &mut Conn, session: &SessionRow) -> QueryResult<Option<Membership>> {
    memberships::table
        .inner_join(accounts::table)
        .filter(memberships::person_id.eq(session.person_id))
        .filter(memberships::account_id.eq(session.account_id.unwrap_or(0)))
        .filter(memberships::ended_at.is_null())
        .filter(accounts::state.ne("closed"))
        .select((accounts::id, accounts::number, accounts::name, memberships::role))
        .first(conn)
        .optional()
}

/// Who is shown as signed in, customer or staff.
pub(super) fn face(conn: &mut Conn, session: &SessionRow) -> QueryResult<Face> {
    let name = session.shown_name();
    if session.kind == PersonKind::Staff {
        let roles: Vec<crate::web::feature::StaffRole> = staff_roles::table
            .filter(staff_roles::person_id.eq(session.person_id))
            .order(staff_roles::id)
            .select(staff_roles::role)
            .load(conn)?;
        let roles = roles.into_iter().map(crate::web::feature::StaffRole::as_str).collect();
        return Ok(Face { name, account: None, account_number: String::new(), staff: true, roles });
    }
    let found = membership(conn, session)?;
    Ok(match found {
        Some(found) => Face {
            account: Some(found.name.unwrap_or_else(|| session.address.clone())),
            account_number: found.number,
            roles: vec![found.role.as_str()],
            staff: false,
            name,
        },
        None => Face { name, account: None, account_number: String::new(), staff: false, roles: Vec::new() },
    })
}
