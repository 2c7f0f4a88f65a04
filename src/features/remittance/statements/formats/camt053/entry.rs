//! `Ntry`: one booking, which becomes one line, or one for each transaction of a batch.

use super::detail::{self, Detail};
use super::element::Element;
use crate::base::types::Money;
use crate::features::remittance::statements::formats::continuity::Checked;
use crate::features::remittance::statements::formats::limits;
use crate::features::remittance::statements::formats::model::{Line, Side};
use crate::features::remittance::statements::formats::wrong::{Sample, Why, Wrong};

/// Hands over the lines of an entry, if it is booked.
pub fn lines(entry: &Element, details: Vec<Detail>, currency: &str, checked: &mut Checked) -> Result<(), Wrong> {
    // What is only expected need not say yet on which day it will be booked.
    if !booked(entry)? {
        checked.skip();
        return Ok(());
    }
    let whole = whole(entry, currency)?;
    if !whole.amount.is_positive() {
        checked.skip();
        return Ok(());
    }
    let added = entry.text_at(&["AddtlNtryInf"])?;
    let Some(shares) = shares(&whole, &details, currency) else {
        return checked.line(together(whole, &details, added, currency)?);
    };
    for (place, (detail, (side, amount))) in details.into_iter().zip(shares).enumerate() {
        if !amount.is_positive() {
            checked.skip();
            continue;
        }
        let serial = match &whole.bank_serial {
            Some(serial) => Some(format!("{serial}/{}", place + 1)),
            None => detail.serial.clone(),
        };
        let line = Line { place: detail.line, side, amount, bank_serial: serial, ..whole.clone() };
        checked.line(of(line, &detail, added.as_ref(), currency)?)?;
    }
    Ok(())
}

/// `Sts`: a word (up to .06), or a word below `Cd`. Only what is booked has moved the balance.
fn booked(entry: &Element) -> Result<bool, Wrong> {
    let status = entry.need("Sts")?;
    let word = match status.one("Cd")? {
        Some(code) => code.text(),
        None => status.text(),
    };
    match word.as_str() {
        "BOOK" => Ok(true),
        "PDNG" | "INFO" | "FUTR" => Ok(false),
        _ => Err(Wrong::at(status.line, Why::Unknown { field: "Sts", sample: Sample::of(&word) })),
    }
}

/// What the entry says of itself, without its transactions.
fn whole(entry: &Element, currency: &str) -> Result<Line, Wrong> {
    let missing = |field| Wrong::at(entry.line, Why::Missing { field });
    let amount = entry.need("Amt")?.priced("Ntry/Amt")?.within("Ntry/Amt", currency)?;
    let side = entry.side()?.ok_or_else(|| missing("CdtDbtInd"))?;
    let reversal = match entry.one("RvslInd")? {
        Some(said) => match said.text().as_str() {
            "true" | "1" => true,
            "false" | "0" => false,
            text => {
                return Err(Wrong::at(said.line, Why::Unknown { field: "RvslInd", sample: Sample::of(text) }));
            }
        },
        None => false,
    };
    let value_on = entry.day("ValDt")?;
    let booked_on = entry.day("BookgDt")?.or(value_on).ok_or_else(|| missing("BookgDt"))?;
    Ok(Line {
        place: entry.line,
        booked_on,
        value_on,
        amount,
        // ISO 20022 has the side of the entry itself, also of one that reverses another.
        side,
        reversal,
        remitter: String::new(),
        remitter_account: None,
        bank: None,
        text: String::new(),
        bank_serial: entry.text_at(&["AcctSvcrRef"])?,
        end_to_end: None,
        by_looks: None,
        charges: detail::total(&detail::charges(entry)?, currency)?,
        code: detail::code(entry)?,
    })
}

/// The side and amount of each transaction of a batch, if each says its own and together they are the entry.
fn shares(whole: &Line, details: &[Detail], currency: &str) -> Option<Vec<(Side, Money)>> {
    if details.len() < 2 {
        return None;
    }
    let share = |detail: &Detail| {
        let priced = detail.amount.as_ref().filter(|priced| priced.currency == currency)?;
        Some((detail.side.unwrap_or(whole.side), priced.amount))
    };
    let shares: Vec<_> = details.iter().map(share).collect::<Option<_>>()?;
    let sum = shares.iter().try_fold(Money::ZERO, |sum, (side, amount)| {
        if *side == whole.side { sum.checked_add(*amount) } else { sum.checked_sub(*amount) }
    });
    (sum == Some(whole.amount)).then_some(shares)
}

/// One line with what a transaction says.
fn of(line: Line, detail: &Detail, added: Option<&String>, currency: &str) -> Result<Line, Wrong> {
    let other = detail.other(line.side);
    let texts: Vec<&str> = detail.texts.iter().chain(added).map(String::as_str).collect();
    Ok(Line {
        remitter: other.name.clone(),
        remitter_account: other.account.clone(),
        bank: other.bank.clone(),
        text: texts.join("\n"),
        end_to_end: detail.end_to_end.clone(),
        by_looks: None,
        charges: detail.charges(currency)?.or(line.charges),
        code: detail.code.clone().or_else(|| line.code.clone()),
        bank_serial: line.bank_serial.clone().or_else(|| detail.serial.clone()),
        reversal: line.reversal || detail.returned,
        ..line
    })
}

/// One line for the whole entry. What its transactions do not agree on is left out; their texts stand one below the
/// other, as far as there is room.
fn together(whole: Line, details: &[Detail], added: Option<String>, currency: &str) -> Result<Line, Wrong> {
    if let [detail] = details {
        return of(whole, detail, added.as_ref(), currency);
    }
    let side = whole.side;
    let mut text = String::new();
    for piece in details.iter().flat_map(|detail| &detail.texts).chain(&added) {
        if text.len() + piece.len() + 1 > limits::TEXT {
            break;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(piece);
    }
    let agreed = details.first().map(|first| first.other(side));
    let agreed = agreed.filter(|first| details.iter().all(|detail| detail.other(side) == *first));
    let other = agreed.cloned().unwrap_or_default();
    Ok(Line { remitter: other.name, remitter_account: other.account, bank: other.bank, text, ..whole })
}
