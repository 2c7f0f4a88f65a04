//! Reading what people type about money into the types that carry the rules.

use unicode_normalization::UnicodeNormalization;

use super::bank_number;
use super::model::signs;
use crate::base::types::{Day, Money, MoneyError};
use crate::web::forms::{Errors, FieldError, plain};

/// The most that one remittance or entry may come to.
pub const MOST: Money = Money(10_000_000_000);

/// An amount of at least one minor unit and at most [`MOST`].
pub fn amount(errors: &mut Errors, field: &'static str, typed: &str) -> Option<Money> {
    let least = || FieldError::TooSmall(Money(1).to_string());
    let most = || FieldError::TooLarge(MOST.to_string());
    let error = match Money::parse(typed) {
        _ if typed.trim().is_empty() => FieldError::Missing,
        Ok(amount) if amount < Money(1) => least(),
        Ok(amount) if amount > MOST => most(),
        Ok(amount) => return Some(amount),
        Err(MoneyError::Negative) => least(),
        Err(MoneyError::TooLarge) => most(),
        Err(MoneyError::TooPrecise) => FieldError::Decimals,
        Err(MoneyError::NotANumber) if decimal_comma(typed) => FieldError::Decimals,
        Err(MoneyError::NotANumber) => FieldError::NotANumber,
    };
    errors.add(field, error);
    None
}

/// The same, but it may be left empty.
pub fn amount_if_any(errors: &mut Errors, field: &'static str, typed: &str) -> Option<Money> {
    if typed.trim().is_empty() { None } else { amount(errors, field, typed) }
}

/// `1,00` and `1.250,00`: digits whose last comma stands before other than three of them.
fn decimal_comma(typed: &str) -> bool {
    let text: String = typed.trim().nfkc().collect();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let whole = |part: &str| part.split(['.', ',']).all(digits);
    text.rsplit_once(',').is_some_and(|(before, after)| whole(before) && digits(after))
}

/// The fewest letters and digits in the number of an account of ours.
const FEWEST_SIGNS: usize = 6;

/// The number of an account of ours, in usual width: letters and digits, with spaces and hyphens between them.
pub fn account_number(errors: &mut Errors, field: &'static str, typed: &str) -> String {
    let number: String = line(errors, field, typed, 64).nfkc().collect();
    let known = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, ' ' | '-');
    if errors.of(field).is_none() && (signs(&number).len() < FEWEST_SIGNS || !number.chars().all(known)) {
        errors.add(field, FieldError::ReceivingForm);
    } else if errors.of(field).is_none() && !bank_number::fits(&signs(&number)) {
        errors.add(field, FieldError::ReceivingCheck);
    }
    number
}

/// A line of up to `most` characters without control characters.
pub fn line(errors: &mut Errors, field: &'static str, typed: &str, most: usize) -> String {
    read(errors, field, plain::needed_line(typed, most))
}

/// The same, but it may be left empty.
pub fn line_if_any(errors: &mut Errors, field: &'static str, typed: &str, most: usize) -> String {
    read(errors, field, plain::line(typed, most))
}

/// A text of several lines, up to `most` characters.
pub fn text(errors: &mut Errors, field: &'static str, typed: &str, most: usize) -> String {
    read(errors, field, plain::prose(typed, most))
}

/// The same, but it may be left empty.
pub fn text_if_any(errors: &mut Errors, field: &'static str, typed: &str, most: usize) -> String {
    if typed.trim().is_empty() { String::new() } else { text(errors, field, typed, most) }
}

fn read(errors: &mut Errors, field: &'static str, read: Result<String, FieldError>) -> String {
    read.unwrap_or_else(|error| {
        errors.add(field, error);
        String::new()
    })
}

/// A day up to today and at most two years back: what a bank still looks up.
pub fn past_day(errors: &mut Errors, field: &'static str, typed: &str, today: Day) -> Option<Day> {
    let error = match Day::parse(typed.trim()) {
        None if typed.trim().is_empty() => FieldError::Missing,
        None => FieldError::Malformed,
        Some(day) if day > today => FieldError::InTheFuture,
        Some(day) if day < today.plus(-730) => FieldError::TooLongAgo,
        Some(day) => return Some(day),
    };
    errors.add(field, error);
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount_of(typed: &str) -> Result<Money, FieldError> {
        let mut errors = Errors::none();
        amount(&mut errors, "amount", typed).ok_or_else(|| errors.of("amount").cloned().unwrap())
    }

    #[test]
    fn hostile_amounts() {
        assert_eq!(amount_of("1,250.00"), Ok(Money(125_000)));
        assert_eq!(amount_of("100,000,000.00"), Ok(MOST));
        for typed in ["0", "0.00", "-1", "-0.01"] {
            assert!(matches!(amount_of(typed), Err(FieldError::TooSmall(_))), "{typed}");
        }
        for typed in ["100000000.01", "9223372036854775807", "92233720368547758.08"] {
            assert!(matches!(amount_of(typed), Err(FieldError::TooLarge(_))), "{typed}");
        }
        for typed in ["1e3", "NaN", "1;2", "1 000", "0x10", ",", "1,", ",5", "1,,00", "a,00"] {
            assert_eq!(amount_of(typed), Err(FieldError::NotANumber), "{typed}");
        }
        for typed in ["0.001", "12.345", "1,234.567", "1,00", "1.250,00", "１，００"] {
            assert_eq!(amount_of(typed), Err(FieldError::Decimals), "{typed}");
        }
        assert_eq!(amount_of(" "), Err(FieldError::Missing));
    }

    #[test]
    fn days_that_a_bank_would_not_know() {
        let today = Day::parse("2026-11-23").unwrap();
        let day = |typed: &str| {
            let mut errors = Errors::none();
            past_day(&mut errors, "day", typed, today).ok_or_else(|| errors.of("day").cloned().unwrap())
        };
        assert_eq!(day("2026-11-23"), Ok(today));
        assert_eq!(day("2026-11-24"), Err(FieldError::InTheFuture));
        assert_eq!(day("2016-11-24"), Err(FieldError::TooLongAgo));
        assert_eq!(day("24.11.2026"), Err(FieldError::Malformed));
    }

    #[test]
    fn lines_hold_no_control_characters() {
        let error = |typed: &str| {
            let mut errors = Errors::none();
            line(&mut errors, "x", typed, 5);
            errors.of("x").cloned()
        };
        assert_eq!(error("李明"), None);
        assert_eq!(error("  "), Some(FieldError::Missing));
        assert_eq!(error("123456"), Some(FieldError::TooLong(5)));
        assert_eq!(error("a\u{7}b"), Some(FieldError::Unseen));
    }
}
