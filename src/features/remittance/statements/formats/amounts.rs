//! Amounts as banks write them.

use serde::{Deserialize, Serialize};

use crate::base::types::{Money, MoneyError};

/// What stands before the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decimal {
    /// `1.50`
    #[default]
    Point,
    /// `1,50`
    Comma,
}

impl Decimal {
    pub(super) const fn sign(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }
}

/// What may stand between each three digits before the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thousands {
    /// Nothing.
    #[default]
    None,
    /// `1,250`
    Comma,
    /// `1.250`
    Point,
    /// `1'250`, also with a typographic apostrophe.
    Apostrophe,
    /// `1 250`, also with a space that does not break.
    Space,
    /// The same with a thin space, broken or not.
    ThinSpace,
}

impl Thousands {
    const fn has(self, sign: char) -> bool {
        match self {
            Self::None => false,
            Self::Comma => sign == ',',
            Self::Point => sign == '.',
            Self::Apostrophe => matches!(sign, '\'' | '\u{2019}'),
            Self::Space => matches!(sign, ' ' | '\u{a0}'),
            Self::ThinSpace => matches!(sign, '\u{2009}' | '\u{202f}'),
        }
    }
}

/// Reads an amount of at most two decimals. A sign may stand before it, or a minus after it; groups have three digits each.
/// Digits may be missing on one side of the mark (`,50`, `5,`), not on both.
pub fn amount(text: &str, decimal: Decimal, thousands: Thousands) -> Result<Money, MoneyError> {
    let text = text.trim();
    let minus = ['-', '\u{2212}'];
    let (negative, digits) = match (text.strip_prefix(minus), text.strip_suffix(minus)) {
        (Some(_), Some(_)) => return Err(MoneyError::NotANumber),
        (Some(digits), None) | (None, Some(digits)) => (true, digits),
        (None, None) => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, decimals) = digits.split_once(decimal.sign()).unwrap_or((digits, ""));
    let numeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && decimals.is_empty()) || !numeric(decimals) {
        return Err(MoneyError::NotANumber);
    }
    let mut minor = 0_i64;
    let mut count = |digit: u8| {
        let next = minor.checked_mul(10).and_then(|sum| sum.checked_sub(i64::from(digit - b'0')));
        next.map(|sum| minor = sum).ok_or(MoneyError::TooLarge)
    };
    let mut groups = whole.split(|sign| thousands.has(sign)).peekable();
    let first = groups.next().unwrap_or_default();
    let grouped = groups.peek().is_some();
    if !numeric(first) || (grouped && !(1..=3).contains(&first.len())) {
        return Err(MoneyError::NotANumber);
    }
    first.bytes().try_for_each(&mut count)?;
    for group in groups {
        if group.len() != 3 || !numeric(group) {
            return Err(MoneyError::NotANumber);
        }
        group.bytes().try_for_each(&mut count)?;
    }
    if decimals.len() > 2 {
        return Err(MoneyError::TooPrecise);
    }
    decimals.bytes().chain(std::iter::repeat_n(b'0', 2 - decimals.len())).try_for_each(&mut count)?;
    // Counted below zero, where there is room for one more.
    if negative { Ok(Money(minor)) } else { minor.checked_neg().map(Money).ok_or(MoneyError::TooLarge) }
}

/// The same, of an amount that says its direction elsewhere: a minus is refused.
pub fn unsigned(text: &str, decimal: Decimal, thousands: Thousands) -> Result<Money, MoneyError> {
    match amount(text, decimal, thousands)? {
        Money(minor) if minor < 0 || text.contains(['-', '\u{2212}']) => Err(MoneyError::Negative),
        amount => Ok(amount),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use Decimal::{Comma, Point};

    #[test]
    fn amounts_are_read_in_the_style_that_was_said() {
        let read = [
            ("1250.50", Point, Thousands::None, 125_050),
            ("1,250.5", Point, Thousands::Comma, 125_050),
            ("1250.50", Point, Thousands::Comma, 125_050),
            ("-1.234.567,89", Comma, Thousands::Point, -123_456_789),
            ("1.234,00-", Comma, Thousands::Point, -123_400),
            ("+1'250", Point, Thousands::Apostrophe, 125_000),
            ("1 250\u{a0}000,00", Comma, Thousands::Space, 125_000_000),
            ("\u{2212}1\u{202f}250,00", Comma, Thousands::ThinSpace, -125_000),
            (" ,5 ", Comma, Thousands::None, 50),
            ("5,", Comma, Thousands::None, 500),
            ("0", Point, Thousands::None, 0),
            ("92233720368547758.07", Point, Thousands::None, i64::MAX),
            ("-92233720368547758.08", Point, Thousands::None, i64::MIN),
        ];
        for (text, decimal, thousands, minor) in read {
            assert_eq!(amount(text, decimal, thousands), Ok(Money(minor)), "{text}");
        }
    }

    #[test]
    fn what_could_be_misread_is_refused() {
        use MoneyError::{NotANumber, TooLarge, TooPrecise};
        let refused = [
            ("1,250", Point, Thousands::None, NotANumber),
            ("1.250", Comma, Thousands::None, NotANumber),
            ("1.250", Point, Thousands::Comma, TooPrecise),
            ("12,50", Point, Thousands::Comma, NotANumber),
            ("1250,000", Point, Thousands::Comma, NotANumber),
            (",250", Point, Thousands::Comma, NotANumber),
            ("1,,250", Point, Thousands::Comma, NotANumber),
            ("1.5.0", Point, Thousands::None, NotANumber),
            ("", Point, Thousands::None, NotANumber),
            (".", Point, Thousands::None, NotANumber),
            ("-", Point, Thousands::None, NotANumber),
            ("-1-", Point, Thousands::None, NotANumber),
            ("--1", Point, Thousands::None, NotANumber),
            ("+-1", Point, Thousands::None, NotANumber),
            ("1e3", Point, Thousands::None, NotANumber),
            ("¥1", Point, Thousands::None, NotANumber),
            ("١", Point, Thousands::None, NotANumber),
            ("1 000", Point, Thousands::None, NotANumber),
            ("92233720368547758.08", Point, Thousands::None, TooLarge),
        ];
        for (text, decimal, thousands, fault) in refused {
            assert_eq!(amount(text, decimal, thousands), Err(fault), "{text}");
        }
        assert_eq!(unsigned("-1", Point, Thousands::None), Err(MoneyError::Negative));
        assert_eq!(unsigned("-0", Point, Thousands::None), Err(MoneyError::Negative));
        assert_eq!(amount(&"9".repeat(60_000), Point, Thousands::None), Err(TooLarge));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(minor: i64) {
            let plain = Money(minor).plain();
            prop_assert_eq!(amount(&plain, Point, Thousands::Comma), Ok(Money(minor)));
            prop_assert_eq!(amount(&plain.replace('.', ","), Comma, Thousands::None), Ok(Money(minor)));
            let grouped = Money(minor).to_string();
            prop_assert_eq!(amount(&grouped, Point, Thousands::Comma), Ok(Money(minor)));
            prop_assert!(amount(&grouped.replace(',', " "), Point, Thousands::Space).is_ok());
        }

        #[test]
        fn nothing_is_two_amounts(text in "[-+0-9., ']{0,12}") {
            let _ = amount(&text, Point, Thousands::Comma);
            let _ = unsigned(&text, Comma, Thousands::Space);
        }
    }
}
