//! People and roles for the command line, where an operator stands behind the rules of the pages.

use crate::base::db::Conn;
use crate::base::types::Address;
use crate::features::staff::letters;
use crate::features::staff::people::queries::{self, Kept, Person};
use crate::features::staff::queries::{add, address_taken, admin_besides, hold_admins};
use crate::services::context::Context;
use crate::services::mail;
use crate::services::records::{self, Entry, Event};
use crate::web::feature::StaffRole;
use crate::web::session::{self, PersonState};

/// Why a command changes nothing.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Somebody on the staff has the address, or had it.
    #[error("somebody on the staff has this address already")]
    Taken,
    /// Nobody on the staff has the address.
    #[error("nobody on the staff has this address")]
    Unknown,
    /// The person is not in the state from which the command leads.
    #[error("this person is {0} already or works here no longer")]
    Already(&'static str),
    /// Nobody would be left to look after people and roles.
    #[error("this is the last admin")]
    LastAdmin,
    /// The database refused.
    #[error(transparent)]
    Database(#[from] diesel::result::Error),
    /// A mail could not be written.
    #[error(transparent)]
    Mail(#[from] askama::Error),
}

/// Adds a person with roles, mails the activation link and answers its path, which is kept nowhere (PW10).
pub fn invite(conn: &mut Conn, ctx: &Context, address: &Address, roles: &[StaffRole]) -> Result<String, Refusal> {
    if address_taken(conn, address)? {
        return Err(Refusal::Taken);
    }
    let added = add(conn, ctx, address, None, roles)?;
    mail::send(conn, ctx, letters::activation(ctx, added.person_id, address.as_str(), &added.path)?)?;
    Ok(added.path)
}

/// One line of the list of the staff.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The e-mail address.
    pub address: String,
    /// `active`, `invited`, `locked` or `ended`.
    pub standing: &'static str,
    /// The roles, in words.
    pub roles: Vec<&'static str>,
}

/// Everybody on the staff, oldest first.
pub fn everybody(conn: &mut Conn) -> Result<Vec<Summary>, Refusal> {
    let line = |person: Person| Summary {
        standing: person.standing.as_str(),
        roles: person.roles.iter().map(|role| role.as_str()).collect(),
        address: person.address,
    };
    Ok(queries::all(conn)?.into_iter().map(line).collect())
}

/// Ends all sessions of a person; answers how many.
pub fn end_sessions(conn: &mut Conn, ctx: &Context, address: &Address) -> Result<usize, Refusal> {
    let person = queries::by_address(conn, address)?.ok_or(Refusal::Unknown)?;
    Ok(queries::end_sessions(conn, ctx, &person)?)
}

/// Locks a person out until unlocked. The last admin cannot be locked.
pub fn lock(conn: &mut Conn, ctx: &Context, address: &Address) -> Result<(), Refusal> {
    hold_admins(conn)?;
    let person = queries::by_address(conn, address)?.ok_or(Refusal::Unknown)?;
    if person.roles.contains(&StaffRole::Admin) && !admin_besides(conn, person.id)? {
        return Err(Refusal::LastAdmin);
    }
    if !queries::set_state(conn, person.id, PersonState::Active, PersonState::Locked)? {
        return Err(Refusal::Already("locked"));
    }
    session::end_all(conn, person.id, None, ctx.now)?;
    let rights = letters::Rights::of(ctx, &[], &[], &person.roles);
    mail::send(conn, ctx, letters::locked(person.id, &person.address, &rights)?)?;
    keep(conn, ctx, Event::StaffLocked, &person)
}

/// Lets a locked person in again.
pub fn unlock(conn: &mut Conn, ctx: &Context, address: &Address) -> Result<(), Refusal> {
    let person = queries::by_address(conn, address)?.ok_or(Refusal::Unknown)?;
    if !queries::set_state(conn, person.id, PersonState::Locked, PersonState::Active)? {
        return Err(Refusal::Already("unlocked"));
    }
    keep(conn, ctx, Event::StaffUnlocked, &person)
}

fn keep(conn: &mut Conn, ctx: &Context, event: Event, person: &Person) -> Result<(), Refusal> {
    let entry = Entry::new(event).about(person.number.as_str()).of_person(person.id, person.subject_id);
    Ok(records::keep(conn, ctx, entry)?)
}

impl From<Kept> for Refusal {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::LastAdmin => Self::LastAdmin,
            Kept::Meanwhile => Self::Already("changed"),
        }
    }
}
