//! People and roles for the command line, where an operator stands behind the rules of the pages.

use crate::base::db::Conn;
use crate::base::types::Address;
use crate::features::accounts::{Stays, move_person};
use crate::features::staff::letters;
use crate::features::staff::people::moves;
use crate::features::staff::people::queries::{self, Person};
use crate::features::staff::queries::{add, admin_besides};
use crate::services::context::Context;
use crate::services::mail;
use crate::web::feature::StaffRole;
use crate::web::roles;
use crate::web::session::PersonMove;

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
    let added = add(conn, ctx, address, None, roles)?.ok_or(Refusal::Taken)?;
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
    Ok(moves::end_sessions(conn, ctx, &person)?)
}

/// Locks a person out until unlocked. The last admin cannot be locked.
pub fn lock(conn: &mut Conn, ctx: &Context, address: &Address) -> Result<(), Refusal> {
    roles::hold(conn, StaffRole::Admin)?;
    let person = queries::by_address(conn, address)?.ok_or(Refusal::Unknown)?;
    if person.roles.contains(&StaffRole::Admin) && !admin_besides(conn, person.id)? {
        return Err(Refusal::LastAdmin);
    }
    move_person(conn, ctx, person.id, PersonMove::Lock).map_err(|stays| Refusal::of(stays, "locked"))?;
    let rights = letters::Rights::of(ctx, &[], &[], &person.roles);
    Ok(mail::send(conn, ctx, letters::locked(person.id, &person.address, &rights)?)?)
}

/// Lets a locked person in again.
pub fn unlock(conn: &mut Conn, ctx: &Context, address: &Address) -> Result<(), Refusal> {
    let person = queries::by_address(conn, address)?.ok_or(Refusal::Unknown)?;
    move_person(conn, ctx, person.id, PersonMove::Unlock).map_err(|stays| Refusal::of(stays, "unlocked"))?;
    Ok(())
}

impl Refusal {
    fn of(stays: Stays, already: &'static str) -> Self {
        match stays {
            Stays::Illegal(_) => Self::Already(already),
            Stays::Database(fault) => Self::Database(fault),
        }
    }
}
