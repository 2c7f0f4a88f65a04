//! Proposals in the database.

use diesel::prelude::*;

use super::model::{LIFE, Named, Proposal, ProposalKind, ProposalState};
use crate::base::db::schema::{people, staff_proposal_roles, staff_proposals};
use crate::base::db::{Conn, unless_taken};
use crate::base::types::{Address, Moment, Number};
use crate::web::feature::StaffRole;

type Row = (
    (i64, Number, ProposalKind, ProposalState),
    (Option<i64>, Option<String>, Option<String>, Option<String>),
    (i64, Moment, Moment),
    (Option<i64>, Option<Moment>),
);

macro_rules! columns {
    () => {
        (
            (staff_proposals::id, staff_proposals::number, staff_proposals::kind, staff_proposals::state),
            (
                staff_proposals::person_id,
                staff_proposals::address,
                staff_proposals::name,
                staff_proposals::removal_reason,
            ),
            (staff_proposals::proposed_by_id, staff_proposals::proposed_at, staff_proposals::expires_at),
            (staff_proposals::decided_by_id, staff_proposals::decided_at),
        )
    };
}

/// What is kept of a new proposal.
pub(super) struct NewProposal<'a> {
    pub number: &'a Number,
    pub kind: ProposalKind,
    pub person: Option<i64>,
    pub address: Option<&'a str>,
    pub name: Option<&'a str>,
    pub proposer: i64,
    pub roles: &'a [StaffRole],
    pub reason: Option<&'a str>,
    pub at: Moment,
}

/// Keeps a proposal; false when another admin proposed the same in this very moment.
pub(super) fn insert(conn: &mut Conn, new: &NewProposal<'_>) -> QueryResult<bool> {
    let row = diesel::insert_into(staff_proposals::table)
        .values((
            staff_proposals::number.eq(new.number),
            staff_proposals::kind.eq(new.kind),
            staff_proposals::removal_reason.eq(new.reason),
            staff_proposals::state.eq(ProposalState::Proposed),
            staff_proposals::person_id.eq(new.person),
            staff_proposals::address.eq(new.address),
            staff_proposals::name.eq(new.name),
            staff_proposals::proposed_by_id.eq(new.proposer),
            staff_proposals::proposed_at.eq(new.at),
            staff_proposals::expires_at.eq(new.at.plus(LIFE)),
        ))
        .returning(staff_proposals::id);
    let Some(id): Option<i64> = unless_taken(conn, |conn| row.get_result(conn))? else { return Ok(false) };
    for role in new.roles {
        diesel::insert_into(staff_proposal_roles::table)
            .values((staff_proposal_roles::proposal_id.eq(id), staff_proposal_roles::role.eq(*role)))
            .execute(conn)?;
    }
    Ok(true)
}

/// Whether somebody new of this address waits for a second admin.
pub(in crate::features::staff) fn awaited(conn: &mut Conn, address: &Address, now: Moment) -> QueryResult<bool> {
    Ok(same(conn, ProposalKind::Roles, None, Some(address.as_str()))?.iter().any(|proposal| proposal.waits(now)))
}

/// The open proposals of this kind about the same person or address.
pub(super) fn same(
    conn: &mut Conn,
    kind: ProposalKind,
    person: Option<i64>,
    address: Option<&str>,
) -> QueryResult<Vec<Proposal>> {
    let mut query = staff_proposals::table
        .filter(staff_proposals::kind.eq(kind))
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

/// Puts a proposal into another state; false when somebody else was first.
pub(super) fn change_state(
    conn: &mut Conn,
    proposal: &Proposal,
    to: ProposalState,
    decider: Option<i64>,
    now: Moment,
) -> QueryResult<bool> {
    let standing = staff_proposals::table.find(proposal.id).filter(staff_proposals::state.eq(proposal.state));
    let moved = diesel::update(standing)
        .set((
            staff_proposals::state.eq(to),
            staff_proposals::person_id.eq(proposal.person.as_ref().map(|person| person.id)),
            staff_proposals::decided_by_id.eq(decider),
            staff_proposals::decided_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(moved == 1)
}

/// Whose records tell of a person.
pub(super) fn subject_of(conn: &mut Conn, person_id: i64) -> QueryResult<i64> {
    people::table.find(person_id).select(people::subject_id).first(conn)
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
    for (
        (id, number, kind, state),
        (person, new_address, new_name, reason),
        (proposer, proposed_at, expires_at),
        decided,
    ) in rows
    {
        let roles = asked.iter().filter(|(proposal, _)| *proposal == id).map(|(_, role)| *role).collect();
        list.push(Proposal {
            id,
            number,
            kind,
            state,
            person: person.map(of).transpose()?,
            new_address,
            new_name,
            roles,
            reason,
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

/// What of this kind waits for a second admin about this person.
pub(in crate::features::staff) fn waiting_for(
    conn: &mut Conn,
    kind: ProposalKind,
    person: i64,
    now: Moment,
) -> QueryResult<Option<Proposal>> {
    Ok(same(conn, kind, Some(person), None)?.into_iter().find(|proposal| proposal.waits(now)))
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
