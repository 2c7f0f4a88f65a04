//! Telephone numbers that take a message.

use std::fmt;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text;
use unicode_normalization::UnicodeNormalization;

use super::stored_as;

/// Longer than any honest way of typing a number, in bytes: no work for it.
const LONGEST: usize = 128;

/// Why a text is no telephone number to send messages to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneFault {
    /// Neither a mainland mobile number nor `+` and a whole number of another country.
    #[error("not a mobile number")]
    Form,
    /// A number of a country that the operator does not send to.
    #[error("a country that no message is sent to")]
    Country,
}

/// A telephone number in the one form in which it is stored, compared and sent to: E.164, `+8613800138000`. `TEXT`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Phone(String);

stored_as!(Phone, Text as str, String, Phone::as_str, |text| international(&text).is_ok().then_some(Phone(text)));

impl Phone {
    /// Reads a number as people type it: in any width, with spaces, hyphens, dots and brackets.
    ///
    /// Mainland mobile numbers are always taken, with or without `+86`, `0086` or `86`. Those of another country begin
    /// with `+` and its calling code, which must be among `allowed` (`852` for Hong Kong): messages cost money.
    pub fn parse(typed: &str, allowed: &[u16]) -> Result<Self, PhoneFault> {
        if typed.len() > LONGEST {
            return Err(PhoneFault::Form);
        }
        let mark = |sign: &char| {
            sign.is_whitespace() || matches!(sign, '-' | '.' | '(' | ')' | '\u{2010}'..='\u{2015}' | '\u{2212}')
        };
        let text: String = typed.nfkc().filter(|sign| !mark(sign)).collect();
        let bare = text.strip_prefix("86").filter(|rest| rest.len() == 11);
        let own = text.strip_prefix("+86").or_else(|| text.strip_prefix("0086")).or(bare).unwrap_or(&text);
        if mainland(own) {
            return Ok(Self(format!("+86{own}")));
        }
        // Prefixes are free of each other: no calling code begins with another.
        let digits = international(&text)?;
        if allowed.iter().any(|code| digits.starts_with(&code.to_string())) {
            Ok(Self(text))
        } else {
            Err(PhoneFault::Country)
        }
    }

    /// A number that was kept in its one form, whatever country it is of.
    pub fn kept(text: &str) -> Option<Self> {
        international(text).is_ok().then(|| Self(text.to_string()))
    }

    /// Whether it is a number of this country.
    pub fn is_of(&self, code: u16) -> bool {
        self.0.get(1..).is_some_and(|digits| digits.starts_with(&code.to_string()))
    }

    /// `+8613800138000`; sealed wherever it is kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `138****8000`, and `+85****67` of another country: enough for the owner to know it again.
    pub fn masked(&self) -> String {
        let (text, head, tail) = match self.0.strip_prefix("+86") {
            Some(own) => (own, 3, 4),
            None => (self.0.as_str(), 3, 2),
        };
        let end = text.len().saturating_sub(tail);
        format!("{}****{}", text.get(..head).unwrap_or_default(), text.get(end..).unwrap_or_default())
    }
}

/// `1`, then 3 to 9, then nine digits: every mobile number of the mainland.
fn mainland(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1', b'3'..=b'9', rest @ ..] if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit))
}

/// The digits of an E.164 number after its `+`. One of the mainland must be a mobile number.
fn international(text: &str) -> Result<&str, PhoneFault> {
    let digits = text.strip_prefix('+').ok_or(PhoneFault::Form)?;
    let form = matches!(digits.as_bytes(), [b'1'..=b'9', rest @ ..]
        if (6..=14).contains(&rest.len()) && rest.iter().all(u8::is_ascii_digit));
    let own = digits.strip_prefix("86").is_none_or(mainland);
    if form && own { Ok(digits) } else { Err(PhoneFault::Form) }
}

