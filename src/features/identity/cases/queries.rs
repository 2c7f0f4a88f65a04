//! Cases and their pictures.

use diesel::prelude::*;

use super::model::{CaseState, IdentityKind, IdentityMethod, Part, Reason};
use crate::base::db::Conn;
use crate::base::db::schema::{identity_cases, identity_files};
use crate::base::types::{Moment, Number};
use crate::features::accounts::Customer;
use crate::features::identity::numbers::DocumentKind;

/// A case as it stands in its row.
#[derive(Clone, Queryable)]
pub struct Case {
    /// Internal id.
    pub id: i64,
    /// Its public number.
    pub number: Number,
    /// Whose real name.
    pub account_id: i64,
    /// Who asks.
    pub person_id: i64,
    /// Person or company.
    pub kind: IdentityKind,
    /// By what it is proved.
    pub method: IdentityMethod,
    /// Of which kind the number is.
    pub document: DocumentKind,
    /// Where it stands.
    pub state: CaseState,
    /// Its key; nothing once that was destroyed.
    pub sealed_key: Option<Vec<u8>>,
    /// What was typed.
    pub sealed_details: Option<Vec<u8>>,
    /// The name, masked.
    pub masked_name: String,
    /// The number, masked.
    pub masked_number: String,
    /// Why it came back or was rejected.
    pub reason: Option<Reason>,
    /// The first of two reviewers.
    pub approved_by_id: Option<i64>,
    /// Until when a reviewer holds it, UTC.
    pub leased_until: Option<Moment>,
    /// Since when it waits for a reviewer, UTC.
    pub queued_at: Option<Moment>,
    /// When the appeal window ends, UTC.
    pub destroy_at: Option<Moment>,
    /// When key, numbers and pictures were destroyed, UTC.
    pub destroyed_at: Option<Moment>,
}

macro_rules! columns {
    () => {
        (
            identity_cases::id,
            identity_cases::number,
            identity_cases::account_id,
            identity_cases::person_id,
            identity_cases::kind,
            identity_cases::method,
            identity_cases::document,
            identity_cases::state,
            identity_cases::sealed_key,
            identity_cases::sealed_details,
            identity_cases::masked_name,
            identity_cases::masked_number,
            identity_cases::reason,
            identity_cases::approved_by_id,
            identity_cases::leased_until,
            identity_cases::queued_at,
            identity_cases::destroy_at,
            identity_cases::destroyed_at,
        )
    };
}
pub(in crate::features::identity) use columns;

/// What a new case is made of.
pub(super) struct NewCase<'a> {
    pub number: &'a Number,
    pub account_id: i64,
    pub person_id: i64,
    pub method: IdentityMethod,
    pub document: DocumentKind,
    pub sealed_key: Vec<u8>,
    pub answers: Answers<'a>,
}

/// What stands in a row of what was typed.
pub(super) struct Answers<'a> {
    pub sealed_details: Vec<u8>,
    pub masked_name: String,
    pub masked_number: &'a str,
    pub fingerprint: Vec<u8>,
}

/// The newest case of the customer's account.
pub fn newest(conn: &mut Conn, customer: &Customer) -> QueryResult<Option<Case>> {
    identity_cases::table
        .filter(identity_cases::account_id.eq(customer.account_id()))
        .order(identity_cases::id.desc())
        .select(columns!())
        .first(conn)
        .optional()
}

/// One case of the customer's account.
pub fn own(conn: &mut Conn, customer: &Customer, number: &Number) -> QueryResult<Option<Case>> {
    identity_cases::table
        .filter(identity_cases::number.eq(number))
        .filter(identity_cases::account_id.eq(customer.account_id()))
        .select(columns!())
        .first(conn)
        .optional()
}

/// The same, when the customer began it: another owner does not see what was typed.
pub fn begun(conn: &mut Conn, customer: &Customer, number: &Number) -> QueryResult<Option<Case>> {
    Ok(own(conn, customer, number)?.filter(|case| case.person_id == customer.person_id()))
}

