//! What strangers upload as a statement, given to each parser. For fuzzing and its small brother in the tests; it does not
//! exist in release builds.

use std::io::{BufReader, Read};

use super::csv::{AmountColumns, Delimiter, Mapping, guess, heading, preview, sheet};
use super::{Dialect, Encoding, Piece, Reading, Summary, Wrong, read, sniff};
use crate::base::types::Money;

/// Gives one byte a time.
struct Drops<'a>(&'a [u8]);

impl Read for Drops<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let many = into.len().min(1);
        self.0.read(&mut into[..many])
    }
}

/// Reads these bytes as camt.053, and once more in drops.
///
/// # Panics
/// When the parser does, when what it gives contradicts its summary, or when drops change anything.
pub fn probe_camt053(bytes: &[u8]) {
    let _ = sniff(bytes);
    same(&Reading::Camt053, bytes);
}

/// The same as MT940.
///
/// # Panics
/// As [`probe_camt053`].
pub fn probe_mt940(bytes: &[u8]) {
    for encoding in Encoding::ALL {
        for dialect in [None, Some(Dialect::Subfields), Some(Dialect::CodeWords), Some(Dialect::Plain)] {
            same(&Reading::Mt940 { encoding: *encoding, dialect }, bytes);
        }
    }
}

/// The same as CSV, by a mapping that is guessed and by one that is not.
///
/// # Panics
/// As [`probe_camt053`].
pub fn probe_csv(bytes: &[u8]) {
    let whole = |mapping| Mapping { account: "1".into(), currency: "CNY".into(), heading: Vec::new(), ..mapping };
    let guessed = whole(guess(bytes));
    let _ = preview(bytes, guessed.encoding, guessed.delimiter, 10);
    let _ = sheet(bytes, guessed.encoding, guessed.delimiter, 10);
    let _ = heading(bytes, guessed.encoding, guessed.delimiter, guessed.skip);
    let amount = AmountColumns::Split { credit: 1, debit: 2, debit_negative: false };
    let plain = Mapping { amount, remitter: Some(3), balance: Some(4), ..whole(Mapping::default()) };
    for mapping in [guessed, plain] {
        for delimiter in [mapping.delimiter, Delimiter::Semicolon] {
            same(&Reading::Csv(Mapping { delimiter, ..mapping.clone() }), bytes);
        }
    }
}

fn same(reading: &Reading, bytes: &[u8]) {
    let whole = taken(reading, bytes);
    assert_eq!(whole, taken(reading, Drops(bytes)), "drops make a difference");
    let (pieces, Ok(summary)) = whole else { return };
    let (mut lines, mut credits, mut open) = (0, Money::ZERO, false);
    for piece in pieces {
        match piece {
            Piece::Begin(_) => assert!(!std::mem::replace(&mut open, true), "a statement within another"),
            Piece::End { .. } => assert!(std::mem::take(&mut open), "an end without a beginning"),
            Piece::Line(line) => {
                assert!(open && line.amount.is_positive(), "no entry: {line:?}");
                lines += 1;
                if line.side == super::Side::Credit {
                    credits.0 += line.amount.0;
                }
            }
        }
    }
    assert!(!open && (lines, credits) == (summary.lines, summary.credits), "another sum");
}

fn taken(reading: &Reading, source: impl Read) -> (Vec<Piece>, Result<Summary, Wrong>) {
    let mut pieces = Vec::new();
    let mut each = |piece| {
        pieces.push(piece);
        Ok(())
    };
    let read = read(reading, BufReader::with_capacity(64, source), &mut each);
    (pieces, read)
}
