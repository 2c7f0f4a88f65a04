//! Numbers of bank cards and accounts (security test list 14.3).

use unicode_normalization::UnicodeNormalization;

use super::model::NumberKind;
use crate::web::FieldError;

/// A number that has the form of its kind: digits and capital letters without spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankNumber(String);

impl BankNumber {
    /// Reads a number as people type it: in any width, with spaces; cards with hyphens, too.
    ///
    /// A check digit that does not fit is a question, not a refusal: with `sure` the payer has answered it. Numbers of
    /// companies' accounts carry no check digit at all; those in the form of an IBAN do (ISO 13616).
    pub fn read(kind: NumberKind, typed: &str, sure: bool) -> Result<Self, FieldError> {
        if typed.len() > 200 {
            return Err(FieldError::AccountForm);
        }
        let text: String =
            typed.nfkc().filter(|sign| !sign.is_whitespace()).map(|sign| sign.to_ascii_uppercase()).collect();
        if text.is_empty() {
            return Err(FieldError::Missing);
        }
        let (text, fits) = match kind {
            NumberKind::Card => {
                let digits = text.replace('-', "");
                let card = (12..=19).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
                // Twelve zeros pass every check digit.
                if !card || digits.bytes().all(|digit| Some(digit) == digits.bytes().next()) {
                    return Err(FieldError::Malformed);
                }
                let fits = luhn(&digits);
                (digits, fits)
            }
            NumberKind::Account => {
                let known = |sign: u8| sign.is_ascii_digit() || sign.is_ascii_uppercase() || sign == b'-';
                if !(5..=34).contains(&text.len()) || !text.bytes().all(known) {
                    return Err(FieldError::AccountForm);
                }
                let fits = fits(&text);
                (text, fits)
            }
        };
        if fits || sure { Ok(Self(text)) } else { Err(FieldError::CardCheck) }
    }

    /// The whole number; sealed wherever it is kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last four signs: all that is shown once it is declared.
    pub fn tail(&self) -> &str {
        self.0.get(self.0.len().saturating_sub(4)..).unwrap_or_default()
    }
}

/// ISO/IEC 7812-1, annex B.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .map(|digit| u32::from(digit.saturating_sub(b'0')))
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => digit,
            _ if digit > 4 => digit * 2 - 9,
            _ => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether the check digits of an account's number fit, in capitals without spaces; true of a number that has none.
pub fn fits(text: &str) -> bool {
    !looks_like_iban(text) || iban(text)
}

fn looks_like_iban(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 15
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes[4..].iter().all(u8::is_ascii_alphanumeric)
}

/// ISO 7064 MOD 97-10: country and check digits go to the end, letters count from 10.
fn iban(text: &str) -> bool {
    let (head, rest) = text.split_at(4);
    let remainder = rest.chars().chain(head.chars()).fold(0_u32, |sum, sign| {
        let value = sign.to_digit(36).unwrap_or(0);
        (sum * if value > 9 { 100 } else { 10 } + value) % 97
    });
    remainder == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(text: &str) -> Result<String, FieldError> {
        BankNumber::read(NumberKind::Card, text, false).map(|number| number.0)
    }

    fn account(text: &str) -> Result<String, FieldError> {
        BankNumber::read(NumberKind::Account, text, false).map(|number| number.0)
    }

    #[test]
    fn cards_with_a_right_check_digit() {
        for number in [
            "4111111111111111",
            "5555555555554444",
            "6200000000000005",
            "6222020000000000018",
            "622848000000000007",
            "378282246310005",
        ] {
            assert_eq!(card(number), Ok(number.to_string()));
        }
        assert_eq!(card("4111 1111-1111 １１１１"), Ok("4111111111111111".into()));
    }

    #[test]
    fn a_wrong_check_digit_is_a_question() {
        for number in ["4111111111111112", "4111111111111", "6222200000000000017"] {
            assert_eq!(card(number), Err(FieldError::CardCheck), "{number}");
            assert!(BankNumber::read(NumberKind::Card, number, true).is_ok());
        }
    }

    #[test]
    fn what_is_no_card_stays_none_however_sure_the_payer_is() {
        for number in ["0000000000000000", "62220200000000000A", "12345678901", "62220200000000000188888"] {
            assert_eq!(BankNumber::read(NumberKind::Card, number, true), Err(FieldError::Malformed), "{number}");
        }
        assert_eq!(card("  "), Err(FieldError::Missing));
    }

    #[test]
    fn accounts_of_companies_carry_no_check_digit() {
        assert_eq!(account("3100 1234 5678 9012 3"), Ok("31001234567890123".into()));
        assert_eq!(account("12-345-67"), Ok("12-345-67".into()));
        assert_eq!(account("gb82 west 1234 5698 7654 32"), Ok("GB82WEST12345698765432".into()));
        assert_eq!(account("GB82WEST12345698765433"), Err(FieldError::CardCheck));
        for text in ["1234", "12_45678", "1'; drop table x; --", &"9".repeat(35)] {
            assert_eq!(account(text), Err(FieldError::AccountForm), "{text}");
        }
        assert_eq!(account(&"9".repeat(100_000)), Err(FieldError::AccountForm));
    }

    #[test]
    fn only_the_tail_is_shown() {
        assert_eq!(BankNumber::read(NumberKind::Account, "12345", false).unwrap().tail(), "2345");
    }
}
