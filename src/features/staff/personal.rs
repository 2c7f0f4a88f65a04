//! The personal data of the staff.

use crate::services::personal::Class::{Hashed, Sensitive};
use crate::services::personal::{PersonalData, column};

/// Tables `activations`, `totp_factors`.
pub(super) const PERSONAL: PersonalData = PersonalData {
    tables: &["activations", "totp_factors"],
    columns: &[
        column("activations", "token_hash", Hashed, "beginning to work here", "24 hours"),
        column(
            "totp_factors",
            "sealed_secret",
            Sensitive,
            "second step of the staff sign-in",
            "while the person works here",
        ),
    ],
};
