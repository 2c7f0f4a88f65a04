//! New rows, and what is known already of who asks.

use diesel::prelude::*;

use super::forms::NewTicket;
use crate::base::db::Conn;
use crate::base::db::schema::{ticket_entries, tickets};
use crate::base::types::{Moment, Number};
use crate::features::accounts::Customer;
use crate::features::tickets::actor::Asker;
use crate::features::tickets::model::{EntryKind, TicketState, folded};
use crate::features::tickets::queries::{CONTACT, Contact, Ticket};
use crate::insert_for_id;

/// The last work order that this person opened with the same subject and text, since this moment.
pub(super) fn twin(
    conn: &mut Conn,
    customer: &Customer,
    new: &NewTicket,
    since: Moment,
) -> QueryResult<Option<(Number, Moment)>> {
    tickets::table
        .inner_join(ticket_entries::table)
        .filter(tickets::account_id.eq(customer.account_id()))
        .filter(tickets::opened_by_id.eq(customer.person_id()))
        .filter(tickets::opened_at.ge(since))
        .filter(tickets::subject.eq(&new.subject))
        .filter(ticket_entries::kind.eq(EntryKind::Reply))
        .filter(ticket_entries::at.eq(tickets::opened_at))
        .filter(ticket_entries::body.eq(&new.text))
        .order(tickets::id.desc())
        .select((tickets::number, tickets::opened_at))
        .first(conn)
        .optional()
}

/// Inserts a work order and answers it. It is to be answered until `due_at`.
pub(super) fn insert(
    conn: &mut Conn,
    number: &Number,
    asker: &impl Asker,
    new: &NewTicket,
    due_at: Moment,
) -> QueryResult<Ticket> {
    let (account_id, person_id, opened_at) = (asker.account_id(), asker.person_id(), asker.ctx().now);
    let contact = &new.contact;
    let searched = [&new.subject, &contact.name, &contact.company, &contact.address].map(String::as_str).join("\n");
    let row = diesel::insert_into(tickets::table).values((
        (
            tickets::number.eq(number),
            tickets::account_id.eq(account_id),
            tickets::opened_by_id.eq(person_id),
            tickets::state.eq(TicketState::WaitingForUs),
            tickets::category.eq(new.category),
            tickets::urgency.eq(new.urgency),
            tickets::subject.eq(&new.subject),
            tickets::search_text.eq(folded(&searched)),
        ),
        (
            tickets::contact_name.eq(&contact.name),
            tickets::contact_address.eq(&contact.address),
            tickets::contact_phone.eq(&contact.phone),
            tickets::contact_company.eq(&contact.company),
            tickets::contact_industry.eq(&contact.industry),
            tickets::contact_position.eq(&contact.position),
        ),
        (tickets::opened_at.eq(opened_at), tickets::updated_at.eq(opened_at), tickets::due_at.eq(due_at)),
    ));
    Ok(Ticket {
        id: insert_for_id!(conn, tickets::id, row)?,
        number: number.clone(),
        account_id,
        opened_by_id: person_id,
        state: TicketState::WaitingForUs,
        category: new.category,
        urgency: new.urgency,
        subject: new.subject.clone(),
        contact: contact.clone(),
        assigned_to_id: None,
        opened_at,
        due_at,
        answered_at: None,
    })
}

/// What this person wrote about themselves in the last work order of this account.
pub(super) fn last_contact(conn: &mut Conn, customer: &Customer) -> QueryResult<Option<Contact>> {
    tickets::table
        .filter(tickets::account_id.eq(customer.account_id()))
        .filter(tickets::opened_by_id.eq(customer.person_id()))
        .order(tickets::id.desc())
        .select(CONTACT)
        .first(conn)
        .optional()
}
