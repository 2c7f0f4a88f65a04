//! `:61:` and the `:86:` after it: one entry.

use super::fields::Field;
use super::{amount, field86};
use crate::base::types::{Day, Money};
use crate::features::remittance::statements::formats::days;
use crate::features::remittance::statements::formats::model::{Dialect, Line, Said, Side};
use crate::features::remittance::statements::formats::wrong::{Sample, Why, Wrong};

/// An entry as `:61:` says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    place: u64,
    value_on: Day,
    booked_on: Day,
    side: Side,
    reversal: bool,
    amount: Money,
    kind: String,
    reference: Option<String>,
    serial: Option<String>,
    /// Subfield 9: what the bank adds in a line of its own.
    added: String,
    information: Option<field86::Read>,
}

impl Entry {
    /// `6!n[4!n]2a[1!a]15d1!a3!c16x[//16x]` and, in a line of its own, `[34x]`.
    pub fn read(field: &Field) -> Result<Self, Wrong> {
        let text = field.text();
        let malformed = || Wrong::at(field.line, Why::Malformed { field: "61", sample: Sample::of(&text) });
        let (value, rest) = text.split_at_checked(6).ok_or_else(malformed)?;
        let value_on = days::six(value)
            .ok_or_else(|| Wrong::at(field.line, Why::Day { field: "61", sample: Sample::of(value) }))?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let (booked_on, rest) = match rest.split_at_checked(4) {
            Some((entry, rest)) if digits(entry) => {
                let day = nearest(value_on, entry);
                let why = || Why::Day { field: "61", sample: Sample::of(entry) };
                (day.ok_or_else(|| Wrong::at(field.line, why()))?, rest)
            }
            _ => (value_on, rest),
        };
        // The longer marks first: a reversed credit is a debit, and the other way round.
        let marks = [("RC", Side::Debit), ("RD", Side::Credit), ("C", Side::Credit), ("D", Side::Debit)];
        let found = marks.iter().find_map(|(mark, side)| Some((mark.len() == 2, *side, rest.strip_prefix(mark)?)));
        let (reversal, side, rest) = found.ok_or_else(malformed)?;
        // The third letter of the currency, which says nothing that the balance does not say.
        let rest = rest.strip_prefix(|sign: char| sign.is_ascii_uppercase()).unwrap_or(rest);
        let end = rest.find(|sign: char| !sign.is_ascii_digit() && sign != ',').ok_or_else(malformed)?;
        let (said, rest) = rest.split_at_checked(end).ok_or_else(malformed)?;
        let amount = amount(said, field)?;
        let (kind, rest) = rest.split_at_checked(4).ok_or_else(malformed)?;
        if !kind.starts_with(['N', 'F', 'S']) || !kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(malformed());
        }
        let (reference, serial) = rest.split_once("//").unwrap_or((rest, ""));
        let said = |text: &str| Some(text.trim().to_string()).filter(|text| !text.is_empty() && text != "NONREF");
        Ok(Self {
            place: field.line,
            value_on,
            booked_on,
            side,
            reversal,
            amount,
            kind: kind.to_string(),
            // What German banks write there says only that the reference stands in `:86:`.
            reference: said(reference).filter(|text| !matches!(text.as_str(), "KREF+" | "EREF+" | "NOTPROVIDED")),
            serial: said(serial),
            added: field.lines.get(1..).unwrap_or_default().join(" ").trim().to_string(),
            information: None,
        })
    }

    /// Takes the `:86:` of this entry, from a bank that writes so.
    pub fn tell(&mut self, field: &Field, dialect: Option<Dialect>) -> Result<(), Wrong> {
        if self.information.is_some() {
            return Err(Wrong::at(field.line, Why::Twice { field: "86" }));
        }
        self.information = Some(field86::read(&field.lines, dialect));
        Ok(())
    }

    /// How its information is written, of money that came in.
    pub fn looks(&self) -> Option<Dialect> {
        let came_in = self.side == Side::Credit && self.amount.is_positive();
        self.information.as_ref().filter(|_| came_in).map(|read| read.looks)
    }

    /// The line of the statement.
    pub fn line(mut self, currency: &str) -> Line {
        let read = self.information.take();
        let (told, by_looks) = read.map_or_else(Default::default, |read| (read.told, read.by_looks));
        let charges = [&self.added, &told.charges].into_iter().find_map(|text| charges(text, currency));
        let code = Some(told.code.as_ref().map_or_else(|| self.kind.clone(), |code| format!("{}/{code}", self.kind)));
        let (bank, by_looks) = (told.bank.clone(), by_looks.map(|told| Box::new(self.said(told))));
        let said = self.said(told);
        Line {
            place: self.place,
            booked_on: self.booked_on,
            value_on: Some(self.value_on),
            amount: self.amount,
            side: self.side,
            reversal: self.reversal,
            remitter: said.remitter,
            remitter_account: said.remitter_account,
            bank,
            text: said.text,
            bank_serial: self.serial,
            end_to_end: said.end_to_end,
            by_looks,
            charges,
            code,
        }
    }

    /// What it says of its payer, by this information.
    fn said(&self, told: field86::Information) -> Said {
        let text = [told.text, self.added.clone()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
        Said {
            remitter: told.remitter,
            remitter_account: told.account,
            text: text.join("\n"),
            end_to_end: told.end_to_end.or_else(|| self.reference.clone()),
        }
    }
}

