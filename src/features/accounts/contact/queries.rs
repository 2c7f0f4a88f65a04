//! Changes of phone and address, and the phones themselves.

use diesel::prelude::*;

use super::model::{Change, ChangeState, ContactKind, NEW, OLD, Proof, WAIT};
use crate::base::crypto::Keys;
use crate::base::db::schema::{contact_changes, people, phones};
use crate::base::db::{Conn, unless_taken};
use crate::base::types::{Address, Moment, Number, Phone};
use crate::services::context::Context;
use crate::web::session::PersonState;

const NUMBER: &str = "phones.sealed_number";

/// The states from which something may still come.
const OPEN: [ChangeState; 3] = [ChangeState::Asked, ChangeState::Proved, ChangeState::Waiting];

/// A change to be kept.
pub(super) struct NewChange<'a> {
    pub person_id: i64,
    pub kind: ContactKind,
    pub proof: Proof,
    pub state: ChangeState,
    pub old: Option<&'a str>,
    pub new: Option<&'a str>,
    pub due_at: Moment,
}

type Columns = (
    contact_changes::id,
    contact_changes::number,
    contact_changes::person_id,
    contact_changes::kind,
    contact_changes::proof,
    contact_changes::state,
    contact_changes::sealed_old,
    contact_changes::sealed_new,
    contact_changes::network,
    contact_changes::device,
    contact_changes::created_at,
    contact_changes::due_at,
    contact_changes::settled_at,
);

const CHANGE: Columns = (
    contact_changes::id,
    contact_changes::number,
    contact_changes::person_id,
    contact_changes::kind,
    contact_changes::proof,
    contact_changes::state,
    contact_changes::sealed_old,
    contact_changes::sealed_new,
    contact_changes::network,
    contact_changes::device,
    contact_changes::created_at,
    contact_changes::due_at,
    contact_changes::settled_at,
);

/// Keeps a change; answers it.
pub(super) fn insert(conn: &mut Conn, ctx: &Context, new: &NewChange<'_>) -> QueryResult<Change> {
    let number = Number::random('H');
    let seal = |place, text: Option<&str>| text.map(|text| ctx.keys.seal(place, number.as_str(), text.as_bytes()));
    diesel::insert_into(contact_changes::table)
        .values((
            contact_changes::number.eq(&number),
            contact_changes::person_id.eq(new.person_id),
            contact_changes::kind.eq(new.kind),
            contact_changes::proof.eq(new.proof),
            contact_changes::state.eq(new.state),
            contact_changes::sealed_old.eq(seal(OLD, new.old)),
            contact_changes::sealed_new.eq(seal(NEW, new.new)),
            (contact_changes::network.eq(&*ctx.network), contact_changes::device.eq(&*ctx.device)),
            contact_changes::created_at.eq(ctx.now),
            contact_changes::due_at.eq(new.due_at),
        ))
        .execute(conn)?;
    contact_changes::table.filter(contact_changes::number.eq(&number)).select(CHANGE).first(conn)
}

/// The change of this person with that number.
pub(super) fn by_number(conn: &mut Conn, person_id: i64, number: &str) -> QueryResult<Option<Change>> {
    contact_changes::table
        .filter(contact_changes::number.eq(number))
        .filter(contact_changes::person_id.eq(person_id))
        .select(CHANGE)
        .first(conn)
        .optional()
}

/// The changes of a person from which something may still come.
pub(super) fn open_of(conn: &mut Conn, person_id: i64) -> QueryResult<Vec<Change>> {
    contact_changes::table
        .filter(contact_changes::person_id.eq(person_id))
        .filter(contact_changes::state.eq_any(OPEN))
        .order(contact_changes::id)
        .select(CHANGE)
        .load(conn)
}

/// The changes of a person that were made after this one, of the same kind.
pub(super) fn made_after(conn: &mut Conn, change: &Change) -> QueryResult<Vec<Change>> {
    contact_changes::table
        .filter(contact_changes::person_id.eq(change.person_id))
        .filter(contact_changes::kind.eq(change.kind))
        .filter(contact_changes::state.eq(ChangeState::Done))
        .filter(contact_changes::settled_at.ge(change.settled_at))
        .filter(contact_changes::id.ne(change.id))
        .order(contact_changes::id)
        .select(CHANGE)
        .load(conn)
}

/// The changes of a person's address that were made since, newest first.
pub(super) fn addresses_since(conn: &mut Conn, person_id: i64, since: Moment) -> QueryResult<Vec<Change>> {
    contact_changes::table
        .filter(contact_changes::person_id.eq(person_id))
        .filter(contact_changes::kind.eq(ContactKind::Address))
        .filter(contact_changes::state.eq(ChangeState::Done))
        .filter(contact_changes::settled_at.gt(Some(since)))
        .order(contact_changes::id.desc())
        .select(CHANGE)
        .load(conn)
}

/// Whether a change of the person was made since.
pub(super) fn made_since(conn: &mut Conn, person_id: i64, since: Moment) -> QueryResult<bool> {
    let made = contact_changes::table
        .filter(contact_changes::person_id.eq(person_id))
        .filter(contact_changes::state.eq(ChangeState::Done))
        .filter(contact_changes::settled_at.gt(Some(since)));
    diesel::select(diesel::dsl::exists(made)).get_result(conn)
}

/// Puts off when a change is made.
pub(super) fn put_off(conn: &mut Conn, change: &Change, until: Moment) -> QueryResult<()> {
    diesel::update(contact_changes::table.find(change.id).filter(contact_changes::state.eq(change.state)))
        .set(contact_changes::due_at.eq(until))
        .execute(conn)?;
    Ok(())
}

