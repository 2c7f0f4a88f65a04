//! The personal data in consent records.

use crate::services::personal::Class::Personal;
use crate::services::personal::{PersonalData, column};

/// Tables `policy_versions` and `consents`.
pub const PERSONAL: PersonalData = PersonalData {
    tables: &["policy_versions", "consents"],
    columns: &[column("consents", "network", Personal, "proof of consent", "life of the purpose and 3 years")],
};
