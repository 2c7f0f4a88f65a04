//! What the demo company brings within one transaction.

use jiff::tz::TimeZone;

use super::checking::{self, Before, Expected};
use super::lines::Counting;
use super::model::ImportState;
use super::queries::NewImport;
use super::written::saved;
use super::{jobs, looking, moves};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::remittance::matching;
use crate::features::remittance::receiving::Receiving;
use crate::features::remittance::statements::formats::Reading;
use crate::services::context::Context;
use crate::web::uploads::Upload;

fn reading(text: &str, expected: &Expected) -> Result<Reading, String> {
    let readings = checking::readings(text.as_bytes(), expected, &Before::default());
    readings.into_iter().next().ok_or_else(|| "it is no statement".to_string())
}

/// Imports a text at once, within the running transaction: for the demo company.
pub fn at_once(
    conn: &mut Conn,
    ctx: &Context,
    receiving: &Receiving,
    (file_name, text): (&str, &str),
) -> Result<Number, String> {
    let expected = Expected { account_key: receiving.account_key.clone(), currency: receiving.currency.clone() };
    let reading = reading(text, &expected)?;
    let today = ctx.now.day(&TimeZone::UTC);
    let report = checking::check(&reading, text.as_bytes(), &expected, today).map_err(|fault| format!("{fault:?}"))?;
    let reading = looking::settled(reading, Some(&report));
    let (format, how) = saved(&reading, report.dialect).map_err(|fault| fault.to_string())?;
    let new = NewImport {
        receiving: receiving.clone(),
        format,
        reading: how,
        mapping_id: None,
        file_name: file_name.to_string(),
        file_key: None,
        file_size: i64::try_from(text.len()).unwrap_or(i64::MAX),
        state: ImportState::Importing,
        person_id: ctx.author.person_id,
    };
    let import = jobs::begin(conn, ctx, &new, &report).map_err(|fault| fault.to_string())?;
    let mut counting = Counting::default();
    let lines = checking::first(&reading, text.as_bytes(), usize::MAX, today).map_err(|fault| fault.to_string())?;
    let counted: Vec<_> = lines.into_iter().map(|line| counting.next(&ctx.keys, line)).collect();
    moves::bring(conn, ctx, &import.number, 0, &counted).map_err(|fault| fault.to_string())?;
    matching::look_at_next(conn, ctx).map_err(|fault| fault.to_string())?;
    Ok(import.number)
}

/// Leaves a file in the storage waiting: until somebody agrees to what it says, or says what its columns are.
pub fn leave(
    conn: &mut Conn,
    ctx: &Context,
    receiving: &Receiving,
    (file, text): (&Upload, &str),
) -> Result<Number, String> {
    let expected = Expected { account_key: receiving.account_key.clone(), currency: receiving.currency.clone() };
    let reading = reading(text, &expected)?;
    let report = match &reading {
        Reading::Csv(_) => None,
        reading => {
            let today = ctx.now.day(&TimeZone::UTC);
            Some(checking::check(reading, text.as_bytes(), &expected, today).map_err(|fault| format!("{fault:?}"))?)
        }
    };
    let reading = looking::settled(reading, report.as_ref());
    let looks = report.as_ref().and_then(|report| report.dialect);
    let (format, how) = saved(&reading, looks).map_err(|fault| fault.to_string())?;
    let new = NewImport {
        receiving: receiving.clone(),
        format,
        reading: how,
        mapping_id: None,
        file_name: file.file_name.clone(),
        file_key: Some(file.storage_key.clone()),
        file_size: file.size,
        state: ImportState::Checked,
        person_id: ctx.author.person_id,
    };
    let left = match report {
        Some(report) => moves::checked(conn, ctx, &new, &report),
        None => moves::unread(conn, ctx, &new),
    };
    left.map_err(|fault| fault.to_string())
}
