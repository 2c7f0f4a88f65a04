//! Entries of the receiving banks' statements, as finance types them in.

mod typed;
mod waiting;

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::model::{EntryState, Hold};
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::db::schema::{
    accounts, allocations, people, permanent_references, receiving_accounts, remittances, statement_entries,
    statement_imports,
};
use crate::base::types::{Day, Moment, Money, Number};
use crate::each;
use crate::features::remittance::actor::Treasurer;
use crate::features::remittance::model::signs;
use crate::features::remittance::receiving::Receiving;
use crate::features::remittance::sealed::{self, ENTRY_ACCOUNT, ENTRY_REMITTER, hash_of_account, seal};
use crate::features::remittance::statements::Side;
use crate::features::remittance::top_ups::TopUp;
use crate::features::staff::Officer;

pub(super) use typed::{credited_account, taken_over};
pub use typed::{hold, typed};
pub use waiting::{arrived, arrived_of, goes_back, held_for, waiting, waits_for};

/// What finance reads off the statement.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// The receiving account on whose statement it stands.
    pub receiving: Receiving,
    /// The day on which the bank booked it.
    pub booked_on: Day,
    /// How much arrived.
    pub amount: Money,
    /// The remitter's name.
    pub remitter: String,
    /// The remitter's account, when the statement shows it.
    pub remitter_account: Option<String>,
    /// The text of the remittance.
    pub text: String,
    /// The bank's serial number: once for each account at the bank.
    pub bank_serial: String,
}

/// An entry.
#[derive(Debug, Clone)]
pub struct StatementEntry {
    /// Its public number.
    pub number: Number,
    /// Where it stands.
    pub state: EntryState,
    /// How much arrived.
    pub amount: Money,
    /// The day on which the bank booked it.
    pub booked_on: Day,
    /// The remitter's name.
    pub remitter: String,
    /// The last four signs of the remitter's account.
    pub tail: Option<String>,
    /// The text of the remittance.
    pub text: String,
    /// The bank's serial number.
    pub bank_serial: String,
    /// What the person is called who typed it in or brought the file; none for the operator’s command.
    pub entered_by: Option<String>,
    /// Whether the viewer typed it in: then somebody else has to confirm.
    pub own: bool,
    /// The receiving bank.
    pub bank_name: String,
    /// The remittance that it was credited to.
    pub remittance: Option<Number>,
    /// The number of the account to whose balance it went without one.
    pub balance_of: Option<String>,
    /// Why a person has to look at it.
    pub hold: Option<Hold>,
    /// Whether it came in or went out.
    pub side: Side,
    /// The file that brought it.
    pub import: Option<Number>,
    /// Whether the bank takes back by it what it booked before.
    pub reversal: bool,
    /// How it came to count no more.
    pub voided: Option<Voided>,
}

impl StatementEntry {
    /// What the other party is to us.
    pub fn other_party(&self) -> &'static str {
        match self.side {
            Side::Credit => "Remitter",
            Side::Debit => "Paid to",
        }
    }
}

/// Who voided an entry, when and why.
#[derive(Debug, Clone)]
pub struct Voided {
    /// What the person is called who did it.
    pub by: String,
    /// When, UTC.
    pub at: Moment,
    /// Why.
    pub reason: String,
}

type Row = (
    (Number, EntryState, Side, Money, Day, Vec<u8>, Option<Vec<u8>>, String, Option<String>, Option<i64>),
    Option<(Option<String>, String)>,
    String,
    (Option<Hold>, Option<Number>, bool),
    (Option<(Option<String>, String)>, Option<Moment>, Option<String>),
);

diesel::alias! {
    const VOIDERS: Alias<Voiders> = people as voiders;
}

/// The tables that an entry is read from.
macro_rules! whole {
    () => {
        statement_entries::table
            .inner_join(receiving_accounts::table)
            .left_join(people::table.on(statement_entries::entered_by_id.eq(people::id.nullable())))
            .left_join(statement_imports::table.on(statement_entries::import_id.eq(statement_imports::id.nullable())))
            .left_join(VOIDERS.on(statement_entries::voided_by_id.eq(VOIDERS.field(people::id).nullable())))
    };
}

