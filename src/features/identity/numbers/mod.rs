//! Numbers of identity documents and of companies (security test list 14.1 and 14.2): read as people type them, checked
//! by every rule their standard has, and shown masked.
//!
//! Pure: no database, no clock. A value of one of these types has been checked; its `Debug` is the masked form, because
//! what is printed to find a fault ends in logs. The whole number leaves by `as_str` only.

mod age;
mod credit;
mod document;
mod resident;

pub use age::{AgeGroup, age_on};
pub use credit::{CreditCode, CreditFault};
pub use document::{DocumentFault, DocumentKind, DocumentNumber};
pub use resident::{ResidentFault, ResidentKind, ResidentNumber};

use unicode_normalization::UnicodeNormalization;

/// Longer than any honest way of typing a number, in bytes: no work for it.
const LONGEST: usize = 200;

/// The one form of what was typed: in any width and case, with spaces and hyphens anywhere. `None` if it is too long to
/// be a number.
fn plain(typed: &str) -> Option<String> {
    (typed.len() <= LONGEST).then(|| {
        typed
            .nfkc()
            .filter(|sign| !sign.is_whitespace() && !matches!(sign, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}'))
            .map(|sign| sign.to_ascii_uppercase())
            .collect()
    })
}

/// The first and the last sign, a star for each between them: `1****************X`.
fn masked(text: &str) -> String {
    let last = text.chars().count().saturating_sub(1);
    text.chars().enumerate().map(|(place, sign)| if place == 0 || place == last { sign } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_however_it_is_typed() {
        for typed in [" ab-12 ", "Ａｂ１２", "a b\u{2011}1\u{3000}2\n", "A—B – 12"] {
            assert_eq!(plain(typed).as_deref(), Some("AB12"), "{typed}");
        }
        assert_eq!(plain(&"1".repeat(LONGEST + 1)), None);
    }

    #[test]
    fn only_the_ends_are_shown() {
        assert_eq!(masked("11010519491231002X"), "1****************X");
        assert_eq!([masked("12"), masked("1"), masked("")], ["12", "1", ""]);
    }
}
