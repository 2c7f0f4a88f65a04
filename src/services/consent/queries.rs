//! Keeping consents and publishing policy versions.

use diesel::prelude::*;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Method, Purpose};
use crate::base::db::Conn;
use crate::base::db::schema::{consents, policy_versions};
use crate::base::types::{Moment, Number};
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};

crate::base::types::text_enum! {
    /// What happened to a consent.
    pub enum ConsentEvent {
        /// It was given.
        Given = "given",
        /// It was refused.
        Refused = "refused",
        /// It was withdrawn.
        Withdrawn = "withdrawn",
        /// Its term ended.
        Expired = "expired",
        /// A newer version took its place.
        Superseded = "superseded",
    }
}

/// One published version of the privacy policy.
#[derive(Debug, Clone, Queryable)]
pub struct PolicyVersion {
    /// Internal id.
    pub id: i64,
    /// 1, 2, 3 …
    pub number: i64,
    /// Whether it widens the use of data, so that people are asked again.
    pub widens: bool,
    /// What changed, in a sentence.
    pub summary: String,
    /// The text, Markdown.
    pub body: String,
    /// SHA-256 of the text.
    pub body_hash: Vec<u8>,
    /// Since when, UTC.
    pub published_at: Moment,
}

/// The version in force.
pub fn current_policy(conn: &mut Conn) -> QueryResult<Option<PolicyVersion>> {
    policy_versions::table.order(policy_versions::number.desc()).first(conn).optional()
}

/// One version by its number.
pub fn policy(conn: &mut Conn, number: i64) -> QueryResult<Option<PolicyVersion>> {
    policy_versions::table.filter(policy_versions::number.eq(number)).first(conn).optional()
}

/// All versions, newest first.
pub fn policies(conn: &mut Conn) -> QueryResult<Vec<PolicyVersion>> {
    policy_versions::table.order(policy_versions::number.desc()).load(conn)
}

/// Publishes the next version.
pub fn publish(conn: &mut Conn, now: Moment, widens: bool, summary: &str, body: &str) -> QueryResult<i64> {
    let last: Option<i64> = policy_versions::table.select(diesel::dsl::max(policy_versions::number)).first(conn)?;
    let number = last.unwrap_or(0) + 1;
    diesel::insert_into(policy_versions::table)
        .values((
            policy_versions::number.eq(number),
            policy_versions::widens.eq(widens),
            policy_versions::summary.eq(summary),
            policy_versions::body.eq(body),
            policy_versions::body_hash.eq(Sha256::digest(body).to_vec()),
            policy_versions::published_at.eq(now),
        ))
        .execute(conn)?;
    Ok(number)
}

impl ConsentEvent {
    /// What the person reads of it among their records. That a term ended or a newer version came is nobody's act.
    fn record(self) -> Option<Event> {
        match self {
            Self::Given => Some(Event::ConsentGiven),
            Self::Refused => Some(Event::ConsentRefused),
            Self::Withdrawn => Some(Event::ConsentWithdrawn),
            Self::Expired | Self::Superseded => None,
        }
    }
}

/// Keeps one consent event of a person, and the record of it. `notice` is the wording that was shown; its hash proves it
/// later.
pub fn keep(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    purpose: Purpose,
    event: ConsentEvent,
    version: Option<&PolicyVersion>,
    notice: &str,
) -> QueryResult<()> {
    diesel::insert_into(consents::table)
        .values((
            consents::public_id.eq(Number::random('C')),
            consents::person_id.eq(person_id),
            consents::purpose.eq(purpose),
            consents::policy_version_id.eq(version.map(|version| version.id)),
            consents::notice_hash.eq(Sha256::digest(notice).to_vec()),
            consents::event.eq(event),
            consents::method.eq(Method::WebForm),
            consents::session_id.eq(ctx.author.session_id),
            consents::network.eq(&*ctx.network),
            consents::at.eq(ctx.now),
        ))
        .execute(conn)?;
    match event.record() {
        Some(event) => {
            let details = json!({ "purpose": purpose.as_str(), "version": version.map(|version| version.number) });
            records::keep(conn, ctx, Entry::new(event).with(details))
        }
        None => Ok(()),
    }
}

/// One consent event as it is shown to the person.
#[derive(Debug, Clone, Queryable)]
pub struct ConsentRow {
    /// The receipt's number.
    pub public_id: Number,
    /// For what.
    pub purpose: Purpose,
    /// What happened.
    pub event: ConsentEvent,
    /// Of which policy version.
    pub version: Option<i64>,
    /// From which network, truncated.
    pub network: String,
    /// When, UTC.
    pub at: Moment,
}

/// All consent events of a person, newest first.
pub fn of_person(conn: &mut Conn, person_id: i64) -> QueryResult<Vec<ConsentRow>> {
    consents::table
        .left_join(policy_versions::table.on(consents::policy_version_id.eq(policy_versions::id.nullable())))
        .filter(consents::person_id.eq(person_id))
        .order(consents::id.desc())
        .limit(200)
        .select((
            consents::public_id,
            consents::purpose,
            consents::event,
            policy_versions::number.nullable(),
            consents::network,
            consents::at,
        ))
        .load(conn)
}

/// What the person said last about any of these purposes, and when. A consent stands when it was given.
pub fn latest(conn: &mut Conn, person_id: i64, purposes: &[Purpose]) -> QueryResult<Option<(ConsentEvent, Moment)>> {
    consents::table
        .filter(consents::person_id.eq(person_id))
        .filter(consents::purpose.eq_any(purposes))
        .order(consents::id.desc())
        .select((consents::event, consents::at))
        .first(conn)
        .optional()
}

/// The person's last word about a purpose, when it was said to exactly this wording.
pub fn said_to(conn: &mut Conn, person_id: i64, purpose: Purpose, notice: &str) -> QueryResult<Option<ConsentEvent>> {
    let last: Option<(ConsentEvent, Vec<u8>)> = consents::table
        .filter(consents::person_id.eq(person_id))
        .filter(consents::purpose.eq(purpose))
        .order(consents::id.desc())
        .select((consents::event, consents::notice_hash))
        .first(conn)
        .optional()?;
    let wording = Sha256::digest(notice).to_vec();
    Ok(last.filter(|(_, hash)| *hash == wording).map(|(event, _)| event))
}

/// Whether the person's last word about a purpose is a consent to exactly this wording.
pub fn stands(conn: &mut Conn, person_id: i64, purpose: Purpose, notice: &str) -> QueryResult<bool> {
    Ok(said_to(conn, person_id, purpose, notice)? == Some(ConsentEvent::Given))
}
