//! The personal data of the web floor.

use crate::services::personal::Class::{Hashed, Personal};
use crate::services::personal::{PersonalData, column};

/// Tables `sessions`, `staff_roles`, `limits`, `submissions`, `uploads`.
pub const PERSONAL: PersonalData = PersonalData {
    tables: &["sessions", "staff_roles", "limits", "submissions", "uploads"],
    columns: &[
        column("sessions", "reference_hash", Hashed, "signing in", "12 months from its end"),
        column("sessions", "network", Personal, "list of devices", "12 months from its end"),
        column("sessions", "device", Personal, "list of devices", "12 months from its end"),
        column("limits", "bucket", Hashed, "limits of guesses", "48 hours"),
        column("uploads", "file_name", Personal, "files of a form that is not sent yet", "24 hours"),
    ],
};
