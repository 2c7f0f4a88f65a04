//! Entries, and changes of a work order's row.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::{memberships, people, ticket_entries, tickets};
use crate::base::types::{Moment, Number};
use crate::features::accounts::{Customer, readers_of};
use crate::features::tickets::model::{EntryKind, Side, TicketState};
use crate::features::tickets::queries::Ticket;
use crate::web::lists::PAGE;
use crate::{each, insert_for_id};

/// One entry with whoever wrote it.
#[derive(Debug, Queryable)]
pub(in crate::features::tickets) struct EntryRow {
    pub id: i64,
    pub kind: EntryKind,
    pub side: Side,
    pub person_id: Option<i64>,
    pub body: String,
    pub at: Moment,
    pub name: Option<String>,
    pub address: Option<String>,
}

/// The conversation, oldest first; notes only when asked for.
pub(in crate::features::tickets) fn entries(
    conn: &mut Conn,
    ticket_id: i64,
    with_notes: bool,
) -> QueryResult<Vec<EntryRow>> {
    let hidden = if with_notes { vec![] } else { vec![EntryKind::Note] };
    ticket_entries::table
        .left_join(people::table.on(ticket_entries::person_id.eq(people::id.nullable())))
        .filter(ticket_entries::ticket_id.eq(ticket_id))
        .filter(ticket_entries::kind.ne_all(hidden))
        .order(ticket_entries::id)
        .select((
            ticket_entries::id,
            ticket_entries::kind,
            ticket_entries::side,
            ticket_entries::person_id,
            ticket_entries::body,
            ticket_entries::at,
            people::name.nullable(),
            people::address.nullable(),
        ))
        .load(conn)
}

/// What is written.
pub(in crate::features::tickets) struct NewEntry<'a> {
    pub ticket_id: i64,
    pub kind: EntryKind,
    pub side: Side,
    pub person_id: Option<i64>,
    pub body: &'a str,
    pub at: Moment,
}

/// Writes an entry and answers its id.
pub(in crate::features::tickets) fn write(conn: &mut Conn, new: &NewEntry<'_>) -> QueryResult<i64> {
    let row = diesel::insert_into(ticket_entries::table).values((
        ticket_entries::ticket_id.eq(new.ticket_id),
        ticket_entries::kind.eq(new.kind),
        ticket_entries::side.eq(new.side),
        ticket_entries::person_id.eq(new.person_id),
        ticket_entries::body.eq(new.body),
        ticket_entries::at.eq(new.at),
    ));
    insert_for_id!(conn, ticket_entries::id, row)
}

/// Moves a work order from the state that was read. `NotFound` when it has another by now.
pub(in crate::features::tickets) fn change_state(
    conn: &mut Conn,
    ticket: &Ticket,
    to: TicketState,
    now: Moment,
) -> QueryResult<()> {
    let standing = tickets::table.find(ticket.id).filter(tickets::state.eq(ticket.state));
    let changed = diesel::update(standing)
        .set((tickets::state.eq(to), tickets::updated_at.eq(now), tickets::ended_at.eq((!to.open()).then_some(now))))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(diesel::result::Error::NotFound) }
}

/// A question after an answer is answered within the term again.
pub(in crate::features::tickets) fn set_due(conn: &mut Conn, ticket_id: i64, due_at: Moment) -> QueryResult<()> {
    diesel::update(tickets::table.find(ticket_id)).set(tickets::due_at.eq(due_at)).execute(conn)?;
    Ok(())
}

/// The first answer stands for how long a customer waited.
pub(in crate::features::tickets) fn answered(conn: &mut Conn, ticket_id: i64, now: Moment) -> QueryResult<()> {
    diesel::update(tickets::table.find(ticket_id).filter(tickets::answered_at.is_null()))
        .set(tickets::answered_at.eq(Some(now)))
        .execute(conn)?;
    Ok(())
}

/// Gives a work order to a member of staff.
pub(in crate::features::tickets) fn assign(conn: &mut Conn, ticket_id: i64, person_id: i64) -> QueryResult<()> {
    diesel::update(tickets::table.find(ticket_id)).set(tickets::assigned_to_id.eq(Some(person_id))).execute(conn)?;
    Ok(())
}

/// Gives a work order that nobody has to whoever answers it.
pub(in crate::features::tickets) fn assign_if_free(conn: &mut Conn, ticket_id: i64, person_id: i64) -> QueryResult<()> {
    diesel::update(tickets::table.find(ticket_id).filter(tickets::assigned_to_id.is_null()))
        .set(tickets::assigned_to_id.eq(Some(person_id)))
        .execute(conn)?;
    Ok(())
}

/// Who reads an answer by mail: whoever opened the work order, or an owner when that person has left the account.
pub(in crate::features::tickets) fn reader(conn: &mut Conn, ticket: &Ticket) -> QueryResult<Option<(i64, String)>> {
    let readers = readers_of(conn, ticket.account_id, ticket.opened_by_id)?;
    Ok(readers.into_iter().next().map(|reader| (reader.id, reader.address)))
}

/// How many people read along: the members of the account.
pub(in crate::features::tickets) fn member_count(conn: &mut Conn, account_id: i64) -> QueryResult<i64> {
    memberships::table
        .filter(memberships::account_id.eq(account_id))
        .filter(memberships::ended_at.is_null())
        .count()
        .get_result(conn)
}

/// A line of the customer's list.
#[derive(Debug, Clone, Queryable)]
pub(in crate::features::tickets) struct ListRow {
    pub number: Number,
    pub subject: String,
    pub state: TicketState,
    pub updated_at: Moment,
    pub due_at: Moment,
}

const LINE: (tickets::number, tickets::subject, tickets::state, tickets::updated_at, tickets::due_at) =
    (tickets::number, tickets::subject, tickets::state, tickets::updated_at, tickets::due_at);

/// The account's work orders, newest first, from below the one that `after` names; one more than a page. `None` when that is
/// none of the account's. Each is one statement of fixed text, so that it stays prepared.
pub(in crate::features::tickets) fn list(
    conn: &mut Conn,
    customer: &Customer,
    state: Option<TicketState>,
    after: Option<&Number>,
) -> QueryResult<Option<Vec<ListRow>>> {
    let account = customer.account_id();
    let mut below = i64::MAX;
    if let Some(number) = after {
        let found = tickets::table
            .filter(tickets::number.eq(number))
            .filter(tickets::account_id.eq(account))
            .select(tickets::id)
            .first(conn)
            .optional()?;
        let Some(found) = found else { return Ok(None) };
        below = found;
    }
    let page = tickets::table.filter(tickets::id.lt(below)).limit(PAGE + 1).select(LINE);
    if let Some(state) = state {
        let own = page.filter(tickets::account_id.eq(account)).filter(tickets::state.eq(state));
        return each!(conn, c => own.order(tickets::id.desc()).load(c)).map(Some);
    }
    // A range of one account, in the order of the index on both columns: were the account fixed, PostgreSQL would hold the
    // order of `id` for enough and walk the whole table from its end, passing over everybody else's.
    let own = page.filter(tickets::account_id.between(account, account));
    each!(conn, c => own.order((tickets::account_id.desc(), tickets::id.desc())).load(c)).map(Some)
}
