//! How much went from one account of the house into wallets: for a picture of it.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use crate::base::db::Conn;
use crate::base::db::schema::{ledger_accounts, ledger_transfers};
use crate::base::types::Moment;
use crate::services::ledger::AccountKind;

/// What wallets got out of suspense between these moments, span by span: each along the index of what the account did.
pub fn credited_between(conn: &mut Conn, currency: &str, spans: &[(Moment, Moment)]) -> QueryResult<Vec<i128>> {
    let suspense: Option<i64> = ledger_accounts::table
        .filter(ledger_accounts::code.eq(format!("suspense/{currency}")))
        .select(ledger_accounts::id)
        .first(conn)
        .optional()?;
    let Some(suspense) = suspense else { return Ok(vec![0; spans.len()]) };
    let mut sums = Vec::with_capacity(spans.len());
    for (from, until) in spans {
        // High and low halves, because the sum of many amounts may not fit a BIGINT.
        let (high, low): (Option<i64>, Option<i64>) = ledger_transfers::table
            .inner_join(ledger_accounts::table.on(ledger_accounts::id.eq(ledger_transfers::credit_id)))
            .filter(ledger_transfers::debit_id.eq(suspense))
            .filter(ledger_transfers::at.ge(from))
            .filter(ledger_transfers::at.lt(until))
            .filter(ledger_accounts::kind.eq(AccountKind::Wallet))
            .select((
                sql::<Nullable<BigInt>>("cast(sum(amount / 4294967296) as bigint)"),
                sql::<Nullable<BigInt>>("cast(sum(amount % 4294967296) as bigint)"),
            ))
            .first(conn)?;
        sums.push(i128::from(high.unwrap_or_default()) * 4_294_967_296 + i128::from(low.unwrap_or_default()));
    }
    Ok(sums)
}
