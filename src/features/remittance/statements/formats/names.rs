//! What stands where a name belongs: whether it is one, and in whose name a payer says to pay.

use unicode_normalization::UnicodeNormalization;

use crate::features::identity::same_name;

/// What banks and payers write where they have no name, in letters and digits alone.
const NOBODY: [&str; 6] = ["NOTPROVIDED", "NOTAVAILABLE", "NONREF", "NOREF", "NONE", "UNKNOWN"];

/// Signs of the name of somebody for whom another one acts.
const ULTIMATE: usize = 70;

/// Whether somebody is named by this. What stands for no name must never be one: two transfers of nobody would else be
/// of the same person.
pub fn is_name(text: &str) -> bool {
    let seen: String = text.nfkc().filter(|sign| sign.is_alphanumeric() && !blank(*sign)).collect();
    let letters = seen.chars().filter(|sign| sign.is_alphabetic()).count();
    letters >= 2 && !NOBODY.contains(&seen.to_uppercase().as_str())
}

/// Letters by what Unicode says of them, which no reader sees.
const fn blank(sign: char) -> bool {
    matches!(sign, '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}')
}

/// The name of a party, or nothing.
pub fn known(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| is_name(text))
}

/// The party, and for whom it says to act when that is somebody else. A bank knows its own customer; whose money it is
/// says the payer alone. The two together are nobody's own name, so a person looks at it.
pub fn on_behalf(party: &str, ultimate: Option<&str>) -> String {
    let Some(party) = known(party) else { return String::new() };
    match ultimate.and_then(known).filter(|ultimate| !same_name(party, ultimate)) {
        // A payer's words are as long as they like, and must not make the line too long.
        Some(ultimate) => format!("{party}, on behalf of {}", ultimate.chars().take(ULTIMATE).collect::<String>()),
        None => party.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_no_name_is_none() {
        for none in [
            "",
            " ",
            ".",
            "-",
            "X",
            "12",
            "李",
            "NOTPROVIDED",
            "not provided",
            "Not-Provided",
            "NONREF",
            "ＮＯＮＲＥＦ",
            "None",
            "\u{200b}",
            "\u{3164}\u{3164}\u{3164}",
            "\u{ffa0}\u{115f}",
            "A\u{200b}",
            "\u{2800}\u{2800}",
            "N\u{200b}ONREF",
        ] {
            assert!(!is_name(none), "{none:?}");
        }
        for name in ["Li", "李明", "3M Deutschland", "LI MING", "None & Sons", "Zoë", "Ли"] {
            assert!(is_name(name), "{name}");
        }
    }

    #[test]
    fn whoever_acts_for_another_is_not_called_by_either_name() {
        assert_eq!(on_behalf("WANG FANG", Some("LI MING")), "WANG FANG, on behalf of LI MING");
        assert_eq!(on_behalf("Li Ming", Some("LIMING")), "Li Ming");
        assert_eq!(on_behalf("Li Ming", Some("NOTPROVIDED")), "Li Ming");
        assert_eq!(on_behalf(" Li Ming ", None), "Li Ming");
        assert_eq!(on_behalf("NOTPROVIDED", Some("LI MING")), "");
        assert_eq!(on_behalf("Li Ming", Some(&"x".repeat(60_000))).len(), 92);
    }
}
