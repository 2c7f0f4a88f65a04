//! What becomes of a mail in the outbox.

use super::model::{IllegalMove, MailMove, MailState};
use super::queries;
use crate::base::db::Conn;
use crate::base::types::Moment;

/// What waits is claimed, nothing else.
const CLAIMED: MailState = MailState::Queued;

/// Why a mail's end was not kept.
#[derive(Debug, thiserror::Error)]
pub enum Unmoved {
    /// It was not waiting.
    #[error(transparent)]
    IllegalMove(#[from] IllegalMove),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] diesel::result::Error),
}

/// The relay took them: bodies with codes are wiped at once.
pub(super) fn deliver(conn: &mut Conn, ids: &[i64], now: Moment, keep_codes: bool) -> Result<(), Unmoved> {
    queries::sent(conn, ids, (CLAIMED, CLAIMED.after(MailMove::Deliver)?), now)?;
    if !keep_codes {
        queries::wipe_codes(conn, ids)?;
    }
    Ok(())
}

/// It was not taken: again at `due`, or never.
pub(super) fn fail(conn: &mut Conn, id: i64, due: Option<Moment>, reason: &str) -> Result<(), Unmoved> {
    match due {
        Some(due) => queries::put_off(conn, id, due, reason)?,
        None => queries::dead(conn, id, (CLAIMED, CLAIMED.after(MailMove::GiveUp)?), reason)?,
    }
    Ok(())
}

/// Takes all that waits for delivered: what happened in a demo's past was mailed in the past.
pub fn deliver_the_past(conn: &mut Conn, now: Moment) -> Result<(), Unmoved> {
    Ok(queries::all_sent(conn, (CLAIMED, CLAIMED.after(MailMove::Deliver)?), now)?)
}
