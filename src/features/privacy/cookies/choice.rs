//! The choice as it stands in its cookie.

/// Which of the two optional uses are allowed; neither, unless somebody said so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Choice {
    /// Recording behaviour (3.3.2).
    pub(super) behaviour: bool,
    /// Recommending products (3.3.2).
    pub(super) recommendations: bool,
}

impl Choice {
    /// The value of the cookie.
    pub(super) const fn word(self) -> &'static str {
        match (self.behaviour, self.recommendations) {
            (false, false) => "none",
            (true, false) => "behaviour",
            (false, true) => "recommendations",
            (true, true) => "both",
        }
    }

    /// Reads the cookie; what was never written by the portal is no choice.
    pub(super) fn parse(word: &str) -> Option<Self> {
        let all = [(false, false), (true, false), (false, true), (true, true)];
        all.into_iter()
            .map(|(behaviour, recommendations)| Self { behaviour, recommendations })
            .find(|choice| choice.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_survives_its_cookie() {
        for word in ["none", "behaviour", "recommendations", "both"] {
            assert_eq!(Choice::parse(word).map(Choice::word), Some(word));
        }
        assert_eq!((Choice::parse(""), Choice::parse("all")), (None, None));
    }
}
