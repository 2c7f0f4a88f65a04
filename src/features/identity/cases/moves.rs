//! What becomes of a case by its customer or by time. Each move keeps its row, its record and its mail in the running
//! transaction; a case that is over loses its key, its numbers and its pictures in the same one.

use serde_json::json;

use super::model::{CaseState, IDLE, IdentityMethod, Move, Part};
use super::queries::{self, Answers, Case, NewCase, Picture};
use super::sealed::{CaseKey, Details, fingerprint, masked_name};
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::types::{Moment, Number};
use crate::features::accounts::Customer;
use crate::features::identity::consents::Terms;
use crate::features::identity::fault::Fault;
use crate::features::identity::numbers::DocumentKind;
use crate::features::identity::{contact, provider};
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};
use crate::services::storage::Kind;

/// What a person answered, in full.
pub struct Told<'a> {
    /// Of which kind the number is.
    pub document: DocumentKind,
    /// The number, masked.
    pub masked_number: &'a str,
    /// Everything.
    pub details: &'a Details,
}

fn answers<'a>(keys: &Keys, key: &CaseKey, number: &Number, told: &Told<'a>) -> Answers<'a> {
    Answers {
        sealed_details: key.seal_details(number, told.details),
        masked_name: masked_name(told.details.legal_name()),
        masked_number: told.masked_number,
        fingerprint: fingerprint(keys, told.details.proven_number()),
    }
}

/// Opens a case, or puts other answers into the one of this way that takes them.
pub fn answer(conn: &mut Conn, member: &Customer, method: IdentityMethod, told: &Told<'_>) -> Result<Number, Fault> {
    let under_way = queries::newest(conn, member)?.filter(|case| case.state.is_open());
    if let Some(case) = under_way {
        if case.method != method || !case.state.takes_answers() || case.person_id != member.person_id() {
            return Err(Fault::Changed);
        }
        let key = CaseKey::open(member.keys(), &case.number, case.sealed_key.as_deref()).ok_or(Fault::Changed)?;
        let new = answers(member.keys(), &key, &case.number, told);
        if !queries::answer(conn, &case, told.document, new, member.now())? {
            return Err(Fault::Changed);
        }
        // Whoever agreed agreed to what was typed then.
        contact::forget(conn, case.id)?;
        return Ok(case.number);
    }
    open(conn, member.ctx(), (member.person_id(), member.account_id()), method, told)
}

/// Opens a case of this person for this account.
pub fn open(
    conn: &mut Conn,
    ctx: &Context,
    (person_id, account_id): (i64, i64),
    method: IdentityMethod,
    told: &Told<'_>,
) -> Result<Number, Fault> {
    let (number, key) = (Number::random('K'), CaseKey::random());
    let new = NewCase {
        number: &number,
        account_id,
        person_id,
        method,
        document: told.document,
        sealed_key: key.seal(&ctx.keys, &number),
        answers: answers(&ctx.keys, &key, &number, told),
    };
    queries::insert(conn, new, ctx.now)?;
    let details = json!({ "kind": method.kind().as_str(), "method": method.as_str() });
    record(conn, ctx, Event::IdentityOpened, account_id, &number, details)?;
    Ok(number)
}

/// What was typed, as long as its key stands.
pub fn details(keys: &Keys, case: &Case) -> Option<Details> {
    let key = CaseKey::open(keys, &case.number, case.sealed_key.as_deref())?;
    key.open_details(&case.number, case.sealed_details.as_deref())
}

/// A picture that is sealed and not kept yet.
pub struct Sealed {
    picture: Picture,
    bytes: Vec<u8>,
}

/// Seals a picture for a case; nothing when the case's key was destroyed. Slow for a large one: not for the transaction.
pub fn seal_picture(keys: &Keys, case: &Case, part: Part, kind: Kind, bytes: &[u8]) -> Option<Sealed> {
    let key = CaseKey::open(keys, &case.number, case.sealed_key.as_deref())?;
    let picture = Picture {
        number: Number::random('D'),
        part,
        media_kind: kind.media_type().to_string(),
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
    };
    let bytes = key.seal_bytes(&picture.number, bytes);
    Some(Sealed { picture, bytes })
}

/// Keeps a picture in place of the one that was there.
pub fn keep_picture(conn: &mut Conn, member: &Customer, case: &Case, new: Sealed) -> Result<(), Fault> {
    if !case.state.takes_answers() || !queries::touch(conn, case, member.now())? {
        return Err(Fault::Changed);
    }
    queries::drop_picture(conn, case.id, new.picture.part)?;
    add_picture(conn, case, new, member.now())
}

