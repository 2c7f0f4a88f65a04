//! How a change of phone or address goes: asked for, proved or waited for, made, taken back.

use jiff::tz::TimeZone;
use serde_json::json;

use super::model::{Change, ChangeMove, ChangeState, ContactKind, DRAFT, Proof, UNDO, WAIT};
use super::queries::{self, NewChange};
use super::telling::{News, masked, tell};
use crate::base::config::SmsRules;
use crate::base::db::Conn;
use crate::base::types::{Address, Phone};
use crate::features::accounts::{browsers, codes};
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};
use crate::web::{Error, Stop, session};

/// What is asked for.
pub(super) struct Wish<'a> {
    pub kind: ContactKind,
    pub proof: Proof,
    pub old: Option<&'a str>,
    pub new: Option<&'a str>,
}

/// How making a change ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    /// It is made.
    Done,
    /// Somebody else has the address, or the number serves as many people as one may.
    Taken,
}

/// Keeps what is asked for. What is still open of the same kind gives way to it.
pub(super) fn ask(conn: &mut Conn, ctx: &Context, person_id: i64, wish: &Wish<'_>) -> Result<Change, Stop> {
    for open in queries::open_of(conn, person_id)?.into_iter().filter(|open| open.kind == wish.kind) {
        cancel(conn, ctx, &open)?;
    }
    let state = if wish.proof == Proof::None { ChangeState::Proved } else { ChangeState::Asked };
    let due_at = ctx.now.plus(DRAFT);
    let new = NewChange { person_id, kind: wish.kind, proof: wish.proof, state, old: wish.old, new: wish.new, due_at };
    Ok(queries::insert(conn, ctx, &new)?)
}

/// Moves a change; `None` when something else was first or the move does not lead on.
fn moved(conn: &mut Conn, ctx: &Context, change: &Change, by: ChangeMove) -> diesel::QueryResult<Option<Change>> {
    let Ok(to) = change.state.after(by) else { return Ok(None) };
    let due_at = if to == ChangeState::Waiting { ctx.now.plus(WAIT) } else { change.due_at };
    let settled_at = (!to.open()).then_some(ctx.now);
    let moved = queries::set_state(conn, change, to, due_at, settled_at)?;
    Ok(moved.then(|| Change { state: to, due_at, settled_at, ..change.clone() }))
}

/// The old means proved it.
pub(super) fn prove(conn: &mut Conn, ctx: &Context, change: &Change) -> diesel::QueryResult<Option<Change>> {
    moved(conn, ctx, change, ChangeMove::Prove)
}

/// Nobody could prove it: everybody is told, and in three days it is made.
pub(super) fn wait(
    conn: &mut Conn,
    ctx: &Context,
    zone: &TimeZone,
    change: &Change,
    rules: &SmsRules,
) -> Result<bool, Error> {
    if change.proof != Proof::Wait {
        return Ok(false);
    }
    let Some(waiting) = moved(conn, ctx, change, ChangeMove::Wait)? else { return Ok(false) };
    keep(conn, ctx, Event::ContactChangeBegun, &waiting)?;
    tell(conn, ctx, zone, &waiting, News::Begun, Some(rules))?;
    Ok(true)
}

/// Makes the change, from its own row and nothing else (RC5). What hung on the old means ends: every session but `except`,
/// known browsers, open codes (RC2).
pub(super) fn make(
    conn: &mut Conn,
    ctx: &Context,
    zone: &TimeZone,
    change: &Change,
    rules: &SmsRules,
    except: Option<i64>,
) -> Result<Option<Made>, Error> {
    session::hold(conn, change.person_id)?;
    let Some(done) = moved(conn, ctx, change, ChangeMove::Finish)? else { return Ok(None) };
    let (person, new) = (change.person_id, change.new_value(&ctx.keys));
    let lost = || Error::internal("a change without what it changes");
    let (set, event) = match (change.kind, new) {
        (ContactKind::Phone, None) => {
            queries::unbind(conn, person)?;
            (true, Event::PhoneRemoved)
        }
        (ContactKind::Phone, Some(number)) => {
            let phone = Phone::kept(&number).ok_or_else(lost)?;
            let event = if change.replaces() { Event::PhoneReplaced } else { Event::PhoneBound };
            (queries::bind(conn, &ctx.keys, person, &phone, rules.per_phone, ctx.now)?, event)
        }
        (ContactKind::Address, Some(text)) => {
            let address = Address::parse(&text).ok_or_else(lost)?;
            (queries::set_address(conn, person, &address)?, Event::AddressReplaced)
        }
        (ContactKind::Address, None) => return Err(lost()),
    };
    if !set {
        // It never was: nothing of it can be undone.
        moved(conn, ctx, &done, ChangeMove::Undo)?;
        return Ok(Some(Made::Taken));
    }
    if change.replaces() {
        end_what_hung_on_it(conn, ctx, person, except)?;
    }
    keep(conn, ctx, event, &done)?;
    let by_text = change.proof == Proof::Wait;
    tell(conn, ctx, zone, &done, News::Made, by_text.then_some(rules))?;
    Ok(Some(Made::Done))
}

