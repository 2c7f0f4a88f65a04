//! One record to one line.

use csv::StringRecord;

use super::mapping::{AmountColumns, Mapping};
use crate::base::types::{Day, Money, MoneyError};
use crate::features::remittance::statements::formats::amounts;
use crate::features::remittance::statements::formats::model::{Line, Side};
use crate::features::remittance::statements::formats::wrong::{Sample, Why, Wrong};

/// A record with the mapping that explains it.
pub struct Row<'a> {
    pub place: u64,
    pub record: &'a StringRecord,
    pub mapping: &'a Mapping,
}

/// What a cell says: without spaces around it, and without the form `="…"` by which banks keep a spreadsheet from rounding
/// long numbers.
pub fn clean(cell: &str) -> &str {
    let around = |sign: char| sign.is_whitespace() || sign == '\u{feff}';
    let cell = cell.trim_matches(around);
    let inner = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(cell).trim_matches(around)
}

impl Row<'_> {
    /// The line, and how much it moved the balance. One that moved nothing is none.
    pub fn read(&self) -> Result<(Line, Money), Wrong> {
        let mapping = self.mapping;
        let moved = self.moved()?;
        if let Some(column) = mapping.currency_column {
            self.currency(self.need(column, "currency")?)?;
        }
        let booked_on = self.day(mapping.day, "day")?;
        let value_on = match mapping.value_day {
            Some(column) if !self.cell(column, "value day")?.is_empty() => Some(self.day(column, "value day")?),
            _ => None,
        };
        let mut texts: Vec<&str> = Vec::new();
        for column in &mapping.text {
            let text = self.cell(*column, "text")?;
            if !text.is_empty() && !texts.contains(&text) {
                texts.push(text);
            }
        }
        let account = self.said(mapping.remitter_account, "remitter account")?;
        let line = Line {
            place: self.place,
            booked_on,
            value_on,
            amount: Money(moved.0.checked_abs().ok_or_else(|| self.wrong(Why::Overflow))?),
            side: if moved.0 < 0 { Side::Debit } else { Side::Credit },
            reversal: false,
            remitter: self.said(mapping.remitter, "remitter")?.unwrap_or_default(),
            remitter_account: account.map(|number| number.replace(' ', "")),
            bank: self.said(mapping.bank, "bank")?,
            text: texts.join("\n"),
            bank_serial: self.said(mapping.serial, "serial")?,
            end_to_end: self.said(mapping.end_to_end, "end-to-end")?,
            by_looks: None,
            charges: None,
            code: None,
        };
        Ok((line, moved))
    }

    /// What the row states as the balance, if the mapping says where.
    pub fn balance(&self) -> Result<Option<Money>, Wrong> {
        let Some(column) = self.mapping.balance else { return Ok(None) };
        self.need(column, "balance")?;
        self.amount(column, "balance").map(Some)
    }

    /// Above zero came in, below went out.
    fn moved(&self) -> Result<Money, Wrong> {
        match &self.mapping.amount {
            AmountColumns::Signed { column } => {
                self.need(*column, "amount")?;
                self.amount(*column, "amount")
            }
            AmountColumns::Split { credit, debit, debit_negative } => self.split(*credit, *debit, *debit_negative),
            AmountColumns::Marked { column, side, credit, debit } => {
                self.need(*column, "amount")?;
                let amount = self.positive(*column, "amount", self.amount(*column, "amount")?)?;
                let word = self.need(*side, "side")?;
                let is =
                    |words: &[String]| words.iter().any(|known| clean(known).to_lowercase() == word.to_lowercase());
                if is(credit) {
                    Ok(amount)
                } else if is(debit) {
                    Ok(Money(-amount.0))
                } else {
                    Err(self.wrong(Why::Unknown { field: "side", sample: Sample::of(word) }))
                }
            }
        }
    }

    fn split(&self, credit: u16, debit: u16, negative: bool) -> Result<Money, Wrong> {
        // A hyphen stands for nothing.
        let none = |text: &str| text.is_empty() || text.bytes().all(|byte| byte == b'-');
        let (said_in, said_out) = (self.cell(credit, "credit")?, self.cell(debit, "debit")?);
        if none(said_in) && none(said_out) {
            return Err(self.wrong(Why::Missing { field: "amount" }));
        }
        let came = if none(said_in) { Money::ZERO } else { self.amount(credit, "credit")? };
        let came = self.positive(credit, "credit", came)?;
        let went = if none(said_out) { Money::ZERO } else { self.amount(debit, "debit")? };
        let went = match negative {
            true if went.0 > 0 => {
                let why = Why::Amount { field: "debit", sample: Sample::of(said_out), fault: MoneyError::NotANumber };
                return Err(self.wrong(why));
            }
            true => went,
            false => Money(-self.positive(debit, "debit", went)?.0),
        };
        match (came.0, went.0) {
            (1.., ..0) => Err(self.wrong(Why::Twice { field: "amount" })),
            (0, went) => Ok(Money(went)),
            (came, _) => Ok(Money(came)),
        }
    }

    fn positive(&self, column: u16, field: &'static str, amount: Money) -> Result<Money, Wrong> {
        if amount.0 >= 0 {
            return Ok(amount);
        }
        let sample = Sample::of(self.cell(column, field)?);
        Err(self.wrong(Why::Amount { field, sample, fault: MoneyError::Negative }))
    }

    fn amount(&self, column: u16, field: &'static str) -> Result<Money, Wrong> {
        let text = self.cell(column, field)?;
        amounts::amount(text, self.mapping.decimal, self.mapping.thousands)
            .map_err(|fault| self.wrong(Why::Amount { field, sample: Sample::of(text), fault }))
    }

    fn day(&self, column: u16, field: &'static str) -> Result<Day, Wrong> {
        let text = self.need(column, field)?;
        let day = self.mapping.day_style.read(text);
        day.ok_or_else(|| self.wrong(Why::Day { field, sample: Sample::of(text) }))
    }

    fn currency(&self, said: &str) -> Result<(), Wrong> {
        // What banks in China write for the code of ISO 4217.
        let code = match said {
            "人民币" | "人民币元" | "RMB" => "CNY",
            other => other,
        };
        if code.eq_ignore_ascii_case(&self.mapping.currency) {
            return Ok(());
        }
        let (expected, sample) = (Sample::of(&self.mapping.currency), Sample::of(said));
        Err(self.wrong(Why::Currency { field: "currency", expected, sample }))
    }

    /// A cell, which the row must have.
    fn cell(&self, column: u16, field: &'static str) -> Result<&str, Wrong> {
        let cell = self.record.get(usize::from(column)).map(clean);
        cell.ok_or_else(|| self.wrong(Why::Missing { field }))
    }

    /// A cell that must say something.
    fn need(&self, column: u16, field: &'static str) -> Result<&str, Wrong> {
        let cell = self.cell(column, field)?;
        if cell.is_empty() { Err(self.wrong(Why::Missing { field })) } else { Ok(cell) }
    }

    /// A cell that may say something.
    fn said(&self, column: Option<u16>, field: &'static str) -> Result<Option<String>, Wrong> {
        let Some(column) = column else { return Ok(None) };
        Ok(Some(self.cell(column, field)?.to_string()).filter(|text| !text.is_empty()))
    }

    const fn wrong(&self, why: Why) -> Wrong {
        Wrong::at(self.place, why)
    }
}
