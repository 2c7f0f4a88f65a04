//! The forms of a conversation.

use serde::Deserialize;
use validator::Validate;

use crate::web::{Errors, FieldError};

/// Most characters of one text.
pub(in crate::features::tickets) const MOST_TEXT: usize = 10_000;

/// Most characters of a note: in any script it fits the body of a plain form.
const MOST_NOTE: usize = 5_000;

/// A reply of either side.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub(in crate::features::tickets) struct Reply {
    /// The text.
    #[validate(length(min = 1))]
    pub text: String,
    /// Numbers of files that were accepted with an earlier try.
    pub kept: Vec<String>,
}

impl Reply {
    /// The text as it is kept.
    pub fn check(&self) -> Result<String, Errors> {
        self.validate().map_err(Errors::from)?;
        prose(&self.text, MOST_TEXT).map_err(|error| Errors::one("text", error))
    }
}

/// A note for staff.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub(in crate::features::tickets) struct Note {
    /// The text.
    #[validate(length(min = 1))]
    pub note: String,
}

impl Note {
    /// The text as it is kept.
    pub fn check(&self) -> Result<String, Errors> {
        self.validate().map_err(Errors::from)?;
        prose(&self.note, MOST_NOTE).map_err(|error| Errors::one("note", error))
    }
}

/// A button without fields.
#[derive(Debug, Default, Deserialize)]
pub(in crate::features::tickets) struct Press {}

/// Text of several lines: line ends made one kind, no control characters, something in it.
pub(in crate::features::tickets) fn prose(typed: &str, most: usize) -> Result<String, FieldError> {
    let text = typed.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldError::Missing);
    }
    if text.chars().any(|sign| sign.is_control() && sign != '\n' && sign != '\t') {
        return Err(FieldError::Malformed);
    }
    if text.chars().count() > most {
        return Err(FieldError::TooLong(most as u64));
    }
    Ok(text.to_string())
}

/// Text of one line: white space made single, no control characters. May be empty.
pub(in crate::features::tickets) fn line(typed: &str, most: usize) -> Result<String, FieldError> {
    if typed.chars().any(|sign| sign.is_control() && !sign.is_whitespace()) {
        return Err(FieldError::Malformed);
    }
    let text = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > most { Err(FieldError::TooLong(most as u64)) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_kept_as_meant() {
        assert_eq!(prose(" a\r\nb\rc \n", 9), Ok("a\nb\nc".into()));
        assert_eq!(prose("\r\n \t", 9), Err(FieldError::Missing));
        assert_eq!(prose("a\0b", 9), Err(FieldError::Malformed));
        assert_eq!(prose("a\u{1b}[31m", 9), Err(FieldError::Malformed));
        assert_eq!(prose("线线\r\n线", 4), Ok("线线\n线".into()));
        assert_eq!(prose("线线线线线", 4), Err(FieldError::TooLong(4)));
        assert_eq!(line("  a \t b ", 3), Ok("a b".into()));
        assert_eq!(line("a b c", 4), Err(FieldError::TooLong(4)));
        assert_eq!(line("a\u{7}b", 9), Err(FieldError::Malformed));
    }
}
