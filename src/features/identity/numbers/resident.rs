//! Resident identity numbers and those of the same build (GB 11643-1999; security test list 14.1).

use std::fmt;

use jiff::civil::Date;

use super::{masked, plain};
use crate::base::types::Day;

/// The provinces of GB/T 2260 by their first two digits; 71 Taiwan, 81 Hong Kong, 82 Macao.
const PROVINCES: [u8; 34] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65, 71, 81, 82,
];

/// Taiwan on residence permits of those who live on the mainland: no province of GB/T 2260.
const TAIWAN_PERMIT: u8 = 83;

/// Nobody is older, in years. The standard's own sample was born in 1880.
const OLDEST: i16 = 150;

/// ISO 7064 MOD 11-2 from the left: 2¹⁷ … 2¹ modulo 11.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";

/// Which rule a resident number breaks: the first in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResidentFault {
    /// Not 17 digits and a digit or `X`.
    #[error("not 17 digits and a digit or X")]
    Form,
    /// A 15-digit number of the first generation, not valid since 2013.
    #[error("a 15-digit number of the first generation")]
    FirstGeneration,
    /// No such province.
    #[error("no such province")]
    Region,
    /// The birth date is no day of the calendar.
    #[error("the birth date is no day")]
    BirthDate,
    /// Born after today.
    #[error("born in the future")]
    Future,
    /// Born over 150 years ago.
    #[error("born over 150 years ago")]
    TooLongAgo,
    /// The check character does not fit: a slip of the pen.
    #[error("the check character does not fit")]
    Check,
}

/// Which card carries the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResidentKind {
    /// The resident identity card.
    Resident,
    /// The residence permit of Hong Kong, Macao and Taiwan residents: 81, 82, 83.
    HongKongMacaoTaiwan,
    /// The foreigner's permanent residence card of 2023-12-01 and later: 9, province, country.
    PermanentResident,
}

/// An 18-character number with a known province, a real birth date and a check character that fits.
///
/// County codes are not judged: a code stays for life, so the judgement needs every code that GB/T 2260 ever had, and no
/// such table is at hand. Neither is the country of a permanent resident. Sex stands in the number and is not derived.
#[derive(Clone, PartialEq, Eq)]
pub struct ResidentNumber {
    text: String,
    birth: Day,
    kind: ResidentKind,
}

impl ResidentNumber {
    /// Reads a number as people type it: in any width and case, with spaces and hyphens. `today` is the day in
    /// Asia/Shanghai.
    pub fn parse(typed: &str, today: Day) -> Result<Self, ResidentFault> {
        let text = plain(typed).ok_or(ResidentFault::Form)?;
        let signs = text.as_bytes();
        if signs.len() == 15 && signs.iter().all(u8::is_ascii_digit) {
            return Err(ResidentFault::FirstGeneration);
        }
        let Some((check, body)) = signs.split_last().filter(|(_, body)| body.len() == WEIGHTS.len()) else {
            return Err(ResidentFault::Form);
        };
        if !body.iter().all(u8::is_ascii_digit) || !(check.is_ascii_digit() || *check == b'X') {
            return Err(ResidentFault::Form);
        }
        let kind = kind(body).ok_or(ResidentFault::Region)?;
        let birth = birth(body).ok_or(ResidentFault::BirthDate)?;
        if birth > today {
            return Err(ResidentFault::Future);
        }
        let oldest = today.date().year() - OLDEST;
        if (birth.date().year(), birth.date().month(), birth.date().day())
            < (oldest, today.date().month(), today.date().day())
        {
            return Err(ResidentFault::TooLongAgo);
        }
        if *check != check_of(body) {
            return Err(ResidentFault::Check);
        }
        Ok(Self { text, birth, kind })
    }

    /// The birth date that the number tells.
    pub const fn birth(&self) -> Day {
        self.birth
    }

    /// Which card carries the number.
    pub const fn kind(&self) -> ResidentKind {
        self.kind
    }

    /// The whole number; sealed wherever it is kept.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `1****************X`.
    pub fn masked(&self) -> String {
        masked(&self.text)
    }
}

/// Masked: what is printed to find a fault ends in logs.
impl fmt::Debug for ResidentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

fn digit(sign: u8) -> u8 {
    sign.saturating_sub(b'0')
}

/// The kind of card, if the province is one that issues it. A permanent residence card is issued on the mainland.
fn kind(body: &[u8]) -> Option<ResidentKind> {
    let two = |at: usize| Some(10 * digit(*body.get(at)?) + digit(*body.get(at + 1)?));
    if body.first() == Some(&b'9') {
        let province = two(1)?;
        return (PROVINCES.contains(&province) && province < 71).then_some(ResidentKind::PermanentResident);
    }
    match two(0)? {
        81 | 82 | TAIWAN_PERMIT => Some(ResidentKind::HongKongMacaoTaiwan),
        province => PROVINCES.contains(&province).then_some(ResidentKind::Resident),
    }
}

fn birth(body: &[u8]) -> Option<Day> {
    let number = |digits: &[u8]| digits.iter().fold(0_i16, |sum, &sign| sum * 10 + i16::from(digit(sign)));
    let (year, month, day) = (number(body.get(6..10)?), number(body.get(10..12)?), number(body.get(12..14)?));
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().map(Day::from)
}

fn check_of(body: &[u8]) -> u8 {
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(&sign, weight)| u32::from(digit(sign)) * weight).sum();
    usize::try_from(sum % 11).ok().and_then(|place| CHECKS.get(place)).copied().unwrap_or_default()
}

#[cfg(test)]
#[path = "resident_tests.rs"]
mod tests;
