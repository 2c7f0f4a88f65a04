//! The last step of every way in: the session, its records and the mails it owes the owner.

use serde_json::json;

use crate::base::db::Conn;
use crate::base::types::Address;
use crate::features::accounts::scene::Scene;
use crate::features::accounts::{Visitor, browsers, guesses, letters, queries};
use crate::services::context::{Author, AuthorKind, Context};
use crate::services::records::{self, Entry, Event};
use crate::web::session::{self, Entering, PersonKind, SignInMethod};
use crate::web::{Actor, Flash, Goto, Stop, cookies};

/// Failures from which on the owner is told of them.
const MANY: i64 = 5;

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
    let new = session::enter(conn, scene.ctx(), &entering)?;
    let ctx = scene.ctx().by(Author {
        kind: AuthorKind::Customer,
        person_id: Some(who.person_id),
        subject_id: Some(who.subject_id),
        account_id,
        session_id: Some(new.id),
    });
    records::keep(conn, &ctx, Entry::new(Event::SignedIn).with(json!({ "method": method.as_str() })))?;

    let facts = scene.facts();
    for other in &new.displaced {
        let details = json!({ "device": other.device, "surplus": true });
        records::keep(conn, &ctx, Entry::new(Event::SessionEnded).about(&other.public_id).with(details))?;
        letters::session_displaced(conn, &ctx, &who.address, Some(who.person_id), &scene.facts_with(other))?;
    }
    if guesses::failures(conn, &ctx.keys, PersonKind::Customer, &who.address, now)? >= MANY {
        letters::many_failures(conn, &ctx, &who.address, Some(who.person_id), &facts)?;
    }
    guesses::clear(conn, &ctx.keys, PersonKind::Customer, &who.address)?;

    let mut goto = Goto::to(next.unwrap_or_else(|| "/account".into()))
        .saying(Flash::SignedIn)
        .dropping(cookies::CHALLENGE)
        .entering(new);
    if method != SignInMethod::Password {
        // A code was passed in this browser: it is known from now on (A2).
        goto = goto.keeping(cookies::BROWSER, browsers::learn(conn, &ctx, who.person_id)?);
    }
    if matches!(method, SignInMethod::PasswordCode | SignInMethod::Code) {
        records::keep(conn, &ctx, Entry::new(Event::NewDevice))?;
        letters::new_device(conn, &ctx, &who.address, Some(who.person_id), &facts)?;
    }
    Ok((ctx, goto))
}
