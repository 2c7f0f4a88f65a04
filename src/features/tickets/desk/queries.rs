//! What support asks of the work orders of all accounts.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::base::db::Conn;
use crate::base::db::schema::{accounts, people, tickets};
use crate::base::types::{Moment, Number};
use crate::features::staff::Officer;
use crate::features::tickets::model::{Category, TicketState, Urgency};
use crate::services::search::like_pattern;
use crate::web::lists::PAGE;

crate::base::types::text_enum! {
    /// Which part of the queue is shown.
    pub(in crate::features::tickets) enum View {
        /// Everything that is open.
        All = "all",
        /// What is the reader's.
        Mine = "mine",
        /// What nobody has.
        Unassigned = "unassigned",
        /// What waits for us and is due by the end of today.
        Today = "today",
    }
}

/// What the queue is narrowed to.
#[derive(Debug, Clone)]
pub(in crate::features::tickets) struct Filter {
    pub view: View,
    pub state: Option<TicketState>,
    pub category: Option<Category>,
    pub text: String,
}

/// A line of the queue.
#[derive(Debug, Queryable)]
pub(in crate::features::tickets) struct QueueRow {
    pub number: Number,
    pub subject: String,
    pub state: TicketState,
    pub urgency: Urgency,
    pub category: Category,
    pub contact_name: String,
    pub contact_company: String,
    pub opened_at: Moment,
    pub due_at: Moment,
    pub assigned_name: Option<String>,
    pub assigned_address: Option<String>,
}

/// The queue: what waits for us, soonest due first, then what waits for customers, as their words are ordered; one more
/// than a page. Without a state it holds what is open. `None` when `after` is no work order.
pub(in crate::features::tickets) fn queue(
    conn: &mut Conn,
    officer: &Officer,
    filter: &Filter,
    end_of_day: Moment,
    after: Option<&Number>,
) -> QueryResult<Option<Vec<QueueRow>>> {
    let mut query = tickets::table
        .left_join(people::table.on(tickets::assigned_to_id.eq(people::id.nullable())))
        .order((tickets::state, tickets::due_at, tickets::id))
        .limit(PAGE + 1)
        .into_boxed();
    query = match filter.state {
        Some(state) => query.filter(tickets::state.eq(state)),
        None => query.filter(tickets::ended_at.is_null()),
    };
    query = match filter.view {
        View::All => query,
        View::Mine => query.filter(tickets::assigned_to_id.eq(officer.person_id())),
        View::Unassigned => query.filter(tickets::assigned_to_id.is_null()),
        View::Today => {
            query.filter(tickets::state.eq(TicketState::WaitingForUs)).filter(tickets::due_at.le(end_of_day))
        }
    };
    if let Some(category) = filter.category {
        query = query.filter(tickets::category.eq(category));
    }
    if let Some(number) = Number::parse('T', &filter.text) {
        query = query.filter(tickets::number.eq(number));
    } else if !filter.text.is_empty() {
        query = query.filter(tickets::search_text.like(like_pattern(&filter.text)).escape('\\'));
    }
    if let Some(number) = after {
        let found: Option<(i64, TicketState, Moment)> = tickets::table
            .filter(tickets::number.eq(number))
            .select((tickets::id, tickets::state, tickets::due_at))
            .first(conn)
            .optional()?;
        let Some((id, state, due_at)) = found else { return Ok(None) };
        let later = tickets::due_at.gt(due_at).or(tickets::due_at.eq(due_at).and(tickets::id.gt(id)));
        query = query.filter(tickets::state.gt(state).or(tickets::state.eq(state).and(later)));
    }
    query
        .select((
            tickets::number,
            tickets::subject,
            tickets::state,
            tickets::urgency,
            tickets::category,
            tickets::contact_name,
            tickets::contact_company,
            tickets::opened_at,
            tickets::due_at,
            people::name.nullable(),
            people::address.nullable(),
        ))
        .load(conn)
        .map(Some)
}

/// How many work orders are open, and how they fall on the views.
#[derive(Debug, Clone, Copy, Default, QueryableByName)]
pub(in crate::features::tickets) struct Counts {
    #[diesel(sql_type = BigInt)]
    pub open: i64,
    #[diesel(sql_type = BigInt)]
    pub mine: i64,
    #[diesel(sql_type = BigInt)]
    pub unassigned: i64,
    #[diesel(sql_type = BigInt)]
    pub today: i64,
}

/// All counts of the queue in one statement over what is open.
pub(in crate::features::tickets) fn counts(conn: &mut Conn, person_id: i64, end_of_day: Moment) -> QueryResult<Counts> {
    diesel::sql_query(
        "select count(*) as open, \
         count(*) filter (where assigned_to_id = $1) as mine, \
         count(*) filter (where assigned_to_id is null) as unassigned, \
         count(*) filter (where state = 'waiting_for_us' and due_at <= $2) as today \
         from tickets where ended_at is null",
    )
    .bind::<BigInt, _>(person_id)
    .bind::<BigInt, _>(end_of_day)
    .get_result(conn)
}

/// The public number and name of the account of a work order.
pub(in crate::features::tickets) fn account(conn: &mut Conn, account_id: i64) -> QueryResult<(String, Option<String>)> {
    accounts::table.find(account_id).select((accounts::number, accounts::name)).first(conn)
}
