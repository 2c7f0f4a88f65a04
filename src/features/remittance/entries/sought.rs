//! By what an entry is found that somebody looks for. Names and accounts of remitters are sealed: nothing is found by them.

use crate::base::types::{Money, Number};
use crate::features::remittance::fields::MOST;
use crate::features::remittance::model::signs;
use crate::web::forms::FieldError;
use crate::web::forms::plain::line;

/// Most characters of a search.
const MOST_SOUGHT: usize = 200;

/// What an entry is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// How much arrived or went out.
    Amount(Money),
    /// The signs of the bank's serial number.
    Serial(String),
    /// Its own number.
    Entry(Number),
    /// The reference of a top-up, or the permanent one of an account, that its text names.
    Reference(Number),
}

impl By {
    /// What a record tells of it: amounts and numbers of banks are somebody's payment, ours name what was looked at.
    pub fn told(&self) -> &str {
        match self {
            Self::Amount(_) => "amount",
            Self::Serial(_) => "serial number",
            Self::Entry(number) | Self::Reference(number) => number.as_str(),
        }
    }
}

/// Everything that a text may name; nothing of an empty one.
pub fn sought(typed: &str) -> Result<Vec<By>, FieldError> {
    let text = line(typed, MOST_SOUGHT)?;
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let serial = signs(&text);
    if serial.is_empty() {
        return Err(FieldError::NothingToFind);
    }
    // As pages show it: with the sign of its currency, and with a minus where it went out.
    let plain = text.trim_start_matches(|sign: char| sign.is_whitespace() || "¥￥€$£-−".contains(sign));
    let amount = Money::parse(plain).ok().filter(|amount| amount.is_positive() && *amount <= MOST);
    let references = ['R', 'M'].into_iter().filter_map(|kind| Number::read(kind, &text));
    let mut all: Vec<By> = Number::read('E', &text).into_iter().map(By::Entry).collect();
    all.extend(references.map(By::Reference));
    all.extend(amount.map(By::Amount));
    all.push(By::Serial(serial));
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serial(signs: &str) -> By {
        By::Serial(signs.to_string())
    }

    #[test]
    fn an_amount_is_one_however_it_is_written() {
        for typed in ["1,250.00", "1250", " 1250.0 ", "¥\u{a0}1,250.00", "−1,250.00", "１２５０"] {
            let found = sought(typed).unwrap();
            assert_eq!(found[0], By::Amount(Money(125_000)), "{typed}");
            assert!(matches!(found[1], By::Serial(_)) && found.len() == 2, "{typed}: banks count in digits, too");
        }
        for typed in ["0", "1.250,00", "100000000.01", "9223372036854775807", "S-1250", "1250 B"] {
            assert!(!sought(typed).unwrap().iter().any(|by| matches!(by, By::Amount(_))), "{typed}");
        }
    }

    #[test]
    fn numbers_of_ours_are_read_with_the_signs_that_are_mistaken() {
        let number = Number::parse('R', "R7KM3X9Q26WK").unwrap();
        for written in ["R7KM3X9Q26WK", "r7km-3x9q-z6wk", " R7KM 3X9Q 26WK"] {
            assert_eq!(sought(written).unwrap()[0], By::Reference(number.clone()), "{written}");
        }
        let (entry, permanent) = (Number::random('E'), Number::random('M'));
        assert_eq!(sought(entry.as_str()).unwrap(), [By::Entry(entry.clone()), serial(entry.as_str())]);
        assert_eq!(sought(permanent.as_str()).unwrap()[0], By::Reference(permanent));
    }

    #[test]
    fn what_can_be_nothing_is_refused_and_nothing_seeks_nothing() {
        assert_eq!(sought(" \t "), Ok(Vec::new()));
        assert_eq!(sought("–/!"), Err(FieldError::NothingToFind));
        assert_eq!(sought("a\u{7}b"), Err(FieldError::Unseen));
        assert_eq!(sought(&"9".repeat(201)), Err(FieldError::TooLong(200)));
        assert_eq!(sought("Li Ming"), Ok(vec![serial("LIMING")]), "banks write numbers of letters");
    }
}
