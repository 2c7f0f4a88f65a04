//! Lines of a file and the entries that they become.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::Import;
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::db::schema::{aml_cases, statement_entries};
use crate::base::types::Number;
use crate::each;
use crate::features::remittance::allocating::Arrived;
use crate::features::remittance::entries::{Contradiction, EntryState, Typed, typed};
use crate::features::remittance::sealed::{
    self, CASE_CONTRADICTION, ENTRY_ACCOUNT, ENTRY_REMITTER, hash_of_account, seal,
};
use crate::features::remittance::statements::formats::Side;
use crate::features::remittance::statements::imports::comparing::OF_ONE_NUMBER;
use crate::features::remittance::statements::imports::lines::Counted;
use crate::services::context::Context;

/// Which of these lines files brought before.
pub fn known(conn: &mut Conn, import: &Import, lines: &[Counted]) -> QueryResult<Vec<(String, i64)>> {
    let keys: Vec<&str> = lines.iter().map(|one| one.key.as_str()).collect();
    let imported: Vec<(Option<String>, i64)> = statement_entries::table
        .filter(statement_entries::account_key.eq(&import.receiving.account_key))
        .filter(statement_entries::line_key.eq_any(keys))
        .select((statement_entries::line_key, statement_entries::occurrence))
        .load(conn)?;
    Ok(imported.into_iter().filter_map(|(key, nth)| Some((key?, nth))).collect())
}

/// What an entry says that a file brought before, under a serial number.
#[derive(Debug, Clone)]
pub struct Before {
    /// The entry.
    pub number: Number,
    /// By what its line is the same.
    pub line: (String, i64),
    /// Who paid, as that file named them.
    pub remitter: String,
    /// The reference that its text named.
    pub reference: Option<Number>,
    /// Whether it went back, or is to.
    pub gone: bool,
    /// What other files told otherwise since, oldest first.
    pub contradictions: Vec<Contradiction>,
}

/// What entries of files say that have the serial numbers of these lines, by which they are known whatever they say. Of one number
/// one more than may share it.
pub fn before(conn: &mut Conn, keys: &Keys, import: &Import, lines: &[Counted]) -> QueryResult<Vec<Before>> {
    type Case = Option<(Number, Option<Vec<u8>>)>;
    type Row = (Number, Option<String>, i64, EntryState, Vec<u8>, Option<Number>, Case);
    let numbered = lines.iter().filter(|one| one.serial.is_some() && one.line.side == Side::Credit);
    let wanted: BTreeSet<&str> = numbered.map(|one| one.key.as_str()).collect();
    let most = i64::try_from(OF_ONE_NUMBER).unwrap_or(i64::MAX) + 1;
    let rows: Vec<Row> = statement_entries::table
        .left_join(aml_cases::table.on(aml_cases::entry_id.eq(statement_entries::id)))
        .filter(statement_entries::account_key.eq(&import.receiving.account_key))
        .filter(statement_entries::line_key.eq_any(wanted))
        .filter(statement_entries::occurrence.le(most))
        .select((
            statement_entries::number,
            statement_entries::line_key,
            statement_entries::occurrence,
            statement_entries::state,
            statement_entries::sealed_remitter,
            statement_entries::reference,
            (aml_cases::number, aml_cases::sealed_contradiction).nullable(),
        ))
        .load(conn)?;
    let opened = |(number, key, nth, state, remitter, reference, case): Row| {
        let remitter = sealed::open(keys, ENTRY_REMITTER, &number, Some(&remitter));
        let told = |(case, told): (Number, Option<Vec<u8>>)| {
            Contradiction::all(&sealed::open(keys, CASE_CONTRADICTION, &case, told.as_deref()))
        };
        let gone = matches!(state, EntryState::Returning | EntryState::Returned);
        let contradictions = case.map(told).unwrap_or_default();
        Some(Before { number, line: (key?, nth), remitter, reference, gone, contradictions })
    };
    Ok(rows.into_iter().filter_map(opened).collect())
}

/// Holds entries until the running transaction ends, in the order of their numbers: before the gate of who brings entries.
pub fn hold_all(conn: &mut Conn, numbers: &[Number]) -> QueryResult<()> {
    for number in numbers {
        diesel::update(statement_entries::table.filter(statement_entries::number.eq(number)))
            .set(statement_entries::entered_at.eq(statement_entries::entered_at))
            .execute(conn)?;
    }
    Ok(())
}

