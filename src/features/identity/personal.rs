//! The personal data of identity results.

use crate::services::personal::Class::{Personal, Sensitive};
use crate::services::personal::{PersonalData, column};

/// Table `identity_results`.
pub(super) const PERSONAL: PersonalData = PersonalData {
    tables: &["identity_results"],
    columns: &[
        column(
            "identity_results",
            "masked_name",
            Personal,
            "real-name authentication",
            "life of the account and 3 years",
        ),
        column(
            "identity_results",
            "masked_number",
            Personal,
            "real-name authentication",
            "life of the account and 3 years",
        ),
        column(
            "identity_results",
            "sealed_name",
            Sensitive,
            "remittances and invoices",
            "life of the account and 3 years",
        ),
    ],
};