/// What an entry is read from.
macro_rules! columns {
    () => {
        (
            (
                statement_entries::number,
                statement_entries::state,
                statement_entries::side,
                statement_entries::amount,
                statement_entries::booked_on,
                statement_entries::sealed_remitter,
                statement_entries::sealed_bank_account,
                statement_entries::remittance_text,
                statement_entries::bank_serial,
                statement_entries::entered_by_id,
            ),
            (people::name, people::address).nullable(),
            receiving_accounts::bank_name,
            (statement_entries::hold, statement_imports::number.nullable(), statement_entries::reversal),
            (
                VOIDERS.fields((people::name, people::address)).nullable(),
                statement_entries::voided_at,
                statement_entries::void_reason,
            ),
        )
    };
}

/// Entries, newest first, from below `after`; of one state or of all. `None` for an unknown cursor.
pub fn list(
    conn: &mut Conn,
    viewer: &Officer,
    state: Option<EntryState>,
    after: Option<&Number>,
    most: i64,
) -> QueryResult<Option<Vec<StatementEntry>>> {
    let mut below = i64::MAX;
    if let Some(after) = after {
        let found: Option<i64> = statement_entries::table
            .filter(statement_entries::number.eq(after))
            .select(statement_entries::id)
            .first(conn)
            .optional()?;
        let Some(found) = found else { return Ok(None) };
        below = found;
    }
    let mut query = whole!()
        .filter(statement_entries::id.lt(below))
        .order(statement_entries::id.desc())
        .limit(most)
        .select(columns!())
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(statement_entries::state.eq(state));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let mut entries: Vec<StatementEntry> = rows.into_iter().map(|row| opened(viewer, row)).collect();
    credited_to(conn, &mut entries)?;
    Ok(Some(entries))
}

/// One entry.
pub fn one(conn: &mut Conn, viewer: &Officer, number: &Number) -> QueryResult<Option<StatementEntry>> {
    let row: Option<Row> =
        whole!().filter(statement_entries::number.eq(number)).select(columns!()).first(conn).optional()?;
    let mut found: Vec<StatementEntry> = row.into_iter().map(|row| opened(viewer, row)).collect();
    credited_to(conn, &mut found)?;
    Ok(found.pop())
}

/// Puts to each entry the top-up that it paid, or that led to the balance that it went to; else whose balance that is.
fn credited_to(conn: &mut Conn, entries: &mut [StatementEntry]) -> QueryResult<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let numbers: Vec<&Number> = entries.iter().map(|entry| &entry.number).collect();
    let rows: Vec<(Number, Option<Number>, String)> = allocations::table
        .inner_join(statement_entries::table)
        .inner_join(accounts::table.on(allocations::account_id.eq(accounts::id)))
        .left_join(remittances::table.on(allocations::remittance_id.eq(remittances::id.nullable())))
        .filter(statement_entries::number.eq_any(numbers))
        .filter(allocations::undone_by_id.is_null())
        .order(allocations::id)
        .select((statement_entries::number, remittances::number.nullable(), accounts::number))
        .load(conn)?;
    for entry in entries {
        if let Some((_, to, account)) = rows.iter().find(|(of, ..)| *of == entry.number) {
            entry.remittance.clone_from(to);
            entry.balance_of = to.is_none().then(|| account.clone());
        }
    }
    Ok(())
}

/// Who paid, as the bank names them; empty when it does not.
pub fn remitter(conn: &mut Conn, keys: &Keys, number: &Number) -> QueryResult<String> {
    let sealed: Vec<u8> = statement_entries::table
        .filter(statement_entries::number.eq(number))
        .select(statement_entries::sealed_remitter)
        .first(conn)?;
    Ok(sealed::open(keys, ENTRY_REMITTER, number, Some(&sealed)))
}

/// An entry as a move finds it.
#[derive(Queryable)]
pub(super) struct Standing {
    id: i64,
    pub state: EntryState,
    pub amount: Money,
    /// The file that brought it.
    import_id: Option<i64>,
}

