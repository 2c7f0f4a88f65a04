//! Looking a whole file through before anything of it is kept.

use std::io::BufRead;

use crate::base::types::{Day, Money, text_enum};
use crate::features::remittance::fields;
use crate::features::remittance::statements::formats::{
    Dialect, Encoding, Format, Head, Line, Mapping, Piece, Reading, Summary, Why, Wrong, guess, guess_encoding, read,
    sniff,
};

/// Bytes from the start of a file that tell how it is read.
pub const HEAD: u64 = 64 * 1024;

/// How the files of an account were read before.
#[derive(Debug, Clone, Default)]
pub struct Before {
    /// What the columns of its CSV are.
    pub mapping: Option<Mapping>,
    /// How its MT940 is written.
    pub message: Option<(Encoding, Option<Dialect>)>,
}

/// The ways in which a file may be read, by its first bytes, the likeliest first; none for what is no statement. The encoding of
/// MT940 is guessed, and so are the columns of CSV while nobody said what they are.
pub fn readings(head: &[u8], expected: &Expected, before: &Before) -> Vec<Reading> {
    match sniff(head) {
        None => Vec::new(),
        Some(Format::Camt053) => vec![Reading::Camt053],
        Some(Format::Csv) => {
            vec![Reading::Csv(expected.mapped(before.mapping.clone().unwrap_or_else(|| guess(head))))]
        }
        Some(Format::Mt940) => {
            let (kept, dialect) = before.message.map_or((None, None), |(encoding, dialect)| (Some(encoding), dialect));
            encodings(head, kept).into_iter().map(|encoding| Reading::Mt940 { encoding, dialect }).collect()
        }
    }
}

