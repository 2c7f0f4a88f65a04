//! Top-ups from the customer's side. What changes them stands in `writing`.

mod writing;

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::{receiving_accounts, remittances};
use crate::base::types::{Day, Moment, Money, Number};
use crate::features::accounts::Customer;
use crate::features::remittance::actor::Steward;
use crate::features::remittance::entries;
use crate::features::remittance::model::{NumberKind, RemittanceState};
use crate::features::remittance::receiving::{RECEIVING, Receiving};
use crate::features::remittance::sealed::{self, BANK, REMITTER};
use crate::features::staff::Officer;
use crate::services::context::Context;

pub use writing::Declaration;
pub(super) use writing::{claimed_before, declared_as, insert, keep_slip, settle};

/// A row of a list.
#[derive(Debug, Clone, Queryable)]
pub struct Row {
    /// The reference.
    pub number: Number,
    /// Where it stands.
    pub state: RemittanceState,
    /// How much.
    pub amount: Money,
    /// How much of it has arrived.
    pub received: Money,
    /// When the reference was made, UTC.
    pub opened_at: Moment,
}

impl Row {
    /// What is still payable.
    pub fn rest(&self) -> Money {
        Money(self.amount.0 - self.received.0)
    }
}

macro_rules! row {
    () => {
        (remittances::number, remittances::state, remittances::amount, remittances::received, remittances::opened_at)
    };
}

/// The account's remittances, newest first, from below `after`. `None` for a cursor that is not the account's.
pub fn list(conn: &mut Conn, member: &Customer, after: Option<&Number>, most: i64) -> QueryResult<Option<Vec<Row>>> {
    let account_id = member.account_id();
    let mut query = remittances::table
        .filter(remittances::account_id.eq(account_id))
        .order(remittances::id.desc())
        .limit(most)
        .select(row!())
        .into_boxed();
    if let Some(after) = after {
        let found: Option<i64> = remittances::table
            .filter(remittances::account_id.eq(account_id))
            .filter(remittances::number.eq(after))
            .select(remittances::id)
            .first(conn)
            .optional()?;
        let Some(found) = found else { return Ok(None) };
        query = query.filter(remittances::id.lt(found));
    }
    query.load(conn).map(Some)
}

/// The newest of the account's remittances of which something is true, and of how many it is.
macro_rules! newest {
    ($conn:expr, $account_id:expr, $which:expr) => {{
        let own = || remittances::table.filter(remittances::account_id.eq($account_id)).filter($which);
        let count: i64 = own().count().get_result($conn)?;
        let newest: Option<Row> = own().order(remittances::id.desc()).select(row!()).first($conn).optional()?;
        newest.map(|row| (row, count))
    }};
}

/// For these the customer does nothing while money for them is there and waits for a person.
const PAYABLE: [RemittanceState; 2] = [RemittanceState::Open, RemittanceState::Partial];

/// The newest transfer of the author's account that is on its way or arrived and is not credited yet, how many are, and whether
/// this one arrived: an open top-up waits for the customer and is a task.
pub fn under_way(conn: &mut Conn, ctx: &Context) -> QueryResult<Option<(Row, i64, bool)>> {
    let Some(account_id) = ctx.author.account_id else { return Ok(None) };
    let arrived = entries::arrived_of(conn, account_id)?;
    let found = newest!(conn, account_id, {
        let there = remittances::state.eq_any(PAYABLE).and(remittances::number.eq_any(&arrived));
        remittances::state.eq(RemittanceState::Declared).or(there)
    });
    Ok(found.map(|(row, count)| {
        let there = arrived.contains(&row.number);
        (row, count, there)
    }))
}

/// The newest remittance that waits for the customer, and how many do.
pub fn for_customer(conn: &mut Conn, ctx: &Context) -> QueryResult<Option<(Row, i64)>> {
    let Some(account_id) = ctx.author.account_id else { return Ok(None) };
    let arrived = entries::arrived_of(conn, account_id)?;
    Ok(newest!(conn, account_id, {
        let payable = remittances::state.eq_any(PAYABLE).and(remittances::number.ne_all(&arrived));
        remittances::state.eq(RemittanceState::Refused).or(payable)
    }))
}

/// The slip of a declaration.
#[derive(Debug, Clone)]
pub struct Slip {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_kind: String,
    /// Bytes.
    pub size: u64,
    /// Where it lies.
    pub key: String,
}

impl Slip {
    /// All four columns, or none: the database holds them to it.
    fn of(columns: SlipColumns) -> Option<Self> {
        let (Some(key), Some(name), Some(media_kind), Some(size)) = columns else { return None };
        Some(Self { name, media_kind, size: u64::try_from(size).unwrap_or(0), key })
    }
}

/// What the customer declared.
#[derive(Debug, Clone)]
pub struct Declared {
    /// The remitter's name.
    pub remitter: String,
    /// The remitting bank.
    pub bank: String,
    /// Card or account.
    pub kind: NumberKind,
    /// The last four signs of the number.
    pub tail: String,
    /// The day of the transfer.
    pub remitted_on: Day,
    /// When it was declared, UTC.
    pub at: Moment,
    /// The slip, when there is one.
    pub slip: Option<Slip>,
}

