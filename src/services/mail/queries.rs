//! The outbox.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text};
use zeroize::Zeroizing;

use super::Mail;
use super::model::MailState;
use crate::base::chance;
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::db::schema::mails;
use crate::base::types::Moment;
use crate::each;
use crate::services::context::Context;

const TEXT: &str = "mails.sealed_text";
const HTML: &str = "mails.sealed_html";

/// Puts a mail into the outbox, in the running transaction.
pub fn send(conn: &mut Conn, ctx: &Context, mail: Mail) -> QueryResult<()> {
    let url = url::Url::parse(&ctx.base_url).ok();
    let host = url.as_ref().and_then(url::Url::domain).unwrap_or("localhost");
    let message_id = format!("{}@{host}", chance::text(24, b"23456789abcdefghjkmnpqrstuvwxyz"));
    let row = diesel::insert_into(mails::table).values((
        (
            mails::person_id.eq(mail.person_id),
            mails::kind.eq(mail.kind),
            mails::address.eq(mail.address),
            mails::subject.eq(mail.subject),
            mails::sealed_text.eq(Some(ctx.keys.seal(TEXT, &message_id, mail.text.as_bytes()))),
            mails::sealed_html.eq(Some(ctx.keys.seal(HTML, &message_id, mail.html.as_bytes()))),
        ),
        mails::message_id.eq(message_id),
        mails::holds_code.eq(mail.holds_code),
        mails::state.eq(MailState::Queued),
        mails::attempts.eq(0),
        mails::due_at.eq(ctx.now),
        mails::claimed_until.eq(0_i64),
        mails::created_at.eq(ctx.now),
    ));
    each!(conn, c => row.execute(c))?;
    Ok(())
}

#[derive(QueryableByName)]
pub(super) struct Claimed {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Text)]
    pub message_id: String,
    #[diesel(sql_type = Text)]
    pub address: String,
    #[diesel(sql_type = Text)]
    pub subject: String,
    #[diesel(sql_type = Nullable<Binary>)]
    sealed_text: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Binary>)]
    sealed_html: Option<Vec<u8>>,
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
}

impl Claimed {
    /// The text and HTML parts; `None` when they were wiped or cannot be opened.
    pub(super) fn parts(&self, keys: &Keys) -> Option<(String, String)> {
        Some((
            opened(keys, TEXT, &self.message_id, self.sealed_text.as_deref())?,
            opened(keys, HTML, &self.message_id, self.sealed_html.as_deref())?,
        ))
    }
}

fn opened(keys: &Keys, place: &str, row: &str, sealed: Option<&[u8]>) -> Option<String> {
    let plain: Zeroizing<Vec<u8>> = keys.open_sealed(place, row, sealed?).ok()?;
    String::from_utf8(plain.to_vec()).ok()
}

/// Takes up to `most` due mails for `lease`, so that no other instance sends them meanwhile. Those with codes come first:
/// somebody sits before a page and waits for them.
pub(super) fn claim(conn: &mut Conn, now: Moment, lease: Duration, most: i64) -> QueryResult<Vec<Claimed>> {
    let mut claimed = claim_of(conn, now, lease, most, true)?;
    let left = most - i64::try_from(claimed.len()).unwrap_or(most);
    if left > 0 {
        claimed.extend(claim_of(conn, now, lease, left, false)?);
    }
    Ok(claimed)
}

fn claim_of(conn: &mut Conn, now: Moment, lease: Duration, most: i64, codes: bool) -> QueryResult<Vec<Claimed>> {
    let skip = if matches!(conn, Conn::Pg(_)) { "for update skip locked" } else { "" };
    let mut claimed: Vec<Claimed> = diesel::sql_query(format!(
        "update mails set claimed_until = $1, attempts = attempts + 1 where id in (\
         select id from mails where state = 'queued' and holds_code = $2 and due_at <= $3 and claimed_until <= $3 \
         order by due_at, id limit $4 {skip}) \
         returning id, message_id, address, subject, sealed_text, sealed_html, attempts"
    ))
    .bind::<BigInt, _>(now.plus(lease))
    .bind::<Bool, _>(codes)
    .bind::<BigInt, _>(now)
    .bind::<BigInt, _>(most)
    .load(conn)?;
    // PostgreSQL answers changed rows in any order.
    claimed.sort_unstable_by_key(|mail| mail.id);
    Ok(claimed)
}

