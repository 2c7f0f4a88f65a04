//! The state of a person: the one place that moves it, keeps it on record, and signs out whoever may no longer be here.

use diesel::result::Error as DatabaseFault;
use serde_json::{Value, json};

use super::queries;
use crate::base::db::Conn;
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};
use crate::web::session::{self, IllegalMove, PersonMove, PersonState};

/// Why a person stays where they are.
#[derive(Debug, thiserror::Error)]
pub enum Stays {
    /// The move does not lead on from the person's state.
    #[error(transparent)]
    Illegal(#[from] IllegalMove),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseFault),
}

/// Moves a person in the running transaction. Whoever is locked or ended is signed out everywhere.
pub fn move_person(conn: &mut Conn, ctx: &Context, person_id: i64, by: PersonMove) -> Result<PersonState, Stays> {
    move_person_for(conn, ctx, person_id, by, json!({}))
}

/// The same, with what is worth keeping of why.
pub(super) fn move_person_for(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    by: PersonMove,
    why: Value,
) -> Result<PersonState, Stays> {
    let (from, subject_id, number) = queries::standing(conn, person_id)?;
    let to = from.after(by)?;
    if !queries::set_state(conn, person_id, from, to)? {
        // Somebody else moved the person between the two statements.
        return Err(IllegalMove { from, by }.into());
    }
    if to != PersonState::Active {
        session::end_all(conn, person_id, None, ctx.now)?;
    }
    let event = match by {
        PersonMove::Lock => Event::PersonLocked,
        PersonMove::Unlock => Event::PersonUnlocked,
        PersonMove::End => Event::PersonEnded,
    };
    records::keep(conn, ctx, Entry::new(event).about(number.as_str()).of_person(person_id, subject_id).with(why))?;
    Ok(to)
}
