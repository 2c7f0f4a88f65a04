//! The worker that empties the outbox.

use std::time::Duration;

use super::delivery::{Letter, Post};
use super::queries::{self, Claimed};
use crate::base::crypto::Keys;
use crate::base::db::{Db, End, Fault};
use crate::base::types::Moment;

const LEASE: Duration = Duration::from_secs(120);
const AT_ONCE: i64 = 10;
/// After the tenth failure (about a day and a half) a mail is dead.
const MOST_TRIES: i32 = 10;

/// Sends what is due and answers how many mails were taken from the outbox. `keep_codes` leaves bodies with codes for
/// `/dev/mailbox`; they go after a day.
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
    for mail in claimed {
        let outcome = attempt(&mail, keys, post, from).await;
        let id = mail.id;
        db.write(move |conn| {
            let noted = match outcome {
                Ok(()) => queries::sent(conn, id, now, keep_codes),
                Err((due, reason)) => queries::failed(conn, id, due.map(|wait| now.plus(wait)), &reason),
            };
            match noted {
                Ok(()) => End::Keep(()),
                Err(fault) => {
                    tracing::error!(%fault, "the end of a delivery could not be noted");
                    End::Undo(())
                }
            }
        })
        .await?;
    }
    Ok(count)
}

async fn attempt(mail: &Claimed, keys: &Keys, post: &Post, from: &str) -> Result<(), (Option<Duration>, String)> {
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
