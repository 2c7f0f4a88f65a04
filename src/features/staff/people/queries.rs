//! People on the staff, as their pages and the command line see them.

use diesel::prelude::*;
use serde_json::json;

use crate::base::db::Conn;
use crate::base::db::schema::{activations, people};
use crate::base::types::{Address, Moment, Number, text_enum};
use crate::features::accounts::{Stays, move_person};
use crate::features::staff::letters;
use crate::features::staff::queries::admin_besides;
use crate::services::context::Context;
use crate::services::mail;
use crate::services::records::{self, Entry, Event};
use crate::web::feature::StaffRole;
use crate::web::lists::PAGE;
use crate::web::session::{self, PersonKind, PersonMove, PersonState, Seen};
use crate::web::{Stop, roles};

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

/// One page of the staff, newest first, after the person with this number; one row more than a page.
pub(super) fn list(conn: &mut Conn, after: Option<&Number>) -> QueryResult<Vec<Person>> {
    let mut query = people::table
        .filter(people::kind.eq(PersonKind::Staff))
        .order(people::id.desc())
        .limit(PAGE + 1)
        .select(COLUMNS)
        .into_boxed();
    if let Some(after) = after {
        let last: Option<i64> = people::table
            .filter(people::kind.eq(PersonKind::Staff))
            .filter(people::public_id.eq(after))
            .select(people::id)
            .first(conn)
            .optional()?;
        query = query.filter(people::id.lt(last.unwrap_or(0)));
    }
    let rows = query.load(conn)?;
    with_roles(conn, rows)
}

/// All of the staff, oldest first.
pub(super) fn all(conn: &mut Conn) -> QueryResult<Vec<Person>> {
    let rows = people::table.filter(people::kind.eq(PersonKind::Staff)).order(people::id).select(COLUMNS).load(conn)?;
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
        .filter(activations::expires_at.gt(now))
        .order(activations::id.desc())
        .select(activations::expires_at)
        .first(conn)
        .optional()
}

/// Why a person stays as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::features::staff) enum Kept {
    /// Nobody would be left to look after people and roles.
    LastAdmin,
    /// The roles are other ones than those that were shown.
    Meanwhile,
}

/// What a change of roles gave and took.
#[derive(Debug, Clone)]
pub(super) struct Changed {
    pub given: Vec<StaffRole>,
    pub taken: Vec<StaffRole>,
}

impl Changed {
    /// Whether anything is other than before.
    pub fn any(&self) -> bool {
        !self.given.is_empty() || !self.taken.is_empty()
    }
}

/// Gives a person exactly these roles and ends all sessions that were opened with others (SS4, RC2). `shown` are those
/// that the one who decides had before them.
pub(super) fn set_roles(
    conn: &mut Conn,
    ctx: &Context,
    number: &Number,
    shown: &[StaffRole],
    wanted: &[StaffRole],
) -> QueryResult<Result<Changed, Kept>> {
    roles::hold(conn, StaffRole::Admin)?;
    let Some(person) = by_number(conn, number)? else { return Err(diesel::result::Error::NotFound) };
    let mut held = person.roles.clone();
    let mut before = shown.to_vec();
    held.sort_unstable();
    before.sort_unstable();
    if held != before {
        return Ok(Err(Kept::Meanwhile));
    }
    let admin = StaffRole::Admin;
    if held.contains(&admin) && !wanted.contains(&admin) && !admin_besides(conn, person.id)? {
        return Ok(Err(Kept::LastAdmin));
    }
    let given: Vec<StaffRole> = wanted.iter().copied().filter(|role| !held.contains(role)).collect();
    let taken: Vec<StaffRole> = held.iter().copied().filter(|role| !wanted.contains(role)).collect();
    if given.is_empty() && taken.is_empty() {
        return Ok(Ok(Changed { given, taken }));
    }
    for role in &given {
        roles::grant(conn, ctx, person.id, *role)?;
    }
    for role in &taken {
        roles::take(conn, person.id, *role)?;
    }
    let words = |roles: &[StaffRole]| roles.iter().map(|role| role.as_str()).collect::<Vec<_>>();
    let entry = Entry::new(Event::RolesChanged).about(person.number.as_str()).of_person(person.id, person.subject_id);
    records::keep(conn, ctx, entry.with(json!({ "given": words(&given), "taken": words(&taken) })))?;
    session::end_all(conn, person.id, None, ctx.now)?;
    Ok(Ok(Changed { given, taken }))
}

/// Gives a person roles that two admins agreed on, besides those held already, and tells the person.
pub(in crate::features::staff) fn add_roles(
    conn: &mut Conn,
    ctx: &Context,
    number: &Number,
    more: &[StaffRole],
) -> Result<Result<(), Kept>, Stop> {
    let Some(person) = by_number(conn, number)?.filter(|person| person.standing != Standing::Ended) else {
        return Ok(Err(Kept::Meanwhile));
    };
    let mut wanted = person.roles.clone();
    wanted.extend(more.iter().filter(|role| !person.roles.contains(role)));
    match set_roles(conn, ctx, number, &person.roles, &wanted)? {
        Ok(changed) if changed.any() => {
            let rights = letters::Rights::of(ctx, &changed.given, &changed.taken, &wanted);
            mail::send(conn, ctx, letters::roles_changed(person.id, &person.address, &rights)?)?;
            Ok(Ok(()))
        }
        Ok(_) => Ok(Ok(())),
        Err(kept) => Ok(Err(kept)),
    }
}

/// Ends a person's work here: no sign-in, no session, no link.
pub(super) fn end(conn: &mut Conn, ctx: &Context, number: &Number) -> QueryResult<Result<(), Kept>> {
    roles::hold(conn, StaffRole::Admin)?;
    let Some(person) = by_number(conn, number)? else { return Err(diesel::result::Error::NotFound) };
    if person.roles.contains(&StaffRole::Admin) && !admin_besides(conn, person.id)? {
        return Ok(Err(Kept::LastAdmin));
    }
    match move_person(conn, ctx, person.id, PersonMove::End) {
        Ok(_) => {}
        Err(Stays::Illegal(_)) => return Ok(Err(Kept::Meanwhile)),
        Err(Stays::Database(fault)) => return Err(fault),
    }
    let open = activations::table.filter(activations::person_id.eq(person.id)).filter(activations::used_at.is_null());
    diesel::update(open.filter(activations::expires_at.gt(ctx.now)))
        .set(activations::expires_at.eq(ctx.now))
        .execute(conn)?;
    Ok(Ok(()))
}

/// Keeps that all sessions of a person were ended, after ending them; answers how many.
pub(super) fn end_sessions(conn: &mut Conn, ctx: &Context, person: &Person) -> QueryResult<usize> {
    let ended = session::end_all(conn, person.id, None, ctx.now)?;
    let entry = Entry::new(Event::SessionsEnded).about(person.number.as_str());
    let entry = entry.of_person(person.id, person.subject_id).with(json!({ "count": ended, "all": true }));
    records::keep(conn, ctx, entry)?;
    Ok(ended)
}

/// Keeps that an admin sent a person a new activation link.
pub(super) fn link_opened(conn: &mut Conn, ctx: &Context, person: &Person) -> QueryResult<()> {
    let entry = Entry::new(Event::StaffLinkSent).about(person.number.as_str());
    records::keep(conn, ctx, entry.of_person(person.id, person.subject_id))
}