impl Standing {
    /// Whether a person typed it in. What a bank wrote is no slip of a person's: it is never voided.
    pub(super) fn typed_in(&self) -> bool {
        self.import_id.is_none()
    }
}

pub(super) fn standing(conn: &mut Conn, number: &Number) -> QueryResult<Option<Standing>> {
    statement_entries::table
        .filter(statement_entries::number.eq(number))
        .select((
            statement_entries::id,
            statement_entries::state,
            statement_entries::amount,
            statement_entries::import_id,
        ))
        .first(conn)
        .optional()
}

/// Keeps that an entry was voided; false when it changed meanwhile.
pub(super) fn voided(
    conn: &mut Conn,
    officer: &impl Treasurer,
    found: &Standing,
    to: EntryState,
    reason: &str,
) -> QueryResult<bool> {
    let kept = diesel::update(statement_entries::table.find(found.id))
        .filter(statement_entries::state.eq(found.state))
        .set((
            statement_entries::state.eq(to),
            statement_entries::voided_by_id.eq(Some(officer.person_id())),
            statement_entries::voided_at.eq(Some(officer.ctx().now)),
            statement_entries::void_reason.eq(Some(reason)),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}

/// How many open entries are looked through for each thing by which one may be found.
const LOOKED_THROUGH: i64 = 500;

/// Open entries that may belong to a top-up, newest first: the newest of all, and of any age those of its amount and those
/// that name its reference or the permanent one of its account, in its currency.
pub fn candidates_for(conn: &mut Conn, viewer: &Officer, top_up: &TopUp) -> QueryResult<Vec<StatementEntry>> {
    let of_state = |state: EntryState| {
        whole!()
            .filter(statement_entries::state.eq(state))
            .filter(receiving_accounts::currency.eq(&top_up.receiving.currency))
            .order(statement_entries::id.desc())
            .limit(LOOKED_THROUGH)
            .select((statement_entries::id, columns!()))
    };
    let open = || of_state(EntryState::Open);
    let permanent = permanent_references::table
        .filter(permanent_references::account_id.eq(top_up.account_id))
        .select(permanent_references::number)
        .first::<Number>(conn)
        .optional()?;
    let references: Vec<Number> = permanent.into_iter().chain([top_up.number.clone()]).collect();
    let named = |state: EntryState| of_state(state).filter(statement_entries::reference.eq_any(references.clone()));
    let newest: Vec<(i64, Row)> = open().load(conn)?;
    let same_amount: Vec<(i64, Row)> = open().filter(statement_entries::amount.eq(top_up.rest())).load(conn)?;
    let held: Vec<(i64, Row)> = named(EntryState::Held).load(conn)?;
    let named: Vec<(i64, Row)> = named(EntryState::Open).load(conn)?;
    // Each once, by its id.
    let all: BTreeMap<i64, Row> = newest.into_iter().chain(same_amount).chain(held).chain(named).collect();
    Ok(all.into_values().rev().map(|row| opened(viewer, row)).collect())
}

/// The top-up whose reference a text carries, the first that there is; else the permanent reference that it carries.
pub fn named_in(conn: &mut Conn, text: &str) -> QueryResult<Option<Number>> {
    let named = Number::within('R', text);
    if !named.is_empty() {
        let known: Vec<Number> =
            remittances::table.filter(remittances::number.eq_any(&named)).select(remittances::number).load(conn)?;
        if let Some(number) = named.into_iter().find(|number| known.contains(number)) {
            return Ok(Some(number));
        }
    }
    let named = Number::within('M', text);
    if named.is_empty() {
        return Ok(None);
    }
    let known: Vec<Number> = permanent_references::table
        .filter(permanent_references::number.eq_any(&named))
        .select(permanent_references::number)
        .load(conn)?;
    Ok(named.into_iter().find(|number| known.contains(number)))
}

/// A person's name, or the address where there is none.
fn called((name, address): (Option<String>, String)) -> String {
    name.unwrap_or(address)
}

fn opened(viewer: &Officer, row: Row) -> StatementEntry {
    let (
        (number, state, side, amount, booked_on, remitter, account, text, bank_serial, entered_by_id),
        entered_by,
        bank_name,
        (hold, import, reversal),
        (voided_by, at, reason),
    ) = row;
    let voided = match (voided_by, at, reason) {
        (Some(by), Some(at), Some(reason)) => Some(Voided { by: called(by), at, reason }),
        _ => None,
    };
    let keys = viewer.keys();
    let account = sealed::open(keys, ENTRY_ACCOUNT, &number, account.as_deref());
    StatementEntry {
        remitter: sealed::open(keys, ENTRY_REMITTER, &number, Some(&remitter)),
        tail: account.char_indices().rev().nth(3).map(|(at, _)| account[at..].to_string()),
        number,
        state,
        amount,
        booked_on,
        text,
        bank_serial: bank_serial.unwrap_or_default(),
        entered_by: entered_by.map(called),
        own: entered_by_id == Some(viewer.person_id()),
        bank_name,
        remittance: None,
        balance_of: None,
        hold,
        side,
        import,
        reversal,
        voided,
    }
}

/// Keeps an entry, which carries the reference `named`; false when its serial number is known for the account at the bank,
/// whether it stands here once or was closed and opened anew: a voided entry counts no more.
pub(super) fn insert(
    conn: &mut Conn,
    officer: &impl Treasurer,
    number: &Number,
    new: &NewEntry,
    named: Option<Number>,
) -> QueryResult<bool> {
    let ctx = officer.ctx();
    let account = new.remitter_account.as_deref();
    let row = (
        statement_entries::number.eq(number),
        statement_entries::receiving_account_id.eq(new.receiving.id),
        statement_entries::account_key.eq(&new.receiving.account_key),
        statement_entries::state.eq(EntryState::Open),
        statement_entries::amount.eq(new.amount),
        statement_entries::booked_on.eq(new.booked_on),
        statement_entries::sealed_remitter.eq(seal(&ctx.keys, ENTRY_REMITTER, number, &new.remitter)),
        statement_entries::sealed_bank_account.eq(account.map(|text| seal(&ctx.keys, ENTRY_ACCOUNT, number, text))),
        statement_entries::remittance_text.eq(&new.text),
        statement_entries::reference.eq(named),
        statement_entries::bank_serial.eq(&new.bank_serial),
        statement_entries::serial_key.eq(signs(&new.bank_serial)),
        statement_entries::entered_by_id.eq(officer.person_id()),
        statement_entries::entered_at.eq(ctx.now),
        statement_entries::remitter_hash.eq(account.and_then(|text| hash_of_account(&ctx.keys, text))),
    );
    let kept = each!(conn, c => diesel::insert_into(statement_entries::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(kept == 1)
}

/// An entry that stands already as this one would: of a file, or typed in.
pub(super) fn same(conn: &mut Conn, new: &NewEntry) -> QueryResult<Option<(Number, Day, Money)>> {
    statement_entries::table
        .filter(statement_entries::account_key.eq(&new.receiving.account_key))
        .filter(statement_entries::serial_key.eq(signs(&new.bank_serial)))
        .filter(statement_entries::booked_on.eq(new.booked_on))
        .filter(statement_entries::amount.eq(new.amount))
        .filter(statement_entries::side.eq(Side::Credit))
        .filter(statement_entries::state.ne(EntryState::Voided))
        .select((statement_entries::number, statement_entries::booked_on, statement_entries::amount))
        .first(conn)
        .optional()
}

/// The entry of this account at the bank that was typed in under this serial number and counts: its number, its day and its
/// amount. Those of files are no matter here: a bank uses its numbers again in another year.
pub(super) fn by_serial(conn: &mut Conn, new: &NewEntry) -> QueryResult<Option<(Number, Day, Money)>> {
    statement_entries::table
        .filter(statement_entries::account_key.eq(&new.receiving.account_key))
        .filter(statement_entries::serial_key.eq(signs(&new.bank_serial)))
        .filter(statement_entries::import_id.is_null())
        .filter(statement_entries::state.ne(EntryState::Voided))
        .select((statement_entries::number, statement_entries::booked_on, statement_entries::amount))
        .first(conn)
        .optional()
}