/// The day `MMDD` that lies nearest to another: an entry of December may count from January on.
fn nearest(value_on: Day, entry: &str) -> Option<Day> {
    let (month, day) = entry.split_at_checked(2)?;
    let year = value_on.date().year();
    let days = [year, year - 1, year + 1].into_iter().filter_map(|year| days::date(&year.to_string(), month, day));
    days.min_by_key(|day| day.days_since(value_on).abs())
}

/// `/CHGS/EUR2,50`, if it is in the currency of the account.
fn charges(text: &str, currency: &str) -> Option<Money> {
    use crate::features::remittance::statements::formats::amounts::{Decimal, Thousands, unsigned};
    let (_, rest) = text.split_once("/CHGS/")?;
    let rest = rest.strip_prefix(currency)?;
    let end = rest.find(|sign: char| !sign.is_ascii_digit() && sign != ',').unwrap_or(rest.len());
    let amount = unsigned(&rest[..end], Decimal::Comma, Thousands::None).ok()?;
    amount.is_positive().then_some(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Result<Entry, Wrong> {
        Entry::read(&Field { tag: "61", line: 7, lines: text.lines().map(ToString::to_string).collect() })
    }

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn every_part_may_be_there_or_not() {
        let full = entry("2611261127CR1250,5NTRFE2E-1//BANK-1\n/OCMT/EUR1253,00/CHGS/EUR2,50").unwrap();
        assert_eq!((full.value_on, full.booked_on), (day("2026-11-26"), day("2026-11-27")));
        assert_eq!((full.side, full.reversal, full.amount), (Side::Credit, false, Money(125_050)));
        assert_eq!((full.reference.as_deref(), full.serial.as_deref()), (Some("E2E-1"), Some("BANK-1")));
        let line = full.line("EUR");
        assert_eq!((line.charges, line.code.as_deref()), (Some(Money(250)), Some("NTRF")));
        assert_eq!(line.text, "/OCMT/EUR1253,00/CHGS/EUR2,50");

        let least = entry("261126D1,NMSCNONREF").unwrap();
        assert_eq!((least.booked_on, least.side, least.amount), (day("2026-11-26"), Side::Debit, Money(100)));
        assert_eq!((least.reference, least.serial), (None, None));
    }

    #[test]
    fn a_reversed_credit_is_a_debit() {
        for (mark, side, reversal) in [
            ("C", Side::Credit, false),
            ("D", Side::Debit, false),
            ("RC", Side::Debit, true),
            ("RD", Side::Credit, true),
            ("RDR", Side::Credit, true),
            ("DR", Side::Debit, false),
        ] {
            let entry = entry(&format!("261126{mark}1,00N001X")).unwrap();
            assert_eq!((entry.side, entry.reversal), (side, reversal), "{mark}");
        }
    }

    #[test]
    fn the_year_turns_between_value_and_entry() {
        assert_eq!(entry("2701021230C1,00NTRFX").unwrap().booked_on, day("2026-12-30"));
        assert_eq!(entry("2612300102C1,00NTRFX").unwrap().booked_on, day("2027-01-02"));
        assert_eq!(entry("2803010229C1,00NTRFX").unwrap().booked_on, day("2028-02-29"));
        assert_eq!(entry("2702280229C1,00NTRFX").unwrap().booked_on, day("2028-02-29"));
    }

    #[test]
    fn what_has_not_the_form_is_refused() {
        for text in [
            "",
            "261126",
            "261126X1,00NTRF",
            "261126C1,00",
            "261126C1,00XTRFX",
            "261126C1,00NTR",
            "261126C1.00NTRF",
            "261126C100NTRFX",
            "261126C1,000NTRFX",
            "261126C,00NTRFX",
            "261326C1,00NTRFX",
            "2611261330C1,00NTRFX",
            "261126C1,00,NTRFX",
            "日日日日",
        ] {
            assert_eq!(entry(text).map_err(|wrong| wrong.line), Err(7), "{text}");
        }
    }
}
