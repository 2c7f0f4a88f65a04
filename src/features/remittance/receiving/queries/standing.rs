//! Whose standing orders go to an account that is closed (D1): those to whom money came by it lately, and who have a permanent
//! reference to write into them.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::Receiving;
use crate::base::db::Conn;
use crate::base::db::schema::{permanent_references, receiving_accounts};
use crate::base::types::{Moment, Number};
use crate::features::remittance::receiving::model::ReceivingState;

/// How long ago the last transfer may be: thirteen months, so that what is sent once a year counts.
const LATELY: Duration = Duration::from_secs(395 * 86_400);

/// Of the permanent references `p` those whose owners are told: of accounts that are told of no top-up at the receiving account
/// `$1`, and to which money came by the account at the bank `$2` since `$3`. SQLite counts what is bound by where it stands first.
const LIVE: &str = "p.account_id not in (select r.account_id from remittances r \
    where r.receiving_account_id = $1 and r.state in ('open', 'partial', 'declared', 'refused')) \
    and exists (select 1 from allocations a join statement_entries e on e.id = a.entry_id \
    where e.account_key = $2 and a.account_id = p.account_id and a.allocated_at >= $3 \
    and a.transaction_id is not null and a.undone_by_id is null)";

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many accounts send money to this one under their permanent reference alone.
pub fn live(conn: &mut Conn, account: &Receiving, now: Moment) -> QueryResult<i64> {
    let counted: Counted =
        diesel::sql_query(format!("select count(*) as count from permanent_references p where {LIVE}"))
            .bind::<BigInt, _>(account.id)
            .bind::<Text, _>(&account.account_key)
            .bind::<BigInt, _>(now.minus(LATELY))
            .get_result(conn)?;
    Ok(counted.count)
}

/// An account is closed: whoever sends money to it under their permanent reference is to be told. Before top-ups name another
/// one: whoever is told of theirs is not told twice.
pub fn closed(conn: &mut Conn, number: &Number, now: Moment) -> QueryResult<()> {
    let (id, key): (i64, String) = receiving_accounts::table
        .filter(receiving_accounts::number.eq(number))
        .select((receiving_accounts::id, receiving_accounts::account_key))
        .first(conn)?;
    diesel::sql_query(format!("update permanent_references as p set untold_of_id = $1 where {LIVE}"))
        .bind::<BigInt, _>(id)
        .bind::<Text, _>(key)
        .bind::<BigInt, _>(now.minus(LATELY))
        .execute(conn)?;
    Ok(())
}

/// A permanent reference of which is to be told.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Whose it is.
    pub account_id: i64,
    /// The reference.
    pub number: Number,
    /// Whether its page names another account to pay to.
    pub redirected: bool,
}

/// Takes the notes of the next permanent references back, at most `most`.
pub fn take(conn: &mut Conn, most: usize) -> QueryResult<Vec<Standing>> {
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
    let open: Vec<(String, Option<i64>)> = receiving_accounts::table
        .filter(receiving_accounts::state.eq(ReceivingState::Open))
        .select((receiving_accounts::currency, receiving_accounts::for_account_id))
        .load(conn)?;
    let read = |(account_id, number, currency): (i64, Number, String)| {
        let takes = |(of, own): &(String, Option<i64>)| *of == currency && own.is_none_or(|own| own == account_id);
        Standing { account_id, number, redirected: open.iter().any(takes) }
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
