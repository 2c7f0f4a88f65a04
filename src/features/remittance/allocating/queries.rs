//! Entries and top-ups as an allocation finds them. What undoing one needs stands in `undoing`.

mod undoing;

use diesel::prelude::*;

use super::model::{AllocationKind, Share};
use crate::base::db::Conn;
use crate::base::db::schema::{
    allocations, permanent_references, receiving_accounts, remittances, statement_entries, statement_imports,
};
use crate::base::types::{Moment, Money, Number};
use crate::features::remittance::entries::{EntryState, Hold};
use crate::features::remittance::model::RemittanceState;
use crate::features::remittance::statements::Side;
use crate::services::ledger::Holder;

pub(super) use undoing::{Live, charges, freed, live, lost, reserve_again, undone};
pub use undoing::{accounts_in, ever_paid, named_accounts, paid_accounts};

/// An entry of the statement that something is done with.
#[derive(Debug, Clone, Queryable)]
pub struct Arrived {
    pub(in crate::features::remittance) id: i64,
    /// Its public number.
    pub number: Number,
    /// Where it stands.
    pub state: EntryState,
    /// Whether it came in.
    pub side: Side,
    /// How much.
    pub amount: Money,
    /// Who typed it in, or brought the file.
    pub entered_by_id: Option<i64>,
    /// The receiving account.
    pub receiving: Number,
    /// ISO 4217.
    pub currency: String,
    /// The text of the remittance.
    pub text: String,
    /// Whether the bank takes back by it what it booked before.
    pub reversal: bool,
    /// The transaction that booked it.
    pub(in crate::features::remittance) booked_transaction_id: Option<i64>,
    /// When it was typed in, or the file brought it, UTC.
    pub entered_at: Moment,
    /// Who brought the file, also of a line that somebody else had typed in.
    pub imported_by_id: Option<i64>,
    /// Why a person had to look at it before it was set aside.
    pub set_aside_hold: Option<Hold>,
}

impl Arrived {
    /// Whether it is this person's word that it came: then they credit nothing by it alone.
    pub fn brought_by(&self, person: i64) -> bool {
        self.entered_by_id == Some(person) || self.imported_by_id == Some(person)
    }

    /// Its row, for what refers to it.
    pub fn row(&self) -> i64 {
        self.id
    }
}

macro_rules! columns {
    () => {
        (
            statement_entries::id,
            statement_entries::number,
            statement_entries::state,
            statement_entries::side,
            statement_entries::amount,
            statement_entries::entered_by_id,
            receiving_accounts::number,
            receiving_accounts::currency,
            statement_entries::remittance_text,
            statement_entries::reversal,
            statement_entries::booked_transaction_id,
            statement_entries::entered_at,
            statement_imports::imported_by_id.nullable(),
            statement_entries::set_aside_hold,
        )
    };
}

/// The entry of this number.
pub fn arrived(conn: &mut Conn, number: &Number) -> QueryResult<Option<Arrived>> {
    statement_entries::table
        .inner_join(receiving_accounts::table)
        .left_join(statement_imports::table.on(statement_entries::import_id.eq(statement_imports::id.nullable())))
        .filter(statement_entries::number.eq(number))
        .select(columns!())
        .first(conn)
        .optional()
}

/// A top-up that money may be meant for.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Target {
    pub(super) id: i64,
    /// Its reference.
    pub number: Number,
    /// Whose it is.
    pub holder: Holder,
    /// Where it stands.
    pub state: RemittanceState,
    /// Who opened it.
    pub opened_by_id: i64,
    /// How much is payable in all.
    pub amount: Money,
    /// How much of it has arrived.
    pub received: Money,
    /// ISO 4217.
    pub currency: String,
    /// When it was declared, UTC.
    pub declared_at: Option<Moment>,
}

impl Target {
    /// What is still payable.
    pub fn rest(&self) -> Money {
        Money(self.amount.0 - self.received.0)
    }

    /// One of this account, for what is proved without a database.
    #[cfg(test)]
    pub fn any(account_id: i64, state: RemittanceState, amount: i64, received: i64) -> Self {
        Self {
            id: 1,
            number: Number::random('R'),
            holder: Holder::any(account_id),
            state,
            opened_by_id: 1,
            amount: Money(amount),
            received: Money(received),
            currency: "CNY".into(),
            declared_at: None,
        }
    }
}

macro_rules! target {
    () => {
        (
            remittances::id,
            remittances::number,
            remittances::account_id,
            remittances::state,
            remittances::opened_by_id,
            remittances::amount,
            remittances::received,
            receiving_accounts::currency,
            remittances::declared_at,
        )
    };
}

/// The top-up of this reference.
pub fn target(conn: &mut Conn, number: &Number) -> QueryResult<Option<Target>> {
    Ok(target_of(conn, std::slice::from_ref(number))?.pop())
}

/// The top-ups of these references, by reference.
pub fn target_of(conn: &mut Conn, numbers: &[Number]) -> QueryResult<Vec<Target>> {
    remittances::table
        .inner_join(receiving_accounts::table)
        .filter(remittances::number.eq_any(numbers))
        .order(remittances::number)
        .select(target!())
        .load(conn)
}

/// The account that a permanent reference belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permanent {
    /// The reference.
    pub number: Number,
    /// Whose it is.
    pub holder: Holder,
    /// ISO 4217, of the money that carries it: the balance takes each.
    pub currency: String,
}

#[cfg(test)]
impl Permanent {
    /// That of this account, for what is proved without a database.
    pub fn any(account_id: i64) -> Self {
        Self { number: Number::random('M'), holder: Holder::any(account_id), currency: "CNY".into() }
    }
}

