//! Proposals in the database.

use diesel::prelude::*;
use serde_json::json;

use super::model::{LIFE, Move, Named, Proposal, ProposalState};
use crate::base::db::schema::{people, staff_proposal_roles, staff_proposals};
use crate::base::db::{Conn, unless_taken};
use crate::base::types::{Moment, Number};
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};
use crate::web::feature::StaffRole;

/// Who is to get roles.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'a> {
    /// Somebody on the staff: person and subject.
    Known(i64, i64),
    /// Somebody new: address and name.
    New(&'a str, Option<&'a str>),
}

type Row = (
    (i64, Number, ProposalState),
    (Option<i64>, Option<String>, Option<String>),
    (i64, Moment, Moment),
    (Option<i64>, Option<Moment>),
);

macro_rules! columns {
    () => {
        (
            (staff_proposals::id, staff_proposals::number, staff_proposals::state),
            (staff_proposals::person_id, staff_proposals::address, staff_proposals::name),
            (staff_proposals::proposed_by_id, staff_proposals::proposed_at, staff_proposals::expires_at),
            (staff_proposals::decided_by_id, staff_proposals::decided_at),
        )
    };
}

/// Proposes roles; `None` when the same waits already.
pub fn propose(conn: &mut Conn, ctx: &Context, wanted: Wanted<'_>, roles: &[StaffRole]) -> QueryResult<Option<Number>> {
    let Some(proposer) = ctx.author.person_id else { return Err(diesel::result::Error::NotFound) };
    let (person, address, name) = match wanted {
        Wanted::Known(person, _) => (Some(person), None, None),
        Wanted::New(address, name) => (None, Some(address), name),
    };
    // What nobody decided in time makes room for a new one.
    for old in same(conn, person, address)? {
        if old.waits(ctx.now) {
            return Ok(None);
        }
        decide(conn, ctx, &old, Move::Expire)?;
    }
    let number = Number::random('V');
    let row = diesel::insert_into(staff_proposals::table)
        .values((
            staff_proposals::number.eq(&number),
            staff_proposals::state.eq(ProposalState::Proposed),
            staff_proposals::person_id.eq(person),
            staff_proposals::address.eq(address),
            staff_proposals::name.eq(name),
            staff_proposals::proposed_by_id.eq(proposer),
            staff_proposals::proposed_at.eq(ctx.now),
            staff_proposals::expires_at.eq(ctx.now.plus(LIFE)),
        ))
        .returning(staff_proposals::id);
    // Another admin may propose the same in this very moment.
    let Some(id): Option<i64> = unless_taken(conn, |conn| row.get_result(conn))? else { return Ok(None) };
    for role in roles {
        diesel::insert_into(staff_proposal_roles::table)
            .values((staff_proposal_roles::proposal_id.eq(id), staff_proposal_roles::role.eq(*role)))
            .execute(conn)?;
    }
    let words: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    let mut entry = Entry::new(Event::RolesProposed).about(number.as_str());
    if let Wanted::Known(person, subject) = wanted {
        entry = entry.of_person(person, subject);
    }
    records::keep(conn, ctx, entry.with(json!({ "roles": words, "address": address })))?;
    Ok(Some(number))
}

/// The open proposals about the same person or address.
fn same(conn: &mut Conn, person: Option<i64>, address: Option<&str>) -> QueryResult<Vec<Proposal>> {
    let mut query = staff_proposals::table
        .filter(staff_proposals::state.eq(ProposalState::Proposed))
        .select(columns!())
        .into_boxed();
    query = match person {
        Some(person) => query.filter(staff_proposals::person_id.eq(person)),
        None => query.filter(staff_proposals::address.eq(address.unwrap_or_default().to_string())),
    };
    let rows = query.load(conn)?;
    whole(conn, rows)
}

