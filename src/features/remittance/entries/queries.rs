//! Entries of the receiving banks' statements, as finance sees them.

mod finding;
mod meeting;
mod own;
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
use crate::features::remittance::allocating::AllocationKind;
use crate::features::remittance::sealed::{self, ENTRY_ACCOUNT, ENTRY_REMITTER};
use crate::features::remittance::statements::Side;
use crate::features::remittance::top_ups::TopUp;
use crate::features::staff::Officer;

pub use finding::{list, named_in, ours_among};
pub(super) use meeting::taken_over;
pub use meeting::{hold, typed};
pub use own::{concerning, hide, naming};
pub use typed::NewEntry;
pub(super) use typed::{by_serial, insert, same, standing, voided};
pub use waiting::{arrived, arrived_of, goes_back, held_for, waiting, waits_for};

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
    /// Whether the viewer typed it in or brought the file: then somebody else has to confirm.
    pub own: bool,
    /// The receiving bank.
    pub bank_name: String,
    /// The remittance that it was credited to.
    pub remittance: Option<Number>,
    /// Why a person has to look at it.
    pub hold: Option<Hold>,
    /// Why a person had to before it was set aside.
    pub set_aside_hold: Option<Hold>,
    /// Whether it came in or went out.
    pub side: Side,
    /// The file that brought it.
    pub import: Option<Number>,
    /// Whether the bank takes back by it what it booked before.
    pub reversal: bool,
    /// How it came to count no more.
    pub voided: Option<Voided>,
    /// What it paid, share by share.
    pub paid: Vec<Paid>,
    /// Of money that went out: the transaction by which it was said what for.
    pub(in crate::features::remittance) explanation: Option<i64>,
    /// Who typed it in or brought it first, and who brought the file.
    pub(in crate::features::remittance) brought: (Option<i64>, Option<i64>),
    /// Whether it is money of an account of the viewer's own, of which others read.
    pub hidden: bool,
}

/// A share of an entry that counts.
#[derive(Debug, Clone)]
pub struct Paid {
    /// The top-up that it paid, or that led to the balance that it went to.
    pub remittance: Option<Number>,
    /// The number of the account.
    pub account: String,
    /// How much.
    pub amount: Money,
    /// Whether it went to the balance instead of paying the top-up.
    pub balance: bool,
}

impl StatementEntry {
    /// Of money that went out: whether it was said what for.
    pub fn explained(&self) -> bool {
        self.explanation.is_some()
    }

    /// Whether somebody typed it in before a file of somebody else's brought it.
    pub fn typed_first(&self) -> bool {
        self.brought.1.is_some() && self.brought.0 != self.brought.1
    }

    /// What brought it here, as the name of a row.
    pub fn brought_word(&self) -> &'static str {
        if self.typed_first() { "Typed in by" } else { "Imported by" }
    }

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
    (Option<Hold>, Option<Hold>, Option<Number>, bool, Option<i64>, Option<i64>),
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
            (
                statement_entries::hold,
                statement_entries::set_aside_hold,
                statement_imports::number.nullable(),
                statement_entries::reversal,
                statement_imports::imported_by_id.nullable(),
                statement_entries::explained_transaction_id,
            ),
            (
                VOIDERS.fields((people::name, people::address)).nullable(),
                statement_entries::voided_at,
                statement_entries::void_reason,
            ),
        )
    };
}

/// The entries of these rows, newest first.
fn some(conn: &mut Conn, viewer: &Officer, ids: &[i64]) -> QueryResult<Vec<StatementEntry>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64, Row)> =
        whole!().filter(statement_entries::id.eq_any(ids)).select((statement_entries::id, columns!())).load(conn)?;
    let newest: BTreeMap<i64, Row> = rows.into_iter().collect();
    let mut entries: Vec<StatementEntry> = newest.into_values().rev().map(|row| opened(viewer, row)).collect();
    credited_to(conn, &mut entries)?;
    Ok(entries)
}

