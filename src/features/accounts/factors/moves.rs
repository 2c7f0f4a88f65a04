//! Switching the second factor on and off, and new recovery codes: each with its record and its letter, in the running
//! transaction. What hung on the factor before ends (RC2, MF7); this browser goes on with a new session.

use diesel::QueryResult;
use serde_json::json;

use super::{codes, queries, waits};
use crate::base::db::Conn;
use crate::base::types::{Address, Moment};
use crate::features::accounts::factors::TotpSecret;
use crate::features::accounts::queries::clear_password;
use crate::features::accounts::recovery::disown::{self, Undo};
use crate::features::accounts::scene::Scene;
use crate::features::accounts::{Person, browsers, codes as mailed, contact, letters};
use crate::services::context::{Author, Context};
use crate::services::records::{self, Entry, Event};
use crate::web::session::{self, Entering, NewSession, end_all, enter};
use crate::web::{Error, Errors, FieldError, Stop};

/// Draws a secret that waits for its first code.
pub(super) fn begin(conn: &mut Conn, person: &Person) -> Result<(), Stop> {
    if queries::keep_pending(conn, person.ctx(), person.person_id(), &TotpSecret::drawn())? {
        Ok(())
    } else {
        Err(Error::Conflict.into())
    }
}

/// Confirms the secret that waits: it is on, with recovery codes.
pub(super) fn switch_on(conn: &mut Conn, person: &Person, scene: &Scene, step: i64) -> Result<NewSession, Stop> {
    let person_id = person.person_id();
    if !queries::confirm(conn, person.ctx(), person_id, step)? {
        return Err(Errors::one("code", FieldError::ReplacedMeanwhile).into());
    }
    let (ctx, new) = renewed(conn, person)?;
    queries::keep_codes(conn, &ctx, person_id, new.id, &codes::draw())?;
    records::keep(conn, &ctx, Entry::new(Event::TotpOn))?;
    let to = address(person)?;
    let facts = scene.facts().with_disown(disown::link_to(conn, &ctx, person_id, &to, &Undo::TotpOn)?);
    letters::totp_on(conn, &ctx, &to, Some(person_id), &facts)?;
    Ok(new)
}

/// Switches the factor off; recovery codes go with it.
pub(super) fn switch_off(conn: &mut Conn, person: &Person, scene: &Scene) -> Result<NewSession, Stop> {
    let person_id = person.person_id();
    let old = queries::secret(conn, person.ctx(), person_id)?.ok_or(Error::Conflict)?;
    queries::remove(conn, person_id)?;
    let (ctx, new) = renewed(conn, person)?;
    records::keep(conn, &ctx, Entry::new(Event::TotpOff))?;
    let (to, undo) = (address(person)?, Undo::TotpOff { secret: old.text() });
    let facts = scene.facts().with_disown(disown::link_to(conn, &ctx, person_id, &to, &undo)?);
    letters::totp_off(conn, &ctx, &to, Some(person_id), &facts)?;
    Ok(new)
}

/// Makes a new set of recovery codes; the old one no longer works.
pub(super) fn renew_codes(conn: &mut Conn, person: &Person, scene: &Scene) -> Result<NewSession, Stop> {
    let person_id = person.person_id();
    if !queries::is_on(conn, person_id)? {
        return Err(Error::Conflict.into());
    }
    let (ctx, new) = renewed(conn, person)?;
    queries::keep_codes(conn, &ctx, person_id, new.id, &codes::draw())?;
    records::keep(conn, &ctx, Entry::new(Event::RecoveryCodesMade))?;
    let to = address(person)?;
    let facts = scene.facts().with_disown(disown::link_to(conn, &ctx, person_id, &to, &Undo::RecoveryCodes)?);
    letters::recovery_codes_new(conn, &ctx, &to, Some(person_id), &facts)?;
    Ok(new)
}

/// Everything that hung on the factors before ends; this browser goes on.
fn renewed(conn: &mut Conn, person: &Person) -> Result<(Context, NewSession), Stop> {
    let (ctx, session) = (person.ctx(), person.session());
    browsers::distrust_all(conn, person.person_id())?;
    mailed::void_all(conn, person.person_id())?;
    contact::cancel_open(conn, ctx, person.person_id())?;
    end_all(conn, person.person_id(), None, ctx.now)?;
    let entering = Entering {
        person_id: person.person_id(),
        account_id: session.account_id,
        method: session.method,
        remembered: session.remembered,
        signed_in_at: session.signed_in_at,
        stepped_up_at: session.stepped_up_at,
    };
    let new = enter(conn, ctx, &entering)?;
    Ok((ctx.by(Author { session_id: Some(new.id), ..ctx.author.clone() }), new))
}

fn address(person: &Person) -> Result<Address, Error> {
    Address::parse(&person.session().address).ok_or_else(|| Error::internal("a stored address is none"))
}

/// Takes a factor away that its owner says somebody else switched on.
pub(in crate::features::accounts) fn take_off(conn: &mut Conn, ctx: &Context, person_id: i64) -> Result<(), Error> {
    if queries::remove(conn, person_id)? {
        keep(conn, ctx, Event::TotpOff)?;
    }
    Ok(())
}

