//! The personal data in the outbox.

use crate::services::personal::Class::{Personal, Sensitive};
use crate::services::personal::{PersonalData, column};

/// The row goes with all that is left of it, whatever became of the mail.
const ROWS: &str = "30 days";
const BODIES: &str = "30 days; with a code 1 day";

/// Table `mails`.
pub const PERSONAL: PersonalData = PersonalData {
    tables: &["mails"],
    columns: &[
        column("mails", "address", Personal, "delivery", ROWS),
        column("mails", "subject", Personal, "delivery", ROWS),
        column("mails", "sealed_text", Sensitive, "text of a mail", BODIES),
        column("mails", "sealed_html", Sensitive, "text of a mail", BODIES),
    ],
};
