//! Guesses at the staff's door, and the sign-in.

use std::time::Duration;

use data_encoding::HEXLOWER;
use diesel::prelude::*;

use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::db::schema::{people, sessions, totp_factors};
use crate::base::types::{Address, Moment};
use crate::features::staff::letters;
use crate::features::staff::totp::TotpSecret;
use crate::services::context::{Author, AuthorKind, Context};
use crate::services::mail;
use crate::services::records::{self, Entry, Event};
use crate::web::error::Error;
use crate::web::session::{self, Entering, NewSession, PersonKind, PersonState, SignInMethod};
use crate::web::{Errors, FieldError, Stop, limits};

const MINUTE: u64 = 60;
/// One network may guess this often at whomever (EN4).
const OF_NETWORK: (i64, Duration) = (30, Duration::from_secs(10 * MINUTE));
/// One network may guess this often at one address.
const OF_BOTH: (i64, Duration) = (5, Duration::from_secs(5 * MINUTE));
/// All networks together may guess this often at one address; the networks from which its owner signs in are not
/// bound by it, so that nobody can lock the owner out (EN5).
const OF_ADDRESS: (i64, Duration) = (100, Duration::from_secs(24 * 60 * MINUTE));
/// For how long a network from which somebody signed in counts as theirs.
const KNOWN: Duration = Duration::from_secs(30 * 24 * 60 * MINUTE);
/// So many failures are worth a mail (EN10).
const WORTH_A_MAIL: i64 = 5;

/// The buckets in which the guesses of one request are counted. Addresses stand in them only as keyed hashes.
#[derive(Debug, Clone)]
pub(super) struct Buckets {
    network: String,
    both: String,
    address: String,
}

impl Buckets {
    pub(super) fn of(keys: &Keys, address: &Address, network: &str) -> Self {
        let named = |parts: &[&[u8]]| HEXLOWER.encode(&keys.hash("guesses", parts)[..16]);
        let address = address.as_str().as_bytes();
        Self {
            network: format!("staff network {}", named(&[network.as_bytes()])),
            both: format!("staff both {}", named(&[address, network.as_bytes()])),
            address: format!("staff address {}", named(&[address])),
        }
    }
}

/// What a guess is compared with.
#[derive(Clone, Queryable)]
pub(super) struct Candidate {
    person_id: i64,
    subject_id: i64,
    number: String,
    pub password_hash: Option<String>,
    sealed_secret: Vec<u8>,
}

/// Counts a guess before it is compared; answers what to compare it with. Unknown addresses are counted alike.
pub(super) fn guess(
    conn: &mut Conn,
    ctx: &Context,
    address: &Address,
    at: &Buckets,
) -> Result<Option<Candidate>, Stop> {
    let now = ctx.now;
    if limits::count(conn, &at.network, OF_NETWORK.1, now)? > OF_NETWORK.0 {
        return Err(Stop::Failed(Error::TooMany(left(OF_NETWORK.1, now))));
    }
    let wait = |span| Stop::Counted(Errors::one("form", FieldError::Wait(left(span, now))));
    if limits::count(conn, &at.both, OF_BOTH.1, now)? > OF_BOTH.0 {
        return Err(wait(OF_BOTH.1));
    }
    let candidate = candidate(conn, address)?;
    if limits::count(conn, &at.address, OF_ADDRESS.1, now)? > OF_ADDRESS.0 {
        let own = match &candidate {
            Some(candidate) => known_network(conn, ctx, candidate.person_id)?,
            None => false,
        };
        if !own {
            return Err(wait(OF_ADDRESS.1));
        }
    }
    Ok(candidate)
}

/// Seconds until the present window ends.
fn left(window: Duration, now: Moment) -> u64 {
    let length = window.as_secs().max(1);
    length - u64::try_from(now.seconds()).unwrap_or(0) % length
}

fn candidate(conn: &mut Conn, address: &Address) -> QueryResult<Option<Candidate>> {
    people::table
        .inner_join(totp_factors::table)
        .filter(people::kind.eq(PersonKind::Staff))
        .filter(people::address.eq(address))
        .filter(people::state.eq(PersonState::Active))
        .filter(people::password_hash.is_not_null())
        .filter(totp_factors::confirmed_at.is_not_null())
        .select((people::id, people::subject_id, people::public_id, people::password_hash, totp_factors::sealed_secret))
        .first(conn)
        .optional()
}

