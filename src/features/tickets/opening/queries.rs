//! New rows, and what is known already of who asks.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::MOST_AN_HOUR;
use super::forms::NewTicket;
use crate::base::db::schema::tickets;
use crate::base::db::{Conn, Prepared, Value};
use crate::base::types::{Moment, Number};
use crate::features::accounts::Customer;
use crate::features::tickets::actor::Asker;
use crate::features::tickets::model::{EntryKind, TicketState};
use crate::features::tickets::queries::{CONTACT, Contact, Ticket};
use crate::services::search::searchable;
use crate::{each, insert_for_id};

/// Among the account's newest: more than its limit of an hour are not opened in the time that is asked about, and an
/// account with thousands is not read through.
const TWIN: &str = "select newest.number, newest.opened_at from \
     (select id, number, opened_at, opened_by_id, subject from tickets where account_id = $1 order by id desc limit 40) newest \
     inner join ticket_entries entry on entry.ticket_id = newest.id \
     where newest.opened_by_id = $2 and newest.opened_at >= $3 and newest.subject = $4 \
     and entry.kind = $5 and entry.at = newest.opened_at and entry.body = $6 order by newest.id desc limit 1";

const _: () = assert!(MOST_AN_HOUR < 40, "the statement above looks at so few");

/// The last work order that this person opened with the same subject and text, since this moment, which lies less than an
/// hour back.
pub(super) fn twin(
    conn: &mut Conn,
    customer: &Customer,
    new: &NewTicket,
    since: Moment,
) -> QueryResult<Option<(Number, Moment)>> {
    let values = [
        Value::Number(customer.account_id()),
        Value::Number(customer.person_id()),
        Value::Number(since.0),
        Value::Text(&new.subject),
        Value::Text(EntryKind::Reply.as_str()),
        Value::Text(&new.text),
    ];
    let twin = Prepared::<(Text, BigInt)>::new(TWIN, &values);
    each!(conn, c => twin.get_result::<(Number, Moment)>(c)).optional()
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
    let searched = searchable(&[&new.subject, &contact.name, &contact.company, &contact.address]);
    let row = diesel::insert_into(tickets::table).values((
        (
            tickets::number.eq(number),
            tickets::account_id.eq(account_id),
            tickets::opened_by_id.eq(person_id),
            tickets::state.eq(TicketState::WaitingForUs),
            tickets::category.eq(new.category),
            tickets::urgency.eq(new.urgency),
            tickets::subject.eq(&new.subject),
            tickets::search_text.eq(searched),
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