/// Takes away whatever a member of staff signs in with, as two admins decided (`proposal`, its number): password,
/// authenticator, known browsers and what is under way. Sessions end; only an activation link begins anew. False, with nothing
/// done, when there is no authenticator.
pub fn revoke(
    conn: &mut Conn,
    ctx: &Context,
    (person_id, subject_id, number): (i64, i64, &str),
    proposal: &str,
) -> QueryResult<bool> {
    session::hold(conn, person_id)?;
    if !queries::is_on(conn, person_id)? {
        return Ok(false);
    }
    end_all(conn, person_id, None, ctx.now)?;
    queries::remove(conn, person_id)?;
    clear_password(conn, person_id)?;
    browsers::forget_all(conn, person_id)?;
    mailed::void_all(conn, person_id)?;
    let entry = Entry::new(Event::TotpOff).about(number).of_person(person_id, subject_id);
    records::keep(conn, ctx, entry.with(json!({ "proposal": proposal })))?;
    Ok(true)
}

/// Puts back the factor that its owner says somebody else switched off, whatever came in its place. No code of a moment
/// before works again.
pub(in crate::features::accounts) fn put_back(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    secret: &str,
) -> Result<(), Error> {
    let secret = TotpSecret::parse(secret).ok_or_else(|| Error::internal("a sealed secret is none"))?;
    queries::set(conn, ctx, person_id, &secret, ctx.now.seconds() / TotpSecret::STEP)?;
    keep(conn, ctx, Event::TotpOn)
}

/// Takes the recovery codes away that its owner says somebody else made or used.
pub(in crate::features::accounts) fn void_codes(conn: &mut Conn, ctx: &Context, person_id: i64) -> Result<(), Error> {
    queries::remove_codes(conn, person_id)?;
    queries::put_codes_away(conn, person_id)?;
    keep(conn, ctx, Event::RecoveryCodesVoided)
}

/// Takes the factor of somebody away who lost it and whose identity was proved to the staff (RC3). Everything that hung on
/// it ends: sessions, waiting sign-ins, codes, trust in browsers, changes that wait. Nothing when there is none any more.
pub fn remove_lost(conn: &mut Conn, ctx: &Context, person_id: i64) -> Result<Option<LostFactor>, Error> {
    session::hold(conn, person_id)?;
    let Some(secret) = queries::secret(conn, ctx, person_id)? else { return Ok(None) };
    queries::remove(conn, person_id)?;
    waits::void_all(conn, person_id)?;
    browsers::distrust_all(conn, person_id)?;
    mailed::void_all(conn, person_id)?;
    contact::cancel_open(conn, ctx, person_id)?;
    end_all(conn, person_id, None, ctx.now)?;
    Ok(Some(LostFactor { person_id, secret }))
}

/// A factor that was taken away because it was lost.
pub struct LostFactor {
    person_id: i64,
    secret: TotpSecret,
}

impl LostFactor {
    /// Makes the link by which this address puts it back within a week (RC4); answers its path.
    pub fn undo_path(&self, conn: &mut Conn, ctx: &Context, address: &Address) -> diesel::QueryResult<String> {
        disown::link_to(conn, ctx, self.person_id, address, &Undo::TotpLost { secret: self.secret.text() })
    }
}

/// Whether the factor is the one that was on at `since`, and neither its app nor a recovery code was used after it: only then
/// can it be lost.
pub fn unused_since(conn: &mut Conn, person_id: i64, since: Moment) -> QueryResult<bool> {
    Ok(used_since(conn, &[(person_id, since)])?.is_empty())
}

/// Of these people, each with a moment, those whose factor is another one, or gone, or was used after it: in two statements for all.
pub fn used_since(conn: &mut Conn, asked: &[(i64, Moment)]) -> QueryResult<Vec<i64>> {
    let people: Vec<i64> = asked.iter().map(|(person, _)| *person).collect();
    let Some(first) = asked.iter().map(|(_, since)| *since).min() else { return Ok(Vec::new()) };
    let last = queries::last_uses(conn, &people)?;
    let codes = records::times_of(conn, &people, Event::RecoveryCodeUsed, first)?;
    let unused = |(person, since): &&(i64, Moment)| {
        let same = last.iter().any(|last| {
            // Also by the step, for what was used when no moment was kept: one more, because a code of the step that comes next
            // may have been typed before.
            let late = last.step > since.seconds() / TotpSecret::STEP + 1;
            let used = late || last.at.is_some_and(|at| at >= *since);
            last.person_id == *person && last.on <= *since && !used
        });
        same && !codes.iter().any(|(of, at)| of == person && at >= since)
    };
    Ok(asked.iter().filter(|one| !unused(one)).map(|(person, _)| *person).collect())
}

/// Ends the sign-ins of a person that wait for the second factor.
pub fn end_waits(conn: &mut Conn, person_id: i64) -> QueryResult<usize> {
    waits::void_all(conn, person_id)
}

/// By whoever holds the link of a notice: on the record of the person, who is not signed in.
fn keep(conn: &mut Conn, ctx: &Context, event: Event) -> Result<(), Error> {
    let mut entry = Entry::new(event);
    if let (Some(person), Some(subject)) = (ctx.author.person_id, ctx.author.subject_id) {
        entry = entry.of_person(person, subject);
    }
    Ok(records::keep(conn, ctx, entry.with(json!({ "undone": true })))?)
}
