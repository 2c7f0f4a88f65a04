//! Entries that somebody typed in ahead of the bank's file.

use diesel::prelude::*;

use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::db::schema::statement_entries;
use crate::base::types::{Day, Money, Number};
use crate::features::remittance::entries::meeting::{Brought, Typed};
use crate::features::remittance::entries::model::EntryState;
use crate::features::remittance::sealed::{self, ENTRY_ACCOUNT, ENTRY_REMITTER, hash_of_account, seal};
use crate::features::remittance::statements::Side;
use crate::services::context::Context;

/// Those of an account at the bank that were typed in under one of these serial numbers and count.
pub fn typed(conn: &mut Conn, keys: &Keys, account_key: &str, serials: &[&str]) -> QueryResult<Vec<Typed>> {
    type Row = (i64, Number, EntryState, Option<String>, Day, Money, (Vec<u8>, Option<Vec<u8>>));
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
            (statement_entries::sealed_remitter, statement_entries::sealed_bank_account),
        ))
        .load(conn)?;
    let opened = |(id, number, state, serial, booked_on, amount, (remitter, account)): Row| {
        let remitter = sealed::open(keys, ENTRY_REMITTER, &number, Some(&remitter));
        let account = sealed::open(keys, ENTRY_ACCOUNT, &number, account.as_deref());
        Some(Typed { id, number, state, serial: serial?, booked_on, amount, remitter, account })
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

/// Lets one of them be the line of the file, from this remitter; false when it changed meanwhile.
pub(in crate::features::remittance::entries) fn taken_over(
    conn: &mut Conn,
    ctx: &Context,
    (typed, to): (&Typed, EntryState),
    brought: &Brought,
    (remitter, account): (&str, Option<&str>),
) -> QueryResult<bool> {
    let number = &typed.number;
    let (line_key, occurrence) = brought.line;
    let kept = diesel::update(statement_entries::table.find(typed.id))
        .filter(statement_entries::state.eq(typed.state))
        .filter(statement_entries::side.eq(Side::Credit))
        .filter(statement_entries::import_id.is_null())
        .set((
            statement_entries::state.eq(to),
            statement_entries::entered_at.eq(ctx.now),
            statement_entries::import_id.eq(Some(brought.import_id)),
            statement_entries::line_key.eq(Some(line_key)),
            statement_entries::occurrence.eq(occurrence),
            statement_entries::value_on.eq(brought.value_on),
            statement_entries::sealed_remitter.eq(seal(&ctx.keys, ENTRY_REMITTER, number, remitter)),
            statement_entries::sealed_bank_account.eq(account.map(|text| seal(&ctx.keys, ENTRY_ACCOUNT, number, text))),
            statement_entries::remitter_hash.eq(account.and_then(|text| hash_of_account(&ctx.keys, text))),
            statement_entries::remittance_text.eq(brought.text),
            statement_entries::reference.eq(brought.reference),
            statement_entries::reversal.eq(brought.reversal),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}
