//! The staff's sign-in: what it keeps, records and mails, in the running transaction.

use std::time::Duration;

use diesel::QueryResult;
use serde_json::json;

use super::queries;
use crate::base::db::Conn;
use crate::base::types::Address;
use crate::features::accounts::factors::{self, Outcome};
use crate::features::accounts::guesses::{self, Guess};
use crate::features::accounts::{Candidate, Proven};
use crate::features::staff::letters;
use crate::services::context::{Author, AuthorKind, Context};
use crate::services::mail;
use crate::services::records::{self, Entry, Event};
use crate::web::session::{self, Entering, NewSession, PersonKind, SignInMethod};
use crate::web::{Error, limits};

/// So many failures are worth a mail (EN10).
const WORTH_A_MAIL: i64 = 5;
/// A sign-in after so long without one is, too.
const QUIET: Duration = Duration::from_secs(180 * 86400);

/// How often a right password without the right code is worth a mail.
const HOUR: Duration = Duration::from_secs(3600);

/// A guess that was wrong: kept on the record of whom it was aimed at. What it was counted stays.
pub(super) fn failed(conn: &mut Conn, ctx: &Context, candidate: &Candidate) -> QueryResult<()> {
    let mut entry = Entry::new(Event::SignInFailed);
    if let (Some(person_id), Some(subject_id)) = (candidate.person_id(), candidate.subject_id()) {
        let number = queries::number_of(conn, person_id)?;
        entry = entry.about(number.as_str()).of_person(person_id, subject_id);
    }
    records::keep(conn, ctx, entry)
}

/// Tells a person that the password was right and the code was not; once an hour.
pub(super) fn tell_half(conn: &mut Conn, ctx: &Context, person_id: i64, address: &Address) -> Result<(), Error> {
    let bucket = limits::bucket(&ctx.keys, "staff_half", &[&person_id.to_string()]);
    if limits::pass(conn, &bucket, HOUR, ctx.now)?.is_ok() {
        mail::send(conn, ctx, letters::half(person_id, address.as_str(), &letters::Entering::of(ctx))?)?;
    }
    Ok(())
}

/// Signs in whoever's password was right, if the code is, too; `None` if it is not.
pub(super) fn enter(
    conn: &mut Conn,
    ctx: &Context,
    proven: &Proven,
    code: &str,
    address: &Address,
    guess: &Guess,
) -> Result<Option<NewSession>, Error> {
    let (person_id, subject_id) = (proven.person_id, proven.subject_id);
    // The person is held first, as whoever makes new factors does.
    if !proven.redeem(conn)? || factors::use_code(conn, ctx, person_id, code)? != Outcome::Right {
        return Ok(None);
    }
    // Whoever was signed in with this browser, a customer perhaps, is so no longer.
    if let Some(old) = ctx.author.session_id {
        session::end(conn, old, ctx.now)?;
    }
    let entering = Entering {
        person_id,
        account_id: None,
        method: SignInMethod::Totp,
        remembered: false,
        signed_in_at: ctx.now,
        stepped_up_at: Some(ctx.now),
    };
    let quiet = session::last_use(conn, person_id)?.is_some_and(|last| ctx.now.since(last) >= QUIET);
    let new = session::enter(conn, ctx, &entering)?;
    let author = Author {
        kind: AuthorKind::Staff,
        person_id: Some(person_id),
        subject_id: Some(subject_id),
        account_id: None,
        session_id: Some(new.id),
    };
    let ctx = ctx.by(author);
    let entry = Entry::new(Event::SignedIn).of_person(person_id, subject_id);
    records::keep(conn, &ctx, entry.with(json!({ "method": SignInMethod::Totp.as_str() })))?;
    for other in &new.displaced {
        let entry = Entry::new(Event::SessionEnded).about(&other.public_id).of_person(person_id, subject_id);
        records::keep(conn, &ctx, entry.with(json!({ "device": other.device, "surplus": true })))?;
        let told = letters::displaced(person_id, address.as_str(), &letters::Displacing::of(&ctx, other))?;
        mail::send(conn, &ctx, told)?;
    }
    if quiet {
        mail::send(conn, &ctx, letters::quiet(person_id, address.as_str(), &letters::Entering::of(&ctx))?)?;
    }
    guess.right(conn)?;
    let failures = guesses::failures(conn, &ctx.keys, PersonKind::Staff, address, ctx.now)?;
    if failures >= WORTH_A_MAIL {
        let letter = letters::failures(&ctx, person_id, address.as_str(), failures, ctx.now)?;
        mail::send(conn, &ctx, letter)?;
    }
    guesses::clear(conn, &ctx.keys, PersonKind::Staff, address)?;
    Ok(Some(new))
}
