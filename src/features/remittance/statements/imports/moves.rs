//! What is done with an import. Each move keeps its rows and its operation records in the running transaction.

use std::collections::HashSet;
use std::time::Duration;

use diesel::QueryResult;
use serde_json::json;

use super::checking::Report;
use super::comparing;
use super::lines::Counted;
use super::model::{ImportMove, ImportState};
use super::queries::{self, Import, NewImport};
use super::written::saved;
use crate::base::db::Conn;
use crate::base::types::{Moment, Money, Number};
use crate::features::remittance::actor::Treasurer;
use crate::features::remittance::allocating::{self, Books};
use crate::features::remittance::aml;
use crate::features::remittance::entries::{self, Brought, Contradiction, Typed, named_in};
use crate::features::remittance::fault::Fault;
use crate::features::remittance::model::IllegalMove;
use crate::features::remittance::statements::formats::{Reading, Side};
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};

/// Keeps that a file is well and what it says.
pub fn checked(conn: &mut Conn, ctx: &Context, new: &NewImport, report: &Report) -> Result<Number, Fault> {
    let number = Number::random('J');
    queries::insert(conn, &number, new, report, ctx.now)?;
    let details = json!({ "entries": report.entries, "credits": report.credits, "debits": report.debits });
    records::keep(conn, ctx, Entry::new(Event::StatementChecked).about(number.as_str()).with(details))?;
    Ok(number)
}

/// Keeps a file whose columns somebody has to name first: nothing is known of what it says.
pub fn unread(conn: &mut Conn, ctx: &Context, new: &NewImport) -> Result<Number, Fault> {
    let number = Number::random('J');
    queries::insert(conn, &number, new, &Report::default(), ctx.now)?;
    let details = json!({ "file": new.file_name });
    records::keep(conn, ctx, Entry::new(Event::StatementUnread).about(number.as_str()).with(details))?;
    Ok(number)
}

/// Keeps how the bank writes the MT940 that this person brought, by the file that was read so to its end.
pub fn reread(
    conn: &mut Conn,
    officer: &impl Treasurer,
    number: &Number,
    reading: &Reading,
    report: &Report,
) -> Result<(), Fault> {
    let import = queries::message_of(conn, number, officer.person_id())?.ok_or(Fault::NotFound)?;
    let (_, how) =
        saved(reading, report.dialect).map_err(|fault| diesel::result::Error::SerializationError(fault.into()))?;
    if !queries::read_by(conn, &import, (&how, None), report)? {
        return Err(Fault::Changed);
    }
    let details = json!({ "entries": report.entries, "credits": report.credits, "debits": report.debits });
    Ok(records::keep(conn, officer.ctx(), Entry::new(Event::StatementChecked).about(number.as_str()).with(details))?)
}

/// For how long what a person imported alone counts together.
const TOGETHER: Duration = Duration::from_secs(86_400);

/// Whether somebody else has to agree to a file: who brought it, or said what its columns are, agrees only while what came in by
/// it, and by the files that the same person imported so within a day, is below `four_eyes_from`. A file is what money is
/// credited by.
pub fn takes_another(
    conn: &mut Conn,
    import: &Import,
    person: i64,
    four_eyes_from: Money,
    now: Moment,
) -> QueryResult<bool> {
    if import.imported_by_id != Some(person) && queries::mapped_by(conn, import)? != Some(person) {
        return Ok(false);
    }
    let alone = queries::alone(conn, person, now.minus(TOGETHER))?;
    Ok(Money(alone.0.saturating_add(import.credits.0)) >= four_eyes_from)
}

/// Begins the import of a file of which this was seen: how it is read may have been said anew since.
pub fn agree(
    conn: &mut Conn,
    officer: &impl Treasurer,
    number: &Number,
    seen: &str,
    four_eyes_from: Money,
) -> Result<(), Fault> {
    let (ctx, person) = (officer.ctx(), officer.person_id());
    let import = queries::one(conn, number)?.ok_or(Fault::NotFound)?;
    if import.unread() {
        return Err(IllegalMove { from: "unread", by: "importing" }.into());
    }
    moved(conn, ctx, &import, ImportMove::Agree, None)?;
    // From here on it is read as it is, whoever says it anew at this very moment.
    let import = queries::one(conn, number)?.ok_or(Fault::NotFound)?;
    if import.sight() != seen {
        return Err(Fault::Changed);
    }
    if takes_another(conn, &import, person, four_eyes_from, ctx.now)? {
        return Err(Fault::FourEyes);
    }
    queries::agreed(conn, &import, person, ctx.now)?;
    Ok(())
}

/// Drops a file.
pub fn give_up(conn: &mut Conn, ctx: &Context, number: &Number) -> Result<Import, Fault> {
    let import = queries::one(conn, number)?.ok_or(Fault::NotFound)?;
    moved(conn, ctx, &import, ImportMove::Drop, None)?;
    Ok(import)
}

