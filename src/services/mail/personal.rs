//! The personal data in the outbox.

use crate::services::personal::Class::{Personal, Sensitive};
use crate::services::personal::{PersonalData, column};

/// Table `mails`.
pub const PERSONAL: PersonalData = PersonalData {
    tables: &["mails"],
    columns: &[
        column("mails", "address", Personal, "delivery", "30 days"),
        column("mails", "subject", Personal, "delivery", "30 days"),
        column("mails", "sealed_text", Sensitive, "delivery", "24 hours with a code, else 30 days"),
        column("mails", "sealed_html", Sensitive, "delivery", "24 hours with a code, else 30 days"),
    ],
};
