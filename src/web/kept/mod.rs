//! What somebody typed is not lost when their session has ended meanwhile, or when they have to prove themselves first
//! (A9, MF5): the post is sealed to the person for whom its form was drawn, offered to them once, and gone within a day.
//! Secrets, numbers of papers and files are never kept.

mod queries;

use std::time::Duration;

use actix_web::{HttpMessage, HttpRequest, web};
use serde::{Deserialize, Serialize};

use super::forms::{Anchor, Stamp, fresh};
use super::house::House;
use super::session::PersonKind;
use super::trail::{Caller, route_of};
use crate::base::chance;
use crate::base::crypto::Keys;
use crate::base::db::{Conn, Db, End, Fault};
use crate::base::types::Moment;

const PLACE: &str = "kept_posts.sealed_data";
/// No session and no form cookie is called so: what is drawn for it does nothing anywhere.
const NOWHERE: &str = "kept";
const LIFE: Duration = Duration::from_secs(24 * 3600);
/// Kept posts of one person; the oldest go first.
const MOST: i64 = 5;
/// Bytes of one.
const MOST_BYTES: usize = 256 * 1024;

/// Fields that are not kept: what is secret, and numbers that may stand nowhere but in their case (B5).
pub const NEVER: &[&str] =
    &["password", "again", "current", "code", "recovery_code", "app_code", "id_number", "credit_code", "proven_number"];
/// Fields that nobody types.
const BESIDE: &[&str] = &["token", "kept_post", "website", "next", "username"];

/// Fields that say nothing to whoever typed the rest.
const UNSEEN: &[&str] = &[
    "step", "policy", "shown", "seen", "question", "view", "way", "account", "entry", "kept", "back", "to", "category",
];

/// A post that could be kept: read by the form, kept by the middleware of errors.
pub(super) struct Typed {
    person_id: i64,
    account: String,
    fields: Vec<(String, String)>,
    once: String,
    of_before: bool,
}

/// What is sealed of a post.
#[derive(Serialize, Deserialize)]
struct Post {
    action: String,
    route: String,
    account: String,
    fields: Vec<(String, String)>,
    whole: bool,
}

/// A post that waits for its person.
pub struct KeptPost {
    /// Names it; drawn by chance.
    pub handle: String,
    /// Where it was sent.
    pub action: String,
    /// The pattern of that address.
    pub route: String,
    /// The number of the account for which its form was drawn; empty without one.
    pub account: String,
    /// A token with which the form only comes back, and does nothing.
    pub token: String,
    /// What was typed, without what is never kept.
    pub fields: Vec<(String, String)>,
    /// Whether it lacked nothing but a fresh proof of who sends it.
    pub whole: bool,
    /// UTC.
    pub created_at: Moment,
}

impl KeptPost {
    /// What was typed, as its owner knows it.
    pub fn typed(&self) -> Vec<&(String, String)> {
        let seen = |(name, value): &&(String, String)| !UNSEEN.contains(&name.as_str()) && !value.trim().is_empty();
        self.fields.iter().filter(seen).collect()
    }
}

/// Leaves what was posted where the middleware of errors finds it.
pub(super) fn note(req: &HttpRequest, stamp: &Stamp, body: &[u8]) {
    let Some(person_id) = stamp.owner else { return };
    if body.len() > MOST_BYTES {
        return;
    }
    let (account, once, of_before) = (stamp.account.clone(), stamp.once.clone(), stamp.of_before);
    let fields = typed(body);
    req.extensions_mut().insert(Typed { person_id, account, fields, once, of_before });
}

/// What a body says, without what is never kept and what nobody types.
pub(super) fn typed(body: &[u8]) -> Vec<(String, String)> {
    let fields = serde_html_form::from_bytes::<Vec<(String, String)>>(body).unwrap_or_default();
    fields.into_iter().filter(|(name, _)| kept(name)).collect()
}

fn kept(name: &str) -> bool {
    !NEVER.contains(&name) && !BESIDE.contains(&name)
}

/// Keeps what was posted with this request, if anything was typed; a post that is `whole` also without. Answers whose it
/// is.
pub(super) async fn keep(req: &HttpRequest, whole: bool) -> Option<PersonKind> {
    let typed = req.extensions_mut().remove::<Typed>()?;
    let here = Caller::of(req).known().map(|known| known.person);
    if here.is_some_and(|person| person != typed.person_id) {
        // Somebody else's form is not theirs to keep.
        return None;
    }
    // What is done at a press of one button was sent by its person, from a form of this very session.
    let whole = whole && here.is_some() && !typed.of_before;
    let house = req.app_data::<web::Data<House>>()?.clone();
    if !whole && typed.fields.iter().all(|(_, value)| value.trim().is_empty()) {
        return None;
    }
    let action = req.uri().path_and_query().map_or("/", |target| target.as_str()).to_string();
    let handle = chance::text(32, b"abcdefghijkmnpqrstuvwxyz23456789");
    let (person_id, once, now) = (typed.person_id, typed.once, house.clock.now());
    let Typed { account, fields, .. } = typed;
    let post = Post { action, route: route_of(req).into_owned(), account, fields, whole };
    let plain = serde_json::to_vec(&post).ok()?;
    let sealed = house.keys.seal(PLACE, &row(person_id, &handle), &plain);
    let job = move |conn: &mut Conn| match queries::keep(conn, person_id, (&handle, &once), &sealed, now) {
        Ok(kind) => End::Keep(Ok(kind)),
        Err(fault) => End::Undo(Err(fault)),
    };
    match house.db.write(job).await {
        Ok(Ok(kind)) => Some(kind),
        // It had been done before, or its person is gone.
        Ok(Err(diesel::result::Error::NotFound)) => None,
        fault => {
            tracing::error!(event = "error", route = %route_of(req), cause = ?fault.map(|kept| kept.map(PersonKind::as_str)));
            None
        }
    }
}

fn row(person_id: i64, handle: &str) -> String {
    format!("{person_id}:{handle}")
}

/// The posts that wait for this person, the newest first.
pub fn list(conn: &mut Conn, keys: &Keys, person_id: i64, now: Moment) -> diesel::QueryResult<Vec<KeptPost>> {
    let rows = queries::list(conn, person_id, now)?;
    let opened = rows.into_iter().filter_map(|(handle, sealed, created_at)| {
        let plain = keys.open_sealed(PLACE, &row(person_id, &handle), &sealed).ok()?;
        let Post { action, route, account, fields, whole } = serde_json::from_slice(&plain).ok()?;
        let token = fresh(keys, &Anchor(NOWHERE.into()), (person_id, &account), now).0;
        Some(KeptPost { handle, action, route, account, token, fields, whole, created_at })
    });
    Ok(opened.collect())
}

/// How many posts wait for this person.
pub fn count(conn: &mut Conn, person_id: i64, now: Moment) -> diesel::QueryResult<i64> {
    queries::count(conn, person_id, now)
}

/// Forgets a post of this person: it was taken up, or is not wanted. Answers whether it was still there.
pub fn forget(conn: &mut Conn, person_id: i64, handle: &str) -> diesel::QueryResult<bool> {
    queries::forget(conn, person_id, handle)
}

/// Deletes those whose day is over, in pieces.
pub async fn sweep(db: &Db, now: Moment) -> Result<(), Fault> {
    db.in_pieces(move |conn, most| queries::sweep(conn, now, most)).await
}
