//! Finance's side of a remittance: the queue, confirming and refusing.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::{
    accounts, allocations, memberships, people, permanent_references, receiving_accounts, remittances,
    statement_entries,
};
use crate::base::types::{Address, Moment, Money, Number};
use crate::features::remittance::entries::EntryState;
use crate::features::remittance::model::RemittanceState;
use crate::features::remittance::top_ups::TopUp;
use crate::features::staff::Officer;
use crate::services::ledger::Holder;

/// Whose remittance it is, as finance tells customers apart.
#[derive(Debug, Clone, Queryable)]
pub struct Customer {
    account_name: Option<String>,
    /// The account's number.
    pub account_number: String,
    person_name: Option<String>,
    address: String,
}

impl Customer {
    /// The account's name, else that of the person who opened the top-up, else that person's address, masked.
    pub fn called(&self) -> String {
        let name = self.account_name.clone().or_else(|| self.person_name.clone());
        let masked = || Address::parse(&self.address).map(|address| address.masked());
        name.or_else(masked).unwrap_or_else(|| self.account_number.clone())
    }
}

/// The customers of these remittances and permanent references, by reference.
pub fn customers(conn: &mut Conn, numbers: &[&str]) -> QueryResult<HashMap<String, Customer>> {
    let rows: Vec<(String, Customer)> = remittances::table
        .inner_join(accounts::table)
        .inner_join(people::table.on(remittances::opened_by_id.eq(people::id)))
        .filter(remittances::number.eq_any(numbers))
        .select((remittances::number, (accounts::name, accounts::number, people::name, people::address)))
        .load(conn)?;
    let permanent: Vec<(String, Customer)> = permanent_references::table
        .inner_join(accounts::table.on(permanent_references::account_id.eq(accounts::id)))
        .inner_join(people::table.on(permanent_references::made_by_id.eq(people::id)))
        .filter(permanent_references::number.eq_any(numbers))
        .select((permanent_references::number, (accounts::name, accounts::number, people::name, people::address)))
        .load(conn)?;
    Ok(rows.into_iter().chain(permanent).collect())
}

/// Transfers of an account whose origin is remembered.
const REMEMBERED: i64 = 100;

/// Entries that need a person and come from an account from which money came for this one before.
pub fn remembered(conn: &mut Conn, _: &Officer, account_id: i64) -> QueryResult<Vec<Number>> {
    let hashes: Vec<String> = allocations::table
        .inner_join(statement_entries::table)
        .filter(allocations::account_id.eq(account_id))
        .filter(allocations::undone_by_id.is_null())
        .filter(statement_entries::remitter_hash.is_not_null())
        .order(allocations::allocated_at.desc())
        .limit(REMEMBERED)
        .select(statement_entries::remitter_hash.assume_not_null())
        .load(conn)?;
    statement_entries::table
        .filter(statement_entries::remitter_hash.eq_any(hashes))
        .filter(statement_entries::state.eq_any([EntryState::Open, EntryState::Held, EntryState::Parked]))
        .limit(REMEMBERED)
        .select(statement_entries::number)
        .load(conn)
}

/// A row of the queue.
#[derive(Debug, Clone, Queryable)]
pub struct Queued {
    /// The reference.
    pub number: Number,
    /// Where it stands.
    pub state: RemittanceState,
    /// How much.
    pub amount: Money,
    /// Whose it is.
    pub customer: Customer,
    /// When it was declared, UTC.
    pub declared_at: Option<Moment>,
    /// When the reference was made, UTC.
    pub opened_at: Moment,
}

