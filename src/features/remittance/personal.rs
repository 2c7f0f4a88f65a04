//! The personal data of remittances, statement entries and receiving accounts.

use crate::services::personal::Class::{Personal, Sensitive};
use crate::services::personal::{PersonalData, column};

const BOOKS: &str = "life of the account, then 10 years";

const AML: &str = "10 years after the case is closed";

/// Tables of this room.
pub(super) const PERSONAL: PersonalData = PersonalData {
    tables: &[
        "receiving_accounts",
        "statement_mappings",
        "statement_imports",
        "statement_entries",
        "remittances",
        "allocations",
        "entry_decisions",
        "aml_rules",
        "aml_cases",
        "permanent_references",
        "approved_payers",
        "payment_request_series",
        "payment_requests",
    ],
    columns: &[
        column("statement_entries", "sealed_remitter", Sensitive, "matching received money", BOOKS),
        column("statement_entries", "sealed_bank_account", Sensitive, "matching received money", BOOKS),
        column("statement_entries", "remittance_text", Personal, "matching received money", BOOKS),
        column("statement_entries", "remitter_hash", Sensitive, "matching received money", BOOKS),
        column("entry_decisions", "note", Personal, "matching received money", BOOKS),
        column("aml_cases", "sealed_contradiction", Sensitive, "rules against money laundering", AML),
        column("aml_cases", "note", Personal, "rules against money laundering", AML),
        column("statement_entries", "void_reason", Personal, "matching received money", BOOKS),
        column(
            "statement_imports",
            "file_key",
            Sensitive,
            "importing a bank statement",
            "until it is imported, at most 7 days",
        ),
        column("remittances", "sealed_remitter", Sensitive, "matching received money", BOOKS),
        column("remittances", "sealed_bank", Sensitive, "matching received money", BOOKS),
        column("remittances", "sealed_bank_account", Sensitive, "matching received money", BOOKS),
        column("remittances", "account_tail", Personal, "recognising a declaration", BOOKS),
        column("approved_payers", "sealed_name", Sensitive, "approved payers", BOOKS),
        column("approved_payers", "relation", Personal, "approved payers", BOOKS),
        column("remittances", "slip_key", Personal, "proof of a transfer", BOOKS),
        column("remittances", "slip_name", Personal, "proof of a transfer", BOOKS),
        column("remittances", "refusal", Personal, "telling why a declaration was refused", BOOKS),
    ],
};
