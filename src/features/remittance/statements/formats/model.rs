//! What a statement says, whatever format it came in.

use serde::{Deserialize, Serialize};

use super::csv::Mapping;
use super::text::Encoding;
use crate::base::types::{Day, Money, text_enum};

text_enum! {
    /// The format of a statement file.
    pub enum Format {
        /// ISO 20022 bank-to-customer statement: `camt.053.001.02`, `.04`, `.06`, `.08`, `.10`.
        Camt053 = "camt053",
        /// SWIFT customer statement message, category 9.
        Mt940 = "mt940",
        /// Rows of columns, read by a mapping that was made for the bank.
        Csv = "csv",
    }
}

/// How a file is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "there is one for each file")]
pub enum Reading {
    /// As camt.053; its encoding is always UTF-8.
    Camt053,
    /// As MT940.
    Mt940 {
        /// In which encoding the bank writes; the message itself does not say.
        encoding: Encoding,
        /// How the bank writes the information of an entry; told by each entry while nobody knows.
        dialect: Option<Dialect>,
    },
    /// As CSV, by this mapping.
    Csv(Mapping),
}

/// In which order a bank writes what it tells of an entry (`:86:` of MT940, free text by SWIFT). A payer's words may look like
/// another one, so that a name is only taken from the one that the bank writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// Subfields of two digits behind a separator, as in Germany and Austria: `166?00…?20…?32…`.
    Subfields,
    /// Code words between slashes: `/NAME/…/REMI/…`.
    CodeWords,
    /// Text alone; it names nobody.
    Plain,
}

impl Dialect {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Subfields, Self::CodeWords, Self::Plain];

    /// The word for it in forms and in what is kept.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Subfields => "subfields",
            Self::CodeWords => "code_words",
            Self::Plain => "plain",
        }
    }

    /// What it is, for whoever chooses.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Subfields => "In subfields: 166?00…?20…?32…",
            Self::CodeWords => "In code words: /NAME/…/REMI/…",
            Self::Plain => "As plain text, which names nobody",
        }
    }

    /// The words of all of them, for a choice.
    pub fn choices() -> Vec<(&'static str, &'static str)> {
        Self::ALL.iter().map(|dialect| (dialect.as_str(), dialect.words())).collect()
    }

    /// The dialect of exactly this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|dialect| dialect.as_str() == word)
    }
}

/// What stands at the top of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The account of which it is: the IBAN or the bank's own number, as written in the file without spaces.
    pub account: String,
    /// ISO 4217, if the file says it.
    pub currency: Option<String>,
    /// The identification or number of the statement. Numbers may recur each year.
    pub statement: Option<String>,
    /// The number of the page, or the electronic sequence number.
    pub sequence: Option<String>,
    /// What was on the account before the first entry.
    pub opening: Option<Balance>,
    /// The first day of what the statement tells of.
    pub from: Option<Day>,
    /// The last day of it.
    pub to: Option<Day>,
}

/// What is on an account at the end of a day, or before its first entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// The day.
    pub on: Day,
    /// Below zero if the account is overdrawn.
    pub amount: Money,
}

text_enum! {
    /// Which way an entry moved the balance. A reversed credit is a debit, and the other way round.
    pub enum Side {
        /// Money came in.
        Credit = "credit",
        /// Money went out.
        Debit = "debit",
    }
}

/// One booked entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The line of the file where it starts, counted from 1.
    pub place: u64,
    /// When the bank booked it.
    pub booked_on: Day,
    /// From when it counts for interest.
    pub value_on: Option<Day>,
    /// In the currency of the account; always above zero.
    pub amount: Money,
    /// Whether it came in or went out.
    pub side: Side,
    /// Whether it undoes an earlier entry. `side` is already the one of this entry.
    pub reversal: bool,
    /// The other party: who paid, or on a debit who was paid. Empty if not named.
    pub remitter: String,
    /// The other party's IBAN or account number, without spaces.
    pub remitter_account: Option<String>,
    /// The other party's bank: BIC, national code or name.
    pub bank: Option<String>,
    /// The remittance information, its lines joined as the format says.
    pub text: String,
    /// What the bank numbers the entry by.
    pub bank_serial: Option<String>,
    /// What the payer numbered the transfer by.
    pub end_to_end: Option<String>,
    /// What it would say read by its own looks, where it is read otherwise: the same line must be known again however its bank
    /// is said to write.
    pub by_looks: Option<Box<Said>>,
    /// What a bank on the way kept, in the currency of the account.
    pub charges: Option<Money>,
    /// The bank's code for the kind of transaction: `PMNT/RCDT/ESCT`, `NTRF/166`.
    pub code: Option<String>,
}

/// What an entry says of its payer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// The other party.
    pub remitter: String,
    /// Its account.
    pub remitter_account: Option<String>,
    /// The remittance information.
    pub text: String,
    /// What the payer numbered the transfer by.
    pub end_to_end: Option<String>,
}

impl Line {
    /// What it is known by where the bank gives no serial number.
    pub fn known_by(&self) -> Said {
        self.by_looks.as_deref().cloned().unwrap_or_else(|| Said {
            remitter: self.remitter.clone(),
            remitter_account: self.remitter_account.clone(),
            text: self.text.clone(),
            end_to_end: self.end_to_end.clone(),
        })
    }
}

/// A piece of a file, in its order. A file may hold several statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A statement begins.
    Begin(Head),
    /// An entry of it.
    Line(Line),
    /// It is over.
    End {
        /// What is on the account after the last entry.
        closing: Option<Balance>,
    },
}

/// What a whole file held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Statements, or pages of them.
    pub statements: u64,
    /// Booked entries.
    pub lines: u64,
    /// What was passed over because it moved no balance: announced and pending entries, and entries of nothing.
    pub skipped: u64,
    /// The sum of the credits. Over accounts of several currencies it says nothing.
    pub credits: Money,
    /// The sum of the debits.
    pub debits: Money,
    /// Of MT940: how the information of most of its credits is written, if any has one.
    pub dialect: Option<Dialect>,
}

/// Which format a file has, by its first bytes (some 4 KiB are enough). What is text and nothing else is taken for CSV;
/// nothing for what is no text at all.
pub fn sniff(head: &[u8]) -> Option<Format> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let begins = head.iter().position(|byte| !byte.is_ascii_whitespace()).map_or(&[][..], |at| &head[at..]);
    // UTF-16, which the reader refuses in words that help.
    let wide: [&[u8]; 4] = [b"\xff\xfe<\0", b"\xfe\xff\0<", b"<\0?\0", b"\0<\0?"];
    if begins.starts_with(b"<") || wide.iter().any(|start| begins.starts_with(start)) {
        return Some(Format::Camt053);
    }
    let signs = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\r' | b'\n' | 0x0c | 0x1a);
    if begins.is_empty() || begins.starts_with(b"%PDF") || begins.iter().any(signs) {
        return None;
    }
    // Some banks put lines of their own before the message.
    let tagged = begins.split(|byte| matches!(byte, b'\r' | b'\n')).any(|line| line.starts_with(b":20:"));
    Some(if tagged || begins.starts_with(b"{1:") { Format::Mt940 } else { Format::Csv })
}
