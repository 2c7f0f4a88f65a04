//! Amounts of money.

use std::fmt;
use std::iter::Sum;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::BigInt;
use serde::{Serialize, Serializer};

use super::stored_as;

/// An amount in minor units (cents, fen) of the portal's one currency, which has two decimals. A `BIGINT` in both
/// databases. Never a floating point number, and sums that do not fit are refused rather than wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt)]
pub struct Money(pub i64);

stored_as!(Money, BigInt as i64, i64, |money| &money.0, |minor| Some(Money(minor)));

/// Why a text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not digits with at most one decimal point and, if any, commas between each three digits.
    #[error("not an amount")]
    NotANumber,
    /// More than can be counted.
    #[error("too large an amount")]
    TooLarge,
    /// Below zero.
    #[error("an amount below zero")]
    Negative,
    /// More than two decimals.
    #[error("an amount with more than two decimals")]
    TooPrecise,
}

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Reads what a person types: `100`, `1,250.5`, `1,250.50`, in any width of digits. Exponents, signs, currency
    /// signs and a third decimal are refused, because each of them has once been read as another amount.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let text: String = text.trim().chars().map(narrow).collect();
        let text = text.trim();
        if let Some(rest) = text.strip_prefix(['-', '\u{2212}']) {
            return Err(if digits(rest).is_ok() { MoneyError::Negative } else { MoneyError::NotANumber });
        }
        let (whole, decimals) = digits(text)?;
        if decimals.len() > 2 {
            return Err(MoneyError::TooPrecise);
        }
        let minor = whole
            .chars()
            .chain(format!("{decimals:0<2}").chars())
            .try_fold(0_i64, |sum, digit| sum.checked_mul(10)?.checked_add(i64::from(digit.to_digit(10)?)));
        minor.map(Self).ok_or(MoneyError::TooLarge)
    }

    /// The sum, unless it does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, unless it does not fit; it may be below zero.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// So many times the amount, unless it does not fit.
    pub fn checked_mul(self, times: i64) -> Option<Self> {
        self.0.checked_mul(times).map(Self)
    }

    /// Whether it is above zero.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// `¥ 1,250.00`, and `−¥ 15.00` below zero: as every page and mail writes an amount. Sign and digits never part at the end of
    /// a line.
    pub fn of(self, currency: &str) -> String {
        let digits = self.to_string();
        let (minus, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |rest| ("\u{2212}", rest));
        format!("{minus}{}\u{a0}{digits}", currency_sign(currency))
    }

    /// `1250.00`: without commas, for the value of a field and for other programs.
    pub fn plain(self) -> String {
        let minor = self.0.unsigned_abs();
        format!("{}{}.{:02}", if self.0 < 0 { "-" } else { "" }, minor / 100, minor % 100)
    }
}

/// `20,000`: a count as pages write it.
pub fn grouped(count: impl fmt::Display) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The sign of a currency, or its code where the sign is not everybody's.
pub fn currency_sign(currency: &str) -> &str {
    match currency {
        "CNY" => "¥",
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        code => code,
    }
}

/// The wide forms of keyboards of East Asia in their usual width. Nothing else is made alike: a raised ² is no 2.
fn narrow(sign: char) -> char {
    match u32::from(sign) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(sign),
        _ => sign,
    }
}

/// The digits before and after the point, with the commas taken out.
fn digits(text: &str) -> Result<(String, &str), MoneyError> {
    let (whole, decimals) = match text.split_once('.') {
        Some((_, "")) => return Err(MoneyError::NotANumber),
        Some(parts) => parts,
        None => (text, ""),
    };
    let groups: Vec<&str> = whole.split(',').collect();
    let grouped =
        groups.len() == 1 || ((1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|group| group.len() == 3));
    let numeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !grouped || !groups.iter().all(|group| numeric(group)) || !numeric(decimals) {
        return Err(MoneyError::NotANumber);
    }
    Ok((groups.concat(), decimals))
}

/// `1,250.00`, for fields and sentences in which the currency is said beside it; elsewhere [`Money::of`] writes both.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.plain();
        let (sign, plain) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
        let (whole, decimals) = plain.split_at(plain.len() - 3);
        f.pad(&format!("{sign}{}{decimals}", grouped(whole)))
    }
}

/// A sum of many amounts, or nothing if it does not fit.
impl Sum<Money> for Option<Money> {
    fn sum<I: Iterator<Item = Money>>(mut amounts: I) -> Self {
        amounts.try_fold(Money::ZERO, Money::checked_add)
    }
}

