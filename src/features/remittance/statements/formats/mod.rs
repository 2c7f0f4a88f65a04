//! From the bytes of a statement file to checked entries: camt.053 (ISO 20022), MT940 (SWIFT) and CSV (RFC 4180).
//!
//! Nothing here knows a database or a page. Whatever the size of the file, memory is bounded: a file is read as a stream,
//! and each line, element and record has a limit (`limits`). The first thing that is wrong ends the reading and says
//! line, field and reason; what was handed over before must then be thrown away as a whole.

mod amounts;
mod camt053;
mod continuity;
mod csv;
mod days;
mod limits;
mod model;
mod mt940;
mod names;
mod steady;
mod text;
mod wrong;

#[cfg(debug_assertions)]
mod probe;
#[cfg(test)]
mod tests;

use std::io::BufRead;

pub use self::csv::{AmountColumns, Delimiter, Mapping, MappingFault, guess, guess_encoding, heading, sheet};
pub use self::model::{Dialect, Format, Head, Line, Piece, Reading, Side, Summary, sniff};
pub use self::names::is_name;
#[cfg(debug_assertions)]
pub use self::probe::{probe_camt053, probe_csv, probe_mt940};
pub use self::text::Encoding;
pub use self::wrong::{Sample, Why, Wrong};
#[cfg(test)]
pub use self::{
    amounts::{Decimal, Thousands},
    days::DayStyle,
    model::Balance,
};

/// Reads a whole statement file and hands over its pieces in the order of the file, balances checked.
///
/// For each statement: one [`Piece::Begin`], its lines, one [`Piece::End`]. What `each` answers with an error ends the
/// reading with that error.
pub fn read(
    format: &Reading,
    source: impl BufRead,
    each: &mut dyn FnMut(Piece) -> Result<(), Wrong>,
) -> Result<Summary, Wrong> {
    let mut checked = continuity::Checked::new(each);
    match format {
        Reading::Camt053 => camt053::read(source, &mut checked)?,
        Reading::Mt940 { encoding, dialect } => mt940::read(source, (*encoding, *dialect), &mut checked)?,
        Reading::Csv(mapping) => csv::read(source, mapping, &mut checked)?,
    }
    checked.finish()
}
