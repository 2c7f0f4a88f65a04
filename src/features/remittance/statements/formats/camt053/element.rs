//! A small part of a document, held as a whole: an account, a balance, an entry.

use std::io::BufRead;

use super::xml::{Document, Mark, Opened};
use crate::base::types::{Day, Money};
use crate::features::remittance::statements::formats::amounts::{self, Decimal, Thousands};
use crate::features::remittance::statements::formats::model::Side;
use crate::features::remittance::statements::formats::wrong::{Sample, Why, Wrong};
use crate::features::remittance::statements::formats::{days, limits};

/// An element with all that stands in it, of the statement's own namespace only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    pub line: u64,
    currency: Option<String>,
    text: String,
    children: Vec<Element>,
}

/// An amount with its currency and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    pub amount: Money,
    pub currency: String,
    pub line: u64,
}

/// Looks at each element inside as it ends, and takes it or leaves it where it is.
type Taker<'a> = &'a mut dyn FnMut(Element) -> Result<Option<Element>, Wrong>;

impl Element {
    /// Reads the rest of an element that has begun.
    pub fn read<R: BufRead>(document: &mut Document<R>, opened: Opened) -> Result<Self, Wrong> {
        Self::taking(document, opened, &mut limits::ELEMENTS.clone(), &mut |element| Ok(Some(element)))
    }

    /// The same, with elements taken out on the way. `room` is how many more may be held.
    pub fn taking<R: BufRead>(
        document: &mut Document<R>,
        opened: Opened,
        room: &mut usize,
        take: Taker,
    ) -> Result<Self, Wrong> {
        let Opened { name, currency, line, .. } = opened;
        *room = room
            .checked_sub(1)
            .ok_or_else(|| Wrong::at(line, Why::TooMany { field: "elements", limit: limits::ELEMENTS as u64 }))?;
        let mut own = Self { name, line, currency, text: String::new(), children: Vec::new() };
        loop {
            match document.next()? {
                Mark::Open(opened) if opened.foreign.is_some() => document.skip()?,
                Mark::Open(opened) => {
                    let before = *room;
                    let child = Self::taking(document, opened, room, take)?;
                    match take(child)? {
                        Some(child) => own.children.push(child),
                        None => *room = before,
                    }
                }
                Mark::Text(text) => {
                    own.text.push_str(&text);
                    if own.text.len() > limits::TEXT {
                        let limit = limits::TEXT as u64;
                        return Err(Wrong::at(line, Why::TooLong { field: "element", limit }));
                    }
                }
                Mark::Close | Mark::Done => break,
            }
        }
        if !own.children.is_empty() {
            if !own.text.trim().is_empty() {
                return Err(Wrong::at(line, Why::Xml { sample: Sample::of(&own.text) }));
            }
            own.text = String::new();
        }
        Ok(own)
    }

    /// The text, in one line: pretty-printers break lines and indent where it means nothing.
    pub fn text(&self) -> String {
        self.text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// All children of this name.
    pub fn all(&self, name: &'static str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The child of this name, which may stand once.
    pub fn one(&self, name: &'static str) -> Result<Option<&Self>, Wrong> {
        let mut all = self.all(name);
        let found = all.next();
        match all.next() {
            Some(again) => Err(Wrong::at(again.line, Why::Twice { field: name })),
            None => Ok(found),
        }
    }

    /// The child of this name, which must stand.
    pub fn need(&self, name: &'static str) -> Result<&Self, Wrong> {
        self.one(name)?.ok_or_else(|| Wrong::at(self.line, Why::Missing { field: name }))
    }

    /// What stands at the end of this way down.
    pub fn at(&self, way: &[&'static str]) -> Result<Option<&Self>, Wrong> {
        way.iter().try_fold(Some(self), |from, name| from.map_or(Ok(None), |from| from.one(name)))
    }

    /// The text at the end of this way down, unless it is empty.
    pub fn text_at(&self, way: &[&'static str]) -> Result<Option<String>, Wrong> {
        Ok(self.at(way)?.map(Self::text).filter(|text| !text.is_empty()))
    }

    /// The amount that this element is (`ActiveOrHistoricCurrencyAndAmount`): never below zero, with its currency.
    pub fn priced(&self, field: &'static str) -> Result<Priced, Wrong> {
        let text = self.text();
        let amount = amounts::unsigned(&text, Decimal::Point, Thousands::None)
            .map_err(|fault| Wrong::at(self.line, Why::Amount { field, sample: Sample::of(&text), fault }))?;
        let currency = self.currency.clone().ok_or_else(|| Wrong::at(self.line, Why::Missing { field: "Ccy" }))?;
        Ok(Priced { amount, currency, line: self.line })
    }

    /// The day of the child of this name (`DateAndDateTimeChoice`): `Dt` or `DtTm`.
    pub fn day(&self, name: &'static str) -> Result<Option<Day>, Wrong> {
        let Some(choice) = self.one(name)? else { return Ok(None) };
        let said = match choice.one("Dt")? {
            Some(day) => day,
            None => choice.need("DtTm")?,
        };
        said.date(name).map(Some)
    }

    /// The day that this element says.
    pub fn date(&self, field: &'static str) -> Result<Day, Wrong> {
        let text = self.text();
        days::iso(&text).ok_or_else(|| Wrong::at(self.line, Why::Day { field, sample: Sample::of(&text) }))
    }

    /// `CdtDbtInd`, if it stands here.
    pub fn side(&self) -> Result<Option<Side>, Wrong> {
        let Some(said) = self.one("CdtDbtInd")? else { return Ok(None) };
        match said.text().as_str() {
            "CRDT" => Ok(Some(Side::Credit)),
            "DBIT" => Ok(Some(Side::Debit)),
            text => Err(Wrong::at(said.line, Why::Unknown { field: "CdtDbtInd", sample: Sample::of(text) })),
        }
    }

    /// An account's number: IBAN, or whatever the bank calls it by, without spaces.
    pub fn account(&self) -> Result<Option<String>, Wrong> {
        let Some(id) = self.one("Id")? else { return Ok(None) };
        let number = match id.one("IBAN")? {
            Some(number) => Some(number.text()),
            None => id.text_at(&["Othr", "Id"])?,
        };
        Ok(number.map(|number| number.replace(' ', "")).filter(|number| !number.is_empty()))
    }
}

impl Priced {
    /// The amount, if it is in the currency of the account.
    pub fn within(self, field: &'static str, currency: &str) -> Result<Money, Wrong> {
        if self.currency == currency {
            return Ok(self.amount);
        }
        let (expected, sample) = (Sample::of(currency), Sample::of(&self.currency));
        Err(Wrong::at(self.line, Why::Currency { field, expected, sample }))
    }
}