/// Ends an import whose file cannot be read any more. What it brought so far stays: each line of it is right.
pub fn fail(conn: &mut Conn, ctx: &Context, import: &Import, failure: &str) -> Result<(), Fault> {
    moved(conn, ctx, import, ImportMove::Fail, Some(failure))
}

/// Ends an import that nobody goes on with.
pub fn expire(conn: &mut Conn, ctx: &Context, import: &Import) -> Result<(), Fault> {
    match import.state {
        ImportState::Importing => moved(conn, ctx, import, ImportMove::Fail, Some("the command was stopped")),
        _ => moved(conn, ctx, import, ImportMove::Drop, None),
    }
}

fn moved(conn: &mut Conn, ctx: &Context, import: &Import, by: ImportMove, failure: Option<&str>) -> Result<(), Fault> {
    let to = import.state.after(by)?;
    if !queries::moved(conn, import, to, failure, ctx.now)? {
        return Err(Fault::Changed);
    }
    let event = match to {
        ImportState::Importing => Event::StatementAgreed,
        ImportState::Imported => Event::StatementImported,
        ImportState::Failed => Event::StatementFailed,
        ImportState::Checked | ImportState::Dropped => Event::StatementDropped,
    };
    let details = json!({ "entries": import.entries, "file": import.file_name });
    Ok(records::keep(conn, ctx, Entry::new(event).about(import.number.as_str()).with(details))?)
}

/// Makes entries of lines, the first of which came after `done` others of the file, and books them. The last ones end the
/// import. Answers how many nobody knew.
pub fn bring(conn: &mut Conn, ctx: &Context, number: &Number, done: i64, lines: &[Counted]) -> Result<i64, Fault> {
    let import = queries::one(conn, number)?.ok_or(Fault::NotFound)?;
    let ahead = queries::typed_ahead(conn, &ctx.keys, &import, lines)?;
    entries::hold(conn, &ahead)?;
    let otherwise = comparing::contradicted(conn, &ctx.keys, &import, lines, ctx.now)?;
    queries::hold_all(conn, &otherwise.iter().map(|(number, _)| number.clone()).collect::<Vec<_>>())?;
    allocating::gate(conn, ctx, &import.receiving.number, &import.receiving.currency)?;
    let known: HashSet<(String, i64)> = queries::known(conn, &import, lines)?.into_iter().collect();
    let typed = queries::typed_ahead(conn, &ctx.keys, &import, lines)?;
    // Typed in, or decided, at this very moment: the next run finds it in its place.
    if typed.iter().any(|one| !one.among(&ahead)) {
        return Err(Fault::Changed);
    }
    // Another file, or another person, was first with one of them.
    if comparing::contradicted(conn, &ctx.keys, &import, lines, ctx.now)? != otherwise {
        return Err(Fault::Changed);
    }
    for (entry, told) in &otherwise {
        contradict(conn, ctx, entry, told)?;
    }
    let (mut books, mut fresh) = (Books::default(), 0);
    for one in lines.iter().filter(|one| !known.contains(&(one.key.clone(), one.occurrence))) {
        let named = named_in(conn, &one.line.text)?;
        let first = one.line.side == Side::Credit && one.occurrence == 1;
        let same = |typed: &&Typed| typed.is(one.serial.as_deref(), one.line.booked_on, one.line.amount);
        if let Some(typed) = typed.iter().find(same).filter(|_| first) {
            entries::meet(conn, ctx, typed, &brought(&import, one, named.as_ref()))?;
            continue;
        }
        let entry = Number::random('E');
        if let Some(arrived) = queries::keep(conn, ctx, &import, (&entry, one), named.as_ref())? {
            allocating::book_in(conn, ctx, &mut books, &arrived)?;
            fresh += 1;
        }
    }
    let read = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    if !queries::advanced(conn, &import, done, read, fresh)? {
        return Err(Fault::Changed);
    }
    if done + read == import.entries {
        let whole = queries::one(conn, number)?.ok_or(Fault::NotFound)?;
        moved(conn, ctx, &whole, ImportMove::Finish, None)?;
    }
    Ok(fresh)
}

/// Keeps that this file tells otherwise of an entry than the one before, for a person to find out which of them is the bank's.
fn contradict(conn: &mut Conn, ctx: &Context, entry: &Number, told: &Contradiction) -> Result<(), Fault> {
    let arrived = allocating::arrived(conn, entry)?.ok_or(Fault::NotFound)?;
    let record = Entry::new(Event::EntryContradicted).about(entry.as_str());
    records::keep(conn, ctx, record.with(json!({ "import": told.import })))?;
    aml::contradicted(conn, ctx, &arrived, told)
}

/// What a line says of the entry that was typed in ahead of it.
fn brought<'a>(import: &Import, one: &'a Counted, reference: Option<&'a Number>) -> Brought<'a> {
    Brought {
        import_id: import.id,
        line: (&one.key, one.occurrence),
        value_on: one.line.value_on,
        remitter: &one.line.remitter,
        remitter_account: one.line.remitter_account.as_deref(),
        text: &one.line.text,
        reference,
        reversal: one.line.reversal,
    }
}
