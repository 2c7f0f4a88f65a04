//! camt.053 (ISO 20022 `BankToCustomerStatement`), versions 001.02, .04, .06, .08 and .10. What differs between them is
//! only where a few things stand; each place is looked at, whatever the version.

mod detail;
mod element;
mod entry;
mod xml;

use std::io::BufRead;

use self::detail::Detail;
use self::element::Element;
use self::xml::{Document, Mark, Opened};
use super::continuity::Checked;
use super::limits;
use super::model::{Balance, Head, Side};
use super::wrong::{Sample, Why, Wrong};
use crate::base::types::Money;

const FAMILY: &str = "urn:iso:std:iso:20022:tech:xsd:";
const VERSIONS: [&str; 5] =
    ["camt.053.001.02", "camt.053.001.04", "camt.053.001.06", "camt.053.001.08", "camt.053.001.10"];

/// Reads a document, which may stand in an envelope of the bank's own.
pub(super) fn read(source: impl BufRead, checked: &mut Checked) -> Result<(), Wrong> {
    let mut document = Document::new(source)?;
    let mut found = false;
    loop {
        match document.next()? {
            Mark::Open(opened) if opened.name == "Document" => {
                if found {
                    return Err(Wrong::at(opened.line, Why::Twice { field: "Document" }));
                }
                found = true;
                settle(&mut document, &opened)?;
                content(&mut document, checked)?;
            }
            Mark::Done if found => return Ok(()),
            Mark::Done => return Err(Wrong::at(document.line(), Why::Missing { field: "Document" })),
            Mark::Open(_) | Mark::Text(_) | Mark::Close => {}
        }
    }
}

/// The namespace says which version it is.
fn settle<R: BufRead>(document: &mut Document<R>, opened: &Opened) -> Result<(), Wrong> {
    let namespace = opened.foreign.clone().unwrap_or_default();
    let version = namespace.strip_prefix(FAMILY).unwrap_or(&namespace);
    if !namespace.starts_with(FAMILY) || !VERSIONS.contains(&version) {
        return Err(Wrong::at(opened.line, Why::Version { sample: Sample::of(version) }));
    }
    document.settle(namespace);
    Ok(())
}

/// `Document`: one message.
fn content<R: BufRead>(document: &mut Document<R>, checked: &mut Checked) -> Result<(), Wrong> {
    let mut found = false;
    while let Some(opened) = child(document)? {
        match opened.name.as_str() {
            "BkToCstmrStmt" if found => return Err(Wrong::at(opened.line, Why::Twice { field: "BkToCstmrStmt" })),
            "BkToCstmrStmt" => {
                found = true;
                while let Some(opened) = child(document)? {
                    if opened.name == "Stmt" {
                        Statement::read(document, opened.line, checked)?;
                    } else {
                        document.skip()?;
                    }
                }
            }
            _ => document.skip()?,
        }
    }
    if found { Ok(()) } else { Err(Wrong::at(document.line(), Why::Missing { field: "BkToCstmrStmt" })) }
}

/// The next child of the element that is open, of its own namespace; nothing at its end.
fn child<R: BufRead>(document: &mut Document<R>) -> Result<Option<Opened>, Wrong> {
    loop {
        match document.next()? {
            Mark::Open(opened) if opened.foreign.is_some() => document.skip()?,
            Mark::Open(opened) => return Ok(Some(opened)),
            Mark::Text(_) => {}
            Mark::Close | Mark::Done => return Ok(None),
        }
    }
}

/// A balance of a kind that we look at.
struct Stated {
    code: &'static str,
    balance: Balance,
    line: u64,
}

/// `Stmt`, as far as it was read.
#[derive(Default)]
struct Statement {
    line: u64,
    id: Option<String>,
    electronic: Option<String>,
    legal: Option<String>,
    period: Option<Element>,
    account: Option<Element>,
    currency: Option<String>,
    balances: Vec<Stated>,
    /// What is at the end, once the beginning was handed over.
    begun: Option<(u64, Option<Balance>)>,
}

impl Statement {
    fn read<R: BufRead>(document: &mut Document<R>, line: u64, checked: &mut Checked) -> Result<(), Wrong> {
        let mut own = Self { line, ..Self::default() };
        while let Some(opened) = child(document)? {
            let line = opened.line;
            match opened.name.as_str() {
                "Ntry" => own.entry(document, opened, checked)?,
                "Id" => once(&mut own.id, Element::read(document, opened)?.text(), "Id", line)?,
                "ElctrncSeqNb" => {
                    once(&mut own.electronic, Element::read(document, opened)?.text(), "ElctrncSeqNb", line)?;
                }
                "LglSeqNb" => once(&mut own.legal, Element::read(document, opened)?.text(), "LglSeqNb", line)?,
                "FrToDt" => once(&mut own.period, Element::read(document, opened)?, "FrToDt", line)?,
                "Acct" => {
                    let account = Element::read(document, opened)?;
                    own.currency = account.text_at(&["Ccy"])?;
                    once(&mut own.account, account, "Acct", line)?;
                }
                "Bal" => {
                    let balance = Element::read(document, opened)?;
                    own.balance(&balance)?;
                }
                _ => document.skip()?,
            }
        }
        own.begin(checked)?;
        let (line, closing) = own.begun.unwrap_or((own.line, None));
        checked.end(line, closing)
    }

