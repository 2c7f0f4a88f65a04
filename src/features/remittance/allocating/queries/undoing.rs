//! What undoing the credit of an entry reads and changes.

use diesel::prelude::*;

use super::{Arrived, Target, permanent_of, target_of};
use crate::base::db::Conn;
use crate::base::db::schema::{allocations, remittances, statement_entries};
use crate::base::types::{Moment, Money, Number};
use crate::features::remittance::allocating::model::{AllocationKind, Why};
use crate::features::remittance::entries::EntryState;
use crate::features::remittance::model::RemittanceState;
use crate::services::ledger::Holder;

/// An allocation that counts.
#[derive(Debug, Clone, Queryable)]
pub(in crate::features::remittance::allocating) struct Live {
    pub id: i64,
    pub kind: AllocationKind,
    pub holder: Holder,
    pub amount: Money,
    pub remittance: Option<Number>,
}

/// What an entry pays.
pub(in crate::features::remittance::allocating) fn live(conn: &mut Conn, entry: &Arrived) -> QueryResult<Vec<Live>> {
    allocations::table
        .left_join(remittances::table.on(allocations::remittance_id.eq(remittances::id.nullable())))
        .filter(allocations::entry_id.eq(entry.id))
        .filter(allocations::undone_by_id.is_null())
        .order(allocations::id)
        .select((
            allocations::id,
            allocations::kind,
            allocations::account_id,
            allocations::amount,
            remittances::number.nullable(),
        ))
        .load(conn)
}

/// The accounts that an entry paid.
pub fn paid_accounts(conn: &mut Conn, entry: &Arrived) -> QueryResult<Vec<i64>> {
    allocations::table
        .filter(allocations::entry_id.eq(entry.id))
        .filter(allocations::undone_by_id.is_null())
        .order(allocations::id)
        .select(allocations::account_id)
        .load(conn)
}

/// The accounts that an entry paid, also if that was undone.
pub fn ever_paid(conn: &mut Conn, entry: &Arrived) -> QueryResult<Vec<i64>> {
    allocations::table.filter(allocations::entry_id.eq(entry.id)).select(allocations::account_id).load(conn)
}

/// The accounts whose references the text of an entry names.
pub fn named_accounts(conn: &mut Conn, entry: &Arrived) -> QueryResult<Vec<i64>> {
    accounts_in(conn, &entry.text, &entry.currency)
}

/// The accounts whose references a text names.
pub fn accounts_in(conn: &mut Conn, text: &str, currency: &str) -> QueryResult<Vec<i64>> {
    let top_ups = target_of(conn, &Number::within('R', text))?;
    let permanent = permanent_of(conn, &Number::within('M', text), currency)?;
    let top_ups = top_ups.iter().map(|target| target.holder.account_id());
    Ok(top_ups.chain(permanent.iter().map(|account| account.holder.account_id())).collect())
}

/// Keeps by which decision an allocation counts no more.
pub(in crate::features::remittance::allocating) fn undone(
    conn: &mut Conn,
    id: i64,
    decision: i64,
) -> QueryResult<usize> {
    diesel::update(allocations::table.find(id)).set(allocations::undone_by_id.eq(Some(decision))).execute(conn)
}

/// How much of a top-up banks took on the way.
pub(in crate::features::remittance::allocating) fn charges(conn: &mut Conn, target: &Target) -> QueryResult<Money> {
    remittances::table.find(target.id).select(remittances::charges).first(conn)
}

/// What other entries brought for a top-up that is credited no more is reserved anew.
pub(in crate::features::remittance::allocating) fn reserve_again(
    conn: &mut Conn,
    target: &Target,
    decision: i64,
) -> QueryResult<()> {
    type Row = (i64, i64, Money, Why, Option<i64>, Option<i64>, Moment);
    let others: Vec<Row> = allocations::table
        .filter(allocations::remittance_id.eq(Some(target.id)))
        .filter(allocations::kind.eq(AllocationKind::Remittance))
        .filter(allocations::undone_by_id.is_null())
        .order(allocations::id)
        .select((
            allocations::id,
            allocations::entry_id,
            allocations::amount,
            allocations::why,
            allocations::allocated_by_id,
            allocations::entered_by_id,
            allocations::allocated_at,
        ))
        .load(conn)?;
    for (id, entry_id, amount, why, by, entered_by, at) in others {
        undone(conn, id, decision)?;
        diesel::insert_into(allocations::table)
            .values((
                allocations::entry_id.eq(entry_id),
                allocations::kind.eq(AllocationKind::Remittance),
                allocations::account_id.eq(target.holder),
                allocations::remittance_id.eq(Some(target.id)),
                allocations::amount.eq(amount),
                allocations::why.eq(why),
                allocations::allocated_by_id.eq(by),
                allocations::entered_by_id.eq(entered_by),
                allocations::opened_by_id.eq(Some(target.opened_by_id)),
                allocations::allocated_at.eq(at),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Keeps that less of a top-up has arrived; false when it changed meanwhile.
pub(in crate::features::remittance::allocating) fn lost(
    conn: &mut Conn,
    target: &Target,
    left: Money,
    to: RemittanceState,
) -> QueryResult<bool> {
    let kept = diesel::update(remittances::table.find(target.id))
        .filter(remittances::state.eq(target.state))
        .filter(remittances::received.eq(target.received))
        .set((
            remittances::state.eq(to),
            remittances::received.eq(left),
            remittances::charges.eq(Money::ZERO),
            remittances::settled_at.eq(None::<Moment>),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}

/// Keeps that an entry is nobody's again; false when it changed meanwhile.
pub(in crate::features::remittance::allocating) fn freed(
    conn: &mut Conn,
    entry: &Arrived,
    to: EntryState,
) -> QueryResult<bool> {
    let kept = diesel::update(statement_entries::table.find(entry.id))
        .filter(statement_entries::state.eq(entry.state))
        .set((
            statement_entries::state.eq(to),
            statement_entries::allocated.eq(Money::ZERO),
            statement_entries::credited_by_id.eq(None::<i64>),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}
