//! `TxDtls`: one transaction of an entry. A batch entry has many.

use super::element::{Element, Priced};
use crate::base::types::Money;
use crate::features::remittance::statements::formats::model::Side;
use crate::features::remittance::statements::formats::names;
use crate::features::remittance::statements::formats::wrong::{Why, Wrong};

/// One transaction, as far as it concerns us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    pub line: u64,
    pub amount: Option<Priced>,
    pub side: Option<Side>,
    pub serial: Option<String>,
    pub end_to_end: Option<String>,
    debtor: Party,
    creditor: Party,
    /// The remittance information, piece by piece.
    pub texts: Vec<String>,
    charges: Vec<Priced>,
    pub code: Option<String>,
    pub returned: bool,
}

/// Who stands on one side of a transaction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Party {
    pub name: String,
    pub account: Option<String>,
    pub bank: Option<String>,
}

impl Detail {
    pub fn read(said: &Element) -> Result<Self, Wrong> {
        // Version .02 has the amount of a transaction only among the details of amounts.
        let amount = match said.one("Amt")? {
            Some(amount) => Some(amount),
            None => said.at(&["AmtDtls", "TxAmt", "Amt"])?,
        };
        let empty = |id: &String| !matches!(id.as_str(), "NOTPROVIDED" | "NONREF");
        Ok(Self {
            line: said.line,
            amount: amount.map(|amount| amount.priced("TxDtls/Amt")).transpose()?,
            side: said.side()?,
            serial: said.text_at(&["Refs", "AcctSvcrRef"])?,
            end_to_end: said.text_at(&["Refs", "EndToEndId"])?.filter(empty),
            debtor: Party::read(said, ["Dbtr", "UltmtDbtr", "DbtrAcct", "DbtrAgt"])?,
            creditor: Party::read(said, ["Cdtr", "UltmtCdtr", "CdtrAcct", "CdtrAgt"])?,
            texts: texts(said)?,
            charges: charges(said)?,
            code: code(said)?,
            returned: said.one("RtrInf")?.is_some(),
        })
    }

    /// The other party: whoever paid what came in, or was paid what went out. When a transfer comes back, its parties keep
    /// the places they had on its way out.
    pub const fn other(&self, side: Side) -> &Party {
        match (side, self.returned) {
            (Side::Credit, false) | (Side::Debit, true) => &self.debtor,
            (Side::Debit, false) | (Side::Credit, true) => &self.creditor,
        }
    }

    /// What a bank on the way kept, if it says so in this currency.
    pub fn charges(&self, currency: &str) -> Result<Option<Money>, Wrong> {
        total(&self.charges, currency)
    }

    /// Roughly how many bytes it holds.
    pub fn size(&self) -> usize {
        size_of::<Self>() + self.texts.iter().map(|text| text.len() + size_of::<String>()).sum::<usize>()
    }
}

impl Party {
    fn read(said: &Element, [party, ultimate, account, agent]: [&'static str; 4]) -> Result<Self, Wrong> {
        let (parties, agents) = (said.one("RltdPties")?, said.one("RltdAgts")?);
        let name = |who: &'static str| match parties {
            Some(parties) => name(parties, who),
            None => Ok(None),
        };
        // Whose money it is says the payer, not the bank: the ultimate party names nobody by itself.
        let (named, behind) = (name(party)?.unwrap_or_default(), name(ultimate)?);
        let name = names::on_behalf(&named, behind.as_deref());
        let account = match parties.map(|parties| parties.one(account)).transpose()?.flatten() {
            Some(account) => account.account()?,
            None => None,
        };
        let bank = match agents.map(|agents| agents.at(&[agent, "FinInstnId"])).transpose()?.flatten() {
            Some(bank) => institution(bank)?,
            None => None,
        };
        Ok(Self { name, account, bank })
    }
}

/// The name of a party: directly (up to .06), below `Pty`, or of a bank that acts for itself (from .08).
fn name(parties: &Element, who: &'static str) -> Result<Option<String>, Wrong> {
    for way in [&[who, "Nm"][..], &[who, "Pty", "Nm"], &[who, "Agt", "FinInstnId", "Nm"]] {
        if let Some(name) = parties.text_at(way)? {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// A bank: its BIC (`BIC` in .02), its number in the country, or its name.
fn institution(bank: &Element) -> Result<Option<String>, Wrong> {
    for way in [&["BICFI"][..], &["BIC"], &["ClrSysMmbId", "MmbId"], &["Nm"]] {
        if let Some(found) = bank.text_at(way)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Unstructured lines, structured references, and what the bank adds.
fn texts(said: &Element) -> Result<Vec<String>, Wrong> {
    let mut texts = Vec::new();
    if let Some(information) = said.one("RmtInf")? {
        texts.extend(information.all("Ustrd").map(Element::text));
        for structured in information.all("Strd") {
            texts.extend(structured.text_at(&["CdtrRefInf", "Ref"])?);
            for document in structured.all("RfrdDocInf") {
                texts.extend(document.text_at(&["Nb"])?);
            }
            texts.extend(structured.all("AddtlRmtInf").map(Element::text));
        }
    }
    texts.extend(said.text_at(&["AddtlTxInf"])?);
    texts.retain(|text| !text.is_empty());
    Ok(texts)
}

/// `BkTxCd`: domain, family and sub-family, or the bank's own code.
pub fn code(said: &Element) -> Result<Option<String>, Wrong> {
    let Some(code) = said.one("BkTxCd")? else { return Ok(None) };
    if let Some(domain) = code.one("Domn")? {
        let parts =
            [domain.text_at(&["Cd"])?, domain.text_at(&["Fmly", "Cd"])?, domain.text_at(&["Fmly", "SubFmlyCd"])?];
        return Ok(Some(parts.into_iter().flatten().collect::<Vec<_>>().join("/")).filter(|code| !code.is_empty()));
    }
    code.text_at(&["Prtry", "Cd"])
}

/// `Chrgs`: their total, or one by one: directly below (.02) or as records. What a bank gives back is not kept.
pub fn charges(said: &Element) -> Result<Vec<Priced>, Wrong> {
    let mut found = Vec::new();
    for charges in said.all("Chrgs") {
        if let Some(total) = charges.one("TtlChrgsAndTaxAmt")? {
            found.push(total.priced("Chrgs/TtlChrgsAndTaxAmt")?);
            continue;
        }
        for charge in std::iter::once(charges).chain(charges.all("Rcrd")) {
            match charge.one("Amt")? {
                Some(amount) if charge.side()? != Some(Side::Credit) => found.push(amount.priced("Chrgs/Amt")?),
                _ => {}
            }
        }
    }
    Ok(found)
}

/// The sum of charges, unless one is in another currency: it was then taken elsewhere.
pub fn total(charges: &[Priced], currency: &str) -> Result<Option<Money>, Wrong> {
    if charges.iter().any(|charge| charge.currency != currency) {
        return Ok(None);
    }
    let sum: Option<Money> = charges.iter().map(|charge| charge.amount).sum();
    let line = charges.first().map_or(0, |charge| charge.line);
    let sum = sum.ok_or_else(|| Wrong::at(line, Why::Overflow))?;
    Ok(Some(sum).filter(|sum| sum.is_positive()))
}
