//! `:86:`, information to account owner: free text by SWIFT, in which each country has its own order.

mod german;
mod slashes;

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

/// Reads the lines of a field in whichever order they are.
pub fn read(lines: &[String]) -> Information {
    german::read(lines).or_else(|| slashes::read(lines)).unwrap_or_else(|| plain(lines))
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

    fn told(text: &str) -> Information {
        read(&text.lines().map(ToString::to_string).collect::<Vec<_>>())
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
}
