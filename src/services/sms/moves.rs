//! What becomes of a message in the outbox.

use super::model::{IllegalMove, TextMove, TextState};
use super::queries;
use crate::base::db::Conn;
use crate::base::types::Moment;

/// What waits is claimed, nothing else.
const CLAIMED: TextState = TextState::Queued;

/// Why a message's end was not kept.
#[derive(Debug, thiserror::Error)]
pub enum Unmoved {
    /// It was not waiting.
    #[error(transparent)]
    IllegalMove(#[from] IllegalMove),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] diesel::result::Error),
}

/// The gateway took it: the text is wiped at once, unless it is read in the portal itself.
pub(super) fn deliver(conn: &mut Conn, id: i64, now: Moment, keep: bool) -> Result<(), Unmoved> {
    queries::sent(conn, id, (CLAIMED, CLAIMED.after(TextMove::Deliver)?), now)?;
    if !keep {
        queries::wipe_one(conn, id)?;
    }
    Ok(())
}

/// It was not taken: again at `due`, or never.
pub(super) fn fail(conn: &mut Conn, id: i64, due: Option<Moment>, reason: &str) -> Result<(), Unmoved> {
    let Some(due) = due else {
        queries::dead(conn, id, (CLAIMED, CLAIMED.after(TextMove::GiveUp)?), reason)?;
        queries::wipe_one(conn, id)?;
        return Ok(());
    };
    queries::put_off(conn, id, due, reason)?;
    Ok(())
}