/// A remittance as its page shows it.
#[derive(Debug, Clone)]
pub struct TopUp {
    pub(in crate::features::remittance) id: i64,
    pub(in crate::features::remittance) account_id: i64,
    /// The reference.
    pub number: Number,
    /// Where it stands.
    pub state: RemittanceState,
    /// How much.
    pub amount: Money,
    /// How much of it has arrived.
    pub received: Money,
    /// What finance wrote when it refused.
    pub refusal: Option<String>,
    /// Whether the money was sent without the reference and claimed afterwards.
    pub claimed: bool,
    /// Where the money goes.
    pub receiving: Receiving,
    /// What was declared.
    pub declared: Option<Declared>,
}

impl TopUp {
    /// What is still to come.
    pub fn rest(&self) -> Money {
        Money(self.amount.0 - self.received.0)
    }

    /// The address of the customer's page, or of what lies below it.
    pub fn address(&self, below: &str) -> String {
        format!("/account/remittances/{}{below}", self.number.as_str())
    }
}

type DeclaredColumns =
    (Option<Vec<u8>>, Option<Vec<u8>>, Option<NumberKind>, Option<String>, Option<Day>, Option<Moment>, SlipColumns);
type SlipColumns = (Option<String>, Option<String>, Option<String>, Option<i64>);
type OwnColumns = (i64, i64, Number, RemittanceState, Money, Money, Option<String>, Option<Moment>);
type Whole = (OwnColumns, DeclaredColumns, Receiving);

/// One remittance of the member's account.
pub fn one(conn: &mut Conn, member: &Customer, number: &Number) -> QueryResult<Option<TopUp>> {
    load(conn, member.ctx(), number, Some(member.account_id()))
}

/// One remittance of the account that somebody acts for.
pub fn of_account(conn: &mut Conn, steward: &impl Steward, number: &Number) -> QueryResult<Option<TopUp>> {
    load(conn, steward.ctx(), number, Some(steward.account_id()))
}

/// One remittance of whichever account, for finance.
pub fn any(conn: &mut Conn, officer: &Officer, number: &Number) -> QueryResult<Option<TopUp>> {
    load(conn, officer.ctx(), number, None)
}

/// Several of whichever accounts, for finance.
pub fn some(conn: &mut Conn, officer: &Officer, numbers: &[Number]) -> QueryResult<Vec<TopUp>> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Whole> =
        whole!().filter(remittances::number.eq_any(numbers)).order(remittances::number).load(conn)?;
    Ok(rows.into_iter().map(|row| opened(officer.ctx(), row)).collect())
}

/// What a top-up is read from.
macro_rules! whole {
    () => {
        remittances::table.inner_join(receiving_accounts::table).select((
            (
                remittances::id,
                remittances::account_id,
                remittances::number,
                remittances::state,
                remittances::amount,
                remittances::received,
                remittances::refusal,
                remittances::claimed_at,
            ),
            (
                remittances::sealed_remitter,
                remittances::sealed_bank,
                remittances::account_kind,
                remittances::account_tail,
                remittances::remitted_on,
                remittances::declared_at,
                (remittances::slip_key, remittances::slip_name, remittances::slip_media_kind, remittances::slip_size),
            ),
            RECEIVING,
        ))
    };
}
use whole;

fn load(conn: &mut Conn, ctx: &Context, number: &Number, account_id: Option<i64>) -> QueryResult<Option<TopUp>> {
    let mut query = whole!().filter(remittances::number.eq(number)).into_boxed();
    if let Some(account_id) = account_id {
        query = query.filter(remittances::account_id.eq(account_id));
    }
    let found: Option<Whole> = query.first(conn).optional()?;
    Ok(found.map(|row| opened(ctx, row)))
}

fn opened(ctx: &Context, row: Whole) -> TopUp {
    let ((id, account_id, number, state, amount, received, refusal, claimed), rest, receiving) = row;
    let (declared, claimed) = (declared(ctx, &number, rest), claimed.is_some());
    TopUp { id, account_id, number, state, amount, received, refusal, claimed, receiving, declared }
}

fn declared(ctx: &Context, number: &Number, columns: DeclaredColumns) -> Option<Declared> {
    let keys = &ctx.keys;
    let (remitter, bank, kind, tail, remitted_on, at, slip) = columns;
    Some(Declared {
        remitter: sealed::open(keys, REMITTER, number, remitter.as_deref()),
        bank: sealed::open(keys, BANK, number, bank.as_deref()),
        kind: kind?,
        tail: tail?,
        remitted_on: remitted_on?,
        at: at?,
        slip: Slip::of(slip),
    })
}

/// State and slip of one of the account's remittances, before a move.
pub(super) fn own(
    conn: &mut Conn,
    steward: &impl Steward,
    number: &Number,
) -> QueryResult<Option<(RemittanceState, Option<Slip>)>> {
    let found: Option<(_, SlipColumns)> = remittances::table
        .filter(remittances::number.eq(number))
        .filter(remittances::account_id.eq(steward.account_id()))
        .select((
            remittances::state,
            (remittances::slip_key, remittances::slip_name, remittances::slip_media_kind, remittances::slip_size),
        ))
        .first(conn)
        .optional()?;
    Ok(found.map(|(state, slip)| (state, Slip::of(slip))))
}

/// Which of these files are slips.
pub fn holds(conn: &mut Conn, keys: &[String]) -> QueryResult<Vec<String>> {
    let slips = remittances::table.filter(remittances::slip_key.eq_any(keys));
    slips.select(remittances::slip_key.assume_not_null()).load(conn)
}