fn known_network(conn: &mut Conn, ctx: &Context, person_id: i64) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        sessions::table
            .filter(sessions::person_id.eq(person_id))
            .filter(sessions::network.eq(&*ctx.network))
            .filter(sessions::signed_in_at.gt(ctx.now.minus(KNOWN))),
    ))
    .get_result(conn)
}

/// A guess that was wrong: kept on the record of whom it was aimed at. What it was counted stays.
pub(super) fn failed(conn: &mut Conn, ctx: &Context, candidate: Option<&Candidate>) -> QueryResult<()> {
    let mut entry = Entry::new(Event::SignInFailed);
    if let Some(candidate) = candidate {
        entry = entry.about(&candidate.number).of_person(candidate.person_id, candidate.subject_id);
    }
    records::keep(conn, ctx, entry)
}

/// Uses the code up, if what was compared still stands. A step of RFC 6238 works once, also for two that come at once:
/// the update takes it only from a lower one.
fn use_step(conn: &mut Conn, candidate: &Candidate, step: i64) -> QueryResult<bool> {
    let unchanged = people::table
        .find(candidate.person_id)
        .filter(people::state.eq(PersonState::Active))
        .filter(people::password_hash.eq(&candidate.password_hash));
    if !diesel::select(diesel::dsl::exists(unchanged)).get_result::<bool>(conn)? {
        return Ok(false);
    }
    let fresh = totp_factors::table
        .filter(totp_factors::person_id.eq(candidate.person_id))
        .filter(totp_factors::last_step.lt(step));
    Ok(diesel::update(fresh).set(totp_factors::last_step.eq(step)).execute(conn)? == 1)
}

/// Signs in whoever's password was right, if the code is; `None` if it is not.
pub(super) fn enter(
    conn: &mut Conn,
    ctx: &Context,
    candidate: &Candidate,
    code: &str,
    rehash: Option<String>,
    address: &Address,
    at: &Buckets,
) -> Result<Option<NewSession>, Stop> {
    let secret = TotpSecret::open(&ctx.keys, candidate.person_id, &candidate.sealed_secret)
        .ok_or_else(|| Error::internal("a TOTP secret does not open"))?;
    let Some(step) = secret.step_of(code, ctx.now) else { return Ok(None) };
    if !use_step(conn, candidate, step)? {
        return Ok(None);
    }
    if let Some(hash) = rehash {
        diesel::update(people::table.find(candidate.person_id))
            .set(people::password_hash.eq(Some(hash)))
            .execute(conn)?;
    }
    // Whoever was signed in with this browser, a customer perhaps, is so no longer.
    if let Some(old) = ctx.author.session_id {
        session::end(conn, old, ctx.now)?;
    }
    let entering = Entering {
        person_id: candidate.person_id,
        account_id: None,
        method: SignInMethod::Totp,
        remembered: false,
        signed_in_at: ctx.now,
        stepped_up_at: Some(ctx.now),
    };
    let new = session::enter(conn, ctx, &entering)?;
    let author = Author {
        kind: AuthorKind::Staff,
        person_id: Some(candidate.person_id),
        subject_id: Some(candidate.subject_id),
        account_id: None,
        session_id: Some(new.id),
    };
    let ctx = ctx.by(author);
    let entry = Entry::new(Event::SignedIn).of_person(candidate.person_id, candidate.subject_id);
    records::keep(conn, &ctx, entry)?;
    let failures = limits::counted(conn, &at.address, OF_ADDRESS.1, ctx.now)? - 1;
    if failures >= WORTH_A_MAIL {
        let letter = letters::failures(&ctx, candidate.person_id, address.as_str(), failures, ctx.now)?;
        mail::send(conn, &ctx, letter)?;
    }
    // A finished sign-in forgives what was guessed at this address, but not what this network guessed at others.
    limits::clear(conn, &at.both)?;
    limits::clear(conn, &at.address)?;
    limits::uncount(conn, &at.network, OF_NETWORK.1, ctx.now)?;
    Ok(Some(new))
}
