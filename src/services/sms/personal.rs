//! The personal data in the outbox of text messages.

use crate::services::personal::Class::Sensitive;
use crate::services::personal::{PersonalData, column};

/// Table `text_messages`.
pub const PERSONAL: PersonalData = PersonalData {
    tables: &["text_messages"],
    columns: &[
        column("text_messages", "sealed_number", Sensitive, "delivery of text messages", "30 days"),
        column("text_messages", "sealed_text", Sensitive, "text of a text message", "until it is sent; at most 1 day"),
    ],
};
