//! A line that somebody typed in ahead of the file, when the file brings it: from then on it says what the bank wrote.

use diesel::prelude::*;
use serde_json::json;

use super::model::{EntryMove, EntryState, Hold};
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::db::schema::{allocations, statement_entries};
use crate::base::types::{Day, Money, Number};
use crate::features::identity::same_name;
use crate::features::remittance::aml;
use crate::features::remittance::fault::Fault;
use crate::features::remittance::sealed::{self, ENTRY_ACCOUNT, ENTRY_REMITTER, hash_of_account, seal};
use crate::features::remittance::{desk, statements::Side};
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};

/// An entry that was typed in and counts.
pub struct Typed {
    id: i64,
    number: Number,
    state: EntryState,
    serial: String,
    booked_on: Day,
    amount: Money,
    remitter: String,
}

impl Typed {
    /// Whether it stands among these as it does here.
    pub fn among(&self, others: &[Self]) -> bool {
        others.iter().any(|one| one.id == self.id && one.state == self.state)
    }

    /// Whether a line of the file is this one: by the bank's serial number, the day and the amount.
    pub fn is(&self, serial: Option<&str>, booked_on: Day, amount: Money) -> bool {
        serial == Some(self.serial.as_str()) && self.booked_on == booked_on && self.amount == amount
    }
}

/// Those of an account at the bank that were typed in under one of these serial numbers.
pub fn typed(conn: &mut Conn, keys: &Keys, account_key: &str, serials: &[&str]) -> QueryResult<Vec<Typed>> {
    type Row = (i64, Number, EntryState, Option<String>, Day, Money, Vec<u8>);
    let rows: Vec<Row> = statement_entries::table
        .filter(statement_entries::account_key.eq(account_key))
        .filter(statement_entries::serial_key.eq_any(serials))
        .filter(statement_entries::import_id.is_null())
        .filter(statement_entries::state.ne(EntryState::Voided))
        .order(statement_entries::id)
        .select((
            statement_entries::id,
            statement_entries::number,
            statement_entries::state,
            statement_entries::serial_key,
            statement_entries::booked_on,
            statement_entries::amount,
            statement_entries::sealed_remitter,
        ))
        .load(conn)?;
    let opened = |(id, number, state, serial, booked_on, amount, remitter): Row| {
        let remitter = sealed::open(keys, ENTRY_REMITTER, &number, Some(&remitter));
        Some(Typed { id, number, state, serial: serial?, booked_on, amount, remitter })
    };
    Ok(rows.into_iter().filter_map(opened).collect())
}

/// Holds them until the running transaction ends. Everybody takes entries before the accounts of the ledger, so this comes
/// before the gate of who brings entries.
pub fn hold(conn: &mut Conn, typed: &[Typed]) -> QueryResult<()> {
    for one in typed {
        diesel::update(statement_entries::table.find(one.id))
            .set(statement_entries::entered_at.eq(statement_entries::entered_at))
            .execute(conn)?;
    }
    Ok(())
}

/// What the file says of it.
pub struct Brought<'a> {
    /// The import.
    pub import_id: i64,
    /// By what the line is the same in another file, and the how many-th of its equals it is.
    pub line: (&'a str, i64),
    /// From when it counts for interest.
    pub value_on: Option<Day>,
    /// Who paid, as the bank names them; empty when it does not.
    pub remitter: &'a str,
    /// Their account.
    pub remitter_account: Option<&'a str>,
    /// The text of the remittance.
    pub text: &'a str,
    /// The reference in it.
    pub reference: Option<&'a Number>,
    /// Whether the bank takes back by it what it booked before.
    pub reversal: bool,
}

/// Lets a typed entry say what the file says. One about which nothing is decided is looked at by the rules, as if the file had
/// brought it. What was credited or went back already stays as it is: when the bank names another remitter then, there is a case.
pub fn meet(conn: &mut Conn, ctx: &Context, typed: &Typed, brought: &Brought) -> Result<(), Fault> {
    let other = !brought.remitter.trim().is_empty() && !same_name(&typed.remitter, brought.remitter);
    if matches!(typed.state, EntryState::Credited | EntryState::Returned) {
        return if other && typed.state == EntryState::Credited { doubted(conn, ctx, typed) } else { Ok(()) };
    }
    // Two people may be about to decide: they see what the bank says now, and are asked anew about another name.
    let waits = desk::waits(conn, typed.id)?;
    let to = if waits { typed.state } else { typed.state.after(EntryMove::Meet).unwrap_or(typed.state) };
    if !taken_over(conn, ctx, typed, brought, to)? {
        return Err(Fault::Changed);
    }
    let entry = Entry::new(Event::EntryMet).about(typed.number.as_str());
    Ok(records::keep(conn, ctx, entry.with(json!({ "other_name": other })))?)
}

/// Money was credited on a name that the bank does not confirm.
fn doubted(conn: &mut Conn, ctx: &Context, typed: &Typed) -> Result<(), Fault> {
    let account: Option<i64> = allocations::table
        .filter(allocations::entry_id.eq(typed.id))
        .filter(allocations::undone_by_id.is_null())
        .order(allocations::id)
        .select(allocations::account_id)
        .first(conn)
        .optional()?;
    let Some(account) = account else { return Ok(()) };
    aml::opened(conn, ctx, &typed.number, account, Hold::OtherName)
}

fn taken_over(conn: &mut Conn, ctx: &Context, typed: &Typed, brought: &Brought, to: EntryState) -> QueryResult<bool> {
    let (number, account) = (&typed.number, brought.remitter_account);
    let (line_key, occurrence) = brought.line;
    let kept = diesel::update(statement_entries::table.find(typed.id))
        .filter(statement_entries::state.eq(typed.state))
        .filter(statement_entries::side.eq(Side::Credit))
        .filter(statement_entries::import_id.is_null())
        .set((
            statement_entries::state.eq(to),
            statement_entries::import_id.eq(Some(brought.import_id)),
            statement_entries::line_key.eq(Some(line_key)),
            statement_entries::occurrence.eq(occurrence),
            statement_entries::value_on.eq(brought.value_on),
            statement_entries::sealed_remitter.eq(seal(&ctx.keys, ENTRY_REMITTER, number, brought.remitter)),
            statement_entries::sealed_bank_account.eq(account.map(|text| seal(&ctx.keys, ENTRY_ACCOUNT, number, text))),
            statement_entries::remitter_hash.eq(account.and_then(|text| hash_of_account(&ctx.keys, text))),
            statement_entries::remittance_text.eq(brought.text),
            statement_entries::reference.eq(brought.reference),
            statement_entries::reversal.eq(brought.reversal),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}
