//! How one bank's CSV is to be read. Made by a person from a preview, checked, and kept as JSON.

use serde::{Deserialize, Serialize};

use crate::features::remittance::statements::formats::amounts::{Decimal, Thousands};
use crate::features::remittance::statements::formats::days::DayStyle;
use crate::features::remittance::statements::formats::text::Encoding;

/// What stands between the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delimiter {
    /// `,`
    #[default]
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
    /// `|`
    Pipe,
}

impl Delimiter {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Comma, Self::Semicolon, Self::Tab, Self::Pipe];

    /// The byte.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
        }
    }
}

/// Which columns say how much came in or went out. Columns are counted from 0, here and in the mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AmountColumns {
    /// One column; below zero went out.
    Signed {
        /// The column.
        column: u16,
    },
    /// A column for what came in and one for what went out, of which one is empty or zero.
    Split {
        /// What came in.
        credit: u16,
        /// What went out.
        debit: u16,
        /// Whether the bank writes what went out with a minus; it must then do so always.
        #[serde(default)]
        debit_negative: bool,
    },
    /// A column for how much and one with a word for the direction.
    Marked {
        /// How much.
        column: u16,
        /// The word.
        side: u16,
        /// The words for what came in, compared without regard to case.
        credit: Vec<String>,
        /// The words for what went out.
        debit: Vec<String>,
    },
}

impl Default for AmountColumns {
    fn default() -> Self {
        Self::Signed { column: 1 }
    }
}

/// How to read one bank's CSV.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The account at the bank, which the file itself need not say.
    pub account: String,
    /// Its currency, ISO 4217.
    pub currency: String,
    /// How the file is written.
    pub encoding: Encoding,
    /// What stands between the columns.
    pub delimiter: Delimiter,
    /// How many lines to pass over at the beginning, the heads of the columns among them.
    pub skip: u32,
    /// What the last line passed over must say, cell by cell. Empty: not looked at. It tells when a bank moves its columns.
    #[serde(default)]
    pub heading: Vec<String>,
    /// With what rows begin that come after the last entry (totals, notes). From the first of them on, every row must
    /// begin so or be empty.
    #[serde(default)]
    pub tail: Vec<String>,
    /// The day on which the bank booked the entry.
    pub day: u16,
    /// The form of days.
    pub day_style: DayStyle,
    /// From when it counts for interest.
    #[serde(default)]
    pub value_day: Option<u16>,
    /// How much, and which way.
    pub amount: AmountColumns,
    /// What stands before the decimals.
    pub decimal: Decimal,
    /// What stands between groups of digits.
    pub thousands: Thousands,
    /// The other party.
    #[serde(default)]
    pub remitter: Option<u16>,
    /// Its account.
    #[serde(default)]
    pub remitter_account: Option<u16>,
    /// Its bank.
    #[serde(default)]
    pub bank: Option<u16>,
    /// The remittance information: up to three columns, joined by a line feed.
    #[serde(default)]
    pub text: Vec<u16>,
    /// What the bank numbers the entry by.
    #[serde(default)]
    pub serial: Option<u16>,
    /// What the payer numbered the transfer by.
    #[serde(default)]
    pub end_to_end: Option<u16>,
    /// What is on the account after the entry. Checked from row to row, whichever way the rows are ordered.
    #[serde(default)]
    pub balance: Option<u16>,
    /// The currency of the entry, which must be that of the account.
    #[serde(default)]
    pub currency_column: Option<u16>,
}

/// The last column that a mapping may name, and the last line it may pass over.
const FAR: u16 = 255;
const SKIPPED: u32 = 1_000;

impl Mapping {
    /// What is contradictory; nothing if a file can be read by it.
    pub fn check(&self) -> Vec<MappingFault> {
        let mut faults = Vec::new();
        let mut fault = |wrong: bool, fault: MappingFault| {
            if wrong && !faults.contains(&fault) {
                faults.push(fault);
            }
        };
        fault(self.account.trim().is_empty(), MappingFault::NoAccount);
        let capitals = self.currency.len() == 3 && self.currency.bytes().all(|byte| byte.is_ascii_uppercase());
        fault(!capitals, MappingFault::NoCurrency);
        let same = matches!(
            (self.decimal, self.thousands),
            (Decimal::Point, Thousands::Point) | (Decimal::Comma, Thousands::Comma)
        );
        fault(same, MappingFault::SameMark);
        fault(self.text.len() > 3, MappingFault::ManyTexts);
        fault(self.skip > SKIPPED, MappingFault::ManySkipped);
        fault(!self.heading.is_empty() && self.skip == 0, MappingFault::HeadingWithoutLine);
        fault(self.tail.iter().any(|start| start.trim().is_empty()), MappingFault::EmptyTail);
        if let AmountColumns::Marked { credit, debit, .. } = &self.amount {
            let words = |words: &[String]| words.iter().map(|word| word.trim().to_lowercase()).collect::<Vec<_>>();
            let (credit, debit) = (words(credit), words(debit));
            let empty = |words: &[String]| words.is_empty() || words.iter().any(String::is_empty);
            fault(empty(&credit) || empty(&debit), MappingFault::NoWord);
            fault(credit.iter().any(|word| debit.contains(word)), MappingFault::SameWord);
        }
        let mut alone = vec![self.day];
        match self.amount {
            AmountColumns::Signed { column } => alone.push(column),
            AmountColumns::Split { credit, debit, .. } => alone.extend([credit, debit]),
            AmountColumns::Marked { column, side, .. } => alone.extend([column, side]),
        }
        alone.extend([self.balance, self.currency_column].into_iter().flatten());
        alone.sort_unstable();
        for pair in alone.windows(2) {
            fault(pair[0] == pair[1], MappingFault::SameColumn { column: pair[0] });
        }
        // What payers write names nobody.
        for column in self.remitter.iter().chain(&self.remitter_account) {
            fault(self.text.contains(column), MappingFault::SameColumn { column: *column });
        }
        let others = [self.value_day, self.remitter, self.remitter_account, self.bank, self.serial, self.end_to_end];
        for column in alone.into_iter().chain(others.into_iter().flatten()).chain(self.text.iter().copied()) {
            fault(column > FAR, MappingFault::FarColumn { column });
        }
        faults
    }
}

