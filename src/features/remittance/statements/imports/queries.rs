//! All SQL of imports. That of their lines stands in `entries`, and what files said before in `before`.

mod before;
mod entries;

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::checking::{Expected, Report};
use super::model::ImportState;
use crate::base::db::Conn;
use crate::base::db::schema::{people, receiving_accounts, statement_imports, statement_mappings};
use crate::base::types::{Day, Moment, Money, Number};
use crate::features::remittance::receiving::Receiving;
use crate::features::remittance::statements::formats::Format;

pub use before::{goes_on, imported_until, last_closing, once_more, overlaps, read_before};
pub use entries::{Before, before, brought, here, hold_all, keep, known, typed_ahead, unlooked};

/// A file that was looked through.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// The receiving account of which it is.
    pub receiving: Receiving,
    /// The format.
    pub format: Format,
    /// How it is read, as JSON.
    pub reading: String,
    /// The kept mapping by which that is.
    pub mapping_id: Option<i64>,
    /// Its name.
    pub file_name: String,
    /// Where it lies; none for what the operator's command reads.
    pub file_key: Option<String>,
    /// Bytes.
    pub file_size: i64,
    /// Where the import begins.
    pub state: ImportState,
    /// Who brings it.
    pub person_id: Option<i64>,
}

fn counted(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Keeps that a file was looked through, and what it says.
pub fn insert(conn: &mut Conn, number: &Number, new: &NewImport, report: &Report, now: Moment) -> QueryResult<()> {
    diesel::insert_into(statement_imports::table)
        .values((
            statement_imports::number.eq(number),
            statement_imports::receiving_account_id.eq(new.receiving.id),
            statement_imports::format.eq(new.format),
            statement_imports::reading.eq(&new.reading),
            statement_imports::mapping_id.eq(new.mapping_id),
            statement_imports::file_name.eq(&new.file_name),
            statement_imports::file_key.eq(&new.file_key),
            statement_imports::file_size.eq(new.file_size),
            statement_imports::state.eq(new.state),
            statement_imports::imported_by_id.eq(new.person_id),
            statement_imports::entries.eq(counted(report.entries)),
            statement_imports::credits.eq(report.credits),
            statement_imports::debits.eq(report.debits),
            statement_imports::opening.eq(report.opening),
            statement_imports::closing.eq(report.closing),
            statement_imports::first_on.eq(report.first_on),
            statement_imports::last_on.eq(report.last_on),
            statement_imports::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// An import as its page shows it.
#[derive(Debug, Clone, Queryable)]
pub struct Import {
    pub(in crate::features::remittance::statements) id: i64,
    /// Its public number.
    pub number: Number,
    /// The format.
    pub format: Format,
    pub(super) reading: String,
    pub(super) mapping_id: Option<i64>,
    /// The name of the file.
    pub file_name: String,
    pub(in crate::features::remittance::statements) file_key: Option<String>,
    /// Bytes.
    pub file_size: i64,
    /// Where it stands.
    pub state: ImportState,
    /// How many entries the file holds.
    pub entries: i64,
    /// What came in.
    pub credits: Money,
    /// What went out.
    pub debits: Money,
    /// The balance before the first entry.
    pub opening: Option<Money>,
    /// The balance after the last.
    pub closing: Option<Money>,
    /// The first day.
    pub first_on: Option<Day>,
    /// The last day.
    pub last_on: Option<Day>,
    /// How many of the entries were read.
    pub done: i64,
    /// How many of them nobody knew.
    pub fresh: i64,
    /// Why it could not be read to its end.
    pub failure: Option<String>,
    /// When the file came, UTC.
    pub created_at: Moment,
    pub(super) imported_by_id: Option<i64>,
    /// The receiving account.
    pub receiving: Whose,
}

/// The receiving account of an import.
#[derive(Debug, Clone, Queryable)]
pub struct Whose {
    pub(in crate::features::remittance::statements) id: i64,
    /// Its public number.
    pub number: Number,
    /// The bank.
    pub bank_name: String,
    /// Its number at the bank.
    pub account_number: String,
    pub(in crate::features::remittance::statements) account_key: String,
    /// ISO 4217.
    pub currency: String,
}

macro_rules! import {
    () => {
        (
            statement_imports::id,
            statement_imports::number,
            statement_imports::format,
            statement_imports::reading,
            statement_imports::mapping_id,
            statement_imports::file_name,
            statement_imports::file_key,
            statement_imports::file_size,
            statement_imports::state,
            statement_imports::entries,
            statement_imports::credits,
            statement_imports::debits,
            statement_imports::opening,
            statement_imports::closing,
            statement_imports::first_on,
            statement_imports::last_on,
            statement_imports::done,
            statement_imports::fresh,
            statement_imports::failure,
            statement_imports::created_at,
            statement_imports::imported_by_id,
            (
                receiving_accounts::id,
                receiving_accounts::number,
                receiving_accounts::bank_name,
                receiving_accounts::account_number,
                receiving_accounts::account_key,
                receiving_accounts::currency,
            ),
        )
    };
}

/// The import of this number.
pub fn one(conn: &mut Conn, number: &Number) -> QueryResult<Option<Import>> {
    statement_imports::table
        .inner_join(receiving_accounts::table)
        .filter(statement_imports::number.eq(number))
        .select(import!())
        .first(conn)
        .optional()
}

/// An MT940 that waits, of whoever brought it.
pub fn message_of(conn: &mut Conn, number: &Number, person: i64) -> QueryResult<Option<Import>> {
    statement_imports::table
        .inner_join(receiving_accounts::table)
        .filter(statement_imports::number.eq(number))
        .filter(statement_imports::imported_by_id.eq(Some(person)))
        .filter(statement_imports::state.eq(ImportState::Checked))
        .filter(statement_imports::format.eq(Format::Mt940))
        .select(import!())
        .first(conn)
        .optional()
}

/// Imports, newest first, from below `after`; nothing for a cursor that names none.
pub fn list(conn: &mut Conn, after: Option<&Number>, most: i64) -> QueryResult<Option<Vec<Import>>> {
    let mut below = i64::MAX;
    if let Some(after) = after {
        let found = statement_imports::table.filter(statement_imports::number.eq(after)).select(statement_imports::id);
        let Some(found) = found.first(conn).optional()? else { return Ok(None) };
        below = found;
    }
    let rows = statement_imports::table
        .inner_join(receiving_accounts::table)
        .filter(statement_imports::id.lt(below))
        .order(statement_imports::id.desc())
        .limit(most)
        .select(import!())
        .load(conn)?;
    Ok(Some(rows))
}

/// The longest waiting import above this row that was agreed to. One without a file is of the operator’s command, which reads it itself.
pub fn next(conn: &mut Conn, above: i64) -> QueryResult<Option<Import>> {
    statement_imports::table
        .inner_join(receiving_accounts::table)
        .filter(statement_imports::state.eq(ImportState::Importing))
        .filter(statement_imports::file_key.is_not_null())
        .filter(statement_imports::id.gt(above))
        .order(statement_imports::id)
        .select(import!())
        .first(conn)
        .optional()
}

/// How many files are imported before this one begins.
pub fn before_it(conn: &mut Conn, import: &Import) -> QueryResult<i64> {
    statement_imports::table
        .filter(statement_imports::state.eq(ImportState::Importing))
        .filter(statement_imports::file_key.is_not_null())
        .filter(statement_imports::id.lt(import.id))
        .count()
        .get_result(conn)
}

/// Imports whose file came before `files` and nobody agreed to, and those of a command that began before `commands`.
pub fn stale(conn: &mut Conn, files: Moment, commands: Moment) -> QueryResult<Vec<Import>> {
    let of = |state: ImportState, before: Moment| {
        statement_imports::table
            .inner_join(receiving_accounts::table)
            .filter(statement_imports::state.eq(state))
            .filter(statement_imports::created_at.lt(before))
            .order(statement_imports::id)
            .limit(100)
            .select(import!())
    };
    let mut found: Vec<Import> = of(ImportState::Checked, files).load(conn)?;
    found.extend(
        of(ImportState::Importing, commands).filter(statement_imports::file_key.is_null()).load::<Import>(conn)?,
    );
    Ok(found)
}

/// What the person is called who brought a file.
pub fn brought_by(conn: &mut Conn, import: &Import) -> QueryResult<Option<String>> {
    let Some(person) = import.imported_by_id else { return Ok(None) };
    let (name, address): (Option<String>, String) =
        people::table.find(person).select((people::name, people::address)).first(conn)?;
    Ok(Some(name.unwrap_or(address)))
}

/// What the person is called who agreed to a file.
pub fn agreed_by(conn: &mut Conn, import: &Import) -> QueryResult<Option<String>> {
    let found: Option<(Option<String>, String)> = statement_imports::table
        .inner_join(people::table.on(statement_imports::agreed_by_id.eq(people::id.nullable())))
        .filter(statement_imports::id.eq(import.id))
        .select((people::name, people::address))
        .first(conn)
        .optional()?;
    Ok(found.map(|(name, address)| name.unwrap_or(address)))
}

/// Moves an import on; false when somebody else was first.
pub fn moved(
    conn: &mut Conn,
    import: &Import,
    to: ImportState,
    failure: Option<&str>,
    now: Moment,
) -> QueryResult<bool> {
    let settled = (to != ImportState::Importing).then_some(now);
    // The file is needed no more once it is settled.
    let file = import.file_key.as_ref().filter(|_| settled.is_none());
    let kept = diesel::update(statement_imports::table.find(import.id))
        .filter(statement_imports::state.eq(import.state))
        .set((
            statement_imports::state.eq(to),
            statement_imports::failure.eq(failure),
            statement_imports::settled_at.eq(settled),
            statement_imports::file_key.eq(file),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}

/// What came in by files that this person agreed to since then after bringing them, or after saying what their columns are.
pub fn alone(conn: &mut Conn, person: i64, since: Moment) -> QueryResult<Money> {
    let credits: Vec<Money> = statement_imports::table
        .left_join(statement_mappings::table.on(statement_imports::mapping_id.eq(statement_mappings::id.nullable())))
        .filter(statement_imports::agreed_by_id.eq(Some(person)))
        .filter(statement_imports::agreed_at.ge(since))
        .filter(
            statement_imports::imported_by_id
                .eq(Some(person))
                .or(statement_mappings::made_by_id.nullable().eq(Some(person))),
        )
        .select(statement_imports::credits)
        .load(conn)?;
    Ok(credits.iter().fold(Money::ZERO, |sum, one| Money(sum.0.saturating_add(one.0))))
}

/// Keeps who agreed to what a file says, and when.
pub fn agreed(conn: &mut Conn, import: &Import, person: i64, now: Moment) -> QueryResult<usize> {
    diesel::update(statement_imports::table.find(import.id))
        .set((statement_imports::agreed_by_id.eq(Some(person)), statement_imports::agreed_at.eq(Some(now))))
        .execute(conn)
}

/// Who said what the columns of a file are.
pub fn mapped_by(conn: &mut Conn, import: &Import) -> QueryResult<Option<i64>> {
    let Some(mapping) = import.mapping_id else { return Ok(None) };
    statement_mappings::table.find(mapping).select(statement_mappings::made_by_id).first(conn).optional()
}

/// How many files wait for this person as the second one: others brought them.
pub fn waiting(conn: &mut Conn, person: i64) -> QueryResult<i64> {
    statement_imports::table
        .filter(statement_imports::state.eq(ImportState::Checked))
        .filter(statement_imports::imported_by_id.ne(Some(person)))
        .count()
        .get_result(conn)
}

/// Keeps how the file of an import is read, by which mapping if it is CSV, and what it says so; false when it waits no more.
pub fn read_by(
    conn: &mut Conn,
    import: &Import,
    (reading, mapping_id): (&str, Option<i64>),
    report: &Report,
) -> QueryResult<bool> {
    let kept = diesel::update(statement_imports::table.find(import.id))
        .filter(statement_imports::state.eq(ImportState::Checked))
        .set((
            statement_imports::reading.eq(reading),
            statement_imports::mapping_id.eq(mapping_id),
            statement_imports::entries.eq(counted(report.entries)),
            statement_imports::credits.eq(report.credits),
            statement_imports::debits.eq(report.debits),
            statement_imports::opening.eq(report.opening),
            statement_imports::closing.eq(report.closing),
            statement_imports::first_on.eq(report.first_on),
            statement_imports::last_on.eq(report.last_on),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}

/// Keeps that lines were read, the first of which came after `done` others; false when another instance read them.
pub fn advanced(conn: &mut Conn, import: &Import, done: i64, read: i64, fresh: i64) -> QueryResult<bool> {
    let kept = diesel::update(statement_imports::table.find(import.id))
        .filter(statement_imports::state.eq(ImportState::Importing))
        .filter(statement_imports::done.eq(done))
        .set((
            statement_imports::done.eq(statement_imports::done + read),
            statement_imports::fresh.eq(statement_imports::fresh + fresh),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}

/// Which of these files belong to an import that is not over.
pub fn holds(conn: &mut Conn, keys: &[String]) -> QueryResult<Vec<String>> {
    let files = statement_imports::table.filter(statement_imports::file_key.eq_any(keys));
    files.select(statement_imports::file_key.assume_not_null()).load(conn)
}

impl Import {
    /// Which account its file has to be of.
    pub fn expected(&self) -> Expected {
        Expected { account_key: self.receiving.account_key.clone(), currency: self.receiving.currency.clone() }
    }

    /// What whoever looks at it sees, in short: how it is read and what it says so.
    pub fn sight(&self) -> String {
        let Self { reading, entries, credits, debits, .. } = self;
        let digest = Sha256::digest(format!("{reading}\n{entries}\n{}\n{}", credits.0, debits.0));
        let first = digest.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        format!("{first:016x}")
    }

    /// Whether it waits for somebody to say what its columns are.
    pub fn unread(&self) -> bool {
        self.state == ImportState::Checked && self.format == Format::Csv && self.mapping_id.is_none()
    }

    /// Whether what its columns are can be said: while it waits.
    pub fn mappable(&self) -> bool {
        self.state == ImportState::Checked && self.format == Format::Csv
    }
}
