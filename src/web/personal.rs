//! The personal data of the web floor.

use crate::services::personal::Class::{Hashed, Personal, Sensitive};
use crate::services::personal::{PersonalData, column};

const FILES: &str = "files of a form that is not sent yet";

/// Tables `sessions`, `staff_roles`, `limits`, `submissions`, `kept_posts`, `uploads`.
pub const PERSONAL: PersonalData = PersonalData {
    tables: &["sessions", "staff_roles", "limits", "submissions", "kept_posts", "uploads"],
    columns: &[
        column("sessions", "reference_hash", Hashed, "signing in", "12 months after their end"),
        column("sessions", "network", Personal, "list of devices", "12 months after their end"),
        column("sessions", "device", Personal, "list of devices", "12 months after their end"),
        column("limits", "bucket", Hashed, "limits of guesses and uploads", "2 days"),
        column("kept_posts", "sealed_data", Sensitive, "what you had typed", "1 day"),
        column("uploads", "file_name", Personal, FILES, "1 day"),
        column("uploads", "storage_key", Personal, FILES, "1 day"),
    ],
};
