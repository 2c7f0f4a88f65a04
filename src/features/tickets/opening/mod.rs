//! Opening a work order: the form, what it asks, and the one function that makes it.

pub(super) mod forms;
pub(super) mod pages;
pub(super) mod queries;

use jiff::tz::TimeZone;
use serde_json::json;

use self::forms::NewTicket;
use super::actor::Asker;
use super::conversation::letters;
use super::conversation::queries::{NewEntry, write};
use super::files;
use super::model::{EntryKind, Side, due};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::services::records::{self, Entry, Event};
use crate::web::Error;
use crate::web::uploads::Upload;

/// Work orders that one account opens within an hour.
const MOST_AN_HOUR: i64 = 30;

/// Opens a work order for the account of whoever asks: the row, its first entry with the files, the record and the
/// receipt by mail. Answers the public number.
pub fn open(
    conn: &mut Conn,
    asker: &impl Asker,
    new: &NewTicket,
    uploads: &[Upload],
    zone: &TimeZone,
) -> Result<Number, Error> {
    let ctx = asker.ctx();
    let number = Number::random('T');
    let due_at = due(ctx.now, zone);
    let ticket = queries::insert(conn, &number, asker, new, due_at)?;
    let entry = NewEntry {
        ticket_id: ticket.id,
        kind: EntryKind::Reply,
        side: Side::Customer,
        person_id: Some(asker.person_id()),
        body: &new.text,
        at: ctx.now,
    };
    let entry_id = write(conn, &entry)?;
    files::queries::attach(conn, ticket.id, entry_id, uploads, ctx.now)?;
    let details = json!({ "category": new.category.as_str(), "files": uploads.len() });
    let entry = Entry::new(Event::TicketOpened).about(number.as_str()).of_account(asker.account_id()).with(details);
    records::keep(conn, ctx, entry)?;
    letters::opened(conn, ctx, &ticket, due_at.day(zone).words())?;
    Ok(number)
}
