//! Accounts and memberships, as the actors read them.

use diesel::prelude::*;

use super::MemberRole;
use crate::base::db::Conn;
use crate::base::db::schema::{accounts, memberships, people, staff_roles};
use crate::base::types::{Address, Number};
use crate::services::context::Context;
use crate::services::records::new_subject;
use crate::web::Face;
use crate::web::session::{PersonKind, PersonState, SessionRow};

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

/// Makes a person without a password and a subject of their own; answers their ids (person, subject). An address that
/// this kind of person has already is refused by the database.
pub fn new_person(conn: &mut Conn, ctx: &Context, kind: PersonKind, address: &Address) -> QueryResult<(i64, i64)> {
    let subject = new_subject(conn, &ctx.keys, ctx.now)?;
    let person = diesel::insert_into(people::table)
        .values((
            people::public_id.eq(Number::random('P')),
            people::subject_id.eq(subject),
            people::kind.eq(kind),
            people::address.eq(address),
            people::state.eq(PersonState::Active),
            people::created_at.eq(ctx.now),
        ))
        .returning(people::id)
        .get_result(conn)?;
    Ok((person, subject))
}
