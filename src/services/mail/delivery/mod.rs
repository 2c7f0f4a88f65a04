//! One letter leaves the house: over SMTP with TLS, or into a folder while developing.
//!
//! A letter is plain strings. Here alone they become a message, so here alone is decided that no sign in them can make
//! a header or a second recipient.

mod addresses;
mod compose;
mod folder;
mod post;
#[cfg(test)]
mod tests;

pub use post::{Post, PostFault};

/// A letter, ready to be sent. It has no `Debug`: bodies carry codes.
#[derive(Clone)]
pub struct Letter {
    /// The sender: `Easy Link <no-reply@example.com>` or a bare address.
    pub from: String,
    /// The one recipient: a bare address.
    pub to: String,
    /// The subject, in plain words.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML without remote parts.
    pub html: String,
    /// The message id of the own domain, with or without its angle brackets.
    pub message_id: String,
    /// Further headers such as `List-Unsubscribe` (RFC 8058).
    pub headers: Vec<(String, String)>,
}

/// A letter that was not delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Undelivered {
    /// Whether trying again is useless.
    pub permanent: bool,
    /// Why, in words that hold neither address nor body.
    pub reason: String,
}

impl Undelivered {
    /// The relay or the folder failed, not the letter.
    fn later(reason: &str) -> Self {
        Self { permanent: false, reason: reason.to_owned() }
    }

    /// The letter itself cannot be delivered.
    fn never(reason: &str) -> Self {
        Self { permanent: true, reason: reason.to_owned() }
    }
}
