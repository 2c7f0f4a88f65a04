//! One-time codes by mail (A2) and by text message (C1). A challenge is bound to one purpose, one browser (the handle in its cookie) and one
//! address; it is always found by its handle. Codes are kept as keyed hashes, die after ten minutes or five tries, and
//! are used once. Whoever mails a code words the mail; here it is only drawn.

mod model;
mod moves;
mod queries;

pub(super) use model::{Challenge, Purpose, Step, StepMove, shown};
pub(super) use moves::{use_up, void_all, void_links};
pub(super) use queries::{sweep, told, unfinished};

use diesel::QueryResult;

use super::guesses::{self, Asker};
use crate::base::chance;
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::types::Address;
use crate::services::context::Context;
use crate::web::asked::Asked;
use crate::web::{Errors, FieldError, Stop, session};

const HANDLE: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
const PLACE: &str = "challenges.sealed_data";

/// What a code is asked for.
pub(super) struct Asking<'a> {
    pub purpose: Purpose,
    pub address: &'a Address,
    pub person_id: Option<i64>,
    /// "Keep me signed in".
    pub remembered: bool,
    /// What waits for the code, as text; sealed.
    pub data: &'a str,
    /// Whether any code opens it. One that none opens looks the same from outside (A3).
    pub opens: bool,
}

/// A challenge that was begun: the handle for the cookie, the code for the mail.
pub(super) struct Begun {
    pub handle: String,
    pub code: String,
}

/// Begins a challenge. The caller has counted the sending.
pub(super) fn begin(conn: &mut Conn, ctx: &Context, asking: &Asking<'_>) -> QueryResult<Begun> {
    let handle = chance::text(32, HANDLE);
    let code = chance::digits(model::DIGITS);
    let right = hash_of(&ctx.keys, asking.purpose, &handle, asking.address, &code);
    let nobodys: [u8; 32] = chance::bytes();
    let hash = if asking.opens { right } else { nobodys };
    let handle_hash = hash_of_handle(&ctx.keys, &handle);
    let sealed = ctx.keys.seal(PLACE, &handle, asking.data.as_bytes());
    queries::insert(conn, asking, &handle_hash, &hash, &sealed, ctx)?;
    Ok(Begun { handle, code })
}

/// The challenge of this browser, while it can still lead anywhere.
pub(super) fn current(conn: &mut Conn, asked: &Asked, purposes: &[Purpose]) -> QueryResult<Option<Challenge>> {
    let Some(handle) = &asked.jar.challenge else { return Ok(None) };
    for hash in asked.context.keys.hashes("challenge", &[handle.as_bytes()]) {
        if let Some(found) = queries::by_handle(conn, &hash)? {
            return Ok(Some(found).filter(|found| purposes.contains(&found.purpose) && found.stands(asked.context.now)));
        }
    }
    Ok(None)
}

/// The challenge that a link in a notice names, while it works.
pub(super) fn linked(conn: &mut Conn, ctx: &Context, token: &str) -> QueryResult<Option<Challenge>> {
    for hash in ctx.keys.hashes("challenge", &[token.as_bytes()]) {
        if let Some(found) = queries::by_handle(conn, &hash)? {
            let works = found.purpose == Purpose::Disown && found.step == Step::Code && ctx.now < found.expires_at;
            return Ok(Some(found).filter(|_| works));
        }
    }
    Ok(None)
}

/// What is sealed in the challenge that a link in a notice names.
pub(super) fn data_of_link(ctx: &Context, token: &str, challenge: &Challenge) -> Option<String> {
    let plain = ctx.keys.open_sealed(PLACE, token, challenge.sealed_data.as_deref()?).ok()?;
    String::from_utf8(plain.to_vec()).ok()
}