/// Remittances of one state. What waits for finance comes in the order in which it was declared, everything else newest
/// first.
pub fn queue(
    conn: &mut Conn,
    officer: &Officer,
    state: RemittanceState,
    after: Option<&Number>,
    most: i64,
) -> QueryResult<Option<Vec<Queued>>> {
    let oldest_first = state == RemittanceState::Declared;
    // Nobody decides about money of an account that is, by the address, also their own.
    let of_officer = diesel::alias!(people as of_officer);
    let own = memberships::table
        .inner_join(of_officer.on(memberships::person_id.eq(of_officer.field(people::id))))
        .filter(of_officer.field(people::address).eq(officer.address()))
        .select(memberships::account_id);
    let mut query = remittances::table
        .inner_join(accounts::table)
        .inner_join(people::table.on(remittances::opened_by_id.eq(people::id)))
        .filter(remittances::state.eq(state))
        .filter(remittances::account_id.ne_all(own))
        .limit(most)
        .select((
            remittances::number,
            remittances::state,
            remittances::amount,
            (accounts::name, accounts::number, people::name, people::address),
            remittances::declared_at,
            remittances::opened_at,
        ))
        .into_boxed();
    if let Some(after) = after {
        let found: Option<(i64, Option<Moment>)> = remittances::table
            .filter(remittances::number.eq(after))
            .select((remittances::id, remittances::declared_at))
            .first(conn)
            .optional()?;
        let Some((id, declared_at)) = found else { return Ok(None) };
        query = if oldest_first {
            // The first condition is what the index follows.
            query
                .filter(remittances::declared_at.ge(declared_at))
                .filter(remittances::declared_at.gt(declared_at).or(remittances::id.gt(id)))
        } else {
            query.filter(remittances::id.lt(id))
        };
    }
    query = if oldest_first {
        query.order((remittances::declared_at, remittances::id))
    } else {
        query.order(remittances::id.desc())
    };
    query.load(conn).map(Some)
}

/// How many declared transfers wait, and since when the oldest does.
pub fn waiting(conn: &mut Conn) -> QueryResult<(i64, Option<Moment>)> {
    let declared = || remittances::table.filter(remittances::state.eq(RemittanceState::Declared));
    let count = declared().count().get_result(conn)?;
    let oldest: Option<Option<Moment>> =
        declared().order(remittances::declared_at).select(remittances::declared_at).first(conn).optional()?;
    Ok((count, oldest.flatten()))
}

/// Whose account a remittance is for, as finance sees it.
#[derive(Debug, Clone, Queryable)]
pub struct Payer {
    /// The account's number.
    pub account_number: String,
    /// What it is called.
    pub account_name: Option<String>,
    /// The address of the person who opened the top-up.
    pub opened_by: String,
}

/// The account and the person behind a remittance.
pub fn payer(conn: &mut Conn, top_up: &TopUp) -> QueryResult<Payer> {
    remittances::table
        .inner_join(accounts::table)
        .inner_join(people::table.on(remittances::opened_by_id.eq(people::id)))
        .filter(remittances::id.eq(top_up.id))
        .select((accounts::number, accounts::name, people::address))
        .first(conn)
}

/// A remittance as a move finds it.
#[derive(Queryable)]
pub(super) struct Standing {
    id: i64,
    pub holder: Holder,
    pub state: RemittanceState,
    pub opened_by_id: i64,
    pub amount: Money,
    pub currency: String,
}

pub(super) fn standing(conn: &mut Conn, number: &Number) -> QueryResult<Option<Standing>> {
    remittances::table
        .inner_join(receiving_accounts::table)
        .filter(remittances::number.eq(number))
        .select((
            remittances::id,
            remittances::account_id,
            remittances::state,
            remittances::opened_by_id,
            remittances::amount,
            receiving_accounts::currency,
        ))
        .first(conn)
        .optional()
}

/// What an officer had before the eyes when confirming.
#[derive(Debug, Clone, Copy)]
pub struct Sight {
    /// When the declaration was made that was looked at: a newer one is not credited unseen.
    pub declared_at: Moment,
    /// That the entry's text carries another top-up's reference, and that the money belongs here all the same.
    pub another_checked: bool,
}

/// Keeps that the declaration of the moment `seen` was refused, and why; false when it changed meanwhile.
pub(super) fn refused(
    conn: &mut Conn,
    (found, to): (&Standing, RemittanceState),
    reason: &str,
    seen: Moment,
    now: Moment,
) -> QueryResult<bool> {
    let changed = diesel::update(remittances::table.find(found.id))
        .filter(remittances::state.eq(found.state))
        .filter(remittances::declared_at.eq(Some(seen)))
        .set((remittances::state.eq(to), remittances::refusal.eq(Some(reason)), remittances::settled_at.eq(Some(now))))
        .execute(conn)?;
    Ok(changed == 1)
}
