//! Who still owes a transfer to an account that is closed (D1): notes on remittances of what their people have to be told.

use diesel::prelude::*;

use super::choosing::candidates;
use crate::base::db::Conn;
use crate::base::db::schema::{receiving_accounts, remittances};
use crate::base::types::{Money, Number};
use crate::features::remittance::model::{Move, RemittanceState};
use crate::features::remittance::receiving::model::{ReceivingState, Untold};

/// An account was closed: what was not declared yet names the next one that takes it, if there is one, and whoever may still
/// pay or has just paid is to be told.
pub(in crate::features::remittance::receiving) fn closed(conn: &mut Conn, number: &Number) -> QueryResult<()> {
    let (id, currency) = known(conn, number)?;
    redirect(conn, &[id], &currency)?;
    diesel::update(remittances::table)
        .filter(remittances::receiving_account_id.eq(id))
        .filter(remittances::state.eq_any(owing()))
        .set(remittances::untold.eq(Some(Untold::Closed)))
        .execute(conn)?;
    Ok(())
}

/// What is not declared yet, or has arrived in part, and names one of these names the first one that takes what is still payable.
fn redirect(conn: &mut Conn, from: &[i64], currency: &str) -> QueryResult<()> {
    // Each takes what those before it left: that is the order in which a top-up chooses.
    for next in candidates(conn, currency)? {
        let mut naming = diesel::update(remittances::table)
            .filter(remittances::receiving_account_id.eq_any(from))
            .filter(remittances::state.eq_any([RemittanceState::Open, RemittanceState::Partial]))
            .set((remittances::receiving_account_id.eq(next.id), remittances::untold.eq(Some(Untold::Redirected))))
            .into_boxed();
        if let Some(account_id) = next.for_account_id {
            naming = naming.filter(remittances::account_id.eq(account_id));
        }
        if let Some(least) = next.range.from {
            naming = naming.filter((remittances::amount - remittances::received).ge(least));
        }
        if let Some(most) = next.range.to {
            naming = naming.filter((remittances::amount - remittances::received).le(most));
        }
        naming.execute(conn)?;
    }
    Ok(())
}

/// The states in which money may still come.
fn owing() -> Vec<RemittanceState> {
    let mut states = RemittanceState::before(Move::Declare);
    states.push(RemittanceState::Partial);
    states
}

/// An account was opened: what still names a closed one, because no other took it, names the one that takes it.
pub(in crate::features::remittance::receiving) fn opened(conn: &mut Conn, number: &Number) -> QueryResult<()> {
    let (_, currency) = known(conn, number)?;
    let closed: Vec<i64> = receiving_accounts::table
        .filter(receiving_accounts::state.eq(ReceivingState::Closed))
        .filter(receiving_accounts::currency.eq(&currency))
        .select(receiving_accounts::id)
        .load(conn)?;
    redirect(conn, &closed, &currency)
}

/// A remittance is payable again: if it names a closed account, it names the one that takes it.
pub(in crate::features::remittance) fn payable_again(conn: &mut Conn, remittance: &Number) -> QueryResult<()> {
    let named: Option<(i64, String)> = remittances::table
        .inner_join(receiving_accounts::table)
        .filter(remittances::number.eq(remittance))
        .filter(receiving_accounts::state.eq(ReceivingState::Closed))
        .select((receiving_accounts::id, receiving_accounts::currency))
        .first(conn)
        .optional()?;
    named.map_or(Ok(()), |(id, currency)| redirect(conn, &[id], &currency))
}

fn known(conn: &mut Conn, number: &Number) -> QueryResult<(i64, String)> {
    receiving_accounts::table
        .filter(receiving_accounts::number.eq(number))
        .select((receiving_accounts::id, receiving_accounts::currency))
        .first(conn)
}

/// A remittance of which is to be told.
#[derive(Queryable)]
pub(in crate::features::remittance::receiving) struct Row {
    pub account_id: i64,
    pub opened_by_id: i64,
    pub number: Number,
    pub state: RemittanceState,
    pub amount: Money,
    pub untold: Option<Untold>,
    pub currency: String,
}

/// Takes the notes of the next remittances back, at most `most`, those that one person opened together. Answers how many
/// notes there were, and those that there is still something to tell of.
pub(in crate::features::remittance::receiving) fn take(conn: &mut Conn, most: usize) -> QueryResult<(usize, Vec<Row>)> {
    let ids = next(conn, most)?;
    if ids.is_empty() {
        return Ok((0, Vec::new()));
    }
    let rows: Vec<Row> = remittances::table
        .inner_join(receiving_accounts::table)
        .filter(remittances::id.eq_any(&ids))
        .filter(remittances::state.eq_any(owing()))
        .order(remittances::id)
        .select((
            remittances::account_id,
            remittances::opened_by_id,
            remittances::number,
            remittances::state,
            remittances::amount,
            remittances::untold,
            receiving_accounts::currency,
        ))
        .load(conn)?;
    diesel::update(remittances::table.filter(remittances::id.eq_any(&ids)))
        .set(remittances::untold.eq(None::<Untold>))
        .execute(conn)?;
    Ok((ids.len(), rows))
}

/// Which are next. Nobody else takes the same ones while this transaction lasts.
fn next(conn: &mut Conn, most: usize) -> QueryResult<Vec<i64>> {
    let next = remittances::table
        .filter(remittances::untold.is_not_null())
        .order((remittances::opened_by_id, remittances::id))
        .limit(i64::try_from(most).unwrap_or(i64::MAX))
        .select(remittances::id);
    match conn {
        Conn::Pg(pg) => next.for_update().skip_locked().load(pg),
        Conn::Sqlite(sqlite) => next.load(sqlite),
    }
}