/// Moves a proposal that the caller may move, and keeps it on record; false when somebody else was first.
pub(super) fn decide(conn: &mut Conn, ctx: &Context, proposal: &Proposal, by: Move) -> QueryResult<bool> {
    let Ok(to) = proposal.state.after(by) else { return Ok(false) };
    let standing = staff_proposals::table.find(proposal.id).filter(staff_proposals::state.eq(proposal.state));
    let decider = ctx.author.person_id.filter(|_| by != Move::Expire);
    let moved = diesel::update(standing)
        .set((
            staff_proposals::state.eq(to),
            staff_proposals::person_id.eq(proposal.person.as_ref().map(|person| person.id)),
            staff_proposals::decided_by_id.eq(decider),
            staff_proposals::decided_at.eq(Some(ctx.now)),
        ))
        .execute(conn)?;
    if moved == 0 {
        return Ok(false);
    }
    let words: Vec<&str> = proposal.roles.iter().map(|role| role.as_str()).collect();
    let mut entry = Entry::new(by.event()).about(proposal.number.as_str());
    if let Some(person) = &proposal.person {
        let subject: i64 = people::table.find(person.id).select(people::subject_id).first(conn)?;
        entry = entry.of_person(person.id, subject);
    }
    records::keep(conn, ctx, entry.with(json!({ "roles": words })))?;
    Ok(true)
}

/// Somebody on the staff, as a proposal names them.
pub(super) fn named(conn: &mut Conn, person_id: i64) -> QueryResult<Named> {
    let (id, number, name, address) = people::table
        .find(person_id)
        .select((people::id, people::public_id, people::name, people::address))
        .first(conn)?;
    Ok(Named { id, number, name, address })
}

fn whole(conn: &mut Conn, rows: Vec<Row>) -> QueryResult<Vec<Proposal>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let met = rows.iter().flat_map(|(_, (person, ..), (proposer, ..), decided)| [*person, Some(*proposer), decided.0]);
    let known: Vec<Named> = people::table
        .filter(people::id.eq_any(met.flatten()))
        .select((people::id, people::public_id, people::name, people::address))
        .load::<(i64, Number, Option<String>, String)>(conn)?
        .into_iter()
        .map(|(id, number, name, address)| Named { id, number, name, address })
        .collect();
    let asked: Vec<(i64, StaffRole)> = staff_proposal_roles::table
        .filter(staff_proposal_roles::proposal_id.eq_any(rows.iter().map(|((id, ..), ..)| *id)))
        .order(staff_proposal_roles::id)
        .select((staff_proposal_roles::proposal_id, staff_proposal_roles::role))
        .load(conn)?;
    let of = |one: i64| known.iter().find(|named| named.id == one).cloned().ok_or(diesel::result::Error::NotFound);
    let mut list = Vec::with_capacity(rows.len());
    for ((id, number, state), (person, new_address, new_name), (proposer, proposed_at, expires_at), decided) in rows {
        let roles = asked.iter().filter(|(proposal, _)| *proposal == id).map(|(_, role)| *role).collect();
        list.push(Proposal {
            id,
            number,
            state,
            person: person.map(of).transpose()?,
            new_address,
            new_name,
            roles,
            proposer: of(proposer)?,
            proposed_at,
            expires_at,
            decider: decided.0.map(of).transpose()?,
            decided_at: decided.1,
        });
    }
    Ok(list)
}

/// The proposal with this number.
pub(in crate::features::staff) fn by_number(conn: &mut Conn, number: &Number) -> QueryResult<Option<Proposal>> {
    let row =
        staff_proposals::table.filter(staff_proposals::number.eq(number)).select(columns!()).first(conn).optional()?;
    Ok(whole(conn, row.into_iter().collect())?.pop())
}

/// What waits for a second admin, oldest first.
pub(in crate::features::staff) fn waiting(conn: &mut Conn, now: Moment) -> QueryResult<Vec<Proposal>> {
    let rows = staff_proposals::table
        .filter(staff_proposals::state.eq(ProposalState::Proposed))
        .filter(staff_proposals::expires_at.gt(now))
        .order(staff_proposals::expires_at)
        .limit(100)
        .select(columns!())
        .load(conn)?;
    whole(conn, rows)
}

/// What waits for a second admin about this person.
pub(in crate::features::staff) fn waiting_for(
    conn: &mut Conn,
    person: i64,
    now: Moment,
) -> QueryResult<Option<Proposal>> {
    Ok(same(conn, Some(person), None)?.into_iter().find(|proposal| proposal.waits(now)))
}

/// What nobody decided in time, at most `most`.
pub(super) fn over(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<Vec<Proposal>> {
    let rows = staff_proposals::table
        .filter(staff_proposals::state.eq(ProposalState::Proposed))
        .filter(staff_proposals::expires_at.le(now))
        .order(staff_proposals::expires_at)
        .limit(most)
        .select(columns!())
        .load(conn)?;
    whole(conn, rows)
}
