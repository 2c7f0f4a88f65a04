//! Unified social credit codes of companies and other bodies (GB 32100-2015; security test list 14.2).

use std::fmt;

use super::{masked, plain};

/// The signs of a code by their value: no `I`, `O`, `S`, `V`, `Z`.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// 3⁰ … 3¹⁶ modulo 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// GB 11714, for the organisation code inside: places 9 to 16 of the whole.
const INNER_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// Which rule a credit code breaks: the first in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CreditFault {
    /// Not 18 signs.
    #[error("not 18 signs")]
    Length,
    /// A sign that no code has, such as the letter `O`.
    #[error("a sign that no code has")]
    Alphabet,
    /// Places 3 to 8, the region, are not all digits.
    #[error("the region is not of digits")]
    Region,
    /// The check character does not fit. Ask to compare with the licence; who is sure comes back with
    /// [`CreditCode::as_printed`].
    #[error("the check character does not fit")]
    Check,
}

/// An 18-character code of the right form. The registry (first sign) and class are not judged: more exist than the
/// standard lists.
#[derive(Clone, PartialEq, Eq)]
pub struct CreditCode(String);

impl CreditCode {
    /// Reads a code as people type it, in any width and case, with spaces and hyphens; its check character fits.
    pub fn parse(typed: &str) -> Result<Self, CreditFault> {
        let code = Self::as_printed(typed)?;
        if code.check_holds() { Ok(code) } else { Err(CreditFault::Check) }
    }

    /// The same, for who has compared the code with the licence and says that it is printed so: codes were issued whose
    /// check character does not fit. Everything else must; ask [`Self::check_holds`] and tell the reviewer.
    pub fn as_printed(typed: &str) -> Result<Self, CreditFault> {
        let text = plain(typed).ok_or(CreditFault::Length)?;
        if text.chars().count() != WEIGHTS.len() + 1 {
            return Err(CreditFault::Length);
        }
        if !text.bytes().all(|sign| ALPHABET.contains(&sign)) {
            return Err(CreditFault::Alphabet);
        }
        if !text.bytes().skip(2).take(6).all(|sign| sign.is_ascii_digit()) {
            return Err(CreditFault::Region);
        }
        Ok(Self(text))
    }

    /// Whether the check character fits; it does for every code out of [`Self::parse`].
    pub fn check_holds(&self) -> bool {
        self.0.bytes().last() == Some(check_of(self.0.as_bytes()))
    }

    /// Whether the check character of the organisation code inside fits: no more than a hint to the reviewer.
    pub fn inner_check_holds(&self) -> bool {
        let inner = self.0.as_bytes().iter().skip(8).take(INNER_WEIGHTS.len());
        let value = |sign: u8| char::from(sign).to_digit(36).unwrap_or(0);
        let sum: u32 = inner.zip(INNER_WEIGHTS).map(|(&sign, weight)| value(sign) * weight).sum();
        let check = match 11 - sum % 11 {
            10 => 'X',
            11 => '0',
            digit => char::from_digit(digit, 10).unwrap_or('?'),
        };
        self.0.chars().nth(16) == Some(check)
    }

    /// The whole code; sealed wherever it is kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `9****************P`.
    pub fn masked(&self) -> String {
        masked(&self.0)
    }
}

/// Masked: what is printed to find a fault ends in logs.
impl fmt::Debug for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

