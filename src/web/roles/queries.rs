//! Roles in the database.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::base::db::Conn;
use crate::base::db::schema::{people, staff_roles};
use crate::services::context::Context;
use crate::web::feature::StaffRole;
use crate::web::session::PersonState;

/// The roles of a person, in the order in which they were granted.
pub fn of(conn: &mut Conn, person_id: i64) -> QueryResult<Vec<StaffRole>> {
    staff_roles::table
        .filter(staff_roles::person_id.eq(person_id))
        .order(staff_roles::id)
        .select(staff_roles::role)
        .load(conn)
}

/// The same for several people at once.
pub fn of_all(conn: &mut Conn, people: &[i64]) -> QueryResult<HashMap<i64, Vec<StaffRole>>> {
    let held: Vec<(i64, StaffRole)> = staff_roles::table
        .filter(staff_roles::person_id.eq_any(people))
        .order(staff_roles::id)
        .select((staff_roles::person_id, staff_roles::role))
        .load(conn)?;
    let mut roles: HashMap<i64, Vec<StaffRole>> = HashMap::new();
    for (person, role) in held {
        roles.entry(person).or_default().push(role);
    }
    Ok(roles)
}

/// Gives a role to a person who lacks it.
pub fn grant(conn: &mut Conn, ctx: &Context, person_id: i64, role: StaffRole) -> QueryResult<()> {
    diesel::insert_into(staff_roles::table)
        .values((
            staff_roles::person_id.eq(person_id),
            staff_roles::role.eq(role),
            staff_roles::granted_by_id.eq(ctx.author.person_id),
            staff_roles::granted_at.eq(ctx.now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes a role from a person.
pub fn take(conn: &mut Conn, person_id: i64, role: StaffRole) -> QueryResult<()> {
    let held = staff_roles::table.filter(staff_roles::person_id.eq(person_id)).filter(staff_roles::role.eq(role));
    diesel::delete(held).execute(conn)?;
    Ok(())
}

/// Somebody with a certain role who is not locked out.
#[derive(Debug, Clone, Queryable)]
pub struct Holder {
    /// The person.
    pub id: i64,
    /// The name, when given.
    pub name: Option<String>,
    /// The e-mail address.
    pub address: String,
    /// Whether the sign-in is set up.
    pub activated: bool,
}

impl Holder {
    /// Name, else address.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.address)
    }
}

/// Everybody with this role who is not locked out, oldest first.
pub fn holders(conn: &mut Conn, role: StaffRole) -> QueryResult<Vec<Holder>> {
    people::table
        .inner_join(staff_roles::table.on(staff_roles::person_id.eq(people::id)))
        .filter(staff_roles::role.eq(role))
        .filter(people::state.eq(PersonState::Active))
        .order(people::id)
        .select((people::id, people::name, people::address, people::password_hash.is_not_null()))
        .load(conn)
}

/// Waits until no other transaction changes who holds this role, so that two holders cannot remove one another at once.
/// SQLite has one writer and needs no lock.
pub fn hold(conn: &mut Conn, role: StaffRole) -> QueryResult<()> {
    if let Conn::Pg(pg) = conn {
        diesel::sql_query("select id from staff_roles where role = $1 order by id for update")
            .bind::<Text, _>(role)
            .execute(pg)?;
    }
    Ok(())
}
