//! The personal data of work orders.

use crate::services::personal::Class::Personal;
use crate::services::personal::{PersonalData, column};

const WHY: &str = "answering a request";
const FILES: &str = "files of a request";
const TERM: &str = "3 years after closing";

/// Tables `tickets`, `ticket_entries`, `ticket_files`.
pub(super) const PERSONAL: PersonalData = PersonalData {
    tables: &["tickets", "ticket_entries", "ticket_files"],
    columns: &[
        column("tickets", "subject", Personal, WHY, TERM),
        column("tickets", "contact_name", Personal, WHY, TERM),
        column("tickets", "contact_address", Personal, WHY, TERM),
        column("tickets", "contact_phone", Personal, WHY, TERM),
        column("tickets", "contact_company", Personal, WHY, TERM),
        column("tickets", "contact_industry", Personal, WHY, TERM),
        column("tickets", "contact_position", Personal, WHY, TERM),
        column("tickets", "search_text", Personal, "finding a request", TERM),
        column("ticket_entries", "body", Personal, WHY, TERM),
        column("ticket_files", "file_name", Personal, FILES, "1 year after closing"),
        column("ticket_files", "storage_key", Personal, FILES, "1 year after closing"),
    ],
};