fn check_of(text: &[u8]) -> u8 {
    let value = |sign: u8| ALPHABET.iter().position(|&known| known == sign).unwrap_or(0);
    let sum: usize = text.iter().zip(WEIGHTS).map(|(&sign, weight)| value(sign) * weight).sum();
    ALPHABET[(31 - sum % 31) % 31]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VALID: [&str; 7] = [
        "91350100M000100Y43",
        "91310115MA0AAAAA3P",
        "92440300MA5BBBBB6T",
        "52110000500000007X",
        "12330000470000005L",
        "91320100MA10000250",
        "91320100MA100005XD",
    ];

    #[test]
    fn valid_codes_are_read() {
        for text in VALID {
            let code = CreditCode::parse(text).expect(text);
            assert_eq!(code.as_str(), text);
            assert!(code.check_holds() && code.inner_check_holds(), "{text}");
        }
    }

    #[test]
    fn any_width_case_and_grouping_is_read() {
        for typed in [
            "91310115ma0aaaaa3p",
            " 91310115-MA0AAAAA-3P\n",
            "９１３１０１１５ＭＡ０ＡＡＡＡＡ３Ｐ",
            "91 310115 MA0AAAAA3 P",
        ] {
            assert_eq!(CreditCode::parse(typed).expect(typed).as_str(), "91310115MA0AAAAA3P");
        }
    }

    #[test]
    fn the_rule_that_fails_is_named() {
        for (text, rule) in [
            ("91350100M000100Y4Z", CreditFault::Alphabet),
            ("91310115MA0AAAAA32", CreditFault::Check),
            ("9131O115MA0AAAAA3P", CreditFault::Alphabet),
            ("91301115MA0AAAAA3P", CreditFault::Check),
            ("91310115M0AAAAAA3P", CreditFault::Check),
            ("9131011AMA0AAAAA3P", CreditFault::Region),
            ("91310115MA0AAAAA3", CreditFault::Length),
            ("", CreditFault::Length),
            ("91310115MA0AAAAA3PP", CreditFault::Length),
            ("91310115MA0AAAAA3Р", CreditFault::Alphabet),
            ("公司公司公司公司公司公司公司公司公司", CreditFault::Alphabet),
            (&"9".repeat(1_000_000), CreditFault::Length),
        ] {
            let short: String = text.chars().take(20).collect();
            assert_eq!(CreditCode::parse(text), Err(rule), "{short}");
            let printed = CreditCode::as_printed(text).map(|code| code.check_holds());
            assert_eq!(printed, if rule == CreditFault::Check { Ok(false) } else { Err(rule) }, "{short}");
        }
    }

    #[test]
    fn the_inner_check_is_a_hint() {
        let text = (0..31)
            .map(|value| format!("91310115MA0AAAAA4{}", char::from(ALPHABET[value])))
            .find(|text| CreditCode::parse(text).is_ok())
            .unwrap();
        assert!(!CreditCode::parse(&text).unwrap().inner_check_holds());
    }

    #[test]
    fn only_the_ends_are_shown() {
        let code = CreditCode::parse("91310115MA0AAAAA3P").unwrap();
        assert_eq!(code.masked(), "9****************P");
        assert_eq!(format!("{code:?}"), "9****************P");
    }

    /// The check by other means: a polynomial from the right, each sign looked up by its name.
    fn naive(text: &str) -> bool {
        let signs = "0 1 2 3 4 5 6 7 8 9 A B C D E F G H J K L M N P Q R T U W X Y";
        let value = |sign: char| signs.split(' ').position(|known| known == sign.to_string());
        let Some(values) = text.chars().map(value).collect::<Option<Vec<usize>>>() else { return false };
        values.len() == 18
            && values[2..8].iter().all(|value| *value < 10)
            && (values[..17].iter().rev().fold(0, |sum, value| (sum * 3 + value) % 31) + values[17]) % 31 == 0
    }

    fn with_check(body: &str) -> String {
        let all = ALPHABET.iter().map(|sign| format!("{body}{}", char::from(*sign)));
        let fits: Vec<String> = all.filter(|text| naive(text)).collect();
        assert_eq!(fits.len(), 1, "{body}");
        fits[0].clone()
    }

    const BODY: &str = "[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{9}";

    proptest! {
        #[test]
        fn every_wrong_sign_and_every_swap_of_neighbours_is_found(body in BODY) {
            let code = with_check(&body);
            prop_assert!(CreditCode::parse(&code).is_ok());
            for place in 0..18 {
                for sign in ALPHABET.iter().filter(|sign| **sign != code.as_bytes()[place]) {
                    let mut wrong = code.clone().into_bytes();
                    wrong[place] = *sign;
                    prop_assert!(CreditCode::parse(&String::from_utf8(wrong).unwrap()).is_err());
                }
                let mut swapped = code.clone().into_bytes();
                if place > 0 && swapped[place - 1] != swapped[place] {
                    swapped.swap(place - 1, place);
                    prop_assert!(CreditCode::parse(&String::from_utf8(swapped).unwrap()).is_err());
                }
            }
        }

        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,40}", near in "[0-9A-Z]{17,19}", body in BODY, last in "[0-9A-Z]") {
            for text in [text, near, format!("{body}{last}")] {
                let agreed = plain(&text).is_some_and(|text| naive(&text));
                prop_assert_eq!(CreditCode::parse(&text).is_ok(), agreed, "{}", text);
            }
        }
    }
}