fn end_what_hung_on_it(conn: &mut Conn, ctx: &Context, person: i64, except: Option<i64>) -> diesel::QueryResult<()> {
    session::end_all(conn, person, except, ctx.now)?;
    browsers::forget_all(conn, person)?;
    codes::void_all(conn, person)?;
    Ok(())
}

/// Takes back a change that was not made yet. True for exactly one caller.
pub(super) fn cancel(conn: &mut Conn, ctx: &Context, change: &Change) -> Result<bool, Error> {
    let Some(cancelled) = moved(conn, ctx, change, ChangeMove::Cancel)? else { return Ok(false) };
    // What was only asked for is no event; what everybody was told of is.
    if change.state == ChangeState::Waiting {
        keep(conn, ctx, Event::ContactChangeCancelled, &cancelled)?;
    }
    Ok(true)
}

/// Takes back all changes of a person that were not made yet: somebody else may have asked for them.
pub(in crate::features::accounts) fn cancel_open(conn: &mut Conn, ctx: &Context, person_id: i64) -> Result<(), Error> {
    for open in queries::open_of(conn, person_id)? {
        cancel(conn, ctx, &open)?;
    }
    Ok(())
}

/// Nobody went on with it in time.
pub(super) fn expire(conn: &mut Conn, ctx: &Context, change: &Change) -> diesel::QueryResult<bool> {
    Ok(moved(conn, ctx, change, ChangeMove::Expire)?.is_some())
}

/// Takes a change back, made or not, within a week of it; with it go those of the same kind that came after. Answers whether
/// there was something to take back. The caller holds the person and ends every session.
pub(in crate::features::accounts) fn undo(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    number: &str,
    per_phone: i64,
) -> Result<bool, Error> {
    let Some(change) = queries::by_number(conn, person_id, number)? else { return Ok(false) };
    if change.state.open() {
        return cancel(conn, ctx, &change);
    }
    if change.settled_at.is_none_or(|at| ctx.now.since(at) >= UNDO) {
        return Ok(false);
    }
    let later = queries::made_after(conn, &change)?;
    // Links that were mailed to an address which is taken back are its holder's no longer.
    for gone in later.iter().chain([&change]).filter(|one| one.kind == ContactKind::Address) {
        if let Some(address) = gone.new_value(&ctx.keys) {
            codes::void_links(conn, person_id, &address)?;
        }
    }
    let Some(undone) = moved(conn, ctx, &change, ChangeMove::Undo)? else { return Ok(false) };
    for other in later {
        moved(conn, ctx, &other, ChangeMove::Undo)?;
    }
    let old = change.old_value(&ctx.keys);
    let restored = match (change.kind, old) {
        (ContactKind::Phone, None) => {
            queries::unbind(conn, person_id)?;
            true
        }
        (ContactKind::Phone, Some(number)) => match Phone::kept(&number) {
            Some(phone) => queries::bind(conn, &ctx.keys, person_id, &phone, per_phone, ctx.now)?,
            None => false,
        },
        (ContactKind::Address, old) => match old.as_deref().and_then(Address::parse) {
            Some(address) => queries::set_address(conn, person_id, &address)?,
            None => false,
        },
    };
    if restored {
        keep(conn, ctx, Event::ContactChangeUndone, &undone)?;
    } else {
        tracing::error!(event = "undo_failed", change = %change.number, "what was there before is somebody else's now");
    }
    Ok(restored)
}

fn keep(conn: &mut Conn, ctx: &Context, event: Event, change: &Change) -> Result<(), Error> {
    let (_, subject, _) = queries::address_of(conn, change.person_id)?;
    let keys = &ctx.keys;
    let details = json!({
        "kind": change.kind.as_str(),
        "proof": change.proof.as_str(),
        "old": masked(change.kind, change.old_value(keys)),
        "new": masked(change.kind, change.new_value(keys)),
    });
    records::keep(conn, ctx, Entry::new(event).of_person(change.person_id, subject).with(details))?;
    Ok(())
}
