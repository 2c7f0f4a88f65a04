//! A work order as a row, and the ways to take one in hand.

use diesel::prelude::*;

use super::actor::{Asker, Helper};
use super::model::{Category, TicketState, Urgency};
use crate::base::db::Conn;
use crate::base::db::schema::{people, tickets};
use crate::base::types::{Moment, Number};
use crate::features::accounts::Customer;
use crate::features::staff::{Officer, is_own};
use crate::services::context::Context;

/// Who asks, as they wrote it.
#[derive(Debug, Clone, Default, Queryable)]
pub struct Contact {
    /// Name of the person or account.
    pub name: String,
    /// E-mail address.
    pub address: String,
    /// Telephone; may be empty, as all below.
    pub phone: String,
    /// Company.
    pub company: String,
    /// Industry.
    pub industry: String,
    /// Position.
    pub position: String,
}

/// A work order.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Ticket {
    pub id: i64,
    pub number: Number,
    pub account_id: i64,
    pub opened_by_id: i64,
    pub state: TicketState,
    pub category: Category,
    pub urgency: Urgency,
    pub subject: String,
    pub contact: Contact,
    pub assigned_to_id: Option<i64>,
    pub opened_at: Moment,
    pub due_at: Moment,
    pub answered_at: Option<Moment>,
}

pub(super) type ContactColumns = (
    tickets::contact_name,
    tickets::contact_address,
    tickets::contact_phone,
    tickets::contact_company,
    tickets::contact_industry,
    tickets::contact_position,
);

/// The columns of [`Contact`].
pub(super) const CONTACT: ContactColumns = (
    tickets::contact_name,
    tickets::contact_address,
    tickets::contact_phone,
    tickets::contact_company,
    tickets::contact_industry,
    tickets::contact_position,
);

pub(super) type TicketColumns = (
    tickets::id,
    tickets::number,
    tickets::account_id,
    tickets::opened_by_id,
    tickets::state,
    tickets::category,
    tickets::urgency,
    tickets::subject,
    ContactColumns,
    tickets::assigned_to_id,
    tickets::opened_at,
    tickets::due_at,
    tickets::answered_at,
);

/// The columns of [`Ticket`].
pub(super) const TICKET: TicketColumns = (
    tickets::id,
    tickets::number,
    tickets::account_id,
    tickets::opened_by_id,
    tickets::state,
    tickets::category,
    tickets::urgency,
    tickets::subject,
    CONTACT,
    tickets::assigned_to_id,
    tickets::opened_at,
    tickets::due_at,
    tickets::answered_at,
);

/// One of the account's work orders.
pub(super) fn of_customer(conn: &mut Conn, customer: &Customer, number: &Number) -> QueryResult<Ticket> {
    tickets::table
        .filter(tickets::number.eq(number))
        .filter(tickets::account_id.eq(customer.account_id()))
        .select(TICKET)
        .first(conn)
}

/// Any work order, for support.
pub(super) fn of_staff(conn: &mut Conn, _: &Officer, number: &Number) -> QueryResult<Ticket> {
    tickets::table.filter(tickets::number.eq(number)).select(TICKET).first(conn)
}

/// One of the account's work orders, held until the transaction ends, so that its state stays what was read.
pub(super) fn take(conn: &mut Conn, asker: &impl Asker, number: &Number) -> QueryResult<Ticket> {
    let own = tickets::table.filter(tickets::number.eq(number)).filter(tickets::account_id.eq(asker.account_id()));
    // Writing a column onto itself holds the row on both databases.
    diesel::update(own).set(tickets::state.eq(tickets::state)).returning(TICKET).get_result(conn)
}

/// Any work order but those of an account that is, by the address, the helper's own; held until the transaction ends.
pub(super) fn take_as_staff(conn: &mut Conn, helper: &impl Helper, number: &Number) -> QueryResult<Ticket> {
    let account: i64 = tickets::table.filter(tickets::number.eq(number)).select(tickets::account_id).first(conn)?;
    if is_own(conn, helper.person_id(), account)? {
        return Err(diesel::result::Error::NotFound);
    }
    diesel::update(tickets::table.filter(tickets::number.eq(number)))
        .set(tickets::state.eq(tickets::state))
        .returning(TICKET)
        .get_result(conn)
}

/// What a person of the staff is called.
pub(super) fn staff_name(conn: &mut Conn, person_id: i64) -> QueryResult<String> {
    let (name, address): (Option<String>, String) =
        people::table.find(person_id).select((people::name, people::address)).first(conn)?;
    Ok(name.unwrap_or(address))
}

/// How many work orders of the author's account wait for us, and how many for the customer.
pub(super) fn open_counts(conn: &mut Conn, ctx: &Context) -> QueryResult<(i64, i64)> {
    let Some(account_id) = ctx.author.account_id else { return Ok((0, 0)) };
    let mut count = |state: TicketState| {
        tickets::table
            .filter(tickets::account_id.eq(account_id))
            .filter(tickets::state.eq(state))
            .count()
            .get_result::<i64>(conn)
    };
    Ok((count(TicketState::WaitingForUs)?, count(TicketState::WaitingForYou)?))
}
