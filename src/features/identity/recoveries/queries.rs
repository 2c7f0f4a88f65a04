//! Recoveries.

mod desk;
mod files;

pub(super) use desk::{Row, count, queue};
pub(super) use files::{keep_file, pictures, sealed_picture};

use diesel::prelude::*;

use super::model::{COUNTED, DECISION, DRAFT, KEPT, REMINDER, Recovery, RecoveryReason, RecoveryState, WAIT};
use crate::base::db::Conn;
use crate::base::db::schema::{account_recoveries, identity_cases, identity_results, people, recovery_files};
use crate::base::types::{Address, Moment, Number};
use crate::features::accounts::HalfSignedIn;
use crate::features::identity::cases::IdentityKind;
use crate::features::identity::numbers::DocumentKind;
use crate::features::identity::results::ResultState;
use crate::services::context::Context;
use crate::web::session::PersonState;

const OPEN: [RecoveryState; 3] = [RecoveryState::Asked, RecoveryState::Confirmed, RecoveryState::Waiting];

macro_rules! recovery {
    () => {
        (
            account_recoveries::id,
            account_recoveries::number,
            account_recoveries::person_id,
            account_recoveries::account_id,
            account_recoveries::state,
            account_recoveries::paper,
            account_recoveries::sealed_key,
            account_recoveries::sealed_number,
            account_recoveries::agrees,
            account_recoveries::network,
            account_recoveries::device,
            account_recoveries::asked_at,
            account_recoveries::first_by_id,
            account_recoveries::due_at,
        )
    };
}

/// With what a person's papers are compared: an authentication of their own that stands. That of a company tells nobody's
/// identity: its licence is no secret.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Basis {
    pub account_id: i64,
    pub document: DocumentKind,
    pub masked_name: String,
    pub masked_number: String,
    pub fingerprint: Vec<u8>,
    pub decided_at: Moment,
}

/// The authentication that tells who somebody is.
pub(super) fn basis(conn: &mut Conn, person_id: i64) -> QueryResult<Option<Basis>> {
    identity_results::table
        .inner_join(identity_cases::table.on(identity_results::case_id.eq(identity_cases::id.nullable())))
        .filter(identity_cases::person_id.eq(person_id))
        .filter(identity_results::kind.eq(IdentityKind::Personal))
        .filter(identity_results::state.eq(ResultState::Standing))
        .order(identity_results::id.desc())
        .select((
            identity_results::account_id,
            identity_cases::document,
            identity_results::masked_name,
            identity_results::masked_number,
            identity_results::fingerprint,
            identity_results::decided_at,
        ))
        .first(conn)
        .optional()
}

/// With what a recovery is compared, while it is the one of then.
pub(super) fn basis_of(conn: &mut Conn, recovery: &Recovery) -> QueryResult<Option<Basis>> {
    Ok(basis(conn, recovery.person_id)?.filter(|basis| basis.account_id == recovery.account_id))
}

/// The open one of a person.
pub(super) fn open_of(conn: &mut Conn, person_id: i64) -> QueryResult<Option<Recovery>> {
    account_recoveries::table
        .filter(account_recoveries::person_id.eq(person_id))
        .filter(account_recoveries::state.eq_any(OPEN))
        .select(recovery!())
        .first(conn)
        .optional()
}

/// How often a person was asked for of late: from this network, and from all. Whether the number was right counts for nothing,
/// because whoever asks would learn it by that.
pub(super) fn asked_lately(conn: &mut Conn, person_id: i64, network: &str, now: Moment) -> QueryResult<(i64, i64)> {
    let asked = || {
        account_recoveries::table
            .filter(account_recoveries::person_id.eq(person_id))
            .filter(account_recoveries::asked_at.gt(now.minus(COUNTED)))
            .filter(account_recoveries::state.ne(RecoveryState::Draft))
    };
    let here = asked().filter(account_recoveries::network.eq(network.to_string())).count().get_result(conn)?;
    Ok((here, asked().count().get_result(conn)?))
}

/// What a new one is made of.
pub(super) struct NewRecovery<'a> {
    pub number: &'a Number,
    pub basis: &'a Basis,
    pub paper: &'a str,
    pub sealed_key: Vec<u8>,
    pub sealed_number: Vec<u8>,
    pub agrees: bool,
    pub notice_hash: Vec<u8>,
}

