//! Public numbers: what a customer sees, types, reads out over the telephone and writes on a bank transfer.

use std::fmt;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text;
use serde::{Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;

use super::stored_as;
use crate::base::chance;

/// Thirty-one signs. Thirty-one is prime, which the check character needs.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// Those that are drawn: in bad print or by hand none of them is taken for another.
const DRAWN: &[u8; 27] = b"23456789ACDEFGHJKMNPQRTUWXY";
/// What the others are taken for.
const MISTAKEN: [(char, char); 4] = [('B', '8'), ('S', '5'), ('V', 'U'), ('Z', '2')];
const RANDOM: usize = 10;
const LENGTH: usize = RANDOM + 2;
/// The numbers that are found in one text.
const MOST_WITHIN: usize = 20;

/// A public number: a kind letter, ten random characters (47 bits) and a check character, `R7KM3X9Q26WA`. `TEXT`.
///
/// The check character finds every single wrong character and every swap of two, so a slip of the pen never names
/// somebody else's payment. Numbers are drawn, not counted: they tell nobody how many there are. A unique index
/// stands behind each column, because two draws can meet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Number(String);

stored_as!(Number, Text as str, String, Number::as_str, |text| { Number::checked(text) });

impl Number {
    /// Draws a new number of a kind, which is an ASCII letter.
    pub fn random(kind: char) -> Self {
        loop {
            let mut text = kind.to_ascii_uppercase().to_string();
            text.push_str(&chance::text(RANDOM, DRAWN));
            let check = ALPHABET[(31 - weighted(text.as_bytes()) % 31) % 31];
            if DRAWN.contains(&check) {
                text.push(char::from(check));
                return Self(text);
            }
        }
    }

    /// Reads a number of this kind as people write it: in any case and width, with spaces and hyphens anywhere.
    pub fn parse(kind: char, text: &str) -> Option<Self> {
        // Longer than any honest way of writing it, before any work is done.
        if text.len() > 128 {
            return None;
        }
        let text: String = text
            .nfkc()
            .filter(|sign| !sign.is_whitespace() && !matches!(sign, '-' | '\u{2010}'..='\u{2015}'))
            .map(|sign| sign.to_ascii_uppercase())
            .collect();
        text.starts_with(kind.to_ascii_uppercase()).then(|| Self::checked(text)).flatten()
    }

    /// The same, where somebody else read it off paper or a bank's clerk typed it: a sign that is never drawn counts as the one
    /// that it is taken for, if the number as it stands is none.
    pub fn read(kind: char, text: &str) -> Option<Self> {
        if text.len() > 128 {
            return None;
        }
        Self::parse(kind, text).or_else(|| {
            let text: String = text.nfkc().flat_map(char::to_uppercase).collect();
            let (first, rest) = text.trim_start().split_at_checked(1)?;
            let mended =
                MISTAKEN.iter().fold(rest.to_string(), |text, (wrong, right)| text.replace(*wrong, &right.to_string()));
            if mended == rest { None } else { Self::parse(kind, &format!("{first}{mended}")) }
        })
    }

    /// The numbers of a kind that stand in any text, written as people and banks write them. Spaces and hyphens do not
    /// count, so one may also be made of the ends of two words: its check sign makes that rare. Each is given once, and no
    /// more than twenty of them: whoever pays for more writes them nowhere, and each is looked for in the database.
    pub fn within(kind: char, text: &str) -> Vec<Self> {
        let signs: Vec<char> = text.nfkc().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_uppercase).collect();
        let mut found = Vec::new();
        for number in signs.windows(LENGTH).filter_map(|run| Self::read(kind, &run.iter().collect::<String>())) {
            if !found.contains(&number) {
                found.push(number);
            }
            if found.len() == MOST_WITHIN {
                break;
            }
        }
        found
    }

    /// `R7KM3X9Q26WA`: the form of columns, addresses and file names.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The kind letter.
    pub fn kind(&self) -> char {
        self.0.chars().next().unwrap_or_default()
    }

    fn checked(text: String) -> Option<Self> {
        let (kind, rest) = text.as_bytes().split_first()?;
        let well_formed =
            text.len() == LENGTH && kind.is_ascii_uppercase() && rest.iter().all(|sign| ALPHABET.contains(sign));
        (well_formed && weighted(text.as_bytes()).is_multiple_of(31)).then_some(Self(text))
    }
}

/// The values of the characters, times 12, 11 … 1. Modulo a prime above every weight and value, a change of one
/// character and a swap of any two always change the sum.
fn weighted(text: &[u8]) -> usize {
    let value = |sign: u8| ALPHABET.iter().position(|&known| known == sign).unwrap_or(usize::from(sign) % 31);
    text.iter().zip((1..=LENGTH).rev()).map(|(&sign, weight)| value(sign) * weight).sum()
}

/// In groups of four, `R7KM-3X9Q-26WA`, as it is shown and printed.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(LENGTH + 2);
        for (place, sign) in self.0.chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                text.push('-');
            }
            text.push(sign);
        }
        f.pad(&text)
    }
}

