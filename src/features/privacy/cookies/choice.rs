//! The choice as it stands in its cookie, and where a person came from.

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

/// A path of this portal, so that nobody is sent elsewhere after a form.
pub(super) fn local_path(back: &str) -> Option<&str> {
    let local = back.starts_with('/') && !back.starts_with("//");
    let strange = |sign: char| sign.is_control() || sign == '\\';
    (local && back.len() <= 500 && !back.contains(strange)).then_some(back)
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

    #[test]
    fn only_paths_of_the_portal_are_gone_back_to() {
        assert_eq!(local_path("/products?q=a"), Some("/products?q=a"));
        for bad in
            ["", "help", "//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example", "/a\r\nb"]
        {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
    }
}
