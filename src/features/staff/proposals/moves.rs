//! What becomes of a proposal. Each move keeps its row, its operation record and its mails in the running transaction.

use serde_json::json;

use super::model::{Move, Proposal, ProposalKind, ProposalState};
use super::queries::{self, NewProposal, by_number};
use crate::base::db::Conn;
use crate::base::types::{Address, Number};
use crate::features::staff::people::{Kept, add_roles, remove_totp};
use crate::features::staff::queries::add;
use crate::features::staff::{Admin, Staff, letters};
use crate::services::context::Context;
use crate::services::mail;
use crate::services::records::{self, Entry, Event};
use crate::web::feature::StaffRole;
use crate::web::{Error, Errors, FieldError, Stop, roles};

/// What a second admin is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'a> {
    /// Roles for somebody on the staff: person and subject.
    Known(i64, i64),
    /// Roles for somebody new: address and name.
    New(&'a str, Option<&'a str>),
    /// That the authenticator of somebody on the staff is taken away: person and subject, and why.
    TotpRemoval(i64, i64, &'a str),
}

/// Puts something before a second admin and mails the other admins; `None` when the same waits already. `asked` are the
/// roles, where it is about roles.
pub fn propose(
    conn: &mut Conn,
    ctx: &Context,
    wanted: Wanted<'_>,
    asked: &[StaffRole],
) -> Result<Option<Number>, Error> {
    let proposer = ctx.author.person_id.ok_or(Error::NotFound)?;
    let (kind, about, address, name, reason) = match wanted {
        Wanted::Known(person, subject) => (ProposalKind::Roles, Some((person, subject)), None, None, None),
        Wanted::New(address, name) => (ProposalKind::Roles, None, Some(address), name, None),
        Wanted::TotpRemoval(person, subject, why) => {
            (ProposalKind::TotpRemoval, Some((person, subject)), None, None, Some(why))
        }
    };
    let person = about.map(|(person, _)| person);
    // What nobody decided in time makes room for a new one.
    for old in queries::same(conn, kind, person, address)? {
        if old.waits(ctx.now) {
            return Ok(None);
        }
        step(conn, ctx, &old, Move::Expire)?;
    }
    let number = Number::random('V');
    let new = NewProposal { number: &number, kind, person, address, name, proposer, roles: asked, reason, at: ctx.now };
    if !queries::insert(conn, &new)? {
        return Ok(None);
    }
    let (event, details) = match kind {
        ProposalKind::Roles => (Event::RolesProposed, json!({ "roles": words(asked), "address": address })),
        ProposalKind::TotpRemoval => (Event::TotpRemovalProposed, json!({})),
    };
    let mut entry = Entry::new(event).about(number.as_str());
    if let Some((person, subject)) = about {
        entry = entry.of_person(person, subject);
    }
    records::keep(conn, ctx, entry.with(details))?;
    tell_admins(conn, ctx, &number, proposer)?;
    Ok(Some(number))
}

/// What an admin decides of a proposal, or the proposer's taking it back; answers where the proposal stands then.
pub(super) fn decide(conn: &mut Conn, admin: &Staff<Admin>, number: &Number, by: Move) -> Result<ProposalState, Stop> {
    let (ctx, me) = (admin.ctx(), admin.person_id());
    let mut proposal = by_number(conn, number)?.ok_or(Error::NotFound)?;
    if !proposal.takes(by, me) {
        return Err(Error::Forbidden.into());
    }
    let meanwhile = || Stop::from(Errors::one("form", FieldError::ReplacedMeanwhile));
    if !proposal.waits(ctx.now) {
        return Err(meanwhile());
    }
    if by == Move::Approve {
        // Two admins agree: whoever proposed must still be one.
        if !roles::holders(conn, StaffRole::Admin)?.iter().any(|admin| admin.id == proposal.proposer.id) {
            return Err(meanwhile());
        }
        take_effect(conn, admin, &mut proposal)?;
    }
    step(conn, ctx, &proposal, by)?.ok_or_else(meanwhile)
}

/// Ends what nobody decided in time, at most `most`; answers how many those were.
pub(super) fn expire(conn: &mut Conn, ctx: &Context, most: i64) -> Result<usize, Error> {
    let over = queries::over(conn, ctx.now, most)?;
    for proposal in &over {
        step(conn, ctx, proposal, Move::Expire)?;
    }
    Ok(over.len())
}

