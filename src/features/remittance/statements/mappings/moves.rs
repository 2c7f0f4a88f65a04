//! Saying what the columns of a bank's files are.

use serde_json::json;

use super::queries;
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::remittance::fault::Fault;
use crate::features::remittance::model::IllegalMove;
use crate::features::remittance::statements::formats::{Mapping, Reading};
use crate::features::remittance::statements::imports::checking::Report;
use crate::features::remittance::statements::imports::queries as imports;
use crate::features::remittance::statements::imports::written::saved;
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};

/// Keeps how the files of an account at the bank are read, by the file that was read so to its end. What is kept already
/// makes no new version.
pub fn map(
    conn: &mut Conn,
    (ctx, person): (&Context, i64),
    number: &Number,
    mapping: &Mapping,
    report: &Report,
) -> Result<(), Fault> {
    let import = imports::one(conn, number)?.ok_or(Fault::NotFound)?;
    if !import.mappable() {
        return Err(IllegalMove { from: import.state.as_str(), by: "mapping" }.into());
    }
    let (_, reading) = saved(&Reading::Csv(mapping.clone()), None)
        .map_err(|fault| diesel::result::Error::SerializationError(fault.into()))?;
    let kept = queries::current(conn, &import.receiving.account_key)?.filter(|kept| kept.mapping == *mapping);
    let (id, version) = match kept {
        Some(kept) => (kept.id, kept.version),
        None => queries::keep(conn, import.receiving.id, mapping, (person, ctx.now))?.ok_or(Fault::Changed)?,
    };
    if !imports::read_by(conn, &import, (&reading, Some(id)), report)? {
        return Err(Fault::Changed);
    }
    let details = json!({ "version": version, "receiving": import.receiving.number.as_str() });
    records::keep(conn, ctx, Entry::new(Event::StatementMapped).about(number.as_str()).with(details))?;
    let details = json!({ "entries": report.entries, "credits": report.credits, "debits": report.debits });
    Ok(records::keep(conn, ctx, Entry::new(Event::StatementChecked).about(number.as_str()).with(details))?)
}