    fn balance(&mut self, said: &Element) -> Result<(), Wrong> {
        // The schema has all balances before all entries, and what is at the end is compared with what is before it.
        if self.begun.is_some() {
            return Err(Wrong::at(said.line, Why::Misplaced { field: "Bal" }));
        }
        let code = said.text_at(&["Tp", "CdOrPrtry", "Cd"])?.unwrap_or_default();
        let Some(code) = ["OPBD", "PRCD", "ITBD", "CLBD"].into_iter().find(|known| *known == code) else {
            return Ok(());
        };
        if code != "ITBD" && self.balances.iter().any(|known| known.code == code) {
            return Err(Wrong::at(said.line, Why::Twice { field: code }));
        }
        let line = said.line;
        let priced = said.need("Amt")?.priced("Bal/Amt")?;
        let currency = self.currency.get_or_insert_with(|| priced.currency.clone());
        let amount = priced.within("Bal/Amt", currency)?;
        let side = said.side()?.ok_or_else(|| Wrong::at(line, Why::Missing { field: "CdtDbtInd" }))?;
        let amount = if side == Side::Debit { Money(-amount.0) } else { amount };
        let on = said.day("Dt")?.ok_or_else(|| Wrong::at(line, Why::Missing { field: "Dt" }))?;
        // Two pages have four interim balances at most; more would only fill memory.
        if self.balances.len() >= 16 {
            return Err(Wrong::at(line, Why::TooMany { field: "Bal", limit: 16 }));
        }
        self.balances.push(Stated { code, balance: Balance { on, amount }, line });
        Ok(())
    }

    /// Hands over the beginning, unless that was done.
    fn begin(&mut self, checked: &mut Checked) -> Result<(), Wrong> {
        if self.begun.is_some() {
            return Ok(());
        }
        let missing = |field| Wrong::at(self.line, Why::Missing { field });
        let account = self.account.as_ref().ok_or_else(|| missing("Acct"))?;
        let account = account.account()?.ok_or_else(|| missing("Acct/Id"))?;
        let find = |code| self.balances.iter().find(|stated| stated.code == code);
        let mut interim = self.balances.iter().filter(|stated| stated.code == "ITBD");
        // A statement of several pages begins or ends on an interim balance.
        let closing = find("CLBD");
        let opening = find("OPBD").or_else(|| find("PRCD"));
        let pages = closing.is_some() || interim.clone().nth(1).is_some();
        let opening = opening.or_else(|| if pages { interim.next() } else { None });
        let closing = closing.or_else(|| interim.next_back());
        let day = |way: &[&'static str]| match self.period.as_ref().map(|period| period.at(way)) {
            Some(Ok(Some(day))) => day.date("FrToDt").map(Some),
            Some(Err(wrong)) => Err(wrong),
            _ => Ok(None),
        };
        let head = Head {
            account,
            currency: self.currency.clone(),
            statement: self.id.clone().filter(|id| !id.is_empty()),
            sequence: self.electronic.clone().or_else(|| self.legal.clone()).filter(|number| !number.is_empty()),
            opening: opening.map(|stated| stated.balance),
            from: day(&["FrDtTm"])?,
            to: day(&["ToDtTm"])?,
        };
        let place = opening.map_or(self.line, |stated| stated.line);
        self.begun = Some((closing.map_or(self.line, |stated| stated.line), closing.map(|stated| stated.balance)));
        checked.begin(place, head)
    }

    fn entry<R: BufRead>(
        &mut self,
        document: &mut Document<R>,
        opened: Opened,
        checked: &mut Checked,
    ) -> Result<(), Wrong> {
        let (mut details, mut held) = (Vec::new(), 0);
        let mut take = |element: Element| {
            if element.name != "TxDtls" {
                return Ok(Some(element));
            }
            let detail = Detail::read(&element)?;
            held += detail.size();
            if details.len() >= limits::TRANSACTIONS || held > limits::ENTRY {
                let limit = limits::TRANSACTIONS as u64;
                return Err(Wrong::at(element.line, Why::TooMany { field: "TxDtls", limit }));
            }
            details.push(detail);
            Ok(None)
        };
        let entry = Element::taking(document, opened, &mut limits::ELEMENTS.clone(), &mut take)?;
        if self.currency.is_none() {
            self.currency = Some(entry.need("Amt")?.priced("Ntry/Amt")?.currency);
        }
        self.begin(checked)?;
        entry::lines(&entry, details, self.currency.as_deref().unwrap_or_default(), checked)
    }
}

/// Keeps what may be said once.
fn once<T>(place: &mut Option<T>, value: T, field: &'static str, line: u64) -> Result<(), Wrong> {
    if place.is_some() {
        return Err(Wrong::at(line, Why::Twice { field }));
    }
    *place = Some(value);
    Ok(())
}

#[cfg(test)]
mod tests;
