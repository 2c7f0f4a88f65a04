//! Who still owes a transfer to an account that is closed (D1). The transaction that closes it notes on each remittance
//! what its people have to be told; they are told in pieces, each in one transaction that takes the notes back: so
//! nobody is told twice, whichever instance does it, and nobody waits long behind it.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde_json::json;

use super::current;
use crate::base::db::Conn;
use crate::base::db::schema::{receiving_accounts, remittances};
use crate::base::types::{Money, Number};
use crate::features::accounts::{Reader, readers};
use crate::features::remittance::fault::Fault;
use crate::features::remittance::model::{Move, RemittanceState};
use crate::features::remittance::receiving::mails::{self, Owed};
use crate::features::remittance::receiving::model::{ReceivingState, Untold};
use crate::services::context::Context;
use crate::services::mail;
use crate::services::records::{self, Entry, Event};

/// The most remittances of which is told in one transaction.
pub(in crate::features::remittance::receiving) const PIECE: usize = 500;

/// An account was closed: what was not declared yet names the next one, if there is one, and whoever may still pay or
/// has just paid is to be told.
pub(super) fn closed(conn: &mut Conn, number: &Number) -> QueryResult<()> {
    let (id, currency) = known(conn, number)?;
    let naming = || remittances::table.filter(remittances::receiving_account_id.eq(id));
    if let Some(next) = current(conn, &currency)? {
        diesel::update(naming().filter(remittances::state.eq(RemittanceState::Open)))
            .set((remittances::receiving_account_id.eq(next.id), remittances::untold.eq(Some(Untold::Redirected))))
            .execute(conn)?;
    }
    diesel::update(naming().filter(remittances::state.eq_any(RemittanceState::before(Move::Declare))))
        .set(remittances::untold.eq(Some(Untold::Closed)))
        .execute(conn)?;
    Ok(())
}

/// An account was opened: what still names a closed one, because there was no other, names it.
pub(super) fn opened(conn: &mut Conn, number: &Number) -> QueryResult<()> {
    let (_, currency) = known(conn, number)?;
    let Some(next) = current(conn, &currency)? else { return Ok(()) };
    let closed = receiving_accounts::table
        .filter(receiving_accounts::state.eq(ReceivingState::Closed))
        .filter(receiving_accounts::currency.eq(currency))
        .select(receiving_accounts::id);
    let waiting = remittances::table
        .filter(remittances::receiving_account_id.eq_any(closed))
        .filter(remittances::state.eq(RemittanceState::Open));
    diesel::update(waiting)
        .set((remittances::receiving_account_id.eq(next.id), remittances::untold.eq(Some(Untold::Redirected))))
        .execute(conn)?;
    Ok(())
}

fn known(conn: &mut Conn, number: &Number) -> QueryResult<(i64, String)> {
    receiving_accounts::table
        .filter(receiving_accounts::number.eq(number))
        .select((receiving_accounts::id, receiving_accounts::currency))
        .first(conn)
}

/// A remittance of which is to be told.
#[derive(Queryable)]
struct Row {
    account_id: i64,
    opened_by_id: i64,
    number: Number,
    state: RemittanceState,
    amount: Money,
    untold: Option<Untold>,
    currency: String,
}

/// Tells of the next [`PIECE`] remittances, those that one person opened together; answers how many there were.
pub(in crate::features::remittance::receiving) fn tell(conn: &mut Conn, ctx: &Context) -> Result<usize, Fault> {
    let ids = taken(conn)?;
    if ids.is_empty() {
        return Ok(0);
    }
    let rows: Vec<Row> = remittances::table
        .inner_join(receiving_accounts::table)
        .filter(remittances::id.eq_any(&ids))
        .filter(remittances::state.eq_any(RemittanceState::before(Move::Declare)))
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
    told(conn, ctx, rows)?;
    Ok(ids.len())
}

/// Which are next. Nobody else takes the same ones while this transaction lasts.
fn taken(conn: &mut Conn) -> QueryResult<Vec<i64>> {
    let next = remittances::table
        .filter(remittances::untold.is_not_null())
        .order((remittances::opened_by_id, remittances::id))
        .limit(i64::try_from(PIECE).unwrap_or(i64::MAX))
        .select(remittances::id);
    match conn {
        Conn::Pg(pg) => next.for_update().skip_locked().load(pg),
        Conn::Sqlite(sqlite) => next.load(sqlite),
    }
}

/// Records each, and writes one mail to each person.
fn told(conn: &mut Conn, ctx: &Context, rows: Vec<Row>) -> Result<(), Fault> {
    let begun: Vec<(i64, i64)> = rows.iter().map(|row| (row.account_id, row.opened_by_id)).collect();
    let readers = readers(conn, &begun)?;
    let mut mails: BTreeMap<(Reader, String), Vec<Owed>> = BTreeMap::new();
    for (row, readers) in rows.into_iter().zip(readers) {
        let redirected = row.untold == Some(Untold::Redirected);
        let entry = Entry::new(Event::RemittanceAccountClosed).about(row.number.as_str()).of_account(row.account_id);
        records::keep(conn, ctx, entry.with(json!({ "redirected": redirected })))?;
        let owed = Owed {
            link: format!("{}/account/remittances/{}", ctx.base_url, row.number.as_str()),
            number: row.number,
            amount: row.amount,
            declared: row.state != RemittanceState::Open,
            redirected,
        };
        for reader in readers {
            mails.entry((reader, row.currency.clone())).or_default().push(owed.clone());
        }
    }
    for ((reader, currency), owed) in mails {
        let mail = mails::account_closed(reader, &currency, &owed)?;
        mail::send(conn, ctx, mail)?;
    }
    Ok(())
}