/// As the text `1250.00`: readers of JSON take long numbers for floating point.
impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.plain())
    }
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;
    use proptest::prelude::*;

    use super::*;
    use crate::base::types::sql::tests::engine;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        let read = [
            ("100", 10_000),
            ("1,000.00", 100_000),
            ("1,250.5", 125_050),
            (" 12.34 ", 1_234),
            ("0", 0),
            ("0.01", 1),
            ("007", 700),
            ("１００", 10_000),
            ("１，０００．５０", 100_050),
            ("92233720368547758.07", i64::MAX),
            ("1,234,567", 123_456_700),
        ];
        for (text, minor) in read {
            assert_eq!(Money::parse(text), Ok(Money(minor)), "{text}");
        }
    }

    #[test]
    fn what_could_be_misread_is_refused() {
        use MoneyError::{Negative, NotANumber, TooLarge, TooPrecise};
        let refused = [
            ("9223372036854775807", TooLarge),
            ("92233720368547758.08", TooLarge),
            ("-1", Negative),
            ("−1.00", Negative),
            ("-", NotANumber),
            ("--1", NotANumber),
            ("1e3", NotANumber),
            ("0.001", TooPrecise),
            ("1.500", TooPrecise),
            ("", NotANumber),
            (" ", NotANumber),
            (".", NotANumber),
            ("5.", NotANumber),
            (".5", NotANumber),
            ("1.2.3", NotANumber),
            ("1,00", NotANumber),
            ("1000,000", NotANumber),
            (",100", NotANumber),
            ("1,,000", NotANumber),
            ("1.0,00", NotANumber),
            ("+1", NotANumber),
            ("1 000", NotANumber),
            ("¥100", NotANumber),
            ("0x10", NotANumber),
            ("NaN", NotANumber),
            ("٣", NotANumber),
            ("²", NotANumber),
            ("10²", NotANumber),
            ("①", NotANumber),
            ("1½", NotANumber),
        ];
        for (text, error) in refused {
            assert_eq!(Money::parse(text), Err(error), "{text}");
        }
        assert_eq!(Money::parse(&"9".repeat(10_000)), Err(TooLarge));
    }

    #[test]
    fn is_shown_in_groups_of_three() {
        let shown = [
            (125_000, "1,250.00"),
            (0, "0.00"),
            (5, "0.05"),
            (-5, "-0.05"),
            (99_999, "999.99"),
            (-123_456_789, "-1,234,567.89"),
        ];
        for (minor, text) in shown {
            assert_eq!(Money(minor).to_string(), text);
        }
        assert_eq!(Money(i64::MIN).to_string(), "-92,233,720,368,547,758.08");
        assert_eq!(serde_json::to_string(&Money(125_000)).unwrap(), r#""1250.00""#);
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!([0, 999, 1_000, 20_000, 1_234_567].map(grouped), ["0", "999", "1,000", "20,000", "1,234,567"]);
    }

    #[test]
    fn is_shown_with_its_currency_in_one_piece() {
        let shown = ["CNY", "EUR", "USD", "HKD"].map(|currency| Money(125_000).of(currency));
        assert_eq!(shown, ["¥\u{a0}1,250.00", "€\u{a0}1,250.00", "$\u{a0}1,250.00", "HKD\u{a0}1,250.00"]);
        let below = ["CNY", "HKD"].map(|currency| Money(-125_000).of(currency));
        assert_eq!(below, ["\u{2212}¥\u{a0}1,250.00", "\u{2212}HKD\u{a0}1,250.00"]);
        assert_eq!(Money(-1_500).of("CNY"), "−¥\u{a0}15.00");
        assert_eq!(Money(i64::MIN).of("CNY"), "−¥\u{a0}92,233,720,368,547,758.08");
    }

    #[test]
    fn sums_that_do_not_fit_are_no_sums() {
        assert_eq!(Money(1).checked_add(Money(i64::MAX)), None);
        assert_eq!(Money(i64::MIN).checked_sub(Money(1)), None);
        assert_eq!(Money(i64::MAX).checked_mul(2), None);
        assert_eq!([Money(1), Money(2)].into_iter().sum::<Option<Money>>(), Some(Money(3)));
        assert_eq!([Money(i64::MAX), Money(1)].into_iter().sum::<Option<Money>>(), None);
    }

    #[test]
    fn survives_a_column() {
        let row = diesel::select(Money(-7).into_sql::<BigInt>()).get_result::<Money>(&mut engine());
        assert_eq!(row.unwrap(), Money(-7));
    }

    proptest! {
        #[test]
        fn what_is_shown_can_be_typed_again(minor in 0_i64..) {
            prop_assert_eq!(Money::parse(&Money(minor).to_string()), Ok(Money(minor)));
            prop_assert_eq!(Money::parse(&Money(minor).plain()), Ok(Money(minor)));
        }

        #[test]
        fn no_text_is_too_strange(text in ".{0,40}") {
            let _ = Money::parse(&text);
        }
    }
}
