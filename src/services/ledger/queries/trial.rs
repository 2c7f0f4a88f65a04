//! The trial balance of a day: what each account of the house turned over, what it came to at the end, and one line for each
//! kind of account that customers have.
//!
//! A day ends with a transfer, not with a moment: the last one that was made before midnight. All books hold the transfers up
//! to that one and none after it, so their balances fit together whatever was under way when the day ended.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::base::db::Conn;
use crate::base::db::schema::ledger_transfers;
use crate::base::types::Moment;
use crate::services::ledger::AccountKind;

/// One line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialLine {
    /// The code of an account of the house; none for all accounts of this kind that customers have.
    pub code: Option<String>,
    /// What it holds.
    pub kind: AccountKind,
    /// ISO 4217.
    pub currency: String,
    /// How many accounts it stands for.
    pub accounts: i64,
    /// What was debited in the day.
    pub debited: i128,
    /// What was credited in it.
    pub credited: i128,
    /// What it came to at the end of it, on the side on which its kind grows.
    pub closing: i128,
}

#[derive(QueryableByName)]
struct Closing {
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    currency: String,
    #[diesel(sql_type = BigInt)]
    accounts: i64,
    #[diesel(sql_type = BigInt)]
    high: i64,
    #[diesel(sql_type = BigInt)]
    low: i64,
}

#[derive(QueryableByName)]
struct Turnover {
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    currency: String,
    #[diesel(sql_type = BigInt)]
    high: i64,
    #[diesel(sql_type = BigInt)]
    low: i64,
}

/// High and low halves, because the sum of many amounts may not fit a BIGINT.
fn whole(high: i64, low: i64) -> i128 {
    i128::from(high) * 4_294_967_296 + i128::from(low)
}

/// The last transfer that was made before this moment; none before the first.
fn last_before(conn: &mut Conn, moment: Moment) -> QueryResult<i64> {
    let last = ledger_transfers::table
        .filter(ledger_transfers::at.lt(moment))
        .order((ledger_transfers::at.desc(), ledger_transfers::id.desc()))
        .select(ledger_transfers::id);
    Ok(last.first(conn).optional()?.unwrap_or_default())
}

/// The lines of the day that begins and ends at these moments: by currency the accounts of the house by code, then those of the
/// customers by kind. Wants one state of the database (`Db::read_snapshot`).
pub fn trial_balance(conn: &mut Conn, (begins, ends): (Moment, Moment)) -> QueryResult<Vec<TrialLine>> {
    let (before, last) = (last_before(conn, begins)?, last_before(conn, ends)?);
    let mut lines: Vec<TrialLine> = Vec::new();
    for row in closings(conn, last)? {
        let kind = kind_of(&row.kind)?;
        lines.push(TrialLine {
            code: Some(row.code).filter(|code| !code.is_empty()),
            kind,
            currency: row.currency,
            accounts: row.accounts,
            debited: 0,
            credited: 0,
            closing: whole(row.high, row.low),
        });
    }
    for debits in [true, false] {
        for row in turnovers(conn, debits, (before, last))? {
            let same = |line: &&mut TrialLine| {
                line.code.as_deref().unwrap_or_default() == row.code
                    && line.kind.as_str() == row.kind
                    && line.currency == row.currency
            };
            let line = lines.iter_mut().find(same).ok_or(diesel::result::Error::NotFound)?;
            let sum = whole(row.high, row.low);
            if debits {
                line.debited = sum;
            } else {
                line.credited = sum;
            }
        }
    }
    lines.sort_by(|one, other| {
        let key =
            |line: &TrialLine| (line.currency.clone(), line.code.is_none(), line.code.clone(), line.kind.as_str());
        key(one).cmp(&key(other))
    });
    Ok(lines)
}

fn kind_of(word: &str) -> QueryResult<AccountKind> {
    let unknown = || diesel::result::Error::DeserializationError(format!("no kind of account: {word}").into());
    AccountKind::parse(word).ok_or_else(unknown)
}

/// What each account came to with this transfer: what its own last transfer up to there left behind, two steps along an index
/// for each account.
fn closings(conn: &mut Conn, last: i64) -> QueryResult<Vec<Closing>> {
    diesel::sql_query(
        "select code, kind, currency, count(*) as accounts, \
         cast(sum(balance / 4294967296) as bigint) as high, cast(sum(balance % 4294967296) as bigint) as low \
         from (select case when a.account_id is null then a.code else '' end as code, a.kind as kind, \
         a.currency as currency, coalesce((select left_behind.balance from \
         (select d.id as id, d.balance as balance from (select id, debit_balance as balance from ledger_transfers \
         where debit_id = a.id and id <= $1 order by id desc limit 1) d union all \
         select c.id as id, c.balance as balance from (select id, credit_balance as balance from ledger_transfers \
         where credit_id = a.id and id <= $1 order by id desc limit 1) c) left_behind \
         order by left_behind.id desc limit 1), 0) as balance from ledger_accounts a) closing \
         group by code, kind, currency",
    )
    .bind::<BigInt, _>(last)
    .load(conn)
}

/// What was debited or credited after one transfer and up to another: along the key, only those between them.
fn turnovers(conn: &mut Conn, debits: bool, (before, last): (i64, i64)) -> QueryResult<Vec<Turnover>> {
    let side = if debits { "debit_id" } else { "credit_id" };
    diesel::sql_query(format!(
        "select case when a.account_id is null then a.code else '' end as code, a.kind as kind, a.currency as currency, \
         cast(sum(t.amount / 4294967296) as bigint) as high, cast(sum(t.amount % 4294967296) as bigint) as low \
         from ledger_transfers t join ledger_accounts a on a.id = t.{side} where t.id > $1 and t.id <= $2 \
         group by case when a.account_id is null then a.code else '' end, a.kind, a.currency",
    ))
    .bind::<BigInt, _>(before)
    .bind::<BigInt, _>(last)
    .load(conn)
}
