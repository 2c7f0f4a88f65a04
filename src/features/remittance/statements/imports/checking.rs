//! Looking a whole file through before anything of it is kept.

use std::io::BufRead;

use crate::base::types::{Day, Money, text_enum};
use crate::features::remittance::statements::formats::{
    Encoding, Format, Head, Line, Mapping, Piece, Reading, Why, Wrong, guess, read, sniff,
};

/// Bytes from the start of a file that tell how it is read.
pub const HEAD: u64 = 64 * 1024;

/// How a file is read, by its first bytes: the encoding of MT940 is guessed, and so are the columns of CSV while nobody said
/// what they are.
pub fn reading(head: &[u8], expected: &Expected, saved: Option<Mapping>) -> Option<Reading> {
    Some(match sniff(head)? {
        Format::Camt053 => Reading::Camt053,
        Format::Mt940 => Reading::Mt940 { encoding: encoding(head) },
        Format::Csv => Reading::Csv(expected.mapped(saved.unwrap_or_else(|| guess(head)))),
    })
}

/// UTF-8 when it is; else what the banks that write otherwise use.
fn encoding(head: &[u8]) -> Encoding {
    match std::str::from_utf8(head) {
        Ok(_) => Encoding::Utf8,
        // The head may end within a sign.
        Err(fault) if fault.error_len().is_none() => Encoding::Utf8,
        Err(_) => Encoding::Windows1252,
    }
}

/// What a file says, as the page shows it before it is imported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many entries.
    pub entries: u64,
    /// What came in.
    pub credits: Money,
    /// What went out.
    pub debits: Money,
    /// What was on the account before the first entry, and after the last.
    pub opening: Option<Money>,
    /// The same after the last.
    pub closing: Option<Money>,
    /// The first day that an entry was booked on.
    pub first_on: Option<Day>,
    /// The last one.
    pub last_on: Option<Day>,
}

text_enum! {
    /// Why a file is well and yet not of this account.
    pub enum Foreign {
        /// It is of another account at the bank.
        Account = "account",
        /// It is in another currency.
        Currency = "currency",
    }
}

/// Why a file is refused.
#[derive(Debug)]
pub enum Refusal {
    /// A line is wrong.
    Wrong(Wrong),
    /// It is not of this receiving account.
    Foreign(Foreign, String),
    /// It holds no entry.
    Empty,
}

/// Which account a file has to be of.
#[derive(Debug, Clone)]
pub struct Expected {
    /// Letters and digits of its number, in capitals.
    pub account_key: String,
    /// ISO 4217.
    pub currency: String,
}

impl Expected {
    /// A mapping for this account and its currency.
    pub fn mapped(&self, mapping: Mapping) -> Mapping {
        Mapping { account: self.account_key.clone(), currency: self.currency.clone(), ..mapping }
    }

    /// Banks write the number of the account with its bank's code before it, or as an IBAN that ends in it.
    fn fits(&self, head: &Head) -> Result<(), (Foreign, String)> {
        if let Some(currency) = head.currency.as_ref().filter(|currency| **currency != self.currency) {
            return Err((Foreign::Currency, currency.clone()));
        }
        let given = crate::features::remittance::model::signs(&head.account);
        let same = given.is_empty()
            || given == self.account_key
            || (self.account_key.len() >= 6 && given.ends_with(&self.account_key))
            || (given.len() >= 6 && self.account_key.ends_with(&given));
        if same { Ok(()) } else { Err((Foreign::Account, head.account.clone())) }
    }
}

/// Looks a file through to its end.
pub fn check(reading: &Reading, source: impl BufRead, expected: &Expected) -> Result<Report, Refusal> {
    let mut report = Report::default();
    let mut foreign = None;
    let summary = read(reading, source, &mut |piece| {
        match piece {
            Piece::Begin(head) => {
                foreign = foreign.take().or_else(|| expected.fits(&head).err());
                report.opening = report.opening.or(head.opening.map(|balance| balance.amount));
            }
            Piece::Line(line) => {
                report.first_on = Some(report.first_on.map_or(line.booked_on, |day| day.min(line.booked_on)));
                report.last_on = Some(report.last_on.map_or(line.booked_on, |day| day.max(line.booked_on)));
            }
            Piece::End { closing } => report.closing = closing.map(|balance| balance.amount).or(report.closing),
        }
        Ok(())
    })
    .map_err(Refusal::Wrong)?;
    if let Some((why, given)) = foreign {
        return Err(Refusal::Foreign(why, given));
    }
    if summary.lines == 0 {
        return Err(Refusal::Empty);
    }
    Ok(Report { entries: summary.lines, credits: summary.credits, debits: summary.debits, ..report })
}

/// The first lines of a file, for the page.
pub fn first(reading: &Reading, source: impl BufRead, most: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    // Once there are enough the reading is ended as if something were wrong.
    let _ = read(reading, source, &mut |piece| {
        if let Piece::Line(line) = piece {
            let place = line.place;
            lines.push(line);
            if lines.len() >= most {
                return Err(Wrong::at(place, Why::Stopped));
            }
        }
        Ok(())
    });
    lines
}
