//! The outbox of text messages.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text as SqlText};
use zeroize::Zeroizing;

use super::Text;
use super::model::TextState;
use crate::base::chance;
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::db::schema::text_messages;
use crate::base::types::Moment;
use crate::services::context::Context;

const NUMBER: &str = "text_messages.sealed_number";
const TEXT: &str = "text_messages.sealed_text";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Puts a message into the outbox, in the running transaction.
pub fn send(conn: &mut Conn, ctx: &Context, text: &Text<'_>) -> QueryResult<()> {
    let message_id = chance::text(24, b"23456789abcdefghjkmnpqrstuvwxyz");
    diesel::insert_into(text_messages::table)
        .values((
            text_messages::person_id.eq(text.person_id),
            text_messages::kind.eq(text.kind),
            text_messages::sealed_number.eq(ctx.keys.seal(NUMBER, &message_id, text.to.as_str().as_bytes())),
            text_messages::sealed_text.eq(Some(ctx.keys.seal(TEXT, &message_id, text.text.as_bytes()))),
            text_messages::message_id.eq(message_id),
            text_messages::state.eq(TextState::Queued),
            text_messages::attempts.eq(0),
            text_messages::due_at.eq(ctx.now),
            text_messages::claimed_until.eq(0_i64),
            text_messages::created_at.eq(ctx.now),
            text_messages::expires_at.eq(ctx.now.plus(text.life)),
        ))
        .execute(conn)?;
    Ok(())
}

#[derive(QueryableByName)]
pub(super) struct Claimed {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = SqlText)]
    pub message_id: String,
    #[diesel(sql_type = Binary)]
    sealed_number: Vec<u8>,
    #[diesel(sql_type = Nullable<Binary>)]
    sealed_text: Option<Vec<u8>>,
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    #[diesel(sql_type = BigInt)]
    pub expires_at: Moment,
}

impl Claimed {
    /// Number and text; `None` when the text was wiped or they cannot be opened.
    pub(super) fn parts(&self, keys: &Keys) -> Option<(String, String)> {
        Some((
            opened(keys, NUMBER, &self.message_id, &self.sealed_number)?,
            opened(keys, TEXT, &self.message_id, self.sealed_text.as_deref()?)?,
        ))
    }
}

fn opened(keys: &Keys, place: &str, row: &str, sealed: &[u8]) -> Option<String> {
    let plain: Zeroizing<Vec<u8>> = keys.open_sealed(place, row, sealed).ok()?;
    String::from_utf8(plain.to_vec()).ok()
}

/// Takes up to `most` due messages for `lease`, so that no other instance sends them meanwhile.
pub(super) fn claim(conn: &mut Conn, now: Moment, lease: Duration, most: i64) -> QueryResult<Vec<Claimed>> {
    let skip = if matches!(conn, Conn::Pg(_)) { "for update skip locked" } else { "" };
    let mut claimed: Vec<Claimed> = diesel::sql_query(format!(
        "update text_messages set claimed_until = $1, attempts = attempts + 1 where id in (\
         select id from text_messages where state = 'queued' and due_at <= $2 and claimed_until <= $2 \
         order by due_at, id limit $3 {skip}) \
         returning id, message_id, sealed_number, sealed_text, attempts, expires_at"
    ))
    .bind::<BigInt, _>(now.plus(lease))
    .bind::<BigInt, _>(now)
    .bind::<BigInt, _>(most)
    .load(conn)?;
    // PostgreSQL answers changed rows in any order.
    claimed.sort_unstable_by_key(|text| text.id);
    Ok(claimed)
}

/// The gateway took it.
pub(super) fn sent(conn: &mut Conn, id: i64, (from, to): (TextState, TextState), now: Moment) -> QueryResult<()> {
    diesel::update(text_messages::table.find(id).filter(text_messages::state.eq(from)))
        .set((
            text_messages::state.eq(to),
            text_messages::sent_at.eq(Some(now)),
            text_messages::last_error.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(())
}

/// It was not taken: again at `due`.
pub(super) fn put_off(conn: &mut Conn, id: i64, due: Moment, reason: &str) -> QueryResult<()> {
    diesel::update(text_messages::table.find(id))
        .set((
            text_messages::due_at.eq(due),
            text_messages::claimed_until.eq(0_i64),
            text_messages::last_error.eq(Some(reason)),
        ))
        .execute(conn)?;
    Ok(())
}

/// It was not taken and never will be.
pub(super) fn dead(conn: &mut Conn, id: i64, (from, to): (TextState, TextState), reason: &str) -> QueryResult<()> {
    diesel::update(text_messages::table.find(id).filter(text_messages::state.eq(from)))
        .set((text_messages::state.eq(to), text_messages::last_error.eq(Some(reason))))
        .execute(conn)?;
    Ok(())
}

/// Empties the text of one.
pub(super) fn wipe_one(conn: &mut Conn, id: i64) -> QueryResult<()> {
    diesel::update(text_messages::table.find(id)).set(text_messages::sealed_text.eq(None::<Vec<u8>>)).execute(conn)?;
    Ok(())
}

/// Empties the texts that are a day old. At most `most`.
pub(super) fn wipe(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<usize> {
    let over: Vec<i64> = text_messages::table
        .filter(text_messages::sealed_text.is_not_null())
        .filter(text_messages::created_at.le(now.minus(DAY)))
        .order((text_messages::created_at, text_messages::id))
        .limit(most)
        .select(text_messages::id)
        .load(conn)?;
    diesel::update(text_messages::table.filter(text_messages::id.eq_any(over)))
        .set(text_messages::sealed_text.eq(None::<Vec<u8>>))
        .execute(conn)
}

/// Deletes what is thirty days old, dead ones too. At most `most`.
pub(super) fn sweep(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<usize> {
    let over: Vec<i64> = text_messages::table
        .filter(text_messages::created_at.le(now.minus(DAY * 30)))
        .order((text_messages::created_at, text_messages::id))
        .limit(most)
        .select(text_messages::id)
        .load(conn)?;
    diesel::delete(text_messages::table.filter(text_messages::id.eq_any(over))).execute(conn)
}

/// A message as `/dev/mailbox` shows it.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Where it goes, in full: whoever reads this is the developer at the machine.
    pub number: String,
    /// What it says; empty when wiped.
    pub text: String,
    /// When it was written, UTC.
    pub at: Moment,
}

type Stored = (String, Vec<u8>, Option<Vec<u8>>, Moment);

/// The newest messages with their text. Only for a portal that listens on a loopback address and has no gateway.
pub fn latest(conn: &mut Conn, keys: &Keys, most: i64) -> QueryResult<Vec<Kept>> {
    let rows: Vec<Stored> = text_messages::table
        .order(text_messages::id.desc())
        .limit(most)
        .select((
            text_messages::message_id,
            text_messages::sealed_number,
            text_messages::sealed_text,
            text_messages::created_at,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(message_id, number, text, at)| Kept {
            number: opened(keys, NUMBER, &message_id, &number).unwrap_or_default(),
            text: text.and_then(|text| opened(keys, TEXT, &message_id, &text)).unwrap_or_default(),
            at,
        })
        .collect())
}

/// How many messages wait.
pub fn waiting_count(conn: &mut Conn) -> QueryResult<i64> {
    text_messages::table.filter(text_messages::state.eq(TextState::Queued)).count().get_result(conn)
}

/// How many messages are dead.
pub fn dead_count(conn: &mut Conn) -> QueryResult<i64> {
    text_messages::table.filter(text_messages::state.eq(TextState::Dead)).count().get_result(conn)
}
