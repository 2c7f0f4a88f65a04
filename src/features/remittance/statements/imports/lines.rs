//! By what a line of a statement is the same in whichever file it comes.

use std::collections::HashMap;

use data_encoding::HEXLOWER;

use crate::base::crypto::Keys;
use crate::features::remittance::model::signs;
use crate::features::remittance::statements::formats::Line;

/// What banks write where they have no serial number.
const NO_SERIAL: [&str; 5] = ["NONREF", "NOTPROVIDED", "NOREF", "NONE", "0"];

/// A line and the how many-th of its equals it is: true twins on one day count by occurrence.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The line.
    pub line: Line,
    /// By what it is the same: a keyed hash, because a name may go into it.
    pub key: String,
    /// Counted from 1.
    pub occurrence: i64,
    /// Letters and digits of the bank's serial number, if it is one.
    pub serial: Option<String>,
}

/// Counts the equals of the lines of one file.
#[derive(Default)]
pub struct Counting(HashMap<String, i64>);

impl Counting {
    /// The next line of the file.
    pub fn next(&mut self, keys: &Keys, line: Line) -> Counted {
        let serial = line.bank_serial.as_deref().map(signs);
        let serial = serial.filter(|serial| !serial.is_empty() && !NO_SERIAL.contains(&serial.as_str()));
        let key = key(keys, &line, serial.as_deref());
        let count = self.0.entry(key.clone()).or_default();
        *count += 1;
        Counted { occurrence: *count, line, key, serial }
    }
}

/// A serial number that comes again in another year stands on another day. Without one the line is what it says.
fn key(keys: &Keys, line: &Line, serial: Option<&str>) -> String {
    let amount = line.amount.0.to_be_bytes();
    let mut parts: Vec<&[u8]> = vec![line.booked_on.as_str().as_bytes(), line.side.as_str().as_bytes(), &amount];
    let by = line.known_by();
    let said = [
        signs(&by.remitter),
        by.remitter_account.as_deref().map(signs).unwrap_or_default(),
        signs(&by.text),
        by.end_to_end.as_deref().map(signs).unwrap_or_default(),
    ];
    match serial {
        Some(serial) => parts.extend([b"serial".as_slice(), serial.as_bytes()]),
        None => parts.extend(said.iter().map(String::as_bytes)),
    }
    HEXLOWER.encode(&keys.hash("statement_line", &parts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::types::{Day, Money};
    use crate::features::remittance::statements::formats::Side;

    fn line(day: &str, serial: Option<&str>, text: &str) -> Line {
        Line {
            place: 1,
            booked_on: Day::parse(day).unwrap(),
            value_on: None,
            amount: Money(100),
            side: Side::Credit,
            reversal: false,
            remitter: "Li Ming".into(),
            remitter_account: None,
            bank: None,
            text: text.into(),
            bank_serial: serial.map(Into::into),
            end_to_end: None,
            by_looks: None,
            charges: None,
            code: None,
        }
    }

    #[test]
    fn equal_lines_count_and_others_do_not() {
        let keys = Keys::fixed(1);
        let mut counting = Counting::default();
        let mut told = |day, serial, text| {
            let counted = counting.next(&keys, line(day, serial, text));
            (counted.key, counted.occurrence)
        };
        let first = told("2026-11-20", None, "top up");
        assert_eq!(told("2026-11-20", None, "TOP  UP"), (first.0.clone(), 2), "a true twin");
        assert_ne!(told("2026-11-21", None, "top up").0, first.0, "another day");
        assert_ne!(told("2026-11-20", None, "rent").0, first.0, "another text");
        assert_eq!(told("2026-11-20", Some("NONREF"), "top up"), (first.0, 3), "no serial number");
        let serial = told("2026-11-20", Some("2026/0001"), "top up");
        assert_eq!(told("2026-11-20", Some("20260001"), "as another format words it"), (serial.0.clone(), 2));
        assert_ne!(told("2025-11-20", Some("2026/0001"), "top up").0, serial.0, "the number of another year");
    }
}
