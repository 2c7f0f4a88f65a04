//! Top-ups from the customer's side. What changes takes the account's id so that the demo walks the same way; pages
//! pass that of an admitted customer.

use diesel::prelude::*;
use serde_json::json;

use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::db::schema::{receiving_accounts, remittances};
use crate::base::types::{Day, Moment, Money, Number};
use crate::features::remittance::bank_number::BankNumber;
use crate::features::remittance::fault::Fault;
use crate::features::remittance::model::{Move, NumberKind, RemittanceState};
use crate::features::remittance::receiving::{self, RECEIVING, Receiving};
use crate::features::remittance::sealed::{self, BANK, BANK_ACCOUNT, REMITTER, seal};
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};
use crate::web::uploads::Upload;

/// A row of a list.
#[derive(Debug, Clone, Queryable)]
pub struct Row {
    /// The reference.
    pub number: Number,
    /// Where it stands.
    pub state: RemittanceState,
    /// How much.
    pub amount: Money,
    /// When the reference was made, UTC.
    pub opened_at: Moment,
}

/// The account's remittances, newest first, from below `after`. `None` for a cursor that is not the account's.
pub fn list(conn: &mut Conn, account_id: i64, after: Option<&Number>, most: i64) -> QueryResult<Option<Vec<Row>>> {
    let mut query = remittances::table
        .filter(remittances::account_id.eq(account_id))
        .order(remittances::id.desc())
        .limit(most)
        .select((remittances::number, remittances::state, remittances::amount, remittances::opened_at))
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

/// The newest remittance that is still under way, and how many are.
pub fn under_way(conn: &mut Conn, account_id: i64) -> QueryResult<Option<(Row, i64)>> {
    let states = [RemittanceState::Open, RemittanceState::Declared];
    let count: i64 = remittances::table
        .filter(remittances::account_id.eq(account_id))
        .filter(remittances::state.eq_any(states))
        .count()
        .get_result(conn)?;
    let newest = remittances::table
        .filter(remittances::account_id.eq(account_id))
        .filter(remittances::state.eq_any(states))
        .order(remittances::id.desc())
        .select((remittances::number, remittances::state, remittances::amount, remittances::opened_at))
        .first(conn)
        .optional()?;
    Ok(newest.map(|row| (row, count)))
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
    /// The row.
    pub id: i64,
    /// The account.
    pub account_id: i64,
    /// The reference.
    pub number: Number,
    /// Where it stands.
    pub state: RemittanceState,
    /// How much.
    pub amount: Money,
    /// What finance wrote when it refused.
    pub refusal: Option<String>,
    /// Where the money goes.
    pub receiving: Receiving,
    /// What was declared.
    pub declared: Option<Declared>,
}

impl TopUp {
    /// The address of the customer's page, or of what lies below it.
    pub fn address(&self, below: &str) -> String {
        format!("/account/remittances/{}{below}", self.number.as_str())
    }
}

type DeclaredColumns = (
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    Option<NumberKind>,
    Option<String>,
    Option<Day>,
    Option<Moment>,
    (Option<String>, Option<String>, Option<String>, Option<i64>),
);
type Whole = ((i64, i64, Number, RemittanceState, Money, Option<String>), DeclaredColumns, Receiving);

/// One remittance of this account.
pub fn one(conn: &mut Conn, keys: &Keys, account_id: i64, number: &Number) -> QueryResult<Option<TopUp>> {
    load(conn, keys, number, Some(account_id))
}

/// One remittance of whichever account, for finance.
pub fn any(conn: &mut Conn, keys: &Keys, number: &Number) -> QueryResult<Option<TopUp>> {
    load(conn, keys, number, None)
}

fn load(conn: &mut Conn, keys: &Keys, number: &Number, account_id: Option<i64>) -> QueryResult<Option<TopUp>> {
    let mut query = remittances::table
        .inner_join(receiving_accounts::table)
        .filter(remittances::number.eq(number))
        .select((
            (
                remittances::id,
                remittances::account_id,
                remittances::number,
                remittances::state,
                remittances::amount,
                remittances::refusal,
            ),
            (
                remittances::sealed_remitter,
                remittances::sealed_bank,
                remittances::account_kind,
                remittances::account_tail,
                remittances::remitted_on,
                remittances::declared_at,
                (remittances::slip_name, remittances::slip_media_kind, remittances::slip_key, remittances::slip_size),
            ),
            RECEIVING,
        ))
        .into_boxed();
    if let Some(account_id) = account_id {
        query = query.filter(remittances::account_id.eq(account_id));
    }
    let found: Option<Whole> = query.first(conn).optional()?;
    Ok(found.map(|((id, account_id, number, state, amount, refusal), rest, receiving)| {
        let declared = declared(keys, &number, rest);
        TopUp { id, account_id, number, state, amount, refusal, receiving, declared }
    }))
}

fn declared(keys: &Keys, number: &Number, columns: DeclaredColumns) -> Option<Declared> {
    let (remitter, bank, kind, tail, remitted_on, at, (name, media_kind, key, size)) = columns;
    let slip = match (name, media_kind, key, size) {
        (Some(name), Some(media_kind), Some(key), Some(size)) => {
            Some(Slip { name, media_kind, size: u64::try_from(size).unwrap_or(0), key })
        }
        _ => None,
    };
    Some(Declared {
        remitter: sealed::open(keys, REMITTER, number, remitter.as_deref()),
        bank: sealed::open(keys, BANK, number, bank.as_deref()),
        kind: kind?,
        tail: tail?,
        remitted_on: remitted_on?,
        at: at?,
        slip,
    })
}

/// Opens a top-up: draws the reference and fixes the receiving account.
pub fn open(conn: &mut Conn, ctx: &Context, account_id: i64, person_id: i64, amount: Money) -> Result<Number, Fault> {
    let receiving = receiving::current(conn)?.ok_or(Fault::NoReceivingAccount)?;
    let number = Number::random('R');
    diesel::insert_into(remittances::table)
        .values((
            remittances::number.eq(&number),
            remittances::account_id.eq(account_id),
            remittances::opened_by_id.eq(person_id),
            remittances::receiving_account_id.eq(receiving.id),
            remittances::state.eq(RemittanceState::Open),
            remittances::amount.eq(amount),
            remittances::opened_at.eq(ctx.now),
        ))
        .execute(conn)?;
    let entry = Entry::new(Event::RemittanceOpened).about(number.as_str()).of_account(account_id);
    records::keep(conn, ctx, entry.with(json!({ "amount": amount })))?;
    Ok(number)
}

/// What a customer declares of a transfer.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// The remitter's name.
    pub remitter: String,
    /// The remitting bank.
    pub bank: String,
    /// Card or account.
    pub kind: NumberKind,
    /// Its number.
    pub bank_number: BankNumber,
    /// How much was sent.
    pub amount: Money,
    /// The day of the transfer.
    pub remitted_on: Day,
}