/// Opens a case. That an account has one already is a violation of its index.
pub(super) fn insert(conn: &mut Conn, new: NewCase<'_>, now: Moment) -> QueryResult<()> {
    diesel::insert_into(identity_cases::table)
        .values((
            identity_cases::number.eq(new.number),
            identity_cases::account_id.eq(new.account_id),
            identity_cases::person_id.eq(new.person_id),
            identity_cases::kind.eq(new.method.kind()),
            identity_cases::method.eq(new.method),
            identity_cases::document.eq(new.document),
            identity_cases::state.eq(CaseState::Draft),
            identity_cases::sealed_key.eq(new.sealed_key),
            identity_cases::sealed_details.eq(new.answers.sealed_details),
            identity_cases::masked_name.eq(new.answers.masked_name),
            identity_cases::masked_number.eq(new.answers.masked_number),
            identity_cases::fingerprint.eq(new.answers.fingerprint),
            identity_cases::created_at.eq(now),
            identity_cases::acted_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Puts other answers into a case that takes them; false when it does no more.
pub(super) fn answer(
    conn: &mut Conn,
    case: &Case,
    document: DocumentKind,
    new: Answers<'_>,
    now: Moment,
) -> QueryResult<bool> {
    let standing = identity_cases::table.find(case.id).filter(identity_cases::state.eq(case.state));
    let changed = diesel::update(standing)
        .set((
            identity_cases::document.eq(document),
            identity_cases::sealed_details.eq(Some(new.sealed_details)),
            identity_cases::masked_name.eq(new.masked_name),
            identity_cases::masked_number.eq(new.masked_number),
            identity_cases::fingerprint.eq(new.fingerprint),
            identity_cases::acted_at.eq(now),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Moves a case by an act of the customer, or of nobody; false when somebody else was first. Whoever held it loses it.
pub(super) fn moved(conn: &mut Conn, case: &Case, to: CaseState, now: Moment) -> QueryResult<bool> {
    let standing = identity_cases::table.find(case.id).filter(identity_cases::state.eq(case.state));
    let queued = (to == CaseState::Waiting).then_some(now);
    let decided = (!to.is_open()).then_some(now);
    let changed = diesel::update(standing)
        .set((
            identity_cases::state.eq(to),
            identity_cases::reason.eq(None::<Reason>),
            identity_cases::acted_at.eq(now),
            identity_cases::queued_at.eq(queued),
            identity_cases::decided_at.eq(decided),
            // A case that is over must name when its content goes; destroying follows in the same transaction.
            identity_cases::destroy_at.eq(decided),
            identity_cases::leased_by_id.eq(None::<i64>),
            identity_cases::leased_until.eq(None::<Moment>),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Destroys the key of a case and everything under it.
pub fn destroy(conn: &mut Conn, case_id: i64, now: Moment) -> QueryResult<()> {
    diesel::delete(identity_files::table.filter(identity_files::case_id.eq(case_id))).execute(conn)?;
    diesel::update(identity_cases::table.find(case_id))
        .set((
            identity_cases::sealed_key.eq(None::<Vec<u8>>),
            identity_cases::sealed_details.eq(None::<Vec<u8>>),
            identity_cases::destroyed_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Cases that nobody went on with since, at most `most`.
pub(super) fn idle(conn: &mut Conn, since: Moment, most: i64) -> QueryResult<Vec<Case>> {
    identity_cases::table
        .filter(identity_cases::state.eq_any([CaseState::Draft, CaseState::AwaitingContact, CaseState::Returned]))
        .filter(identity_cases::acted_at.lt(since))
        .order(identity_cases::acted_at)
        .limit(most)
        .select(columns!())
        .load(conn)
}

/// Decided cases whose appeal window is over, at most `most`.
pub(super) fn due(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<Vec<i64>> {
    identity_cases::table
        .filter(identity_cases::destroyed_at.is_null())
        .filter(identity_cases::destroy_at.le(now))
        .order(identity_cases::destroy_at)
        .limit(most)
        .select(identity_cases::id)
        .load(conn)
}

/// A picture without its bytes.
#[derive(Debug, Clone, Queryable)]
pub struct Picture {
    /// Its public number.
    pub number: Number,
    /// What it shows.
    pub part: Part,
    /// Media type.
    pub media_kind: String,
    /// Bytes before sealing.
    pub size: i64,
}

/// The pictures of a case, in the order of their parts.
pub fn pictures(conn: &mut Conn, case_id: i64) -> QueryResult<Vec<Picture>> {
    let mut all: Vec<Picture> = identity_files::table
        .filter(identity_files::case_id.eq(case_id))
        .select((identity_files::number, identity_files::part, identity_files::media_kind, identity_files::size))
        .load(conn)?;
    all.sort_by_key(|picture| picture.part);
    Ok(all)
}

/// One picture of a case, with its sealed bytes.
pub fn sealed_picture(conn: &mut Conn, case_id: i64, number: &Number) -> QueryResult<Option<(Picture, Vec<u8>)>> {
    identity_files::table
        .filter(identity_files::case_id.eq(case_id))
        .filter(identity_files::number.eq(number))
        .select((
            (identity_files::number, identity_files::part, identity_files::media_kind, identity_files::size),
            identity_files::sealed_bytes,
        ))
        .first(conn)
        .optional()
}

/// Takes the picture of this part away; whether there was one.
pub(super) fn drop_picture(conn: &mut Conn, case_id: i64, part: Part) -> QueryResult<bool> {
    let gone = identity_files::table.filter(identity_files::case_id.eq(case_id)).filter(identity_files::part.eq(part));
    Ok(diesel::delete(gone).execute(conn)? > 0)
}

/// Keeps a picture.
pub(super) fn keep_picture(
    conn: &mut Conn,
    case_id: i64,
    picture: &Picture,
    sealed: Vec<u8>,
    now: Moment,
) -> QueryResult<()> {
    diesel::insert_into(identity_files::table)
        .values((
            identity_files::number.eq(&picture.number),
            identity_files::case_id.eq(case_id),
            identity_files::part.eq(picture.part),
            identity_files::media_kind.eq(&picture.media_kind),
            identity_files::size.eq(picture.size),
            identity_files::sealed_bytes.eq(sealed),
            identity_files::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Holds an open case for what follows in the transaction, so that no two answers of it meet.
pub(super) fn touch(conn: &mut Conn, case: &Case, now: Moment) -> QueryResult<bool> {
    let standing = identity_cases::table.find(case.id).filter(identity_cases::state.eq(case.state));
    Ok(diesel::update(standing).set(identity_cases::acted_at.eq(now)).execute(conn)? == 1)
}
