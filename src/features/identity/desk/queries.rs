//! The reviewers' side of cases. Every statement that decides asks again who holds the case and until when.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::{identity_cases, memberships, people};
use crate::base::types::{Moment, Number};
use crate::features::identity::cases::{Case, CaseState, IdentityMethod, LEASE, Reason, columns};
use crate::features::identity::provider::waiting_for;
use crate::features::staff::Officer;

/// A case in the queue: nothing of whom it is about.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Row {
    pub number: Number,
    pub method: IdentityMethod,
    pub state: CaseState,
    pub queued_at: Option<Moment>,
    pub leased_until: Option<Moment>,
}

/// What waits, longest first.
pub(super) fn queue(conn: &mut Conn, _: &Officer, after: Option<&Number>, most: i64) -> QueryResult<Option<Vec<Row>>> {
    let mut query = identity_cases::table
        .filter(identity_cases::queued_at.is_not_null())
        .filter(waiting_for())
        .select((
            identity_cases::number,
            identity_cases::method,
            identity_cases::state,
            identity_cases::queued_at,
            identity_cases::leased_until,
        ))
        .into_boxed();
    if let Some(after) = after {
        let last: Option<(i64, Option<Moment>)> = identity_cases::table
            .filter(identity_cases::number.eq(after))
            .filter(identity_cases::queued_at.is_not_null())
            .select((identity_cases::id, identity_cases::queued_at))
            .first(conn)
            .optional()?;
        let Some((id, at)) = last else { return Ok(None) };
        let later = identity_cases::queued_at.gt(at);
        let same = identity_cases::queued_at.eq(at).and(identity_cases::id.gt(id));
        query = query.filter(later.or(same));
    }
    query.order((identity_cases::queued_at, identity_cases::id)).limit(most).load(conn).map(Some)
}

/// How many wait.
pub(super) fn count(conn: &mut Conn) -> QueryResult<i64> {
    identity_cases::table.filter(identity_cases::queued_at.is_not_null()).filter(waiting_for()).count().get_result(conn)
}

/// Ends holds whose time is over, so that the index lets their holders and others take again.
pub(super) fn end_leases(conn: &mut Conn, now: Moment) -> QueryResult<()> {
    diesel::update(identity_cases::table.filter(identity_cases::leased_until.le(now)))
        .set((identity_cases::leased_by_id.eq(None::<i64>), identity_cases::leased_until.eq(None::<Moment>)))
        .execute(conn)?;
    Ok(())
}

/// The case that this reviewer holds now.
pub(super) fn held(conn: &mut Conn, officer: &Officer) -> QueryResult<Option<Case>> {
    identity_cases::table
        .filter(identity_cases::leased_by_id.eq(officer.person_id()))
        .filter(identity_cases::leased_until.gt(officer.now()))
        .select(columns!())
        .first(conn)
        .optional()
}

/// The case that waits longest of those that this reviewer may decide: not one's own, and not one approved already.
pub(super) fn next(conn: &mut Conn, officer: &Officer) -> QueryResult<Option<Case>> {
    let own = memberships::table
        .inner_join(people::table)
        .filter(people::address.eq(officer.address()))
        .select(memberships::account_id);
    identity_cases::table
        .filter(identity_cases::queued_at.is_not_null())
        .filter(waiting_for())
        .filter(identity_cases::leased_by_id.is_null())
        .filter(identity_cases::approved_by_id.is_null().or(identity_cases::approved_by_id.ne(officer.person_id())))
        .filter(identity_cases::account_id.ne_all(own))
        .order((identity_cases::queued_at, identity_cases::id))
        .select(columns!())
        .first(conn)
        .optional()
}

/// Takes a case that nobody holds; false when somebody was first.
pub(super) fn take(conn: &mut Conn, officer: &Officer, case: &Case) -> QueryResult<bool> {
    let free = identity_cases::table
        .find(case.id)
        .filter(identity_cases::state.eq(case.state))
        .filter(identity_cases::leased_by_id.is_null());
    let taken = diesel::update(free)
        .set((
            identity_cases::leased_by_id.eq(Some(officer.person_id())),
            identity_cases::leased_until.eq(Some(officer.now().plus(LEASE))),
        ))
        .execute(conn)?;
    Ok(taken == 1)
}

/// Puts a case back; whether it was held.
pub(super) fn release(conn: &mut Conn, officer: &Officer, case: &Case) -> QueryResult<bool> {
    let own = identity_cases::table.find(case.id).filter(identity_cases::leased_by_id.eq(officer.person_id()));
    let freed = diesel::update(own)
        .set((identity_cases::leased_by_id.eq(None::<i64>), identity_cases::leased_until.eq(None::<Moment>)))
        .execute(conn)?;
    Ok(freed == 1)
}

/// What a decision leaves in the row.
pub(super) struct Decision {
    pub to: CaseState,
    pub reason: Option<Reason>,
    /// Until when numbers and pictures stay for an appeal, UTC.
    pub destroy_at: Moment,
}

/// Decides a case that this reviewer holds; false when the hold is over or it changed.
pub(super) fn decide(conn: &mut Conn, officer: &Officer, case: &Case, new: &Decision) -> QueryResult<bool> {
    let held = identity_cases::table
        .find(case.id)
        .filter(identity_cases::state.eq(case.state))
        .filter(identity_cases::leased_by_id.eq(officer.person_id()))
        .filter(identity_cases::leased_until.gt(officer.now()));
    let over = !new.to.is_open();
    let approver = if new.to == CaseState::Seconded { Some(officer.person_id()) } else { case.approved_by_id };
    // What comes back begins anew: two reviewers look at it again.
    let approver = if new.to == CaseState::Returned { None } else { approver };
    let decided = diesel::update(held)
        .set((
            identity_cases::state.eq(new.to),
            identity_cases::reason.eq(new.reason),
            identity_cases::queued_at.eq(if new.to == CaseState::Seconded { case.queued_at } else { None }),
            identity_cases::approved_by_id.eq(approver),
            identity_cases::decided_by_id.eq(over.then(|| officer.person_id())),
            identity_cases::decided_at.eq(over.then(|| officer.now())),
            identity_cases::destroy_at.eq(over.then_some(new.destroy_at)),
            identity_cases::acted_at.eq(officer.now()),
            identity_cases::leased_by_id.eq(None::<i64>),
            identity_cases::leased_until.eq(None::<Moment>),
        ))
        .execute(conn)?;
    Ok(decided == 1)
}