/// How a mapping contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingFault {
    /// The account is not named.
    #[error("the account is not named")]
    NoAccount,
    /// The currency is no three capital letters.
    #[error("the currency is not a code of three capital letters")]
    NoCurrency,
    /// The same sign before the decimals and between the thousands.
    #[error("the decimal mark is the mark of the thousands")]
    SameMark,
    /// A column for two things that cannot be one.
    #[error("column {column} (from 0) is used twice")]
    SameColumn {
        /// The column, from 0.
        column: u16,
    },
    /// More columns than any bank has.
    #[error("column {column} (from 0) is beyond the last that can be")]
    FarColumn {
        /// The column, from 0.
        column: u16,
    },
    /// No word for one direction, or an empty one.
    #[error("a direction has no word")]
    NoWord,
    /// One word for both directions.
    #[error("a word means both directions")]
    SameWord,
    /// More than three columns of text.
    #[error("more than three columns of text")]
    ManyTexts,
    /// More lines at the head than any bank writes.
    #[error("more lines to skip than can be")]
    ManySkipped,
    /// Heads of columns are said, but no line is passed over.
    #[error("heads of columns without a line for them")]
    HeadingWithoutLine,
    /// A beginning of the tail that every row has.
    #[error("every row would begin the tail")]
    EmptyTail,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping() -> Mapping {
        Mapping { account: "DE89370400440532013000".into(), currency: "EUR".into(), ..Mapping::default() }
    }

    #[test]
    fn what_is_saved_is_what_was_made() {
        let whole = Mapping {
            amount: AmountColumns::Marked { column: 3, side: 4, credit: vec!["贷".into()], debit: vec!["借".into()] },
            day_style: DayStyle::Points,
            text: vec![5, 6],
            balance: Some(7),
            ..mapping()
        };
        let json = serde_json::to_string(&whole).unwrap();
        assert_eq!(serde_json::from_str::<Mapping>(&json).unwrap(), whole);
        assert!(json.contains(r#""day_style":"DD.MM.YYYY""#) && json.contains(r#""marked":{"#), "{json}");
        let least = r#"{"account":"1","currency":"CNY","encoding":"gbk","delimiter":"comma","skip":1,"day":0,
            "day_style":"YYYYMMDD","amount":{"split":{"credit":1,"debit":2}},"decimal":"point","thousands":"comma"}"#;
        assert!(serde_json::from_str::<Mapping>(least).unwrap().check().is_empty());
        for (from, to) in [("\"skip\":1", "\"skip\":1,\"more\":1"), ("\"debit\":2", "\"debit\":2,\"more\":1")] {
            assert!(serde_json::from_str::<Mapping>(&least.replace(from, to)).is_err(), "{to}");
        }
    }

    #[test]
    fn contradictions_are_named() {
        use MappingFault as Fault;
        assert!(mapping().check().is_empty());
        let mut wrong = Mapping::default();
        assert_eq!(wrong.check(), [Fault::NoAccount, Fault::NoCurrency]);
        wrong = Mapping { thousands: Thousands::Point, text: vec![1, 2, 3, 300], skip: 9_999, ..mapping() };
        let far = Fault::FarColumn { column: 300 };
        assert_eq!(wrong.check(), [Fault::SameMark, Fault::ManyTexts, Fault::ManySkipped, far]);
        let (heading, tail) = (vec!["Day".to_string()], vec![" ".to_string()]);
        wrong = Mapping { heading, tail, balance: Some(0), ..mapping() };
        let same = Fault::SameColumn { column: 0 };
        assert_eq!(wrong.check(), [Fault::HeadingWithoutLine, Fault::EmptyTail, same]);
        let marked = |credit: &[&str], debit: &[&str]| {
            let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
            let amount = AmountColumns::Marked { column: 1, side: 2, credit: words(credit), debit: words(debit) };
            Mapping { amount, ..mapping() }.check()
        };
        assert_eq!(marked(&["C"], &[]), [Fault::NoWord]);
        assert_eq!(marked(&["C", "cr"], &["D", "CR "]), [Fault::SameWord]);
    }
}