/// Declares the transfer, for the first time or anew; answers the key of a slip that a new one replaced.
pub fn declare(
    conn: &mut Conn,
    ctx: &Context,
    account_id: i64,
    number: &Number,
    new: &Declaration,
    slip: Option<&Upload>,
) -> Result<Option<String>, Fault> {
    let mine =
        || remittances::table.filter(remittances::number.eq(number)).filter(remittances::account_id.eq(account_id));
    let before: Option<Option<String>> = mine().select(remittances::slip_key).first(conn).optional()?;
    let before = before.ok_or(Fault::NotFound)?;
    let changed = diesel::update(mine().filter(remittances::state.eq_any(RemittanceState::before(Move::Declare))))
        .set((
            remittances::state.eq(RemittanceState::Declared),
            remittances::amount.eq(new.amount),
            remittances::sealed_remitter.eq(Some(seal(&ctx.keys, REMITTER, number, &new.remitter))),
            remittances::sealed_bank.eq(Some(seal(&ctx.keys, BANK, number, &new.bank))),
            remittances::sealed_bank_account.eq(Some(seal(&ctx.keys, BANK_ACCOUNT, number, new.bank_number.as_str()))),
            remittances::account_kind.eq(Some(new.kind)),
            remittances::account_tail.eq(Some(new.bank_number.tail())),
            remittances::remitted_on.eq(Some(new.remitted_on)),
            remittances::declared_at.eq(Some(ctx.now)),
            remittances::settled_at.eq(None::<Moment>),
            remittances::refusal.eq(None::<String>),
        ))
        .execute(conn)?;
    moved(changed)?;
    if let Some(slip) = slip {
        diesel::update(mine())
            .set((
                remittances::slip_key.eq(Some(&slip.storage_key)),
                remittances::slip_name.eq(Some(&slip.file_name)),
                remittances::slip_media_kind.eq(Some(&slip.media_kind)),
                remittances::slip_size.eq(Some(slip.size)),
            ))
            .execute(conn)?;
    }
    let details = json!({ "amount": new.amount, "on": new.remitted_on, "slip": slip.is_some() });
    let entry = Entry::new(Event::RemittanceDeclared).about(number.as_str()).of_account(account_id);
    records::keep(conn, ctx, entry.with(details))?;
    Ok(before.filter(|_| slip.is_some()))
}

/// Takes a top-up back; nothing was booked for it.
pub fn withdraw(conn: &mut Conn, ctx: &Context, account_id: i64, number: &Number) -> Result<(), Fault> {
    let mine =
        || remittances::table.filter(remittances::number.eq(number)).filter(remittances::account_id.eq(account_id));
    let found: Option<i64> = mine().select(remittances::id).first(conn).optional()?;
    found.ok_or(Fault::NotFound)?;
    let changed = diesel::update(mine().filter(remittances::state.eq_any(RemittanceState::before(Move::Withdraw))))
        .set((remittances::state.eq(RemittanceState::Withdrawn), remittances::settled_at.eq(Some(ctx.now))))
        .execute(conn)?;
    moved(changed)?;
    let entry = Entry::new(Event::RemittanceWithdrawn).about(number.as_str()).of_account(account_id);
    Ok(records::keep(conn, ctx, entry)?)
}

fn moved(changed: usize) -> Result<(), Fault> {
    if changed == 1 { Ok(()) } else { Err(Fault::WrongState) }
}
