//! `:86:`, information to account owner: free text by SWIFT, in which each country has its own order.

mod german;
mod slashes;

use crate::features::remittance::statements::formats::model::Dialect;

/// What a bank tells about an entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Information {
    /// The other party.
    pub remitter: String,
    /// Its account.
    pub account: Option<String>,
    /// Its bank.
    pub bank: Option<String>,
    /// The remittance information.
    pub text: String,
    /// What the payer numbered the transfer by.
    pub end_to_end: Option<String>,
    /// The bank's code for the kind of transaction.
    pub code: Option<String>,
    /// Where charges may stand.
    pub charges: String,
}

/// How long a line of `:86:` may be by the standard (`6*65x`): one that is full goes on in the next.
const LINE: usize = 65;

/// What a field says, and how it looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// As the bank writes it.
    pub told: Information,
    /// The dialect that it looks like.
    pub looks: Dialect,
    /// What it would say by its looks, where the bank writes otherwise.
    pub by_looks: Option<Information>,
}

/// Reads the lines of a field as the bank writes them, or in whichever order they are while nobody knows. What is written
/// otherwise than the bank does is text: it may be all a payer's.
pub fn read(lines: &[String], dialect: Option<Dialect>) -> Read {
    let looks = german::read(lines).map(|told| (told, Dialect::Subfields));
    let looks = looks.or_else(|| slashes::read(lines).map(|told| (told, Dialect::CodeWords)));
    let (told, looks) = looks.unwrap_or_else(|| (plain(lines), Dialect::Plain));
    if looks == Dialect::Plain || dialect.is_none_or(|dialect| dialect == looks) {
        return Read { told, looks, by_looks: None };
    }
    Read { told: plain(lines), looks, by_looks: Some(told) }
}

fn plain(lines: &[String]) -> Information {
    let full = |line: &str| line.chars().count() >= LINE;
    Information { text: joined(lines.iter().map(|line| (line.as_str(), full(line)))), ..Information::default() }
}

/// Puts pieces together: one that is full (said beside it) was broken where its room ended, which may be within a word.
fn joined<'a>(pieces: impl Iterator<Item = (&'a str, bool)>) -> String {
    let (mut text, mut open) = (String::new(), false);
    for (piece, full) in pieces {
        if !text.is_empty() && !open && !text.ends_with(' ') && !piece.starts_with(' ') {
            text.push(' ');
        }
        text.push_str(piece);
        open = full;
    }
    text.trim().to_string()
}

/// A reference, unless it says that there is none.
fn reference(text: &str) -> Option<String> {
    let none = |text: &str| text.is_empty() || matches!(text, "NOTPROVIDED" | "NONREF");
    Some(text.trim()).filter(|text| !none(text)).map(ToString::to_string)
}

/// An account or a bank's code: without spaces.
fn number(text: &str) -> Option<String> {
    Some(text.replace(' ', "")).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(ToString::to_string).collect()
    }

    fn told(text: &str) -> Information {
        read(&lines(text), None).told
    }

    #[test]
    fn plain_text_is_joined_where_it_was_broken() {
        assert_eq!(told("Transfer from\nOne GmbH").text, "Transfer from One GmbH");
        let full = format!("{}R7KM", "x".repeat(61));
        assert_eq!(told(&format!("{full}\n3X9Q")).text, format!("{full}3X9Q"));
        assert_eq!(told("").text, "");
        let all = Information { text: "12 bottles? 20 of them".into(), ..Information::default() };
        assert_eq!(told("12 bottles? 20 of them"), all);
    }
    #[test]
    fn nobody_is_named_in_another_order_than_the_banks() {
        let subfields = "166?20SVWZ+T7KM?30COBADEFFXXX?31DE89370400440532013000?32LI MING";
        let words = "/NAME/LI MING/REMI/T7KM";
        for (text, looks) in [(subfields, Dialect::Subfields), (words, Dialect::CodeWords), ("T7KM", Dialect::Plain)] {
            for bank in Dialect::ALL {
                let Read { told, looks: found, by_looks } = read(&lines(text), Some(*bank));
                assert_eq!(found, looks, "{text}");
                let own = by_looks.unwrap_or_else(|| told.clone());
                assert_eq!(own, read(&lines(text), None).told, "it is known again: {text} {bank:?}");
                let named = looks == *bank && looks != Dialect::Plain;
                assert_eq!(told.remitter, if named { "LI MING" } else { "" }, "{text} {bank:?}");
                assert!(told.text.contains("T7KM"), "{text} {bank:?}: {}", told.text);
            }
        }
    }
}