/// Keeps a picture where there was none.
pub fn add_picture(conn: &mut Conn, case: &Case, new: Sealed, now: Moment) -> Result<(), Fault> {
    Ok(queries::keep_picture(conn, case.id, &new.picture, new.bytes, now)?)
}

/// What the case still lacks before it can be handed in.
pub fn lacks(method: IdentityMethod, pictures: &[Picture]) -> Vec<Part> {
    let has = |part: Part| pictures.iter().any(|picture| picture.part == part);
    method.parts().iter().filter(|(part, needed)| *needed && !has(*part)).map(|(part, _)| *part).collect()
}

/// Hands the case in: to the provider or the reviewers, or first to a contact who has to agree.
pub fn submit(conn: &mut Conn, member: &Customer, case: &Case, terms: &Terms) -> Result<CaseState, Fault> {
    let key = CaseKey::open(member.keys(), &case.number, case.sealed_key.as_deref()).ok_or(Fault::Changed)?;
    let details = key.open_details(&case.number, case.sealed_details.as_deref()).ok_or(Fault::Changed)?;
    let other = details.company.as_ref().is_some_and(|company| company.contact.is_some());
    let by = if other && !contact::agreed(conn, case.id)? { Move::AskContact } else { Move::Submit };
    let to = case.state.after(by)?;
    if !lacks(case.method, &queries::pictures(conn, case.id)?).is_empty() {
        return Err(Fault::Incomplete);
    }
    step(conn, member.ctx(), case, to, by, member.now())?;
    if by == Move::AskContact {
        contact::ask(conn, member.ctx(), case, &details)?;
    } else {
        provider::begin(conn, member.ctx(), case, terms)?;
    }
    Ok(to)
}

/// What the contact's answer does to the case, or that none came in time.
pub fn move_by_contact(conn: &mut Conn, ctx: &Context, case: &Case, by: Move, expired: bool) -> Result<(), Fault> {
    let to = case.state.after(by)?;
    if !queries::moved(conn, case, to, ctx.now)? {
        return Err(Fault::Changed);
    }
    record(conn, ctx, by.event(), case.account_id, &case.number, json!({ "expired": expired }))
}

/// Takes the case back: nothing of it stays but that there was one.
pub fn withdraw(conn: &mut Conn, member: &Customer, case: &Case) -> Result<(), Fault> {
    move_by(conn, member.ctx(), case, Move::Withdraw)
}

/// Moves a case by an act of its customer that needs nothing else.
pub fn move_by(conn: &mut Conn, ctx: &Context, case: &Case, by: Move) -> Result<(), Fault> {
    step(conn, ctx, case, case.state.after(by)?, by, ctx.now)
}

/// Moves a case and keeps the record; what is over is destroyed.
fn step(conn: &mut Conn, ctx: &Context, case: &Case, to: CaseState, by: Move, now: Moment) -> Result<(), Fault> {
    if !queries::moved(conn, case, to, now)? {
        return Err(Fault::Changed);
    }
    if !to.is_open() {
        contact::end(conn, case.id)?;
        provider::end(conn, ctx, case.id)?;
        queries::destroy(conn, case.id, now)?;
    }
    record(conn, ctx, by.event(), case.account_id, &case.number, json!({ "method": case.method.as_str() }))
}

/// Ends cases that nobody went on with for ninety days, and destroys what was decided and whose appeal window is over.
/// At most `most` of each; whether there may be more.
pub fn sweep(conn: &mut Conn, ctx: &Context, most: i64) -> Result<usize, Fault> {
    let idle = queries::idle(conn, ctx.now.minus(IDLE), most)?;
    for case in &idle {
        step(conn, ctx, case, case.state.after(Move::Abandon)?, Move::Abandon, ctx.now)?;
    }
    let due = queries::due(conn, ctx.now, most)?;
    for case in &due {
        queries::destroy(conn, *case, ctx.now)?;
    }
    Ok(idle.len().max(due.len()))
}

/// Keeps a record of the account's case.
pub(in crate::features::identity) fn record(
    conn: &mut Conn,
    ctx: &Context,
    event: Event,
    account_id: i64,
    number: &Number,
    details: serde_json::Value,
) -> Result<(), Fault> {
    let entry = Entry::new(event).about(number.as_str()).of_account(account_id).with(details);
    Ok(records::keep(conn, ctx, entry)?)
}