/// The relay took these.
pub(super) fn sent(conn: &mut Conn, ids: &[i64], (from, to): (MailState, MailState), now: Moment) -> QueryResult<()> {
    diesel::update(mails::table.filter(mails::id.eq_any(ids)).filter(mails::state.eq(from)))
        .set((mails::state.eq(to), mails::sent_at.eq(Some(now)), mails::last_error.eq(None::<String>)))
        .execute(conn)?;
    Ok(())
}

/// Empties the bodies of these that hold a code.
pub(super) fn wipe_codes(conn: &mut Conn, ids: &[i64]) -> QueryResult<()> {
    let holding = mails::table.filter(mails::id.eq_any(ids)).filter(mails::holds_code.eq(true));
    diesel::update(holding).set(wiped()).execute(conn)?;
    Ok(())
}

/// It was not taken: again at `due`.
pub(super) fn put_off(conn: &mut Conn, id: i64, due: Moment, reason: &str) -> QueryResult<()> {
    diesel::update(mails::table.find(id))
        .set((mails::due_at.eq(due), mails::claimed_until.eq(0_i64), mails::last_error.eq(Some(reason))))
        .execute(conn)?;
    Ok(())
}

/// It was not taken and never will be.
pub(super) fn dead(conn: &mut Conn, id: i64, (from, to): (MailState, MailState), reason: &str) -> QueryResult<()> {
    diesel::update(mails::table.find(id).filter(mails::state.eq(from)))
        .set((mails::state.eq(to), mails::last_error.eq(Some(reason))))
        .execute(conn)?;
    Ok(())
}

/// Everything of one state was taken.
pub(super) fn all_sent(conn: &mut Conn, (from, to): (MailState, MailState), now: Moment) -> QueryResult<()> {
    diesel::update(mails::table.filter(mails::state.eq(from)))
        .set((mails::state.eq(to), mails::sent_at.eq(Some(now))))
        .execute(conn)?;
    Ok(())
}

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Empties the bodies that hold a code and are a day old (docs/operations.md). At most `most`.
pub(super) fn wipe(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<usize> {
    let over: Vec<i64> = mails::table
        .filter(mails::sealed_text.is_not_null())
        .filter(mails::holds_code)
        .filter(mails::created_at.le(now.minus(DAY)))
        .order((mails::created_at, mails::id))
        .limit(most)
        .select(mails::id)
        .load(conn)?;
    diesel::update(mails::table.filter(mails::id.eq_any(over))).set(wiped()).execute(conn)
}

/// Deletes what is thirty days old, dead ones too. At most `most`.
pub(super) fn sweep(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<usize> {
    let over: Vec<i64> = mails::table
        .filter(mails::created_at.le(now.minus(DAY * 30)))
        .order((mails::created_at, mails::id))
        .limit(most)
        .select(mails::id)
        .load(conn)?;
    diesel::delete(mails::table.filter(mails::id.eq_any(over))).execute(conn)
}

#[derive(AsChangeset)]
#[diesel(table_name = mails, treat_none_as_null = true)]
struct Wiped {
    sealed_text: Option<Vec<u8>>,
    sealed_html: Option<Vec<u8>>,
}

fn wiped() -> Wiped {
    Wiped { sealed_text: None, sealed_html: None }
}

/// A mail as `/dev/mailbox` shows it.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// Names it in links.
    pub message_id: String,
    /// Where it went.
    pub address: String,
    /// Its subject.
    pub subject: String,
    /// Its text; empty when wiped.
    pub text: String,
    /// When it was written, UTC.
    pub at: Moment,
}

type Stored = (String, String, String, Option<Vec<u8>>, Moment);

/// The newest mails with their text. Only for a portal that listens on a loopback address and has no relay.
pub fn latest(conn: &mut Conn, keys: &Keys, most: i64) -> QueryResult<Vec<Delivered>> {
    let rows: Vec<Stored> = mails::table
        .order(mails::id.desc())
        .limit(most)
        .select((mails::message_id, mails::address, mails::subject, mails::sealed_text, mails::created_at))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(message_id, address, subject, sealed, at)| {
            let text = opened(keys, TEXT, &message_id, sealed.as_deref()).unwrap_or_default();
            Delivered { message_id, address, subject, text, at }
        })
        .collect())
}

/// How many mails wait.
pub fn waiting_count(conn: &mut Conn) -> QueryResult<i64> {
    mails::table.filter(mails::state.eq(MailState::Queued)).count().get_result(conn)
}

/// How many mails are dead.
pub fn dead_count(conn: &mut Conn) -> QueryResult<i64> {
    mails::table.filter(mails::state.eq(MailState::Dead)).count().get_result(conn)
}