/// The one that was begun in this waiting sign-in and whose pictures are not there yet.
pub(super) fn draft_of(conn: &mut Conn, half: &HalfSignedIn) -> QueryResult<Option<Recovery>> {
    account_recoveries::table
        .filter(account_recoveries::begun_in.eq(half.wait()))
        .filter(account_recoveries::person_id.eq(half.person_id()))
        .filter(account_recoveries::state.eq(RecoveryState::Draft))
        .select(recovery!())
        .first(conn)
        .optional()
}

/// Deletes it: nobody was told of it.
pub(super) fn drop_draft(conn: &mut Conn, half: &HalfSignedIn) -> QueryResult<usize> {
    let own = account_recoveries::table
        .filter(account_recoveries::begun_in.eq(half.wait()))
        .filter(account_recoveries::person_id.eq(half.person_id()))
        .filter(account_recoveries::state.eq(RecoveryState::Draft));
    diesel::delete(own).execute(conn)
}

/// Deletes those whose pictures never came, at most `most`.
pub(super) fn sweep_drafts(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<usize> {
    let over: Vec<i64> = account_recoveries::table
        .filter(account_recoveries::state.eq(RecoveryState::Draft))
        .filter(account_recoveries::due_at.le(now))
        .order(account_recoveries::due_at)
        .limit(most)
        .select(account_recoveries::id)
        .load(conn)?;
    diesel::delete(account_recoveries::table.filter(account_recoveries::id.eq_any(over))).execute(conn)
}

/// Keeps what is begun.
pub(super) fn insert(conn: &mut Conn, ctx: &Context, half: &HalfSignedIn, new: &NewRecovery<'_>) -> QueryResult<()> {
    diesel::insert_into(account_recoveries::table)
        .values((
            account_recoveries::number.eq(new.number),
            account_recoveries::person_id.eq(half.person_id()),
            account_recoveries::account_id.eq(new.basis.account_id),
            account_recoveries::begun_in.eq(half.wait()),
            account_recoveries::state.eq(RecoveryState::Draft),
            account_recoveries::paper.eq(new.paper),
            account_recoveries::sealed_key.eq(Some(&new.sealed_key)),
            account_recoveries::sealed_number.eq(Some(&new.sealed_number)),
            account_recoveries::agrees.eq(new.agrees),
            account_recoveries::notice_hash.eq(&new.notice_hash),
            (account_recoveries::network.eq(&*ctx.network), account_recoveries::device.eq(&*ctx.device)),
            account_recoveries::asked_at.eq(ctx.now),
            account_recoveries::due_at.eq(ctx.now.plus(DRAFT)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The recovery of this number.
pub(super) fn by_number(conn: &mut Conn, number: &Number) -> QueryResult<Option<Recovery>> {
    account_recoveries::table.filter(account_recoveries::number.eq(number)).select(recovery!()).first(conn).optional()
}

/// The same by its internal id.
pub(super) fn read(conn: &mut Conn, id: i64) -> QueryResult<Recovery> {
    account_recoveries::table.find(id).select(recovery!()).first(conn)
}

/// Who did what to a recovery.
pub(super) struct Step {
    pub to: RecoveryState,
    pub by: Option<i64>,
    pub reason: Option<RecoveryReason>,
}

/// Moves a recovery that still is as it was read; false when something else was first. Number, key and pictures go with the
/// last move that needs them.
pub(super) fn moved(conn: &mut Conn, read: &Recovery, step: &Step, now: Moment) -> QueryResult<bool> {
    let to = step.to;
    let standing = account_recoveries::table.find(read.id).filter(account_recoveries::state.eq(read.state));
    let (asked_at, due_at) = match to {
        RecoveryState::Asked => (now, now.plus(DECISION)),
        RecoveryState::Waiting => (read.asked_at, now.plus(WAIT)),
        _ => (read.asked_at, read.due_at),
    };
    let settled = !to.is_open();
    let first = (to == RecoveryState::Confirmed)
        .then(|| (account_recoveries::first_by_id.eq(step.by), account_recoveries::first_at.eq(Some(now))));
    let second = (to == RecoveryState::Waiting)
        .then(|| (account_recoveries::second_by_id.eq(step.by), account_recoveries::second_at.eq(Some(now))));
    let gone = (!to.is_checked()).then(|| {
        (account_recoveries::sealed_key.eq(None::<Vec<u8>>), account_recoveries::sealed_number.eq(None::<Vec<u8>>))
    });
    let changed = diesel::update(standing)
        .set((
            account_recoveries::state.eq(to),
            account_recoveries::asked_at.eq(asked_at),
            account_recoveries::due_at.eq(due_at),
            account_recoveries::reason.eq(step.reason),
            account_recoveries::settled_at.eq(settled.then_some(now)),
            account_recoveries::settled_by_id.eq(step.by.filter(|_| settled)),
            first,
            second,
            gone,
        ))
        .execute(conn)?;
    if changed == 1 && !to.is_checked() {
        diesel::delete(recovery_files::table.filter(recovery_files::recovery_id.eq(read.id))).execute(conn)?;
    }
    Ok(changed == 1)
}

/// The open ones of this state whose time has come, the oldest first; at most `most`.
pub(super) fn due(conn: &mut Conn, state: RecoveryState, now: Moment, most: i64) -> QueryResult<Vec<Recovery>> {
    account_recoveries::table
        .filter(account_recoveries::state.eq(state))
        .filter(account_recoveries::due_at.le(now))
        .order((account_recoveries::due_at, account_recoveries::id))
        .limit(most)
        .select(recovery!())
        .load(conn)
}

/// The open ones, longest first; at most `most`.
pub(super) fn open(conn: &mut Conn, most: i64) -> QueryResult<Vec<Recovery>> {
    account_recoveries::table
        .filter(account_recoveries::settled_at.is_null())
        .filter(account_recoveries::state.ne(RecoveryState::Draft))
        .order((account_recoveries::asked_at, account_recoveries::id))
        .limit(most)
        .select(recovery!())
        .load(conn)
}

/// The open ones whose authentication stands no more; at most `most`.
pub(super) fn baseless(conn: &mut Conn, most: i64) -> QueryResult<Vec<Recovery>> {
    let standing = identity_results::table
        .filter(identity_results::account_id.eq(account_recoveries::account_id))
        .filter(identity_results::kind.eq(IdentityKind::Personal))
        .filter(identity_results::state.eq(ResultState::Standing));
    account_recoveries::table
        .filter(account_recoveries::state.eq_any(OPEN))
        .filter(diesel::dsl::not(diesel::dsl::exists(standing)))
        .order(account_recoveries::id)
        .limit(most)
        .select(recovery!())
        .load(conn)
}

/// The waiting ones that end within a day and of which nobody was told again; at most `most`.
pub(super) fn untold(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<Vec<Recovery>> {
    account_recoveries::table
        .filter(account_recoveries::state.eq(RecoveryState::Waiting))
        .filter(account_recoveries::due_at.le(now.plus(REMINDER)))
        .filter(account_recoveries::told_at.is_null())
        .order((account_recoveries::due_at, account_recoveries::id))
        .limit(most)
        .select(recovery!())
        .load(conn)
}

/// Notes that everybody was told again; false when somebody else did.
pub(super) fn told(conn: &mut Conn, id: i64, now: Moment) -> QueryResult<bool> {
    let untold = account_recoveries::table
        .find(id)
        .filter(account_recoveries::state.eq(RecoveryState::Waiting))
        .filter(account_recoveries::told_at.is_null());
    Ok(diesel::update(untold).set(account_recoveries::told_at.eq(Some(now))).execute(conn)? == 1)
}

/// Deletes what was settled long enough ago, at most `most`.
pub(super) fn sweep(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<usize> {
    let over: Vec<i64> = account_recoveries::table
        .filter(account_recoveries::settled_at.le(Some(now.minus(KEPT))))
        .order(account_recoveries::settled_at)
        .limit(most)
        .select(account_recoveries::id)
        .load(conn)?;
    diesel::delete(account_recoveries::table.filter(account_recoveries::id.eq_any(over))).execute(conn)
}

/// Those of these people who cannot sign in at all.
pub(super) fn shut_out(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<i64>> {
    people::table
        .filter(people::id.eq_any(ids))
        .filter(people::state.ne(PersonState::Active))
        .select(people::id)
        .load(conn)
}

/// Address, subject and state of a person.
pub(super) fn person(conn: &mut Conn, person_id: i64) -> QueryResult<(Address, i64, PersonState)> {
    people::table.find(person_id).select((people::address, people::subject_id, people::state)).first(conn)
}
