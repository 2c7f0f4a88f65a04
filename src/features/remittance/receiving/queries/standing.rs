//! Whose standing orders go to an account that is closed (D1): those whose permanent reference brought money by it lately.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::Receiving;
use crate::base::db::Conn;
use crate::base::db::schema::{permanent_references, receiving_accounts};
use crate::base::types::{Moment, Number};
use crate::features::remittance::receiving::model::ReceivingState;

/// How long ago the last transfer may be: thirteen months, so that what is sent once a year counts.
const LATELY: Duration = Duration::from_secs(395 * 86_400);

/// Of the permanent references `p` those whose owners are told: under which money came by the receiving account `$1`, or the same
/// account at the bank, and was credited to their account since `$2`. SQLite counts what is bound by where it stands first.
const LIVE: &str = "exists (select 1 from statement_entries e join allocations a on a.entry_id = e.id \
    where e.reference = p.number \
    and e.account_key = (select r.account_key from receiving_accounts r where r.id = $1) \
    and a.account_id = p.account_id and a.allocated_at >= $2 \
    and a.transaction_id is not null and a.undone_by_id is null)";

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many accounts send money to this one under their permanent reference.
pub fn live(conn: &mut Conn, account: &Receiving, now: Moment) -> QueryResult<i64> {
    let counted: Counted =
        diesel::sql_query(format!("select count(*) as count from permanent_references p where {LIVE}"))
            .bind::<BigInt, _>(account.id)
            .bind::<BigInt, _>(now.minus(LATELY))
            .get_result(conn)?;
    Ok(counted.count)
}

/// An account is closed: whoever sends money to it under their permanent reference is to be told.
pub fn closed(conn: &mut Conn, number: &Number, now: Moment) -> QueryResult<()> {
    let id: i64 = receiving_accounts::table
        .filter(receiving_accounts::number.eq(number))
        .select(receiving_accounts::id)
        .first(conn)?;
    diesel::sql_query(format!("update permanent_references as p set untold_of_id = $1 where {LIVE}"))
        .bind::<BigInt, _>(id)
        .bind::<BigInt, _>(now.minus(LATELY))
        .execute(conn)?;
    Ok(())
}

/// What stands beside a permanent reference on its page, once an account is closed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Beside {
    /// Another account to pay to.
    Another,
    /// None, until one is open.
    None,
    /// None for the currency of the closed account, which is this one: the page names accounts in the house's alone.
    NoneIn(String),
}

/// A permanent reference of which is to be told.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Whose it is.
    pub account_id: i64,
    /// The reference.
    pub number: Number,
    /// What stands beside it now.
    pub beside: Beside,
}

/// Takes the notes of the next permanent references back, at most `most`. `house` is the currency of which their pages name accounts.
pub fn take(conn: &mut Conn, house: &str, most: usize) -> QueryResult<Vec<Standing>> {
    let ids = next(conn, most)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64, Number, String)> = permanent_references::table
        .inner_join(
            receiving_accounts::table.on(permanent_references::untold_of_id.eq(receiving_accounts::id.nullable())),
        )
        .filter(permanent_references::id.eq_any(&ids))
        .order(permanent_references::id)
        .select((permanent_references::account_id, permanent_references::number, receiving_accounts::currency))
        .load(conn)?;
    diesel::update(permanent_references::table.filter(permanent_references::id.eq_any(&ids)))
        .set(permanent_references::untold_of_id.eq(None::<i64>))
        .execute(conn)?;
    let open: Vec<Option<i64>> = receiving_accounts::table
        .filter(receiving_accounts::state.eq(ReceivingState::Open))
        .filter(receiving_accounts::currency.eq(house))
        .select(receiving_accounts::for_account_id)
        .load(conn)?;
    let read = |(account_id, number, currency): (i64, Number, String)| {
        let beside = if currency != house {
            Beside::NoneIn(currency)
        } else if open.iter().any(|own| own.is_none_or(|own| own == account_id)) {
            Beside::Another
        } else {
            Beside::None
        };
        Standing { account_id, number, beside }
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Which are next. Nobody else takes the same ones while this transaction lasts.
fn next(conn: &mut Conn, most: usize) -> QueryResult<Vec<i64>> {
    let next = permanent_references::table
        .filter(permanent_references::untold_of_id.is_not_null())
        .order((permanent_references::untold_of_id, permanent_references::id))
        .limit(i64::try_from(most).unwrap_or(i64::MAX))
        .select(permanent_references::id);
    match conn {
        Conn::Pg(pg) => next.for_update().skip_locked().load(pg),
        Conn::Sqlite(sqlite) => next.load(sqlite),
    }
}
