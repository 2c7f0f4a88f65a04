//! The personal data in the ledger: amounts belong to accounts, not to people; books outlive both.

use crate::services::personal::PersonalData;

/// Tables of the ledger.
pub const PERSONAL: PersonalData =
    PersonalData { tables: &["ledger_accounts", "ledger_transactions", "ledger_transfers"], columns: &[] };