/// Whether entries that files brought are here of the days of this file, and whether one of them has no serial number.
pub fn here(conn: &mut Conn, import: &Import) -> QueryResult<(bool, bool)> {
    let (Some(first_on), Some(last_on)) = (&import.first_on, &import.last_on) else { return Ok((false, false)) };
    let here = || {
        statement_entries::table
            .filter(statement_entries::account_key.eq(&import.receiving.account_key))
            .filter(statement_entries::booked_on.between(first_on, last_on))
            .filter(statement_entries::import_id.is_not_null())
    };
    let unnumbered = here().filter(statement_entries::serial_key.is_null());
    let any = diesel::select(diesel::dsl::exists(here())).get_result(conn)?;
    Ok((any, diesel::select(diesel::dsl::exists(unnumbered)).get_result(conn)?))
}

/// Entries up to which those are counted that the rules have not looked at yet.
const UNLOOKED: i64 = 200_000;

/// How many entries of this file the rules have not looked at yet.
pub fn unlooked(conn: &mut Conn, import: &Import) -> QueryResult<i64> {
    // By their state: few are new, or none, while a file may have brought any number.
    let new: Vec<Option<i64>> = statement_entries::table
        .filter(statement_entries::state.eq(EntryState::New))
        .order(statement_entries::id)
        .limit(UNLOOKED)
        .select(statement_entries::import_id)
        .load(conn)?;
    Ok(i64::try_from(new.iter().filter(|of| **of == Some(import.id)).count()).unwrap_or(UNLOOKED))
}

/// How many entries are this file's lines: those that nobody knew, and those that it took over from who typed them in.
pub fn brought(conn: &mut Conn, import: &Import) -> QueryResult<i64> {
    statement_entries::table.filter(statement_entries::import_id.eq(Some(import.id))).count().get_result(conn)
}

/// Those that somebody typed in ahead of the file, under the serial number of one of these lines.
pub fn typed_ahead(conn: &mut Conn, keys: &Keys, import: &Import, lines: &[Counted]) -> QueryResult<Vec<Typed>> {
    let credits = lines.iter().filter(|one| one.line.side == Side::Credit && one.occurrence == 1);
    let serials: Vec<&str> = credits.filter_map(|one| one.serial.as_deref()).collect();
    typed(conn, keys, &import.receiving.account_key, &serials)
}

/// Keeps a line as an entry, and answers it; nothing when it is one already.
pub fn keep(
    conn: &mut Conn,
    ctx: &Context,
    import: &Import,
    (number, one): (&Number, &Counted),
    named: Option<&Number>,
) -> QueryResult<Option<Arrived>> {
    let line = &one.line;
    let account = line.remitter_account.as_deref();
    let state = if line.side == Side::Credit { EntryState::New } else { EntryState::Outgoing };
    let row = (
        (
            statement_entries::number.eq(number),
            statement_entries::receiving_account_id.eq(import.receiving.id),
            statement_entries::account_key.eq(&import.receiving.account_key),
            statement_entries::state.eq(state),
            statement_entries::side.eq(line.side),
            statement_entries::amount.eq(line.amount),
            statement_entries::booked_on.eq(line.booked_on),
            statement_entries::value_on.eq(line.value_on),
        ),
        (
            statement_entries::sealed_remitter.eq(seal(&ctx.keys, ENTRY_REMITTER, number, &line.remitter)),
            statement_entries::sealed_bank_account.eq(account.map(|text| seal(&ctx.keys, ENTRY_ACCOUNT, number, text))),
            statement_entries::remittance_text.eq(&line.text),
            statement_entries::reference.eq(named),
            statement_entries::bank_serial.eq(line.bank_serial.as_deref()),
            statement_entries::serial_key.eq(one.serial.as_deref()),
        ),
        (
            statement_entries::entered_by_id.eq(import.imported_by_id),
            statement_entries::entered_at.eq(ctx.now),
            statement_entries::import_id.eq(Some(import.id)),
            statement_entries::line_key.eq(Some(&one.key)),
            statement_entries::occurrence.eq(one.occurrence),
            statement_entries::reversal.eq(line.reversal),
            statement_entries::remitter_hash.eq(account.and_then(|text| hash_of_account(&ctx.keys, text))),
        ),
    );
    let kept: Option<i64> = each!(conn, c => diesel::insert_into(statement_entries::table)
        .values(row)
        .on_conflict_do_nothing()
        .returning(statement_entries::id)
        .get_result(c)
        .optional())?;
    Ok(kept.map(|id| Arrived {
        id,
        number: number.clone(),
        state,
        side: line.side,
        amount: line.amount,
        entered_by_id: import.imported_by_id,
        receiving: import.receiving.number.clone(),
        currency: import.receiving.currency.clone(),
        text: line.text.clone(),
        reversal: line.reversal,
        booked_transaction_id: None,
        entered_at: ctx.now,
        imported_by_id: import.imported_by_id,
        set_aside_hold: None,
    }))
}
