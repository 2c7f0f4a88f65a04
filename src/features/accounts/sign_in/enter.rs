//! The last step of every way in: the session, its records and the mails it owes the owner.

use std::time::Duration;

use serde_json::json;

use crate::base::db::Conn;
use crate::base::types::Address;
use crate::features::accounts::members::entrance;
use crate::features::accounts::recovery::disown;
use crate::features::accounts::scene::Scene;
use crate::features::accounts::{Visitor, browsers, guesses, letters, queries};
use crate::services::context::{Author, AuthorKind, Context};
use crate::services::records::{self, Entry, Event};
use crate::web::session::{self, Displaced, Entering, PersonKind, SignInMethod};
use crate::web::{Actor, Flash, Goto, Stop, cookies};

/// Failures from which on the owner is told of them.
const MANY: i64 = 5;
/// After so long without a sign-in the owner is told of one.
const QUIET: Duration = Duration::from_secs(180 * 86400);

/// The person who comes in.
pub(in crate::features::accounts) struct Entrant {
    pub person_id: i64,
    pub subject_id: i64,
    pub address: Address,
}

/// Signs a person in. Answers the circumstances with the person as author, and where to go.
pub(in crate::features::accounts) fn enter(
    conn: &mut Conn,
    scene: &Scene,
    visitor: &Visitor,
    who: &Entrant,
    method: SignInMethod,
    remembered: bool,
    next: Option<String>,
) -> Result<(Context, Goto), Stop> {
    let now = scene.ctx().now;
    // One browser, one session: whoever was signed in here before is no more (SS2).
    if let Some(old) = visitor.context().author.session_id {
        session::end(conn, old, now)?;
    }
    let account_id = queries::first_account(conn, who.person_id)?;
    let by_password =
        matches!(method, SignInMethod::Password | SignInMethod::PasswordCode | SignInMethod::Registration);
    let entering = Entering {
        person_id: who.person_id,
        account_id,
        method,
        remembered,
        signed_in_at: now,
        stepped_up_at: by_password.then_some(now),
    };
    let quiet = session::last_use(conn, who.person_id)?.is_some_and(|last| now.since(last) >= QUIET);
    let new = session::enter(conn, scene.ctx(), &entering)?;
    let ctx = scene.ctx().by(Author {
        kind: AuthorKind::Customer,
        person_id: Some(who.person_id),
        subject_id: Some(who.subject_id),
        account_id,
        session_id: Some(new.id),
    });
    records::keep(conn, &ctx, Entry::new(Event::SignedIn).with(json!({ "method": method.as_str() })))?;

    let unknown = matches!(method, SignInMethod::PasswordCode | SignInMethod::Code);
    if unknown {
        records::keep(conn, &ctx, Entry::new(Event::NewDevice))?;
    }
    for other in &new.displaced {
        let details = json!({ "device": other.device, "surplus": true });
        records::keep(conn, &ctx, Entry::new(Event::SessionEnded).about(&other.public_id).with(details))?;
    }
    tell(conn, &ctx, scene, who, &Telling { unknown, quiet, displaced: &new.displaced })?;
    guesses::clear(conn, &ctx.keys, PersonKind::Customer, &who.address)?;

    let mut goto = Goto::to(entrance(conn, who.person_id, next)?)
        .saying(Flash::SignedIn)
        .dropping(cookies::CHALLENGE)
        .entering(new);
    if method != SignInMethod::Password {
        // A code was passed in this browser: it is known from now on (A2).
        goto = goto.keeping(cookies::BROWSER, browsers::learn(conn, &ctx, who.person_id)?);
    }
    Ok((ctx, goto))
}

/// What is worth a mail about a sign-in.
struct Telling<'a> {
    unknown: bool,
    quiet: bool,
    displaced: &'a [Displaced],
}

/// The mails that a sign-in owes its owner (EN10, SS7), with one way out for all of them.
fn tell(conn: &mut Conn, ctx: &Context, scene: &Scene, who: &Entrant, of: &Telling<'_>) -> Result<(), Stop> {
    let many = guesses::failures(conn, &ctx.keys, PersonKind::Customer, &who.address, ctx.now)? >= MANY;
    if !(many || of.unknown || of.quiet || !of.displaced.is_empty()) {
        return Ok(());
    }
    let (to, person) = (&who.address, Some(who.person_id));
    let facts = scene.facts().with_disown(disown::link(conn, ctx, who.person_id, to)?);
    for other in of.displaced {
        letters::session_displaced(conn, ctx, to, person, &facts.clone().with_other(other, scene.zone()))?;
    }
    if many {
        letters::many_failures(conn, ctx, to, person, &facts)?;
    }
    // One mail about one sign-in: after half a year the browser is never known.
    if of.quiet {
        letters::long_quiet(conn, ctx, to, person, &facts)?;
    } else if of.unknown {
        letters::new_device(conn, ctx, to, person, &facts)?;
    }
    Ok(())
}
