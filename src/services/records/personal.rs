//! The personal data in operation records.

use crate::services::personal::Class::{Personal, Sensitive};
use crate::services::personal::{PersonalData, column};

/// Tables `subjects` and `records`.
pub const PERSONAL: PersonalData = PersonalData {
    tables: &["subjects", "records"],
    columns: &[
        column(
            "subjects",
            "sealed_key",
            Sensitive,
            "seals what is kept for long about one subject",
            "life of the subject",
        ),
        column("records", "network", Personal, "operation records", "3 years"),
        column("records", "sealed_payload", Sensitive, "operation records", "3 years"),
    ],
};
