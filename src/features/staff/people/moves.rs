//! What is done with people on the staff. Each move keeps its rows, its operation record and its mail in the running
//! transaction. Who decides is an admin whom the transaction admitted, so all who are admins are held already.

use diesel::QueryResult;
use serde_json::json;

use super::queries::{Person, Standing, by_number};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::accounts::{Stays, factors, move_person};
use crate::features::staff::proposals::{Proposal, ProposalState};
use crate::features::staff::queries::{admin_besides, open_activation, void_links};
use crate::features::staff::{Admin, Staff, letters};
use crate::services::context::Context;
use crate::services::mail;
use crate::services::records::{self, Entry, Event};
use crate::web::feature::StaffRole;
use crate::web::session::{self, PersonMove};
use crate::web::{Error, roles};

/// Why a person stays as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::features::staff) enum Kept {
    /// Nobody would be left to look after people and roles.
    LastAdmin,
    /// The roles are other ones than those that were shown.
    Meanwhile,
}

/// Gives a person exactly these roles and ends all sessions that were opened with others (SS4, RC2). `shown` are those
/// that the one who decides had before them. Whoever has other rights than before is told.
pub(super) fn set_roles(
    conn: &mut Conn,
    admin: &Staff<Admin>,
    number: &Number,
    shown: &[StaffRole],
    wanted: &[StaffRole],
) -> Result<Result<(), Kept>, Error> {
    let ctx = admin.ctx();
    let Some(person) = by_number(conn, number)? else { return Err(Error::NotFound) };
    let mut held = person.roles.clone();
    let mut before = shown.to_vec();
    held.sort_unstable();
    before.sort_unstable();
    if held != before {
        return Ok(Err(Kept::Meanwhile));
    }
    let last = StaffRole::Admin;
    if held.contains(&last) && !wanted.contains(&last) && !admin_besides(conn, person.id)? {
        return Ok(Err(Kept::LastAdmin));
    }
    let given: Vec<StaffRole> = wanted.iter().copied().filter(|role| !held.contains(role)).collect();
    let taken: Vec<StaffRole> = held.iter().copied().filter(|role| !wanted.contains(role)).collect();
    if given.is_empty() && taken.is_empty() {
        return Ok(Ok(()));
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
    let rights = letters::Rights::of(ctx, &given, &taken, wanted);
    mail::send(conn, ctx, letters::roles_changed(person.id, &person.address, &rights)?)?;
    Ok(Ok(()))
}

/// Gives a person roles that two admins agreed on, besides those held already.
pub(in crate::features::staff) fn add_roles(
    conn: &mut Conn,
    admin: &Staff<Admin>,
    number: &Number,
    more: &[StaffRole],
) -> Result<Result<(), Kept>, Error> {
    let Some(person) = by_number(conn, number)?.filter(|person| person.standing != Standing::Ended) else {
        return Ok(Err(Kept::Meanwhile));
    };
    let mut wanted = person.roles.clone();
    wanted.extend(more.iter().filter(|role| !person.roles.contains(role)));
    set_roles(conn, admin, number, &person.roles, &wanted)
}

/// Takes a person's authenticator away, as two admins agreed (RC3), and mails the link with which they begin anew.
pub(in crate::features::staff) fn remove_totp(
    conn: &mut Conn,
    admin: &Staff<Admin>,
    number: &Number,
    proposal: &Proposal,
) -> Result<Result<(), Kept>, Error> {
    let ctx = admin.ctx();
    let Some(person) = by_number(conn, number)?.filter(|person| person.standing == Standing::Active) else {
        return Ok(Err(Kept::Meanwhile));
    };
    // The one of then, and lost: not one that came since, nor one that turned up again.
    if !factors::unused_since(conn, person.id, proposal.proposed_at)? {
        return Ok(Err(Kept::Meanwhile));
    }
    let whose = (person.id, person.subject_id, person.number.as_str());
    if !factors::revoke(conn, ctx, whose, proposal.number.as_str())? {
        return Ok(Err(Kept::Meanwhile));
    }
    let facts = letters::Proposed::of(ctx, proposal, ProposalState::Approved);
    mail::send(conn, ctx, letters::totp_removal(person.id, &person.address, &facts)?)?;
    send_link(conn, ctx, &person)?;
    Ok(Ok(()))
}

/// Ends a person's work here: no sign-in, no session, no link. The person is told.
pub(super) fn end(conn: &mut Conn, admin: &Staff<Admin>, person: &Person) -> Result<Result<(), Kept>, Error> {
    let ctx = admin.ctx();
    if person.roles.contains(&StaffRole::Admin) && !admin_besides(conn, person.id)? {
        return Ok(Err(Kept::LastAdmin));
    }
    match move_person(conn, ctx, person.id, PersonMove::End) {
        Ok(_) => {}
        Err(Stays::Illegal(_)) => return Ok(Err(Kept::Meanwhile)),
        Err(Stays::Database(fault)) => return Err(fault.into()),
    }
    void_links(conn, person.id, ctx.now)?;
    let rights = letters::Rights::of(ctx, &[], &person.roles, &[]);
    mail::send(conn, ctx, letters::ended(person.id, &person.address, &rights)?)?;
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

/// Sends a person a new activation link, after which older ones no longer work. Never to somebody who has an authenticator:
/// that takes two admins.
pub(super) fn send_link(conn: &mut Conn, ctx: &Context, person: &Person) -> Result<(), Error> {
    let link = open_activation(conn, ctx, person.id)?;
    mail::send(conn, ctx, letters::activation(ctx, person.id, &person.address, &link)?)?;
    let entry = Entry::new(Event::StaffLinkSent).about(person.number.as_str());
    Ok(records::keep(conn, ctx, entry.of_person(person.id, person.subject_id))?)
}
