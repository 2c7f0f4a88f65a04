//! What can be done with a work order once it is open. Every page and the demo go through these functions; each keeps
//! its entry, its operation record and its mail in the running transaction.

use jiff::tz::TimeZone;
use serde_json::json;

use super::letters;
use super::queries::{self, NewEntry};
use crate::base::db::Conn;
use crate::features::tickets::actor::{Asker, Helper};
use crate::features::tickets::files;
use crate::features::tickets::model::{EntryKind, IllegalMove, Move, Moved, Side, TicketState, due};
use crate::features::tickets::queries::Ticket;
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};
use crate::web::Error;
use crate::web::uploads::Upload;

/// What somebody writes.
pub(in crate::features::tickets) struct Said<'a> {
    /// The text, checked.
    pub text: &'a str,
    /// Files that were adopted.
    pub files: &'a [Upload],
}

/// A member of the account writes; what was ended is open again. The term runs anew when an answer lay between.
pub(in crate::features::tickets) fn reply_as_customer(
    conn: &mut Conn,
    asker: &impl Asker,
    ticket: &Ticket,
    said: &Said<'_>,
    zone: &TimeZone,
) -> Result<(), Error> {
    let ctx = asker.ctx();
    say(conn, ctx, ticket, Side::Customer, said)?;
    let to = step(conn, ctx, ticket, Move::CustomerReply, Side::Customer)?;
    if ticket.state != to {
        queries::set_due(conn, ticket.id, due(ctx.now, zone))?;
    }
    record(conn, ctx, ticket, Event::TicketReplied, to)?;
    if !ticket.state.open() {
        record(conn, ctx, ticket, Event::TicketReopened, to)?;
    }
    Ok(())
}

/// Support writes: the customer is told by mail. A work order that nobody has becomes the writer's.
pub(in crate::features::tickets) fn reply_as_staff(
    conn: &mut Conn,
    helper: &impl Helper,
    ticket: &Ticket,
    said: &Said<'_>,
) -> Result<(), Error> {
    let ctx = helper.ctx();
    say(conn, ctx, ticket, Side::Staff, said)?;
    let to = step(conn, ctx, ticket, Move::StaffReply, Side::Staff)?;
    queries::answered(conn, ticket.id, ctx.now)?;
    queries::assign_if_free(conn, ticket.id, helper.person_id())?;
    record(conn, ctx, ticket, Event::TicketReplied, to)?;
    letters::replied(conn, ctx, ticket, said.text)
}

/// Support writes for itself; the customer learns nothing of it, not even that something changed.
pub(in crate::features::tickets) fn note(
    conn: &mut Conn,
    helper: &impl Helper,
    ticket: &Ticket,
    text: &str,
) -> Result<(), Error> {
    let ctx = helper.ctx();
    let entry = NewEntry {
        ticket_id: ticket.id,
        kind: EntryKind::Note,
        side: Side::Staff,
        person_id: Some(helper.person_id()),
        body: text,
        at: ctx.now,
    };
    queries::write(conn, &entry)?;
    record(conn, ctx, ticket, Event::TicketNoted, ticket.state)
}

/// Gives it to a member of staff, who must be of support: whoever calls has looked that up.
pub(in crate::features::tickets) fn assign(
    conn: &mut Conn,
    helper: &impl Helper,
    ticket: &Ticket,
    person_id: i64,
) -> Result<(), Error> {
    let ctx = helper.ctx();
    queries::assign(conn, ticket.id, person_id)?;
    record(conn, ctx, ticket, Event::TicketAssigned, ticket.state)
}

/// Support holds it for done; the customer is told and may object by a reply.
pub(in crate::features::tickets) fn resolve(
    conn: &mut Conn,
    helper: &impl Helper,
    ticket: &Ticket,
) -> Result<(), Error> {
    let ctx = helper.ctx();
    let to = step(conn, ctx, ticket, Move::Resolve, Side::Staff)?;
    queries::answered(conn, ticket.id, ctx.now)?;
    record(conn, ctx, ticket, Event::TicketResolved, to)?;
    letters::resolved(conn, ctx, ticket)
}

/// The customer ends it.
pub(in crate::features::tickets) fn close(conn: &mut Conn, asker: &impl Asker, ticket: &Ticket) -> Result<(), Error> {
    let ctx = asker.ctx();
    let to = step(conn, ctx, ticket, Move::Close, Side::Customer)?;
    record(conn, ctx, ticket, Event::TicketClosed, to)
}

/// The customer takes it up again: the term runs anew.
pub(in crate::features::tickets) fn reopen(
    conn: &mut Conn,
    asker: &impl Asker,
    ticket: &Ticket,
    zone: &TimeZone,
) -> Result<(), Error> {
    let ctx = asker.ctx();
    let to = step(conn, ctx, ticket, Move::Reopen, Side::Customer)?;
    queries::set_due(conn, ticket.id, due(ctx.now, zone))?;
    record(conn, ctx, ticket, Event::TicketReopened, to)
}

fn say(conn: &mut Conn, ctx: &Context, ticket: &Ticket, side: Side, said: &Said<'_>) -> Result<(), Error> {
    let entry = NewEntry {
        ticket_id: ticket.id,
        kind: EntryKind::Reply,
        side,
        person_id: ctx.author.person_id,
        body: said.text,
        at: ctx.now,
    };
    let entry_id = queries::write(conn, &entry)?;
    Ok(files::queries::attach(conn, ticket.id, entry_id, said.files, ctx.now)?)
}

/// Changes the state, with an entry when it is another one.
fn step(conn: &mut Conn, ctx: &Context, ticket: &Ticket, by: Move, side: Side) -> Result<TicketState, Error> {
    let to = ticket.state.after(by)?;
    queries::change_state(conn, ticket, to, ctx.now).map_err(|fault| match fault {
        diesel::result::Error::NotFound => Error::Conflict,
        other => other.into(),
    })?;
    if to != ticket.state {
        let body = Moved::written(ticket.state, to);
        let entry = NewEntry {
            ticket_id: ticket.id,
            kind: EntryKind::Move,
            side,
            person_id: ctx.author.person_id,
            body: &body,
            at: ctx.now,
        };
        queries::write(conn, &entry)?;
    }
    Ok(to)
}

fn record(conn: &mut Conn, ctx: &Context, ticket: &Ticket, event: Event, to: TicketState) -> Result<(), Error> {
    let mut entry = Entry::new(event).about(ticket.number.as_str()).of_account(ticket.account_id);
    if to != ticket.state {
        entry = entry.with(json!({ "from": ticket.state.as_str(), "to": to.as_str() }));
    }
    Ok(records::keep(conn, ctx, entry)?)
}

/// A move that the state does not allow: somebody was faster, so the page says that it changed meanwhile.
impl From<IllegalMove> for Error {
    fn from(_: IllegalMove) -> Self {
        Self::Conflict
    }
}
