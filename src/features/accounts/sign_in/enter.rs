//! The last step of every way in: the session, its records and the mails it owes the owner.

use std::time::Duration;

use serde_json::json;

use crate::base::db::Conn;
use crate::base::types::Address;
use crate::features::accounts::factors::Second;
use crate::features::accounts::members::entrance;
use crate::features::accounts::recovery::disown;
use crate::features::accounts::scene::Scene;
use crate::features::accounts::{Visitor, browsers, guesses, letters, queries, step_up};
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

/// What a person gave to come in (MF6), and what they asked for.
#[derive(Debug, Clone, Copy)]
pub(in crate::features::accounts) struct Ways {
    /// The first factor.
    pub method: SignInMethod,
    /// The second one, of those who have one.
    pub second: Option<Second>,
    /// "Keep me signed in".
    pub remembered: bool,
    /// "Trust this browser": the second factor is not asked again here for a while.
    pub trust: bool,
}

/// Signs a person in who has no second factor, or none to be asked for.
pub(in crate::features::accounts) fn enter(
    conn: &mut Conn,
    scene: &Scene,
    visitor: &Visitor,
    who: &Entrant,
    method: SignInMethod,
    remembered: bool,
    next: Option<String>,
) -> Result<(Context, Goto), Stop> {
    enter_by(conn, scene, visitor, who, Ways { method, second: None, remembered, trust: false }, next)
}

/// Signs a person in. Answers the circumstances with the person as author, and where to go.
pub(in crate::features::accounts) fn enter_by(
    conn: &mut Conn,
    scene: &Scene,
    visitor: &Visitor,
    who: &Entrant,
    ways: Ways,
    next: Option<String>,
) -> Result<(Context, Goto), Stop> {
    let (now, Ways { method, second, remembered, trust }) = (scene.ctx().now, ways);
    // One browser, one session: whoever was signed in here before is no more (SS2).
    if let Some(old) = visitor.context().author.session_id {
        session::end(conn, old, now)?;
    }
    let account_id = queries::first_account(conn, who.person_id)?;
    let by_password =
        matches!(method, SignInMethod::Password | SignInMethod::PasswordCode | SignInMethod::Registration);
    // A mailed code proves as much as there is where there is no password.
    let proved = by_password || !step_up::has_password(conn, who.person_id)?;
    let entering = Entering {
        person_id: who.person_id,
        account_id,
        method,
        remembered,
        signed_in_at: now,
        // Where a trusted browser stood for the second factor, it was not given.
        stepped_up_at: (proved && second != Some(Second::TrustedBrowser)).then_some(now),
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
    let told = json!({ "method": method.as_str(), "second": second.map(Second::as_str) });
    records::keep(conn, &ctx, Entry::new(Event::SignedIn).with(told))?;

    let known = browsers::known(conn, &scene.asked, who.person_id)?.is_some();
    let unknown = match method {
        SignInMethod::PasswordCode | SignInMethod::Code => true,
        SignInMethod::Password => second.is_some() && !known,
        _ => false,
    };
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
    let trusted = browsers::trusted(conn, &scene.asked, who.person_id)?;
    if trust || !trusted && (method != SignInMethod::Password || unknown) {
        // A code was passed in this browser: it is known from now on (A2).
        let token = browsers::learn(conn, &ctx, who.person_id)?;
        if trust {
            browsers::trust(conn, &ctx, who.person_id, &token)?;
        }
        goto = goto.keeping(cookies::BROWSER, token);
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
