//! Passwords: never shown, judged by how fast they are guessed, not by which signs they hold (A4, PW1-PW3).

use serde::{Deserialize, Deserializer};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;
use zxcvbn::feedback::{Suggestion, Warning};
use zxcvbn::{Score, zxcvbn};

const SHORTEST: usize = 10;
const LONGEST: usize = 256;

/// Something typed that nobody may see again. Neither `Debug` nor `Serialize`.
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps what was typed.
    pub fn new(typed: impl Into<String>) -> Self {
        Self(Zeroizing::new(typed.into()))
    }

    /// The text, for comparing and hashing.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The one form of all ways to type it: NFKC (SP 800-63B), before counting and hashing.
    pub(super) fn normal(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.nfkc().collect())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(String::deserialize(deserializer)?))
    }
}

/// Why a password is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordFault {
    /// Fewer than 10 characters.
    TooShort,
    /// More than 256.
    TooLong,
    /// One that many use.
    Common,
    /// Like the address or the name of the portal.
    LikeAddress,
    /// Guessed too fast; keys of advice, whose words stand in `templates/components/errors.html`.
    Weak(Vec<&'static str>),
}

/// Judges a new password for the person with this address. A too long one is refused before any work. It takes
/// milliseconds: the hasher's threads do it, none that answers pages.
pub(super) fn judge(password: &Secret, address: &str) -> Result<(), PasswordFault> {
    // Normalising can shorten: a bound on the raw text keeps the work small.
    if password.0.len() > LONGEST * 16 {
        return Err(PasswordFault::TooLong);
    }
    let normal = password.normal();
    match normal.chars().count() {
        0..SHORTEST => return Err(PasswordFault::TooShort),
        SHORTEST..=LONGEST => {}
        _ => return Err(PasswordFault::TooLong),
    }
    let address = address.to_lowercase();
    let local = address.split('@').next().unwrap_or_default();
    let lower = Zeroizing::new(normal.to_lowercase());
    let bare = bare(&lower);
    let like_local = match self::bare(local) {
        // A local part of digits alone, as many have: refused only with that number in it and little around.
        "" => local.len() >= 4 && lower.contains(local) && lower.len() <= local.len() + 6,
        name => bare == name,
    };
    if *lower == address || like_local {
        return Err(PasswordFault::LikeAddress);
    }
    if ["easylink", "easy link", "easy-link"].contains(&bare) {
        return Err(PasswordFault::LikeAddress);
    }
    // Beyond a hundred characters the judge only costs time.
    let head: String = normal.chars().take(100).collect();
    let judged = zxcvbn(&head, &[&address, local, "easylink", "easy link"]);
    if judged.score() >= Score::Three {
        return Ok(());
    }
    let feedback = judged.feedback();
    let warning = feedback.and_then(zxcvbn::feedback::Feedback::warning);
    if matches!(
        warning,
        Some(Warning::ThisIsATop10Password | Warning::ThisIsATop100Password | Warning::ThisIsACommonPassword)
    ) {
        return Err(PasswordFault::Common);
    }
    let mut advice: Vec<&'static str> =
        feedback.map_or(Vec::new(), |f| f.suggestions().iter().copied().map(key).collect());
    advice.dedup();
    Err(PasswordFault::Weak(advice))
}

/// Without the digits and signs around it.
fn bare(text: &str) -> &str {
    text.trim_matches(|sign: char| !sign.is_alphabetic())
}

fn key(suggestion: Suggestion) -> &'static str {
    match suggestion {
        Suggestion::AddAnotherWordOrTwo | Suggestion::UseAFewWordsAvoidCommonPhrases => "more_words",
        Suggestion::AvoidRepeatedWordsAndCharacters => "no_repeats",
        Suggestion::AvoidSequences => "no_sequences",
        Suggestion::AvoidRecentYears | Suggestion::AvoidYearsThatAreAssociatedWithYou => "no_years",
        Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => "no_dates",
        Suggestion::UseALongerKeyboardPatternWithMoreTurns => "no_rows",
        Suggestion::CapitalizationDoesntHelpVeryMuch
        | Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase
        | Suggestion::PredictableSubstitutionsDontHelpVeryMuch
        | Suggestion::ReversedWordsArentMuchHarderToGuess => "no_tricks",
        Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters => "no_need_for_symbols",
    }
}

/// Builds zxcvbn's tables, so that the first person does not wait for them.
pub fn warm_up() {
    let _ = zxcvbn("warm up", &[]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Result<(), PasswordFault> {
        judge(&Secret::new(text), "li.ming@example.com")
    }

    #[test]
    fn length_counts_code_points_after_normalising() {
        assert_eq!(judged("zk3!vqw9x"), Err(PasswordFault::TooShort));
        assert_eq!(judged("zk3!vqw9xr"), Ok(()));
        let long: String = "correct horse battery staple ".chars().cycle().take(256).collect();
        assert_eq!(judged(&long), Ok(()));
        assert_eq!(judged(&format!("{long}x")), Err(PasswordFault::TooLong));
        assert_eq!(judged("山川草木鳥獣虫魚花"), Err(PasswordFault::TooShort));
    }

    #[test]
    fn any_script_and_no_rules_of_composition() {
        for good in ["山川草木鳥獣虫魚花月", "purple monkeys dance slowly", "48213907652811", "🦊🌧️🎻🚲🧀🪐🐙🔑🧵🫖"]
        {
            assert_eq!(judged(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn common_ones_and_ones_like_the_address_are_refused() {
        for bad in ["1234567890", "passwordpassword", "qwertyuiop", "aaaaaaaaaaaa", "iloveyou123"] {
            assert!(judged(bad).is_err(), "{bad}");
        }
        for bad in ["easylink2026!", "li.ming@example.com", "LI.MING2026", "li.ming12345"] {
            assert_eq!(judged(bad), Err(PasswordFault::LikeAddress), "{bad}");
        }
    }

    #[test]
    fn an_address_of_digits_does_not_forbid_digits() {
        let judged = |text: &str| judge(&Secret::new(text), "731946205@example.com");
        for good in ["48213907652811", "🦊🌧️🎻🚲🧀🪐🐙🔑🧵🫖"] {
            assert_eq!(judged(good), Ok(()), "{good}");
        }
        for bad in ["7319462051", "!731946205!", "2026731946205"] {
            assert_eq!(judged(bad), Err(PasswordFault::LikeAddress), "{bad}");
        }
    }
}
