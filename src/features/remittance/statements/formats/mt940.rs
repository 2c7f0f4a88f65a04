//! MT940 (SWIFT customer statement message): one message is a statement, or a page of one. With or without the envelope
//! of the network, and with whatever lines a bank puts between messages.

mod entry;
mod field86;
mod fields;

use std::io::BufRead;

use self::entry::Entry;
use self::fields::{Field, Fields, Part};
use super::amounts::{self, Decimal, Thousands};
use super::continuity::Checked;
use super::days;
use super::model::{Balance, Dialect, Head};
use super::text::Encoding;
use super::wrong::{Sample, Why, Wrong};
use crate::base::types::{Money, MoneyError};

/// Reads all messages of a file of a bank that writes so.
pub(super) fn read(
    source: impl BufRead,
    (encoding, dialect): (Encoding, Option<Dialect>),
    checked: &mut Checked,
) -> Result<(), Wrong> {
    let mut fields = Fields::new(source, encoding);
    let mut message: Option<Message> = None;
    while let Some(part) = fields.next()? {
        match (part, &mut message) {
            (Part::Field(field), _) if field.tag == "20" => {
                if let Some(message) = message.take() {
                    message.over(field.line)?;
                }
                message = Some(Message { dialect, ..Message::default() });
            }
            (Part::Field(field), Some(message)) => message.take(field, checked)?,
            (Part::Field(field), None) => return Err(Wrong::at(field.line, Why::Misplaced { field: field.tag })),
            (Part::End(line), _) => {
                if let Some(message) = message.take() {
                    message.over(line)?;
                }
            }
        }
    }
    message.map_or(Ok(()), |message| message.over(fields.line()))
}

/// Where in a message we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Stage {
    #[default]
    Head,
    Entries,
    Closed,
}

/// A message, as far as it was read.
#[derive(Default)]
struct Message {
    stage: Stage,
    account: Option<String>,
    number: Option<(String, Option<String>)>,
    currency: String,
    /// How the bank writes it.
    dialect: Option<Dialect>,
    /// The entry whose `:86:` may still come.
    entry: Option<Entry>,
}

impl Message {
    fn take(&mut self, field: Field, checked: &mut Checked) -> Result<(), Wrong> {
        let (tag, line) = (field.tag, field.line);
        let allowed = match tag {
            "21" | "25" | "28" | "60F" | "60M" => self.stage == Stage::Head,
            "61" | "62F" | "62M" => self.stage == Stage::Entries,
            "64" | "65" => self.stage == Stage::Closed,
            "86" => self.stage == Stage::Closed || self.entry.is_some(),
            _ => true,
        };
        if !allowed {
            let why =
                if self.stage == Stage::Head { Why::Missing { field: "60F" } } else { Why::Misplaced { field: tag } };
            return Err(Wrong::at(line, why));
        }
        match tag {
            "25" if self.account.is_some() => Err(Wrong::at(line, Why::Twice { field: tag })),
            "25" => {
                let account = field.text().replace(' ', "");
                if account.is_empty() {
                    return Err(Wrong::at(line, Why::Missing { field: tag }));
                }
                self.account = Some(account);
                Ok(())
            }
            "28" if self.number.is_some() => Err(Wrong::at(line, Why::Twice { field: tag })),
            "28" => {
                let text = field.text();
                let (number, page) = text.split_once('/').map_or((text.as_str(), None), |(a, b)| (a, Some(b)));
                let page = page.map(str::trim).filter(|page| !page.is_empty());
                self.number = Some((number.trim().to_string(), page.map(ToString::to_string)));
                Ok(())
            }
            "60F" | "60M" => self.open(&field, checked),
            "61" => {
                self.flush(checked)?;
                self.entry = Some(Entry::read(&field)?);
                Ok(())
            }
            "86" => match &mut self.entry {
                Some(entry) => entry.tell(&field, self.dialect),
                // Of the statement as a whole.
                None => Ok(()),
            },
            "62F" | "62M" => {
                self.flush(checked)?;
                let (closing, currency) = balance(&field)?;
                if currency != self.currency {
                    let (expected, sample) = (Sample::of(&self.currency), Sample::of(&currency));
                    return Err(Wrong::at(line, Why::Currency { field: tag, expected, sample }));
                }
                self.stage = Stage::Closed;
                checked.end(line, Some(closing))
            }
            _ => Ok(()),
        }
    }

    fn open(&mut self, field: &Field, checked: &mut Checked) -> Result<(), Wrong> {
        let account = self.account.clone().ok_or_else(|| Wrong::at(field.line, Why::Missing { field: "25" }))?;
        let (opening, currency) = balance(field)?;
        self.currency.clone_from(&currency);
        self.stage = Stage::Entries;
        let (statement, sequence) = self.number.take().map_or((None, None), |(number, page)| (Some(number), page));
        let statement = statement.filter(|number| !number.is_empty());
        let currency = Some(currency);
        let head = Head { account, currency, statement, sequence, opening: Some(opening), from: None, to: None };
        checked.begin(field.line, head)
    }

    /// Hands over the entry that waits.
    fn flush(&mut self, checked: &mut Checked) -> Result<(), Wrong> {
        let Some(entry) = self.entry.take() else { return Ok(()) };
        checked.looks(entry.looks());
        let line = entry.line(&self.currency);
        if line.amount.is_positive() {
            return checked.line(line);
        }
        checked.skip();
        Ok(())
    }

    /// No more of this message will come; it must be whole.
    fn over(self, line: u64) -> Result<(), Wrong> {
        match self.stage {
            Stage::Head => Err(Wrong::at(line, Why::Missing { field: "60F" })),
            Stage::Entries => Err(Wrong::at(line, Why::Missing { field: "62F" })),
            Stage::Closed => Ok(()),
        }
    }
}

/// `1!a6!n3!a15d`: debit or credit, day, currency, amount.
fn balance(field: &Field) -> Result<(Balance, String), Wrong> {
    let text = field.text();
    let malformed = || Wrong::at(field.line, Why::Malformed { field: field.tag, sample: Sample::of(&text) });
    let (mark, rest) = text.split_at_checked(1).ok_or_else(malformed)?;
    let (on, rest) = rest.split_at_checked(6).ok_or_else(malformed)?;
    let (currency, said) = rest.split_at_checked(3).ok_or_else(malformed)?;
    if !matches!(mark, "C" | "D") || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(malformed());
    }
    let on =
        days::six(on).ok_or_else(|| Wrong::at(field.line, Why::Day { field: field.tag, sample: Sample::of(on) }))?;
    let amount = amount(said, field)?;
    let amount = if mark == "D" { Money(-amount.0) } else { amount };
    Ok((Balance { on, amount }, currency.to_string()))
}

/// `15d`: digits with one comma, which must stand.
fn amount(text: &str, field: &Field) -> Result<Money, Wrong> {
    let wrong = |fault| Wrong::at(field.line, Why::Amount { field: field.tag, sample: Sample::of(text), fault });
    if !text.starts_with(|sign: char| sign.is_ascii_digit()) || !text.contains(',') {
        return Err(wrong(MoneyError::NotANumber));
    }
    amounts::unsigned(text, Decimal::Comma, Thousands::None).map_err(wrong)
}

#[cfg(test)]
mod tests;
