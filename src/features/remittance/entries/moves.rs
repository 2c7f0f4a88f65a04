//! What finance does with entries of the statement. Crediting one stands in `confirming`, with the remittance it credits.

use serde_json::json;

use super::model::EntryMove;
use super::queries::{self, NewEntry};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::remittance::actor::Treasurer;
use crate::features::remittance::allocating;
use crate::features::remittance::aml::{self, CaseMove};
use crate::features::remittance::desk;
use crate::features::remittance::fault::Fault;
use crate::services::records::{self, Entry, Event};

/// Records an entry: each serial number once for each account at the bank, and what a file brought not a second time.
pub fn enter(conn: &mut Conn, officer: &impl Treasurer, new: &NewEntry) -> Result<Number, Fault> {
    let number = Number::random('E');
    let known =
        |(number, day, amount)| Fault::KnownEntry { number, day, amount, currency: new.receiving.currency.clone() };
    // One after the other with imports, so that neither misses what the other is just bringing.
    allocating::gate(conn, officer.ctx(), &new.receiving.number, &new.receiving.currency)?;
    if let Some(found) = queries::same(conn, new)? {
        return Err(known(found));
    }
    if let Some(found) = queries::by_serial(conn, new)? {
        return Err(known(found));
    }
    let named = queries::named_in(conn, &new.text)?;
    if !queries::insert(conn, officer, &number, new, named)? {
        return Err(known(queries::by_serial(conn, new)?.ok_or(Fault::Changed)?));
    }
    let arrived = allocating::arrived(conn, &number)?.ok_or(Fault::Changed)?;
    allocating::book(conn, officer.ctx(), &arrived)?;
    let entry = Entry::new(Event::EntryRecorded).about(number.as_str());
    records::keep(conn, officer.ctx(), entry.with(json!({ "amount": new.amount, "booked": new.booked_on })))?;
    Ok(number)
}

/// Voids an entry that was typed in wrongly, while nothing was credited by it. No money moves, so one person does it; who,
/// when and why stays with the entry, and its serial number may be typed in again.
pub fn void(conn: &mut Conn, officer: &impl Treasurer, number: &Number, reason: &str) -> Result<(), Fault> {
    let found = queries::standing(conn, number)?.ok_or(Fault::NotFound)?;
    if !found.typed_in() {
        return Err(Fault::Changed);
    }
    let to = found.state.after(EntryMove::Void)?;
    let about = allocating::arrived(conn, number)?.ok_or(Fault::NotFound)?;
    desk::refuse_own(conn, officer, &about)?;
    // A confirmation meanwhile has taken the entry: then it stays credited.
    if !queries::voided(conn, officer, &found, to, reason)? {
        return Err(Fault::Changed);
    }
    let arrived = allocating::arrived(conn, number)?.ok_or(Fault::NotFound)?;
    desk::drop_waiting(conn, officer, &arrived)?;
    // It counts no more, and so does what was doubted of it.
    aml::end(conn, officer.ctx(), &arrived, CaseMove::Clear, (officer.person_id(), Some(reason)))?;
    allocating::unbook(conn, officer.ctx(), &arrived)?;
    let entry = Entry::new(Event::EntryVoided).about(number.as_str());
    records::keep(conn, officer.ctx(), entry.with(json!({ "amount": found.amount, "reason": reason })))?;
    Ok(())
}