/// Masked: what is printed to find a fault ends in logs.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;
    use proptest::prelude::*;

    use super::*;
    use crate::base::types::sql::tests::engine;

    fn read(typed: &str, allowed: &[u16]) -> Result<String, PhoneFault> {
        Phone::parse(typed, allowed).map(|phone| phone.0)
    }

    #[test]
    fn mainland_numbers_have_one_form_however_they_are_typed() {
        for (typed, stored) in [
            ("13800138000", "+8613800138000"),
            ("+86 139-1234-5678", "+8613912345678"),
            ("0086 18612345678", "+8618612345678"),
            ("8619912345678", "+8619912345678"),
            ("１７０００００００００", "+8617000000000"),
            ("＋８６ (138) 0013.8000\n", "+8613800138000"),
        ] {
            assert_eq!(read(typed, &[]).as_deref(), Ok(stored), "{typed}");
            assert_eq!(read(stored, &[852, 86]).as_deref(), Ok(stored), "{typed}");
        }
    }

    #[test]
    fn what_is_no_mobile_number_is_refused() {
        let long = "1".repeat(100_000);
        for typed in [
            "12345678901",
            "1380013800",
            "138001380000",
            "010-62345678",
            "+86 10086",
            "+86+8613800138000",
            "+86 86 13800138000",
            "0086 0086 13800138000",
            "00861380013800",
            "8613800138",
            "86",
            "+86",
            "+",
            "",
            "1380013800O",
            "+1234567890123456",
            "+123456",
            "+0123456789",
            "13800138000 ext 1",
            "138\u{0}00138000",
            long.as_str(),
        ] {
            for allowed in [&[][..], &[86, 1, 852]] {
                assert_eq!(read(typed, allowed), Err(PhoneFault::Form), "{}", typed.get(..20).unwrap_or(typed));
            }
        }
    }

    #[test]
    fn other_countries_only_where_they_are_allowed() {
        assert_eq!(read("+85291234567", &[]), Err(PhoneFault::Country));
        assert_eq!(read("+85291234567", &[853, 1]), Err(PhoneFault::Country));
        assert_eq!(read("+852 9123-4567", &[853, 852]).as_deref(), Ok("+85291234567"));
        assert_eq!(read("+1 (202) 555-0123", &[1]).as_deref(), Ok("+12025550123"));
        assert_eq!(read("85291234567", &[852]), Err(PhoneFault::Form));
    }

    #[test]
    fn is_masked_where_it_is_not_meant_to_be_read() {
        let phone = Phone::parse("13800138000", &[]).unwrap();
        assert_eq!(phone.masked(), "138****8000");
        assert_eq!(format!("{phone:?}"), "138****8000");
        assert_eq!(Phone::parse("+85291234567", &[852]).unwrap().masked(), "+85****67");
        assert_eq!(Phone::parse("+6831234", &[683]).unwrap().masked(), "+68****34");
    }

    #[test]
    fn survives_a_column() {
        let phone = Phone::parse("13800138000", &[]).unwrap();
        let row = diesel::select(phone.as_str().into_sql::<Text>()).get_result::<Phone>(&mut engine());
        assert_eq!(row.unwrap(), phone);
        for bad in ["13800138000", "+8610086", "+86 13800138000", ""] {
            assert!(diesel::select(bad.into_sql::<Text>()).get_result::<Phone>(&mut engine()).is_err(), "{bad}");
        }
    }

    /// The rules by other means: the number as arithmetic.
    fn naive(text: &str) -> bool {
        let text = ["+86", "0086"].iter().find_map(|start| text.strip_prefix(start)).unwrap_or(text);
        let text = if text.len() == 13 && text.starts_with("86") && !text.contains('+') { &text[2..] } else { text };
        let digits = text.chars().all(|sign| sign.is_ascii_digit());
        digits
            && text.parse::<u64>().is_ok_and(|number| (13_000_000_000..20_000_000_000).contains(&number))
            && text.len() == 11
    }

    proptest! {
        #[test]
        fn both_implementations_agree(start in "(|86|\\+86|0086|\\+|00)", rest in "1?[0-9]{9,11}") {
            let typed = format!("{start}{rest}");
            // Twice the calling code is once too often, which the naive rule does not know.
            prop_assume!(!(start.len() > 2 && rest.starts_with("86")));
            prop_assert_eq!(read(&typed, &[]).is_ok(), naive(&typed), "{}", typed);
        }

        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,40}", near in "[+0-9 ()]{0,20}") {
            for text in [text, near] {
                if let Ok(phone) = Phone::parse(&text, &[1, 7, 44, 852]) {
                    prop_assert_eq!(Phone::parse(phone.as_str(), &[1, 7, 44, 852]), Ok(phone.clone()));
                    prop_assert!(phone.masked().contains("****"));
                }
            }
        }
    }
}
