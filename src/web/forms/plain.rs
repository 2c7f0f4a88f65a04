//! Plain text that people type: a line or several, with its length and without what no keyboard makes. Every room asks here.

use super::errors::FieldError;

/// Text of several lines: line ends made one kind, no control characters, something in it.
pub fn prose(typed: &str, most: usize) -> Result<String, FieldError> {
    let text = typed.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldError::Missing);
    }
    if text.chars().any(|sign| unseen(sign) && sign != '\n' && sign != '\t') {
        return Err(FieldError::Unseen);
    }
    bounded(text.to_string(), most)
}

/// Text of one line: white space made single, no control characters. May be empty.
pub fn line(typed: &str, most: usize) -> Result<String, FieldError> {
    if typed.chars().any(|sign| unseen(sign) && !sign.is_whitespace()) {
        return Err(FieldError::Unseen);
    }
    bounded(typed.split_whitespace().collect::<Vec<_>>().join(" "), most)
}

/// The same, with something in it.
pub fn needed_line(typed: &str, most: usize) -> Result<String, FieldError> {
    line(typed, most).and_then(|text| if text.is_empty() { Err(FieldError::Missing) } else { Ok(text) })
}

/// Control characters, and marks that make a text read other than it is: embeddings, overrides and isolates of the
/// reading direction, and what no text may hold. The plain marks of direction and the joiners stay: scripts need them.
fn unseen(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFF9}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}')
}

fn bounded(text: String, most: usize) -> Result<String, FieldError> {
    if text.chars().count() > most { Err(FieldError::TooLong(most as u64)) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_kept_as_meant() {
        assert_eq!(prose(" a\r\nb\rc \n", 9), Ok("a\nb\nc".into()));
        assert_eq!(prose("\r\n \t", 9), Err(FieldError::Missing));
        assert_eq!(prose("a\0b", 9), Err(FieldError::Unseen));
        assert_eq!(prose("a\u{1b}[31m", 9), Err(FieldError::Unseen));
        assert_eq!(prose("invoice\u{202e}fdp.exe", 99), Err(FieldError::Unseen));
        assert_eq!(line("a\u{2066}b", 9), Err(FieldError::Unseen));
        assert_eq!(line("می\u{200c}خواهم\u{200f}", 99), Ok("می\u{200c}خواهم\u{200f}".into()));
        assert_eq!(prose("线线\r\n线", 4), Ok("线线\n线".into()));
        assert_eq!(prose("线线线线线", 4), Err(FieldError::TooLong(4)));
        assert_eq!(line("  a \t b ", 3), Ok("a b".into()));
        assert_eq!(line("", 3), Ok(String::new()));
        assert_eq!(line("a b c", 4), Err(FieldError::TooLong(4)));
        assert_eq!(line("a\u{7}b", 9), Err(FieldError::Unseen));
        assert_eq!(needed_line(" ", 9), Err(FieldError::Missing));
    }
}
