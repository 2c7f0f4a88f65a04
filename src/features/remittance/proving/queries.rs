//! Remittances that finance confirmed, as a reviewer sees them: whose they are stays out.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::{allocations, memberships, people, remittances, statement_entries};
use crate::base::types::{Day, Moment, Money, Number};
use crate::features::identity::{Paid, provable};
use crate::features::remittance::allocating::AllocationKind;
use crate::features::remittance::model::RemittanceState;
use crate::features::remittance::sealed::{self, ENTRY_REMITTER};
use crate::features::staff::{Officer, Reviewer, Staff};

/// Confirmed remittances that are read at once.
const BATCH: i64 = 200;
/// How many of these batches one page looks through. Most are of names that are proved already.
const BATCHES: usize = 10;

/// A confirmed remittance in the list.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Row {
    id: i64,
    account_id: i64,
    /// Its reference.
    pub number: Number,
    /// How much arrived.
    pub amount: Money,
    /// When it was confirmed, UTC.
    pub settled_at: Option<Moment>,
}

/// Confirmed remittances that may serve as a proof, newest first, from below `after`; not those of the reviewer's own
/// accounts. `None` for a cursor that names none.
pub(super) fn list(
    conn: &mut Conn,
    officer: &Officer,
    after: Option<&Number>,
    most: i64,
) -> QueryResult<Option<Vec<Row>>> {
    let mut below = i64::MAX;
    if let Some(after) = after {
        let found = remittances::table.filter(remittances::number.eq(after)).select(remittances::id);
        let Some(found) = found.first(conn).optional()? else { return Ok(None) };
        below = found;
    }
    let most = usize::try_from(most).unwrap_or_default();
    let mut rows = Vec::new();
    for _ in 0..BATCHES {
        let batch = batch(conn, officer, below)?;
        let Some(last) = batch.last() else { break };
        below = last.id;
        let asked: Vec<(i64, Number)> = batch.iter().map(|row| (row.account_id, row.number.clone())).collect();
        let may = provable(conn, officer, &asked)?;
        rows.extend(batch.into_iter().filter(|row| may.contains(&row.number)));
        if rows.len() >= most {
            break;
        }
    }
    rows.truncate(most);
    Ok(Some(rows))
}

fn batch(conn: &mut Conn, officer: &Officer, below: i64) -> QueryResult<Vec<Row>> {
    let own = memberships::table
        .inner_join(people::table)
        .filter(people::address.eq(officer.address()))
        .select(memberships::account_id);
    remittances::table
        .filter(remittances::state.eq(RemittanceState::Credited))
        .filter(remittances::account_id.ne_all(own))
        .filter(remittances::id.lt(below))
        .order(remittances::id.desc())
        .limit(BATCH)
        .select((
            remittances::id,
            remittances::account_id,
            remittances::number,
            remittances::amount,
            remittances::settled_at,
        ))
        .load(conn)
}

/// A confirmed remittance, by what the bank's statement says of it.
pub(super) fn paid(conn: &mut Conn, officer: &Staff<Reviewer>, number: &Number) -> QueryResult<Option<Paid>> {
    type Entry = (Number, Money, Vec<u8>, Day);
    let credited: Option<(i64, i64, i64)> = remittances::table
        .filter(remittances::number.eq(number))
        .filter(remittances::state.eq(RemittanceState::Credited))
        .select((remittances::id, remittances::account_id, remittances::opened_by_id))
        .first(conn)
        .optional()?;
    let Some((id, account_id, opened_by_id)) = credited else { return Ok(None) };
    let found: Option<Entry> = allocations::table
        .inner_join(statement_entries::table.on(allocations::entry_id.eq(statement_entries::id)))
        .filter(allocations::remittance_id.eq(Some(id)))
        .filter(allocations::kind.eq(AllocationKind::Remittance))
        .filter(allocations::undone_by_id.is_null())
        .order((allocations::remittance_id.desc(), allocations::id.desc()))
        .select((
            statement_entries::number,
            statement_entries::amount,
            statement_entries::sealed_remitter,
            statement_entries::booked_on,
        ))
        .first(conn)
        .optional()?;
    Ok(found.map(|(entry, amount, remitter, booked_on)| Paid {
        account_id,
        opened_by_id,
        number: number.clone(),
        amount,
        remitter: sealed::open(officer.keys(), ENTRY_REMITTER, &entry, Some(&remitter)),
        booked_on,
    }))
}