/// Draws a new code for the browser's challenge; the old one no longer works, and tries that were used stay used.
/// `None` for the code when the challenge opens to none. Whoever sends a code to a phone counts it.
pub(super) fn send_again(
    conn: &mut Conn,
    asked: &Asked,
    purposes: &[Purpose],
) -> Result<(Challenge, Option<String>), Stop> {
    let now = asked.context.now;
    let ended = || Stop::from(Errors::one("code", FieldError::CodeEnded));
    let found = current(conn, asked, purposes)?.ok_or_else(ended)?;
    let Some(handle) = &asked.jar.challenge else { return Err(ended()) };
    if !found.may_be_sent_again(now) {
        return Err(ended());
    }
    if let Some(wait) = found.wait(now) {
        return Err(Errors::one("code", FieldError::Wait(wait)).into());
    }
    if !found.purpose.by_text() {
        let who = asker_of(conn, asked, &found)?;
        guesses::send(conn, asked, &found.address, who)?;
    }
    let code = chance::digits(model::DIGITS);
    let right = hash_of(&asked.context.keys, found.purpose, handle, &found.address, &code);
    let nobodys: [u8; 32] = chance::bytes();
    // Only a person's challenge, or that of a registration which really waits, opens.
    let opens = queries::opens(conn, found.id)?;
    let hash = if opens { right } else { nobodys };
    if !queries::renew(conn, &found, &hash, now)? {
        return Err(ended());
    }
    Ok((found, opens.then_some(code)))
}

/// Tries a code: the try is counted first and stays counted, a right code is used up. What is wrong comes back as
/// `Stop::Counted`, so that the count is committed.
pub(super) fn redeem(conn: &mut Conn, asked: &Asked, purposes: &[Purpose], typed: &str) -> Result<Challenge, Stop> {
    let counted = |error: FieldError| Stop::Counted(Errors::one("code", error));
    if typed.trim().is_empty() {
        return Err(Errors::one("code", FieldError::Missing).into());
    }
    let now = asked.context.now;
    let Some(found) = current(conn, asked, purposes)? else { return Err(counted(FieldError::CodeEnded)) };
    let Some(handle) = &asked.jar.challenge else { return Err(counted(FieldError::CodeEnded)) };
    if let Some(person_id) = found.person_id {
        // Whoever sets the password anew or says "this was not me" comes before this code or after it.
        session::hold(conn, person_id)?;
    }
    let who = asker_of(conn, asked, &found)?;
    let Some(guess) = guesses::of_code(conn, asked, &found.address, who)? else {
        return Err(counted(FieldError::CodeEnded));
    };
    // The row is held from here on: of many at once, each counts and one is first.
    let Some(hash) = queries::count_try(conn, found.id, now)? else { return Err(counted(FieldError::CodeEnded)) };
    let code = model::digits(typed).unwrap_or_default();
    let parts = parts_of(found.purpose, handle, &found.address, &code);
    if !asked.context.keys.matches("code", &parts.each_ref().map(|part| part.as_bytes()), &hash) {
        return Err(counted(FieldError::WrongCode));
    }
    if !moves::use_up(conn, &found)? {
        return Err(counted(FieldError::CodeEnded));
    }
    guess.right(conn)?;
    Ok(found)
}

/// A second step follows the right password.
fn asker_of(conn: &mut Conn, asked: &Asked, found: &Challenge) -> QueryResult<Asker> {
    match found.purpose {
        Purpose::SecondStep => Ok(Asker::Proved),
        _ => Asker::of(conn, asked, found.person_id),
    }
}

/// What waited for the code.
pub(super) fn data_of(asked: &Asked, challenge: &Challenge) -> Option<String> {
    let handle = asked.jar.challenge.as_ref()?;
    let plain = asked.context.keys.open_sealed(PLACE, handle, challenge.sealed_data.as_deref()?).ok()?;
    String::from_utf8(plain.to_vec()).ok()
}

fn hash_of_handle(keys: &Keys, handle: &str) -> [u8; 32] {
    keys.hash("challenge", &[handle.as_bytes()])
}

fn parts_of<'a>(purpose: Purpose, handle: &'a str, address: &'a Address, code: &'a str) -> [&'a str; 4] {
    [purpose.as_str(), handle, address.as_str(), code]
}

fn hash_of(keys: &Keys, purpose: Purpose, handle: &str, address: &Address, code: &str) -> [u8; 32] {
    keys.hash("code", &parts_of(purpose, handle, address, code).map(str::as_bytes))
}