/// Moves a change that still is as it was read; false when something else was first.
pub(super) fn set_state(
    conn: &mut Conn,
    read: &Change,
    to: ChangeState,
    due_at: Moment,
    settled_at: Option<Moment>,
) -> QueryResult<bool> {
    let changed = diesel::update(contact_changes::table.find(read.id).filter(contact_changes::state.eq(read.state)))
        .set((
            contact_changes::state.eq(to),
            contact_changes::due_at.eq(due_at),
            contact_changes::settled_at.eq(settled_at),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// The changes of this state whose time has come, the oldest first; at most `most`.
pub(super) fn due(conn: &mut Conn, state: ChangeState, now: Moment, most: i64) -> QueryResult<Vec<Change>> {
    contact_changes::table
        .filter(contact_changes::state.eq(state))
        .filter(contact_changes::due_at.le(now))
        .order((contact_changes::due_at, contact_changes::id))
        .limit(most)
        .select(CHANGE)
        .load(conn)
}

/// The waiting changes that come `before` and of which nobody was told again; at most `most`.
pub(super) fn untold(conn: &mut Conn, before: Moment, most: i64) -> QueryResult<Vec<Change>> {
    contact_changes::table
        .filter(contact_changes::state.eq(ChangeState::Waiting))
        .filter(contact_changes::due_at.le(before))
        .filter(contact_changes::told_at.is_null())
        .order((contact_changes::due_at, contact_changes::id))
        .limit(most)
        .select(CHANGE)
        .load(conn)
}

/// Notes that everybody was told again.
pub(super) fn told(conn: &mut Conn, id: i64, now: Moment) -> QueryResult<()> {
    diesel::update(contact_changes::table.find(id)).set(contact_changes::told_at.eq(Some(now))).execute(conn)?;
    Ok(())
}

/// Deletes what was settled before, at most `most`.
pub(super) fn sweep(conn: &mut Conn, before: Moment, most: i64) -> QueryResult<usize> {
    let over: Vec<i64> = contact_changes::table
        .filter(contact_changes::settled_at.le(Some(before)))
        .order(contact_changes::settled_at)
        .limit(most)
        .select(contact_changes::id)
        .load(conn)?;
    diesel::delete(contact_changes::table.filter(contact_changes::id.eq_any(over))).execute(conn)
}

/// The phone of a person.
pub(in crate::features::accounts) fn phone_of(
    conn: &mut Conn,
    keys: &Keys,
    person_id: i64,
) -> QueryResult<Option<Phone>> {
    let sealed: Option<Vec<u8>> =
        phones::table.filter(phones::person_id.eq(person_id)).select(phones::sealed_number).first(conn).optional()?;
    let Some(sealed) = sealed else { return Ok(None) };
    let plain = keys.open_sealed(NUMBER, &person_id.to_string(), &sealed).ok();
    Ok(plain.and_then(|plain| Phone::kept(std::str::from_utf8(&plain).ok()?)))
}

/// Binds a phone in the place of the person's former one. False when the number serves `most` people already. Of two people
/// who take the last slot at once, the index lets one through.
pub(super) fn bind(
    conn: &mut Conn,
    keys: &Keys,
    person_id: i64,
    phone: &Phone,
    most: i64,
    now: Moment,
) -> QueryResult<bool> {
    let hashes = keys.hashes("phone", &[phone.as_str().as_bytes()]);
    let taken: Vec<i64> = phones::table
        .filter(phones::number_hash.eq_any(hashes))
        .filter(phones::person_id.ne(person_id))
        .select(phones::slot)
        .load(conn)?;
    let Some(slot) = (1..=most).find(|slot| !taken.contains(slot)) else { return Ok(false) };
    let bound = unless_taken(conn, |conn| {
        unbind(conn, person_id)?;
        diesel::insert_into(phones::table)
            .values((
                phones::person_id.eq(person_id),
                phones::sealed_number.eq(keys.seal(NUMBER, &person_id.to_string(), phone.as_str().as_bytes())),
                phones::number_hash.eq(keys.hash("phone", &[phone.as_str().as_bytes()]).to_vec()),
                phones::slot.eq(slot),
                phones::bound_at.eq(now),
            ))
            .execute(conn)
    })?;
    Ok(bound.is_some())
}

/// Takes the person's phone away.
pub(super) fn unbind(conn: &mut Conn, person_id: i64) -> QueryResult<usize> {
    diesel::delete(phones::table.filter(phones::person_id.eq(person_id))).execute(conn)
}

/// Gives a person another address. False when another person of that kind has it.
pub(super) fn set_address(conn: &mut Conn, person_id: i64, address: &Address) -> QueryResult<bool> {
    let changed = unless_taken(conn, |conn| {
        diesel::update(people::table.find(person_id)).set(people::address.eq(address)).execute(conn)
    })?;
    Ok(changed.is_some())
}

/// The phone of a person once it has been theirs for as long as a change waits: a number that was bound a moment ago proves
/// no more than the session that bound it (C1).
pub(super) fn proving_phone(conn: &mut Conn, keys: &Keys, person_id: i64, now: Moment) -> QueryResult<Option<Phone>> {
    let bound: Option<Moment> =
        phones::table.filter(phones::person_id.eq(person_id)).select(phones::bound_at).first(conn).optional()?;
    match bound {
        Some(at) if now.since(at) >= WAIT => phone_of(conn, keys, person_id),
        _ => Ok(None),
    }
}

/// Address and subject of a person, in whatever state.
pub(in crate::features::accounts) fn address_of(
    conn: &mut Conn,
    person_id: i64,
) -> QueryResult<(Address, i64, PersonState)> {
    people::table.find(person_id).select((people::address, people::subject_id, people::state)).first(conn)
}
