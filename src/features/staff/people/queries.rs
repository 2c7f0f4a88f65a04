//! People on the staff, as their pages and the command line see them.

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::base::db::Conn;
use crate::base::db::schema::{activations, people};
use crate::base::types::{Address, Moment, Number, text_enum};
use crate::web::feature::StaffRole;
use crate::web::lists::PAGE;
use crate::web::roles;
use crate::web::session::{self, PersonKind, PersonState, Seen};

text_enum! {
    /// Where somebody on the staff stands.
    pub enum Standing {
        /// Can sign in.
        Active = "active",
        /// Was added and has not finished the activation.
        Invited = "invited",
        /// Cannot sign in until unlocked.
        Locked = "locked",
        /// Works here no longer.
        Ended = "ended",
    }
}

/// Somebody on the staff.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub id: i64,
    pub subject_id: i64,
    pub number: Number,
    pub address: String,
    pub name: Option<String>,
    pub standing: Standing,
    pub roles: Vec<StaffRole>,
    pub created_at: Moment,
}

impl Person {
    /// What the person is called.
    pub fn shown_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.address)
    }
}

type Row = (i64, i64, Number, String, Option<String>, PersonState, Option<String>, Moment);

type Columns = (
    people::id,
    people::subject_id,
    people::public_id,
    people::address,
    people::name,
    people::state,
    people::password_hash,
    people::created_at,
);

const COLUMNS: Columns = (
    people::id,
    people::subject_id,
    people::public_id,
    people::address,
    people::name,
    people::state,
    people::password_hash,
    people::created_at,
);

fn with_roles(conn: &mut Conn, rows: Vec<Row>) -> QueryResult<Vec<Person>> {
    let ids: Vec<i64> = rows.iter().map(|row| row.0).collect();
    let mut roles = roles::of_all(conn, &ids)?;
    let person = |(id, subject_id, number, address, name, state, password, created_at): Row| Person {
        roles: roles.remove(&id).unwrap_or_default(),
        standing: match (state, password) {
            (PersonState::Active, Some(_)) => Standing::Active,
            (PersonState::Active, None) => Standing::Invited,
            (PersonState::Locked, _) => Standing::Locked,
            (PersonState::Ended, _) => Standing::Ended,
        },
        id,
        subject_id,
        number,
        address,
        name,
        created_at,
    };
    Ok(rows.into_iter().map(person).collect())
}

/// Whether a person is of the staff, spelled out: so it is that of the index of the few who are, however many customers
/// there come to be.
fn of_staff() -> SqlLiteral<Bool> {
    sql("people.kind = 'staff'")
}

/// One page of the staff, newest first, after the person with this number; one row more than a page. `None` for a number
/// that nobody has.
pub(super) fn list(conn: &mut Conn, after: Option<&Number>) -> QueryResult<Option<Vec<Person>>> {
    let mut query =
        people::table.filter(of_staff()).order(people::id.desc()).limit(PAGE + 1).select(COLUMNS).into_boxed();
    if let Some(after) = after {
        let last: Option<i64> = people::table
            .filter(people::kind.eq(PersonKind::Staff))
            .filter(people::public_id.eq(after))
            .select(people::id)
            .first(conn)
            .optional()?;
        let Some(last) = last else { return Ok(None) };
        query = query.filter(people::id.lt(last));
    }
    let rows = query.load(conn)?;
    with_roles(conn, rows).map(Some)
}

/// All of the staff, oldest first.
pub(super) fn all(conn: &mut Conn) -> QueryResult<Vec<Person>> {
    let rows = people::table.filter(of_staff()).order(people::id).select(COLUMNS).load(conn)?;
    with_roles(conn, rows)
}

/// The person with this number.
pub(super) fn by_number(conn: &mut Conn, number: &Number) -> QueryResult<Option<Person>> {
    let row = people::table
        .filter(people::kind.eq(PersonKind::Staff))
        .filter(people::public_id.eq(number))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    Ok(with_roles(conn, row.into_iter().collect())?.pop())
}

/// The person with this address.
pub(super) fn by_address(conn: &mut Conn, address: &Address) -> QueryResult<Option<Person>> {
    let row = people::table
        .filter(people::kind.eq(PersonKind::Staff))
        .filter(people::address.eq(address))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    Ok(with_roles(conn, row.into_iter().collect())?.pop())
}

/// How many sessions of a person stand, and when the newest was opened.
pub(super) fn sessions_of(
    conn: &mut Conn,
    person_id: i64,
    seen: &Seen,
    now: Moment,
) -> QueryResult<(usize, Option<Moment>)> {
    let standing = session::devices(conn, PersonKind::Staff, person_id, seen, now)?.len();
    Ok((standing, session::last_sign_in(conn, person_id)?))
}

/// Until when the newest activation link of a person works.
pub(super) fn link_until(conn: &mut Conn, person_id: i64, now: Moment) -> QueryResult<Option<Moment>> {
    activations::table
        .filter(activations::person_id.eq(person_id))
        .filter(activations::used_at.is_null())
        .filter(activations::voided_at.is_null())
        .filter(activations::expires_at.gt(now))
        .order(activations::id.desc())
        .select(activations::expires_at)
        .first(conn)
        .optional()
}
