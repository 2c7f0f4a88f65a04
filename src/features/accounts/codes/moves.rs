//! How challenges end.

use diesel::QueryResult;

use super::model::{Challenge, Step, StepMove};
use super::queries;
use crate::base::db::Conn;
use crate::features::accounts::factors::waits;

/// Uses a challenge up; true for exactly one caller. What waited in it is wiped.
pub(in crate::features::accounts) fn use_up(conn: &mut Conn, challenge: &Challenge) -> QueryResult<bool> {
    let Ok(to) = challenge.step.after(StepMove::Use) else { return Ok(false) };
    queries::end(conn, challenge, to)
}

/// Ends the open links of notices about a person that were mailed to this address.
pub(in crate::features::accounts) fn void_links(conn: &mut Conn, person_id: i64, address: &str) -> QueryResult<usize> {
    let mut ended = 0;
    for from in Step::ALL {
        if let Ok(to) = from.after(StepMove::Void) {
            ended += queries::end_links(conn, person_id, address, (*from, to))?;
        }
    }
    Ok(ended)
}

/// Ends every open challenge of a person, and every sign-in that waits for the second factor. Links in notices stay: whoever has the password may use it to end them.
pub(in crate::features::accounts) fn void_all(conn: &mut Conn, person_id: i64) -> QueryResult<usize> {
    let mut ended = 0;
    for from in Step::ALL {
        if let Ok(to) = from.after(StepMove::Void) {
            ended += queries::end_all(conn, person_id, (*from, to))?;
        }
    }
    Ok(ended + waits::void_all(conn, person_id)?)
}
