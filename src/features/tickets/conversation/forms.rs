//! The forms of a conversation.

use serde::Deserialize;
use validator::Validate;

use crate::web::Errors;
use crate::web::forms::plain::prose;

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