/// The permanent reference of an account, when it has one.
pub(super) fn permanent_for(conn: &mut Conn, holder: Holder, currency: &str) -> QueryResult<Option<Permanent>> {
    let number: Option<Number> = permanent_references::table
        .filter(permanent_references::account_id.eq(holder))
        .select(permanent_references::number)
        .first(conn)
        .optional()?;
    Ok(number.map(|number| Permanent { number, holder, currency: currency.to_string() }))
}

/// The accounts of these permanent references, by reference.
pub fn permanent_of(conn: &mut Conn, numbers: &[Number], currency: &str) -> QueryResult<Vec<Permanent>> {
    let rows: Vec<(Number, Holder)> = permanent_references::table
        .filter(permanent_references::number.eq_any(numbers))
        .order(permanent_references::number)
        .select((permanent_references::number, permanent_references::account_id))
        .load(conn)?;
    let known = |(number, holder)| Permanent { number, holder, currency: currency.to_string() };
    Ok(rows.into_iter().map(known).collect())
}

/// Keeps which transaction booked an entry; false when another did.
pub(super) fn booked(conn: &mut Conn, entry: &Arrived, transaction: i64) -> QueryResult<bool> {
    let kept = diesel::update(statement_entries::table.find(entry.id))
        .filter(statement_entries::booked_transaction_id.is_null())
        .set(statement_entries::booked_transaction_id.eq(Some(transaction)))
        .execute(conn)?;
    Ok(kept == 1)
}

/// Takes all of an entry; false when somebody else was first.
pub(super) fn taken(conn: &mut Conn, entry: &Arrived, to: EntryState, by: Option<i64>) -> QueryResult<bool> {
    let taken = diesel::update(statement_entries::table.find(entry.id))
        .filter(statement_entries::state.eq(entry.state))
        .set((
            statement_entries::state.eq(to),
            statement_entries::allocated.eq(statement_entries::amount),
            statement_entries::hold.eq(None::<Hold>),
            statement_entries::set_aside_hold.eq(None::<Hold>),
            statement_entries::credited_by_id.eq(by),
        ))
        .execute(conn)?;
    Ok(taken == 1)
}

/// Holds top-ups until the running transaction ends, in the order of their rows.
pub(super) fn hold(conn: &mut Conn, targets: &[&Target]) -> QueryResult<()> {
    let mut ids: Vec<i64> = targets.iter().map(|target| target.id).collect();
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        diesel::update(remittances::table.find(id))
            .set(remittances::opened_at.eq(remittances::opened_at))
            .execute(conn)?;
    }
    Ok(())
}

/// Keeps that so much more of a top-up has arrived; false when it changed meanwhile.
pub(super) fn received(
    conn: &mut Conn,
    target: &Target,
    (arrives, charges): (Money, Money),
    to: RemittanceState,
    now: Moment,
) -> QueryResult<bool> {
    let settled = (to == RemittanceState::Credited).then_some(now);
    let change = (
        remittances::state.eq(to),
        remittances::received.eq(remittances::received + arrives.0),
        remittances::charges.eq(remittances::charges + charges.0),
        remittances::settled_at.eq(settled),
    );
    let same = diesel::update(remittances::table.find(target.id))
        .filter(remittances::state.eq(target.state))
        .filter(remittances::amount.eq(target.amount))
        .filter(remittances::received.eq(target.received));
    let kept = match target.declared_at {
        Some(at) => same.filter(remittances::declared_at.eq(Some(at))).set(change).execute(conn)?,
        None => same.filter(remittances::declared_at.is_null()).set(change).execute(conn)?,
    };
    Ok(kept == 1)
}

/// Keeps that a top-up is worth what has arrived of it; false when it changed meanwhile.
pub(super) fn settled(conn: &mut Conn, target: &Target, to: RemittanceState, now: Moment) -> QueryResult<bool> {
    let kept = diesel::update(remittances::table.find(target.id))
        .filter(remittances::state.eq(target.state))
        .filter(remittances::received.eq(target.received))
        .set((
            remittances::state.eq(to),
            remittances::amount.eq(remittances::received),
            remittances::settled_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}

/// Keeps an allocation.
pub(super) fn insert(
    conn: &mut Conn,
    entry: &Arrived,
    share: &Share,
    transaction: Option<i64>,
    (by, now): (Option<i64>, Moment),
) -> QueryResult<()> {
    diesel::insert_into(allocations::table)
        .values((
            allocations::entry_id.eq(entry.id),
            allocations::kind.eq(share.kind),
            allocations::account_id.eq(share.target.holder()),
            allocations::remittance_id.eq(share.target.top_up().map(|target| target.id)),
            allocations::amount.eq(share.amount),
            allocations::why.eq(share.why),
            allocations::transaction_id.eq(transaction),
            allocations::allocated_by_id.eq(by),
            allocations::entered_by_id.eq(entry.entered_by_id),
            allocations::opened_by_id.eq(share.target.top_up().map(|target| target.opened_by_id)),
            allocations::allocated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps by which transaction the reserved parts of a top-up were credited.
pub(super) fn complete(conn: &mut Conn, target: &Target, transaction: i64) -> QueryResult<usize> {
    let reserved = allocations::table
        .filter(allocations::remittance_id.eq(Some(target.id)))
        .filter(allocations::undone_by_id.is_null())
        .filter(allocations::kind.eq(AllocationKind::Remittance))
        .filter(allocations::transaction_id.is_null());
    diesel::update(reserved).set(allocations::transaction_id.eq(Some(transaction))).execute(conn)
}
