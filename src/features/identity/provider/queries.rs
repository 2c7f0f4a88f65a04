//! Attempts, and the provider's messages that were taken.

use std::time::Duration;

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::model::{AttemptState, Outcome, Turn};
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::db::schema::{identity_attempts, identity_cases, identity_messages};
use crate::base::types::{Moment, Number};
use crate::each;
use crate::features::identity::cases::{Case, CaseState, Reason, columns};

/// An attempt.
#[derive(Debug, Clone, Queryable)]
pub struct Attempt {
    /// Internal id.
    pub id: i64,
    /// Its public number, which the provider knows.
    pub number: Number,
    /// How often it was sent.
    pub tries: i64,
}

const COLUMNS: (identity_attempts::id, identity_attempts::number, identity_attempts::tries) =
    (identity_attempts::id, identity_attempts::number, identity_attempts::tries);
const PURPOSE: &str = "identity-message";

/// A condition on cases: nobody waits for the provider.
#[diesel::dsl::auto_type]
pub(in crate::features::identity) fn waiting_for() -> _ {
    let open: Vec<AttemptState> = AttemptState::open();
    let asked = identity_attempts::table
        .filter(identity_attempts::case_id.eq(identity_cases::id))
        .filter(identity_attempts::state.eq_any(open));
    not(exists(asked))
}

/// Whether the provider is being asked about this case.
pub(in crate::features::identity) fn at_provider(conn: &mut Conn, case_id: i64) -> QueryResult<bool> {
    let open = identity_attempts::table
        .filter(identity_attempts::case_id.eq(case_id))
        .filter(identity_attempts::state.eq_any(AttemptState::open()));
    diesel::select(exists(open)).get_result(conn)
}

/// What the last attempt came to.
pub(in crate::features::identity) fn outcome_of(conn: &mut Conn, case_id: i64) -> QueryResult<Option<Outcome>> {
    let last: Option<Option<Outcome>> = identity_attempts::table
        .filter(identity_attempts::case_id.eq(case_id))
        .order(identity_attempts::id.desc())
        .select(identity_attempts::outcome)
        .first(conn)
        .optional()?;
    Ok(last.flatten())
}

/// Begins an attempt.
pub(super) fn begin(conn: &mut Conn, case_id: i64, now: Moment, until: Moment) -> QueryResult<()> {
    diesel::insert_into(identity_attempts::table)
        .values((
            identity_attempts::number.eq(Number::random('Q')),
            identity_attempts::case_id.eq(case_id),
            identity_attempts::state.eq(AttemptState::Due),
            identity_attempts::tries.eq(0),
            identity_attempts::next_at.eq(Some(now)),
            identity_attempts::created_at.eq(now),
            identity_attempts::expires_at.eq(until),
        ))
        .execute(conn)?;
    Ok(())
}

