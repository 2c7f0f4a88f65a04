//! The worker that empties the outbox of text messages.

use std::sync::Arc;
use std::time::Duration;

use super::gateway::{Gateway, Message};
use super::moves;
use super::queries::{self, Claimed};
use crate::base::crypto::Keys;
use crate::base::db::{Db, End, Fault};
use crate::base::types::Moment;

/// Longer than a batch of messages of which each takes the longest time that the gateway has.
const LEASE: Duration = Duration::from_secs(120);
const AT_ONCE: i64 = 10;
/// Between two batches: people's own requests go first.
pub const PAUSE: Duration = Duration::from_millis(100);

/// How a delivery ended: well, or with when to try again, if at all, and why.
type Outcome = Result<(), (Option<Duration>, String)>;

/// Sends what is due, a batch at most, and answers how many messages were taken from the outbox. `keep` leaves the texts for
/// `/dev/mailbox`; they go after a day.
pub async fn deliver_due(
    db: &Db,
    keys: &Arc<Keys>,
    gateway: &Gateway,
    now: Moment,
    keep: bool,
) -> Result<usize, Fault> {
    let claimed = db
        .write(move |conn| match queries::claim(conn, now, LEASE, AT_ONCE) {
            Ok(claimed) => End::Keep(Ok(claimed)),
            Err(fault) => End::Undo(Err(fault)),
        })
        .await?
        .map_err(|fault| Fault::Lost(fault.to_string()))?;
    let count = claimed.len();
    for text in claimed {
        // Each end is written at once: a message that is sent twice is paid twice.
        let outcome = attempt(&text, keys, gateway, now).await;
        note(db, text.id, outcome, now, keep).await?;
    }
    Ok(count)
}

async fn note(db: &Db, id: i64, outcome: Outcome, now: Moment, keep: bool) -> Result<(), Fault> {
    db.write(move |conn| {
        let noted = match outcome {
            Ok(()) => moves::deliver(conn, id, now, keep),
            Err((due, reason)) => moves::fail(conn, id, due.map(|wait| now.plus(wait)), &reason),
        };
        match noted {
            Ok(()) => End::Keep(()),
            Err(fault) => {
                tracing::error!(%fault, "the end of a text message could not be noted");
                End::Undo(())
            }
        }
    })
    .await
}

async fn attempt(text: &Claimed, keys: &Keys, gateway: &Gateway, now: Moment) -> Outcome {
    if now >= text.expires_at {
        return Err((None, "it would come too late".into()));
    }
    let Some((to, body)) = text.parts(keys) else {
        return Err((None, "the text was wiped or cannot be opened".into()));
    };
    let message = Message { id: &text.message_id, to: &to, text: &body, at: now };
    gateway.deliver(&message).await.map_err(|fault| {
        tracing::warn!(event = "text_not_sent", reason = %fault.reason, permanent = fault.permanent, attempts = text.attempts);
        let wait = wait_after(text.attempts);
        let again = !fault.permanent && now.plus(wait) < text.expires_at;
        (again.then_some(wait), fault.reason)
    })
}

/// 5 s, 10 s, 20 s … at most 10 minutes: somebody sits before a page and waits.
fn wait_after(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 12) - 1).unwrap_or(0);
    Duration::from_secs((5_u64 << doublings).min(600))
}

/// Wipes texts and deletes messages whose term is over, in pieces.
pub async fn wipe_old(db: &Db, now: Moment) -> Result<(), Fault> {
    db.in_pieces(move |conn, most| queries::wipe(conn, now, most)).await?;
    db.in_pieces(move |conn, most| queries::sweep(conn, now, most)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_ten_minutes() {
        let waits: Vec<u64> = [1, 2, 3, 4, 8, 100].map(|nth| wait_after(nth).as_secs()).to_vec();
        assert_eq!(waits, [5, 10, 20, 40, 600, 600]);
    }
}
