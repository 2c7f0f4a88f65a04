//! Entries as finance types them in and voids them: each serial number once for each account at the bank.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::statement_entries;
use crate::base::types::{Day, Money, Number};
use crate::each;
use crate::features::remittance::actor::Treasurer;
use crate::features::remittance::entries::model::EntryState;
use crate::features::remittance::model::signs;
use crate::features::remittance::receiving::Receiving;
use crate::features::remittance::sealed::{ENTRY_ACCOUNT, ENTRY_REMITTER, hash_of_account, seal};
use crate::features::remittance::statements::Side;

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

/// Keeps an entry, which carries the reference `named`; false when its serial number is known for the account at the bank,
/// whether it stands here once or was closed and opened anew: a voided entry counts no more.
pub(in crate::features::remittance::entries) fn insert(
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
pub(in crate::features::remittance::entries) fn same(
    conn: &mut Conn,
    new: &NewEntry,
) -> QueryResult<Option<(Number, Day, Money)>> {
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
pub(in crate::features::remittance::entries) fn by_serial(
    conn: &mut Conn,
    new: &NewEntry,
) -> QueryResult<Option<(Number, Day, Money)>> {
    statement_entries::table
        .filter(statement_entries::account_key.eq(&new.receiving.account_key))
        .filter(statement_entries::serial_key.eq(signs(&new.bank_serial)))
        .filter(statement_entries::import_id.is_null())
        .filter(statement_entries::state.ne(EntryState::Voided))
        .select((statement_entries::number, statement_entries::booked_on, statement_entries::amount))
        .first(conn)
        .optional()
}

/// An entry as a move finds it.
#[derive(Queryable)]
pub(in crate::features::remittance::entries) struct Standing {
    id: i64,
    pub state: EntryState,
    pub amount: Money,
    /// The file that brought it.
    import_id: Option<i64>,
}

impl Standing {
    /// Whether a person typed it in. What a bank wrote is no slip of a person's: it is never voided.
    pub(in crate::features::remittance::entries) fn typed_in(&self) -> bool {
        self.import_id.is_none()
    }
}

pub(in crate::features::remittance::entries) fn standing(
    conn: &mut Conn,
    number: &Number,
) -> QueryResult<Option<Standing>> {
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
pub(in crate::features::remittance::entries) fn voided(
    conn: &mut Conn,
    officer: &impl Treasurer,
    found: &Standing,
    to: EntryState,
    reason: &str,
) -> QueryResult<bool> {
    let kept = diesel::update(statement_entries::table.find(found.id))
        .filter(statement_entries::state.eq(found.state))
        // The bank's file may just have brought it.
        .filter(statement_entries::import_id.is_null())
        .set((
            statement_entries::state.eq(to),
            statement_entries::voided_by_id.eq(Some(officer.person_id())),
            statement_entries::voided_at.eq(Some(officer.ctx().now)),
            statement_entries::void_reason.eq(Some(reason)),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}