/// Nobody needs an answer about this case any more.
pub(super) fn end(conn: &mut Conn, case_id: i64, turn: &Turn, now: Moment) -> QueryResult<()> {
    let open = identity_attempts::table
        .filter(identity_attempts::case_id.eq(case_id))
        .filter(identity_attempts::state.eq_any(&turn.from));
    diesel::update(open)
        .set((
            identity_attempts::state.eq(turn.to),
            identity_attempts::next_at.eq(None::<Moment>),
            identity_attempts::leased_until.eq(None::<Moment>),
            identity_attempts::settled_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// What is due to be sent and nobody is sending, at most `most`.
pub(super) fn due(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<Vec<(Attempt, Case)>> {
    identity_attempts::table
        .inner_join(identity_cases::table)
        .filter(identity_attempts::next_at.le(now))
        .filter(identity_attempts::expires_at.gt(now))
        .filter(identity_attempts::leased_until.is_null().or(identity_attempts::leased_until.le(now)))
        .order(identity_attempts::next_at)
        .limit(most)
        .select((COLUMNS, columns!()))
        .load(conn)
}

/// Takes it for `lease`, if it is as it was found: false when somebody else was first, or its case went on without it.
pub(super) fn take(conn: &mut Conn, attempt: &Attempt, now: Moment, lease: Duration) -> QueryResult<bool> {
    let free = identity_attempts::table
        .find(attempt.id)
        .filter(identity_attempts::tries.eq(attempt.tries))
        .filter(identity_attempts::next_at.le(now))
        .filter(identity_attempts::leased_until.is_null().or(identity_attempts::leased_until.le(now)));
    let taken = diesel::update(free)
        .set((
            identity_attempts::leased_until.eq(Some(now.plus(lease))),
            identity_attempts::tries.eq(identity_attempts::tries + 1),
        ))
        .execute(conn)?;
    Ok(taken == 1)
}

/// Sends it again later.
pub(super) fn later(conn: &mut Conn, attempt: &Attempt, turn: &Turn, at: Moment) -> QueryResult<()> {
    let due = identity_attempts::table.find(attempt.id).filter(identity_attempts::state.eq_any(&turn.from));
    diesel::update(due)
        .set((
            identity_attempts::state.eq(turn.to),
            identity_attempts::next_at.eq(Some(at)),
            identity_attempts::leased_until.eq(None::<Moment>),
        ))
        .execute(conn)?;
    Ok(())
}

/// The provider has it and answers later.
pub(super) fn pending(conn: &mut Conn, attempt: &Attempt, turn: &Turn) -> QueryResult<()> {
    let due = identity_attempts::table.find(attempt.id).filter(identity_attempts::state.eq_any(&turn.from));
    diesel::update(due)
        .set((
            identity_attempts::state.eq(turn.to),
            identity_attempts::next_at.eq(None::<Moment>),
            identity_attempts::leased_until.eq(None::<Moment>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps what it came to; false when it had come to something, or ended, before.
pub(super) fn settle(
    conn: &mut Conn,
    attempt: &Attempt,
    turn: &Turn,
    outcome: Outcome,
    now: Moment,
) -> QueryResult<bool> {
    let open = identity_attempts::table.find(attempt.id).filter(identity_attempts::state.eq_any(&turn.from));
    let settled = diesel::update(open)
        .set((
            identity_attempts::state.eq(turn.to),
            identity_attempts::outcome.eq(Some(outcome)),
            identity_attempts::next_at.eq(None::<Moment>),
            identity_attempts::leased_until.eq(None::<Moment>),
            identity_attempts::settled_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(settled == 1)
}

/// Attempts whose time is over, at most `most`; with nothing for `now` every open one.
pub(super) fn expired(conn: &mut Conn, now: Option<Moment>, most: i64) -> QueryResult<Vec<(Attempt, Case)>> {
    identity_attempts::table
        .inner_join(identity_cases::table)
        .filter(identity_attempts::state.eq_any(AttemptState::open()))
        .filter(identity_attempts::expires_at.le(now.unwrap_or(Moment(i64::MAX))))
        .order(identity_attempts::expires_at)
        .limit(most)
        .select((COLUMNS, columns!()))
        .load(conn)
}

/// The attempt that a message is about, and its case as it stands now.
pub(super) fn named(conn: &mut Conn, attempt: &Number, case: &Number) -> QueryResult<Option<(Attempt, Case)>> {
    identity_attempts::table
        .inner_join(identity_cases::table)
        .filter(identity_attempts::number.eq(attempt))
        .filter(identity_cases::number.eq(case))
        .select((COLUMNS, columns!()))
        .first(conn)
        .optional()
}

/// Takes a message by its id; false when it was taken before.
pub(super) fn take_message(conn: &mut Conn, keys: &Keys, id: &str, until: Moment) -> QueryResult<bool> {
    let known = keys.hashes(PURPOSE, &[id.as_bytes()]);
    let before = identity_messages::table.filter(identity_messages::message_hash.eq_any(known));
    if diesel::select(exists(before)).get_result(conn)? {
        return Ok(false);
    }
    let hash = keys.hash(PURPOSE, &[id.as_bytes()]).to_vec();
    let new = (identity_messages::message_hash.eq(hash), identity_messages::expires_at.eq(until));
    let taken = each!(conn, c => diesel::insert_into(identity_messages::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(taken == 1)
}

/// Forgets messages whose time window is over.
pub(super) fn sweep_messages(conn: &mut Conn, now: Moment) -> QueryResult<()> {
    diesel::delete(identity_messages::table.filter(identity_messages::expires_at.le(now))).execute(conn)?;
    Ok(())
}

/// Decides a case that waits, by nobody of the staff unless one is named; false when it changed.
pub(in crate::features::identity) fn decide(
    conn: &mut Conn,
    case: &Case,
    (to, reason): (CaseState, Option<Reason>),
    (now, by): (Moment, Option<i64>),
    destroy_at: Moment,
) -> QueryResult<bool> {
    let waiting = identity_cases::table.find(case.id).filter(identity_cases::state.eq(case.state));
    let free = identity_cases::leased_by_id.is_null().or(identity_cases::leased_by_id.eq(by));
    let waiting = waiting.filter(free);
    let decided = diesel::update(waiting)
        .set((
            identity_cases::state.eq(to),
            identity_cases::reason.eq(reason),
            identity_cases::queued_at.eq(None::<Moment>),
            identity_cases::decided_at.eq(Some(now)),
            identity_cases::decided_by_id.eq(by),
            identity_cases::destroy_at.eq(Some(destroy_at)),
            identity_cases::acted_at.eq(now),
            identity_cases::leased_by_id.eq(None::<i64>),
            identity_cases::leased_until.eq(None::<Moment>),
        ))
        .execute(conn)?;
    Ok(decided == 1)
}
