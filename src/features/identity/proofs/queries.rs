//! The rows of further proofs.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::model::{Paid, ProofKind, ProofState};
use crate::base::db::Conn;
use crate::base::db::schema::{identity_proofs, identity_results};
use crate::base::types::{Moment, Money, Number};
use crate::features::identity::cases::IdentityKind;
use crate::features::identity::results::ResultState;
use crate::features::staff::Officer;

/// A proof that is asked for or recorded.
#[derive(Debug, Clone, Queryable)]
pub struct Proof {
    /// Where it stands.
    pub state: ProofState,
    /// The reference of the remittance.
    pub remittance: Number,
    /// The amount that was shown.
    pub amount: Option<Money>,
    /// Until when the amount counts, UTC.
    pub expires_at: Option<Moment>,
    /// When it was recorded, UTC.
    pub recorded_at: Option<Moment>,
}

/// What proves the account's standing result further, the recorded one before one that is asked for.
pub fn standing(conn: &mut Conn, account_id: i64) -> QueryResult<Option<Proof>> {
    // One of each at most.
    let found: Vec<Proof> = identity_proofs::table
        .filter(identity_proofs::account_id.eq(account_id))
        .filter(identity_proofs::state.eq_any([ProofState::Asked, ProofState::Recorded]))
        .select((
            identity_proofs::state,
            identity_proofs::remittance,
            identity_proofs::amount,
            identity_proofs::expires_at,
            identity_proofs::recorded_at,
        ))
        .load(conn)?;
    Ok(found.into_iter().max_by_key(|proof| proof.state == ProofState::Recorded))
}

/// Of these remittances (account and reference) those that a reviewer may look at as a proof: the account's name stands and
/// is proved by no other yet, and of a company it is the one that was asked for.
pub fn provable(conn: &mut Conn, _: &Officer, paid: &[(i64, Number)]) -> QueryResult<BTreeSet<Number>> {
    let accounts: BTreeSet<i64> = paid.iter().map(|(account, _)| *account).collect();
    let numbers: Vec<&Number> = paid.iter().map(|(_, number)| number).collect();
    let kinds: Vec<(i64, IdentityKind)> = identity_results::table
        .filter(identity_results::account_id.eq_any(&accounts))
        .filter(identity_results::state.eq(ResultState::Standing))
        .select((identity_results::account_id, identity_results::kind))
        .load(conn)?;
    let proved: Vec<i64> = identity_proofs::table
        .filter(identity_proofs::account_id.eq_any(&accounts))
        .filter(identity_proofs::state.eq(ProofState::Recorded))
        .select(identity_proofs::account_id)
        .load(conn)?;
    let used: Vec<(Number, ProofState)> = identity_proofs::table
        .filter(identity_proofs::remittance.eq_any(numbers))
        .select((identity_proofs::remittance, identity_proofs::state))
        .load(conn)?;
    let may = |(account, number): &&(i64, Number)| {
        let state = used.iter().find(|(known, _)| known == number).map(|(_, state)| *state);
        let kind = kinds.iter().find(|(known, _)| known == account).map(|(_, kind)| ProofKind::of(*kind));
        !proved.contains(account)
            && match kind {
                Some(ProofKind::Name) => state.is_none(),
                Some(ProofKind::Amount) => state == Some(ProofState::Asked),
                None => false,
            }
    };
    Ok(paid.iter().filter(may).map(|(_, number)| number.clone()).collect())
}

/// How many amounts the account asked for since.
pub(super) fn asks(conn: &mut Conn, account_id: i64, since: Moment) -> QueryResult<i64> {
    identity_proofs::table
        .filter(identity_proofs::account_id.eq(account_id))
        .filter(identity_proofs::kind.eq(ProofKind::Amount))
        .filter(identity_proofs::asked_at.gt(since))
        .count()
        .get_result(conn)
}

/// Moves the account's proof of one state, if there is one.
pub(super) fn turn(conn: &mut Conn, account_id: i64, from: ProofState, to: ProofState) -> QueryResult<()> {
    let standing = identity_proofs::table
        .filter(identity_proofs::account_id.eq(account_id))
        .filter(identity_proofs::state.eq(from));
    diesel::update(standing).set(identity_proofs::state.eq(to)).execute(conn)?;
    Ok(())
}

/// Keeps an amount that is shown.
pub(super) fn insert_asked(
    conn: &mut Conn,
    account_id: i64,
    remittance: &Number,
    amount: Money,
    (now, until): (Moment, Moment),
) -> QueryResult<()> {
    diesel::insert_into(identity_proofs::table)
        .values((
            identity_proofs::account_id.eq(account_id),
            identity_proofs::kind.eq(ProofKind::Amount),
            identity_proofs::state.eq(ProofState::Asked),
            identity_proofs::remittance.eq(remittance),
            identity_proofs::amount.eq(Some(amount)),
            identity_proofs::asked_at.eq(now),
            identity_proofs::expires_at.eq(Some(until)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps a proof by name. That the remittance serves already, or the account has one, is a violation of an index.
pub(super) fn insert_recorded(conn: &mut Conn, officer: &Officer, paid: &Paid, state: ProofState) -> QueryResult<()> {
    diesel::insert_into(identity_proofs::table)
        .values((
            identity_proofs::account_id.eq(paid.account_id),
            identity_proofs::kind.eq(ProofKind::Name),
            identity_proofs::state.eq(state),
            identity_proofs::remittance.eq(&paid.number),
            identity_proofs::asked_at.eq(officer.now()),
            identity_proofs::recorded_by_id.eq(Some(officer.person_id())),
            identity_proofs::recorded_at.eq(Some(officer.now())),
        ))
        .execute(conn)?;
    Ok(())
}

/// An amount that was shown.
#[derive(Queryable)]
pub(super) struct Asked {
    /// How much.
    pub amount: Option<Money>,
    /// From when it counts, UTC.
    pub from: Moment,
    /// Until when, UTC.
    pub until: Option<Moment>,
}

/// The amount that the account was shown for this remittance.
pub(super) fn asked(conn: &mut Conn, account_id: i64, remittance: &Number) -> QueryResult<Option<Asked>> {
    identity_proofs::table
        .filter(identity_proofs::account_id.eq(account_id))
        .filter(identity_proofs::remittance.eq(remittance))
        .filter(identity_proofs::state.eq(ProofState::Asked))
        .select((identity_proofs::amount, identity_proofs::asked_at, identity_proofs::expires_at))
        .first(conn)
        .optional()
}

/// Keeps that what was asked for came; false when somebody else was first, or another amount took its place.
pub(super) fn recorded(
    conn: &mut Conn,
    officer: &Officer,
    paid: &Paid,
    (from, to): (ProofState, ProofState),
) -> QueryResult<bool> {
    let standing = identity_proofs::table
        .filter(identity_proofs::account_id.eq(paid.account_id))
        .filter(identity_proofs::remittance.eq(&paid.number))
        .filter(identity_proofs::state.eq(from));
    let changed = diesel::update(standing)
        .set((
            identity_proofs::state.eq(to),
            identity_proofs::recorded_by_id.eq(Some(officer.person_id())),
            identity_proofs::recorded_at.eq(Some(officer.now())),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}