/// As it stands in addresses.
impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;

    use super::*;
    use crate::base::types::sql::tests::engine;

    #[test]
    fn is_drawn_shown_and_read_again() {
        for kind in ('A'..='Z').flat_map(|kind| [kind; 20]) {
            let number = Number::random(kind);
            assert_eq!(number.kind(), kind);
            assert_eq!(number.as_str().len(), LENGTH);
            assert_eq!(Number::parse(kind, number.as_str()).as_ref(), Some(&number));
            assert_eq!(Number::parse(kind, &number.to_string()).as_ref(), Some(&number));
            assert_eq!(
                Number::parse(kind, &format!(" {} ", number.to_string().to_lowercase())).as_ref(),
                Some(&number)
            );
        }
        assert_ne!(Number::random('T'), Number::random('T'));
    }

    #[test]
    fn shows_in_fours_and_reads_any_width() {
        let number = Number(String::from("R7KM3X9Q26WA"));
        assert_eq!(number.to_string(), "R7KM-3X9Q-26WA");
        let number = Number::random('R');
        let wide: String =
            number.as_str().chars().filter_map(|sign| char::from_u32(u32::from(sign) + 0xFEE0)).collect();
        assert_eq!(Number::parse('R', &wide), Some(number));
    }

    #[test]
    fn every_wrong_character_is_found() {
        for kind in ['R', 'T', 'D', 'I'] {
            let right = Number::random(kind).0;
            for place in 0..LENGTH {
                for sign in (b'0'..=b'9').chain(b'A'..=b'Z') {
                    let mut wrong = right.clone().into_bytes();
                    if wrong[place] != sign {
                        wrong[place] = sign;
                        let wrong = String::from_utf8(wrong).unwrap();
                        assert_eq!(Number::parse(kind, &wrong), None, "{wrong} for {right}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_taken_for_another_sign_is_read_as_it_was_meant() {
        for _ in 0..200 {
            let right = Number::random('R');
            for (wrong, meant) in MISTAKEN {
                assert!(!right.as_str()[1..].contains(wrong), "{wrong} is never drawn");
                let taken = format!("R{}", right.as_str()[1..].replace(meant, &wrong.to_string()));
                // Several mistaken signs may come to the check of another number, as the old ones had; one never does.
                if taken != right.as_str() && Number::parse('R', &taken).is_some() {
                    assert!(right.as_str()[1..].matches(meant).count() > 1, "{taken}");
                    continue;
                }
                assert_eq!(Number::read('R', &taken), Some(right.clone()), "{taken}");
                // Behind it another may begin by chance, where it holds the kind's letter.
                let found = Number::within('R', &format!("top up {taken}, thanks"));
                assert!(found.contains(&right), "{taken}: {found:?}");
            }
        }
        let old = Number(String::from("RES53NRWB2ZV"));
        let check =
            ALPHABET.iter().find_map(|last| Number::parse('R', &format!("{}{}", &old.0[..11], char::from(*last))));
        let old = check.expect("one of the signs fits");
        assert_eq!(Number::read('R', &old.to_string()), Some(old), "a number with such signs stays what it is");
        for text in ["", "R", "\u{df}", "RSSSSSSSSSSSS"] {
            assert_eq!(Number::read('R', text), None, "{text}");
        }
    }

    #[test]
    fn every_swap_is_found() {
        for kind in ['R', 'T', 'D', 'I'].into_iter().flat_map(|kind| [kind; 25]) {
            let right = Number::random(kind).0;
            for (one, other) in (0..LENGTH).flat_map(|one| (0..one).map(move |other| (one, other))) {
                let mut wrong = right.clone().into_bytes();
                wrong.swap(one, other);
                let wrong = String::from_utf8(wrong).unwrap();
                assert!(wrong == right || Number::parse(kind, &wrong).is_none(), "{wrong} for {right}");
            }
        }
    }

    #[test]
    fn another_kind_another_length_and_other_signs_are_refused() {
        let number = Number::random('T');
        assert_eq!(Number::parse('R', number.as_str()), None);
        for text in ["", "T", "T2222222222", "T22222222222222", "T2222O22222I", "😀", "T\0\0\0\0\0\0\0\0\0\0\0"] {
            assert_eq!(Number::parse('T', text), None, "{text}");
        }
        assert_eq!(Number::parse('T', &"T".repeat(1_000_000)), None);
    }

    #[test]
    fn a_text_holds_each_number_once_and_no_more_than_twenty() {
        let numbers: Vec<Number> = (0..30).map(|_| Number::random('R')).collect();
        let text = |numbers: &[Number]| numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(". ");
        assert_eq!(Number::within('R', &text(&numbers)).len(), MOST_WITHIN);
        let twice = text(&[numbers[0].clone(), numbers[1].clone(), numbers[0].clone()]);
        let found = Number::within('R', &twice);
        assert_eq!(found.iter().filter(|number| **number == numbers[0]).count(), 1);
        assert!(found.contains(&numbers[1]));
    }

    #[test]
    fn survives_a_column() {
        let number = Number::random('T');
        let row = diesel::select(number.as_str().into_sql::<Text>()).get_result::<Number>(&mut engine());
        assert_eq!(row.unwrap(), number);
        let row = diesel::select((&number).into_sql::<Text>()).get_result::<String>(&mut engine());
        assert_eq!(row.unwrap(), number.as_str());
        assert!(diesel::select("T123".into_sql::<Text>()).get_result::<Number>(&mut engine()).is_err());
    }
}