/// One entry.
pub fn one(conn: &mut Conn, viewer: &Officer, number: &Number) -> QueryResult<Option<StatementEntry>> {
    let row: Option<Row> =
        whole!().filter(statement_entries::number.eq(number)).select(columns!()).first(conn).optional()?;
    let mut found: Vec<StatementEntry> = row.into_iter().map(|row| opened(viewer, row)).collect();
    credited_to(conn, &mut found)?;
    Ok(found.pop())
}

/// Entries of this amount and currency that are to be sent back, newest first.
pub fn going_back(
    conn: &mut Conn,
    viewer: &Officer,
    (amount, currency): (Money, &str),
) -> QueryResult<Vec<StatementEntry>> {
    let rows: Vec<Row> = whole!()
        .filter(statement_entries::state.eq(EntryState::Returning))
        .filter(statement_entries::amount.eq(amount))
        .filter(receiving_accounts::currency.eq(currency))
        .order(statement_entries::id.desc())
        .limit(50)
        .select(columns!())
        .load(conn)?;
    Ok(rows.into_iter().map(|row| opened(viewer, row)).collect())
}

type PaidRow = (Number, Option<Number>, String, Money, AllocationKind);

/// Puts to each entry what it paid.
fn credited_to(conn: &mut Conn, entries: &mut [StatementEntry]) -> QueryResult<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let numbers: Vec<&Number> = entries.iter().map(|entry| &entry.number).collect();
    let rows: Vec<PaidRow> = allocations::table
        .inner_join(statement_entries::table)
        .inner_join(accounts::table.on(allocations::account_id.eq(accounts::id)))
        .left_join(remittances::table.on(allocations::remittance_id.eq(remittances::id.nullable())))
        .filter(statement_entries::number.eq_any(numbers))
        .filter(allocations::undone_by_id.is_null())
        .order(allocations::id)
        .select((
            statement_entries::number,
            remittances::number.nullable(),
            accounts::number,
            allocations::amount,
            allocations::kind,
        ))
        .load(conn)?;
    for entry in entries {
        let own = rows.iter().filter(|(of, ..)| *of == entry.number);
        let paid = |(_, remittance, account, amount, kind): &PaidRow| Paid {
            remittance: remittance.clone(),
            account: account.clone(),
            amount: *amount,
            balance: *kind == AllocationKind::Balance,
        };
        entry.paid = own.map(paid).collect();
        entry.remittance = entry.paid.iter().find_map(|share| share.remittance.clone());
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

/// How many open entries are looked through for each thing by which one may be found.
const LOOKED_THROUGH: i64 = 500;

/// Entries that may belong to a top-up, newest first: the newest that are open, and of any age those that are open or set aside of
/// its amount, and all that wait and name its reference or the permanent one of its account, in its currency.
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
    // What was set aside is out of the queue, and waits for somebody who knows whose it is.
    let set_aside: Vec<(i64, Row)> =
        of_state(EntryState::Parked).filter(statement_entries::amount.eq(top_up.rest())).load(conn)?;
    let mut all: BTreeMap<i64, Row> = newest.into_iter().chain(same_amount).chain(set_aside).collect();
    for state in [EntryState::Held, EntryState::Parked, EntryState::Open] {
        // Each once, by its id.
        all.extend(named(state).load::<(i64, Row)>(conn)?);
    }
    Ok(all.into_values().rev().map(|row| opened(viewer, row)).collect())
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
        (hold, set_aside_hold, import, reversal, imported_by_id, explained),
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
        own: [entered_by_id, imported_by_id].contains(&Some(viewer.person_id())),
        bank_name,
        remittance: None,
        hold,
        set_aside_hold,
        side,
        import,
        reversal,
        voided,
        paid: Vec::new(),
        explanation: explained,
        brought: (entered_by_id, imported_by_id),
        hidden: false,
    }
}
