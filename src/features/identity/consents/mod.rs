//! Separate consents before sensitive information is taken (B1).

mod model;
mod pages;

pub(super) use model::{Question, Terms, contact_words, provider_agreed};
pub(super) use pages::{answer, show, terms};