/// The move itself: the state, its record, and the mail to whoever proposed. `None` when somebody else was first.
fn step(conn: &mut Conn, ctx: &Context, proposal: &Proposal, by: Move) -> Result<Option<ProposalState>, Error> {
    let Ok(to) = proposal.state.after(by) else { return Ok(None) };
    let decider = ctx.author.person_id.filter(|_| by != Move::Expire);
    if !queries::change_state(conn, proposal, to, decider, ctx.now)? {
        return Ok(None);
    }
    let mut entry = Entry::new(by.event()).about(proposal.number.as_str());
    if let Some(person) = &proposal.person {
        entry = entry.of_person(person.id, queries::subject_of(conn, person.id)?);
    }
    let details = match proposal.kind {
        ProposalKind::Roles => json!({ "roles": words(&proposal.roles) }),
        ProposalKind::TotpRemoval => json!({ "kind": proposal.kind.as_str() }),
    };
    records::keep(conn, ctx, entry.with(details))?;
    tell_outcome(conn, ctx, proposal, by, to)?;
    Ok(Some(to))
}

/// Whoever takes it back knows. That an authenticator is taken away concerns every admin.
fn tell_outcome(conn: &mut Conn, ctx: &Context, proposal: &Proposal, by: Move, to: ProposalState) -> Result<(), Error> {
    let facts = letters::Proposed::of(ctx, proposal, to);
    let proposer = &proposal.proposer;
    let letter = if proposal.removes() { letters::removal_decided } else { letters::proposal_decided };
    if by != Move::Withdraw {
        mail::send(conn, ctx, letter(proposer.id, &proposer.address, &facts)?)?;
    }
    if by == Move::Approve && proposal.removes() {
        let about = proposal.person.as_ref().map(|person| person.id);
        let told = |id: i64| id == proposer.id || Some(id) == about;
        for admin in roles::holders(conn, StaffRole::Admin)?.into_iter().filter(|admin| !told(admin.id)) {
            mail::send(conn, ctx, letter(admin.id, &admin.address, &facts)?)?;
        }
    }
    Ok(())
}

/// What was proposed is done: somebody new is added, somebody gets the roles, or begins anew without the old authenticator.
fn take_effect(conn: &mut Conn, admin: &Staff<Admin>, proposal: &mut Proposal) -> Result<(), Stop> {
    let ctx = admin.ctx();
    if let Some(person) = &proposal.person {
        let done = match proposal.kind {
            ProposalKind::Roles => add_roles(conn, admin, &person.number, &proposal.roles)?,
            ProposalKind::TotpRemoval => remove_totp(conn, admin, &person.number, proposal)?,
        };
        return match done {
            Ok(()) => Ok(()),
            Err(Kept::LastAdmin | Kept::Meanwhile) => Err(Errors::one("form", FieldError::ReplacedMeanwhile).into()),
        };
    }
    let address = Address::parse(proposal.address()).ok_or_else(|| Error::internal("a stored address is none"))?;
    let added = add(conn, ctx, &address, proposal.new_name.as_deref(), &proposal.roles)?;
    let added = added.ok_or_else(|| Errors::one("form", FieldError::Taken))?;
    mail::send(conn, ctx, letters::activation(ctx, added.person_id, address.as_str(), &added.path)?)?;
    proposal.person = Some(queries::named(conn, added.person_id)?);
    Ok(())
}

fn tell_admins(conn: &mut Conn, ctx: &Context, number: &Number, proposer: i64) -> Result<(), Error> {
    let proposal = by_number(conn, number)?.ok_or_else(|| Error::internal("a proposal was not kept"))?;
    let facts = letters::Proposed::of(ctx, &proposal, ProposalState::Proposed);
    // Whose authenticator is meant hears of it before it is gone: nobody else would know that it is not lost.
    let owner = proposal.person.as_ref().filter(|_| proposal.removes());
    if let Some(owner) = owner {
        mail::send(conn, ctx, letters::totp_removal(owner.id, &owner.address, &facts)?)?;
    }
    let letter = if proposal.removes() { letters::removal_waits } else { letters::proposal_waits };
    let told = |id: i64| id == proposer || owner.is_some_and(|owner| owner.id == id);
    for admin in roles::holders(conn, StaffRole::Admin)?.into_iter().filter(|admin| !told(admin.id)) {
        mail::send(conn, ctx, letter(admin.id, &admin.address, &facts)?)?;
    }
    Ok(())
}

fn words(roles: &[StaffRole]) -> Vec<&'static str> {
    roles.iter().map(|role| role.as_str()).collect()
}
