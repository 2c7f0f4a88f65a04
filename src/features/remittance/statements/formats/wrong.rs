//! What is wrong with a file, in a form that a template can put into words.

use std::fmt;
use std::io::ErrorKind;

use super::csv::MappingFault;
use super::text::Encoding;
use crate::base::types::{Day, Money, MoneyError};

/// The first thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct Wrong {
    /// The line of the file, counted from 1; of what takes several lines, the first.
    pub line: u64,
    /// What is wrong there.
    pub why: Why,
}

impl Wrong {
    /// Something wrong in this line.
    pub const fn at(line: u64, why: Why) -> Self {
        Self { line, why }
    }
}

/// What can be wrong. `field` is the standard's own name: an element of ISO 20022, a tag of SWIFT, a column of the mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the sentences say it")]
pub enum Why {
    #[error("the file cannot be read ({0})")]
    Unreadable(ErrorKind),
    #[error("whoever took the entries stopped")]
    Stopped,
    #[error("the file holds no statement")]
    Empty,
    #[error("bytes that {encoding} does not know (of a CSV, the page of its columns takes another encoding)")]
    Encoding { encoding: Encoding },
    #[error("the file says to be written in {sample}; only UTF-8 is read")]
    DeclaredEncoding { sample: Sample },
    #[error("this version of the format is not read: {sample}")]
    Version { sample: Sample },
    #[error("a document type (DOCTYPE) is refused")]
    Doctype,
    #[error("a processing instruction is refused: {sample}")]
    Instruction { sample: Sample },
    #[error("an entity that XML does not define: {sample}")]
    Entity { sample: Sample },
    #[error("not well-formed XML: {sample}")]
    Xml { sample: Sample },
    #[error("the file ends in the middle")]
    CutOff,
    #[error("{field} is longer than {limit} bytes")]
    TooLong { field: &'static str, limit: u64 },
    #[error("elements stand within each other more than {limit} deep")]
    TooDeep { limit: u64 },
    #[error("more than {limit} of {field}")]
    TooMany { field: &'static str, limit: u64 },
    #[error("{field} is missing")]
    Missing { field: &'static str },
    #[error("{field} stands twice")]
    Twice { field: &'static str },
    #[error("{field} stands where it must not")]
    Misplaced { field: &'static str },
    #[error("{field} does not have its form: {sample}")]
    Malformed { field: &'static str, sample: Sample },
    #[error("{field} has a word that is not known: {sample}")]
    Unknown { field: &'static str, sample: Sample },
    #[error("in “{field}” stands what is {fault}: {sample}")]
    Amount { field: &'static str, sample: Sample, fault: MoneyError },
    #[error("an amount of {amount}, and no entry is larger than {most}")]
    TooMuch { amount: Money, most: Money },
    #[error("booked on {}, which has not come yet", day.words())]
    Later { day: Day },
    #[error("booked on {}, which is more than ten years ago", day.words())]
    LongAgo { day: Day },
    #[error("{field} is not a day: {sample}")]
    Day { field: &'static str, sample: Sample },
    #[error("{field} is in {sample}, the account in {expected}")]
    Currency { field: &'static str, expected: Sample, sample: Sample },
    #[error("the entries lead to {expected}, the closing balance says {stated}")]
    Closing { expected: Money, stated: Money },
    #[error("the statement before ended with {expected}, this one begins with {stated}")]
    Opening { expected: Money, stated: Money },
    #[error("the balance of the row should be {expected} and is {stated}")]
    Running { expected: Money, stated: Money },
    #[error("sums that are larger than can be counted")]
    Overflow,
    #[error("a quotation mark that is never closed")]
    Unclosed,
    #[error("text after a closing quotation mark: {sample}")]
    AfterQuote { sample: Sample },
    #[error("the head of the columns is another than the mapping's: {sample}")]
    Heading { sample: Sample },
    #[error("more cells than there are columns, as where a bank does not quote what payers write: {sample}")]
    Cells { sample: Sample },
    #[error(
        "whole rows within one cell, as where a payer writes a quotation mark and the bank does not quote: {sample}"
    )]
    Hidden { sample: Sample },
    #[error("a row after the end of the entries: {sample}")]
    Tail { sample: Sample },
    #[error("the mapping contradicts itself: {0}")]
    Mapping(MappingFault),
}

/// A little of what stood in a file, fit to be shown: at most 40 signs, none of which controls anything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sample(String);

impl Sample {
    const SIGNS: usize = 40;

    /// The beginning of this text.
    pub fn of(text: &str) -> Self {
        let mut shown: String = text.trim().chars().filter(|sign| !controls(*sign)).take(Self::SIGNS + 1).collect();
        if let Some((end, _)) = shown.char_indices().nth(Self::SIGNS) {
            shown.truncate(end);
            shown.push('…');
        }
        Self(shown)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Control signs, and the signs of Unicode that turn or hide what stands beside them.
fn controls(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_short_and_controls_nothing() {
        assert_eq!(Sample::of(" a\0b\u{202e}c\td ").as_str(), "abcd");
        assert_eq!(Sample::of(&"日".repeat(40)).as_str(), "日".repeat(40));
        assert_eq!(Sample::of(&"日".repeat(41)).as_str(), format!("{}…", "日".repeat(40)));
        assert_eq!(Sample::of("").as_str(), "");
    }

    #[test]
    fn the_sentence_says_line_field_and_what_stood_there() {
        let why = Why::Amount { field: "Ntry/Amt", sample: Sample::of("1,5"), fault: MoneyError::NotANumber };
        assert_eq!(Wrong::at(7, why).to_string(), "line 7: in “Ntry/Amt” stands what is not an amount: 1,5");
    }
}
