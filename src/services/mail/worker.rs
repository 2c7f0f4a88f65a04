//! The worker that empties the outbox.

use std::time::{Duration, Instant};

use super::delivery::{Letter, Post};
use super::moves;
use super::queries::{self, Claimed};
use crate::base::crypto::Keys;
use crate::base::db::{Conn, Db, End, Fault};
use crate::base::types::Moment;

const LEASE: Duration = Duration::from_secs(120);
const AT_ONCE: i64 = 10;
/// Between two batches: the mails of a rush go out beside people's own requests, never in front of them. With a relay that
/// is as quick as a folder that makes some hundred a second.
pub const PAUSE: Duration = Duration::from_millis(100);
/// How long the end of a delivery may stay unwritten. What is not written when the machine fails goes out again.
const WRITTEN_WITHIN: Duration = Duration::from_secs(1);
/// After the tenth failure (about a day and a half) a mail is dead.
const MOST_TRIES: i32 = 10;

/// How a delivery ended: well, or with when to try again, if at all, and why.
type Outcome = Result<(), (Option<Duration>, String)>;

/// Sends what is due, a batch at most, and answers how many mails were taken from the outbox. `keep_codes` leaves bodies
/// with codes for `/dev/mailbox`; they go after a day.
pub async fn deliver_due(
    db: &Db,
    keys: &std::sync::Arc<Keys>,
    post: &Post,
    from: &str,
    now: Moment,
    keep_codes: bool,
) -> Result<usize, Fault> {
    let claimed = db
        .write(move |conn| match queries::claim(conn, now, LEASE, AT_ONCE) {
            Ok(claimed) => End::Keep(Ok(claimed)),
            Err(fault) => End::Undo(Err(fault)),
        })
        .await?
        .map_err(|fault| Fault::Lost(fault.to_string()))?;
    let count = claimed.len();
    let mut ended = Vec::new();
    let mut written = Instant::now();
    for mail in claimed {
        ended.push((mail.id, attempt(&mail, keys, post, from).await));
        if written.elapsed() >= WRITTEN_WITHIN {
            note(db, std::mem::take(&mut ended), now, keep_codes).await?;
            written = Instant::now();
        }
    }
    note(db, ended, now, keep_codes).await?;
    Ok(count)
}

/// Writes how deliveries ended, all in one transaction.
async fn note(db: &Db, ended: Vec<(i64, Outcome)>, now: Moment, keep_codes: bool) -> Result<(), Fault> {
    if ended.is_empty() {
        return Ok(());
    }
    db.write(move |conn| match note_all(conn, ended, now, keep_codes) {
        Ok(()) => End::Keep(()),
        Err(fault) => {
            tracing::error!(%fault, "the end of a delivery could not be noted");
            End::Undo(())
        }
    })
    .await
}

fn note_all(conn: &mut Conn, ended: Vec<(i64, Outcome)>, now: Moment, keep_codes: bool) -> Result<(), moves::Unmoved> {
    let mut sent = Vec::new();
    for (id, outcome) in ended {
        match outcome {
            Ok(()) => sent.push(id),
            Err((due, reason)) => moves::fail(conn, id, due.map(|wait| now.plus(wait)), &reason)?,
        }
    }
    if sent.is_empty() {
        return Ok(());
    }
    moves::deliver(conn, &sent, now, keep_codes)
}

async fn attempt(mail: &Claimed, keys: &Keys, post: &Post, from: &str) -> Outcome {
    let Some((text, html)) = mail.parts(keys) else {
        return Err((None, "the body was wiped or cannot be opened".into()));
    };
    let letter = Letter {
        from: from.to_string(),
        to: mail.address.clone(),
        subject: mail.subject.clone(),
        text,
        html,
        message_id: mail.message_id.clone(),
        headers: Vec::new(),
    };
    post.deliver(&letter).await.map_err(|fault| {
        tracing::warn!(reason = %fault.reason, permanent = fault.permanent, attempts = mail.attempts, "mail not delivered");
        let again = !fault.permanent && mail.attempts < MOST_TRIES;
        (again.then(|| wait_after(mail.attempts)), fault.reason)
    })
}

/// 30 s, 1 min, 2 min … at most 6 hours.
fn wait_after(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 12) - 1).unwrap_or(0);
    Duration::from_secs((30_u64 << doublings).min(6 * 3600))
}

/// Wipes bodies and deletes mails whose term is over, in pieces.
pub async fn wipe_old(db: &Db, now: Moment) -> Result<(), Fault> {
    db.in_pieces(move |conn, most| queries::wipe(conn, now, most)).await?;
    db.in_pieces(move |conn, most| queries::sweep(conn, now, most)).await
}