/// The head alone may be ASCII, which is all of them: a later line tells.
fn encodings(head: &[u8], kept: Option<Encoding>) -> Vec<Encoding> {
    let guessed = guess_encoding(head);
    let first = Some(guessed).filter(|encoding| *encoding == Encoding::Utf8);
    let kept = kept.filter(|encoding| *encoding != Encoding::Utf8);
    let mut all = Vec::new();
    for encoding in first.into_iter().chain(kept).chain([guessed, Encoding::Windows1252]) {
        if !all.contains(&encoding) {
            all.push(encoding);
        }
    }
    all
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
    /// The first day that an entry was booked on; of a file without entries, the day of its closing balance.
    pub first_on: Option<Day>,
    /// The last one.
    pub last_on: Option<Day>,
    /// Of MT940: how the information of most of its credits is written.
    pub dialect: Option<Dialect>,
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
    /// It holds neither an entry nor a closing balance.
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

/// For how many days a line may have been booked: ten years. Whatever is older was read from a day that means another one.
const OLDEST: i32 = 3_653;

/// Whether a bank can have booked something on this day. Tomorrow is there already where the bank is.
fn possible(day: Day, today: Day) -> Result<(), Why> {
    if day > today.plus(1) {
        return Err(Why::Later { day });
    }
    if day < today.plus(-OLDEST) { Err(Why::LongAgo { day }) } else { Ok(()) }
}

/// Whether a line can become an entry.
fn fit(line: &Line, today: Day) -> Result<(), Wrong> {
    if line.amount > fields::MOST {
        return Err(Wrong::at(line.place, Why::TooMuch { amount: line.amount, most: fields::MOST }));
    }
    possible(line.booked_on, today).map_err(|why| Wrong::at(line.place, why))
}

/// Looks a file through to its end. `today` is the day in the portal's zone.
pub fn check(reading: &Reading, source: impl BufRead, expected: &Expected, today: Day) -> Result<Report, Refusal> {
    let mut report = Report::default();
    let (mut foreign, mut quiet) = (None, Vec::new());
    let summary = read(reading, source, &mut |piece| {
        match piece {
            Piece::Begin(head) => {
                foreign = foreign.take().or_else(|| expected.fits(&head).err());
                report.opening = report.opening.or(head.opening.map(|balance| balance.amount));
            }
            Piece::Line(line) => {
                fit(&line, today)?;
                report.first_on = Some(report.first_on.map_or(line.booked_on, |day| day.min(line.booked_on)));
                report.last_on = Some(report.last_on.map_or(line.booked_on, |day| day.max(line.booked_on)));
            }
            Piece::End { closing } => {
                report.closing = closing.map(|balance| balance.amount).or(report.closing);
                quiet.extend(closing.map(|balance| balance.on));
            }
        }
        Ok(())
    })
    .map_err(Refusal::Wrong)?;
    if let Some((why, given)) = foreign {
        return Err(Refusal::Foreign(why, given));
    }
    if summary.lines == 0 {
        // Nothing happened up to the day of the closing balance, and that is worth knowing, too.
        (report.first_on, report.last_on) = (quiet.iter().min().copied(), quiet.iter().max().copied());
        for day in [report.first_on, report.last_on] {
            possible(day.ok_or(Refusal::Empty)?, today).map_err(|why| Refusal::Wrong(Wrong::at(1, why)))?;
        }
    }
    let Summary { lines, credits, debits, dialect, .. } = summary;
    if matches!(reading, Reading::Csv(_)) && report.opening.is_none() {
        // A column of balances says where it ended, and with that where it began.
        let before = report.closing.and_then(|closing| closing.checked_sub(credits)?.checked_add(debits));
        report.opening = before;
    }
    Ok(Report { entries: lines, credits, debits, dialect, ..report })
}

/// How many entries of a file are shown before it is imported.
pub const SHOWN: usize = 10;

/// The first lines of a file, at most so many, or what is wrong before there are enough. `today` is the day in the portal's zone.
pub fn first(reading: &Reading, source: impl BufRead, most: usize, today: Day) -> Result<Vec<Line>, Wrong> {
    let mut lines = Vec::new();
    // Once there are enough the reading is ended as if something were wrong.
    let ended = read(reading, source, &mut |piece| {
        if let Piece::Line(line) = piece {
            fit(&line, today)?;
            let place = line.place;
            lines.push(line);
            if lines.len() >= most {
                return Err(Wrong::at(place, Why::Stopped));
            }
        }
        Ok(())
    });
    match ended {
        Err(wrong) if wrong.why != Why::Stopped => Err(wrong),
        _ => Ok(lines),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(entries: &str, closing: &str) -> Result<Report, Refusal> {
        let text = format!(":20:X\n:25:1\n:28C:1\n:60F:C261122EUR1,00\n{entries}:62F:{closing}\n-\n");
        let reading = Reading::Mt940 { encoding: Encoding::Utf8, dialect: None };
        let expected = Expected { account_key: "1".into(), currency: "EUR".into() };
        check(&reading, text.as_bytes(), &expected, Day::parse("2026-11-23").unwrap())
    }

    fn refused(entry: &str) -> Option<Wrong> {
        match checked(&format!(":61:{entry}\n:61:{}\n", entry.replacen('C', "D", 1)), "C261123EUR1,00") {
            Err(Refusal::Wrong(wrong)) => Some(wrong),
            _ => None,
        }
    }

    #[test]
    fn a_line_is_of_a_day_on_which_it_can_have_been_booked() {
        let day = |text| Day::parse(text).unwrap();
        assert_eq!(refused("261124C1,00NTRFX"), None, "tomorrow");
        assert_eq!(refused("261125C1,00NTRFX"), Some(Wrong::at(5, Why::Later { day: day("2026-11-25") })));
        assert_eq!(refused("161124C1,00NTRFX"), None);
        assert_eq!(refused("161120C1,00NTRFX"), Some(Wrong::at(5, Why::LongAgo { day: day("2016-11-20") })));
        let wrong = refused("991124C1,00NTRFX").unwrap().to_string();
        assert!(wrong.starts_with("line 5: booked on 24 Nov "), "{wrong}");
    }

    #[test]
    fn what_one_encoding_does_not_know_is_read_in_another() {
        use Encoding::{Gbk, Utf8, Windows1252};
        let ascii = b":20:X".as_slice();
        assert_eq!(encodings(ascii, None), [Utf8, Windows1252]);
        assert_eq!(encodings(ascii, Some(Gbk)), [Utf8, Gbk, Windows1252]);
        assert_eq!(encodings(b"M\xfcller\n", None), [Windows1252]);
        assert_eq!(encodings(b"M\xfcller\n", Some(Gbk)), [Gbk, Windows1252]);
        assert_eq!(encodings(b"\xc0\xee\xc3\xf7\n", None), [Gbk, Windows1252]);
    }

    #[test]
    fn a_line_is_no_larger_than_any_amount() {
        assert_eq!(refused("261123C100000000,00NTRFX"), None);
        let wrong = refused("261123C100000000,01NTRFX").unwrap().to_string();
        assert_eq!(wrong, "line 5: an amount of 100,000,000.01, and no entry is larger than 100,000,000.00");
        assert_eq!(refused("261123C90000000000000000,00NTRFX").map(|wrong| wrong.line), Some(5));
    }

    #[test]
    fn a_day_without_entries_is_one_too() {
        let report = checked("", "C261123EUR1,00").unwrap();
        assert_eq!((report.entries, report.opening, report.closing), (0, Some(Money(100)), Some(Money(100))));
        let day = Day::parse("2026-11-23");
        assert_eq!((report.first_on, report.last_on), (day, day));
        assert!(matches!(checked("", "C261125EUR1,00"), Err(Refusal::Wrong(_))), "a day that has not come yet");
        let mapping = Mapping { account: "1".into(), currency: "EUR".into(), skip: 1, ..Mapping::default() };
        let expected = Expected { account_key: "1".into(), currency: "EUR".into() };
        let today = Day::parse("2026-11-23").unwrap();
        let read = check(&Reading::Csv(mapping), &b"Day,Amount\n"[..], &expected, today);
        assert!(matches!(read, Err(Refusal::Empty)), "no balance either");
    }
}
