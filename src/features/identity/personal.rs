//! The personal data of real-name authentication.

use crate::services::personal::Class::{Hashed, Personal, Sensitive};
use crate::services::personal::{Column, PersonalData, column};

const OPEN: &str = "until it is decided, or the end of the appeal window; 90 days without an act of yours";
const RESULT: &str = "life of the account and 3 years";

const LOST: &str = "recovering an account";
const PAPERS: &str = "papers of a lost second step";
const SHOWN: &str = "until it is decided, at most 14 days";
const ASKED: &str = "90 days after its end";

const fn open(table: &'static str, name: &'static str) -> Column {
    column(table, name, Sensitive, "checking a real name", OPEN)
}

/// Tables of cases, pictures, contacts and results.
pub(super) const PERSONAL: PersonalData = PersonalData {
    tables: &[
        "identity_cases",
        "identity_files",
        "identity_results",
        "identity_contacts",
        "identity_attempts",
        "identity_messages",
        "account_recoveries",
        "recovery_files",
        "identity_proofs",
    ],
    columns: &[
        open("identity_cases", "sealed_key"),
        open("identity_cases", "sealed_details"),
        open("identity_files", "sealed_bytes"),
        column("identity_cases", "masked_name", Personal, "real-name authentication", RESULT),
        column("identity_cases", "masked_number", Personal, "real-name authentication", RESULT),
        column("identity_cases", "fingerprint", Hashed, "real-name authentication", RESULT),
        column("identity_results", "masked_name", Personal, "real-name authentication", RESULT),
        column("identity_results", "masked_number", Personal, "real-name authentication", RESULT),
        column("identity_results", "fingerprint", Hashed, "real-name authentication", RESULT),
        column("identity_results", "sealed_name", Sensitive, "remittances and invoices", RESULT),
        column("identity_results", "sealed_code", Sensitive, "remittances and invoices", RESULT),
        column("account_recoveries", "sealed_key", Sensitive, PAPERS, SHOWN),
        column("account_recoveries", "sealed_number", Sensitive, PAPERS, SHOWN),
        column("recovery_files", "sealed_bytes", Sensitive, PAPERS, SHOWN),
        column("account_recoveries", "network", Personal, LOST, ASKED),
        column("account_recoveries", "device", Personal, LOST, ASKED),
        column("identity_proofs", "remittance", Personal, "further proof of a real name", RESULT),
        column("identity_proofs", "amount", Personal, "further proof of a real name", RESULT),
        column("identity_contacts", "token_hash", Hashed, "proof of consent", "life of the purpose and 3 years"),
        column("identity_contacts", "network", Personal, "proof of consent", "life of the purpose and 3 years"),
    ],
};
