//! Columns of class S: sealed under the key ring, tied to their place and to the number of their row.

use data_encoding::HEXLOWER;

use super::model::signs;
use crate::base::crypto::Keys;
use crate::base::types::Number;

/// The remitter's name in a declaration.
pub const REMITTER: &str = "remittances.sealed_remitter";
/// The remitting bank in a declaration.
pub const BANK: &str = "remittances.sealed_bank";
/// The card or account number in a declaration.
pub const BANK_ACCOUNT: &str = "remittances.sealed_bank_account";
/// The remitter's name on the statement.
pub const ENTRY_REMITTER: &str = "statement_entries.sealed_remitter";
/// The remitter's account on the statement.
pub const ENTRY_ACCOUNT: &str = "statement_entries.sealed_bank_account";

/// What another file told otherwise of the entry of a case.
pub const CASE_CONTRADICTION: &str = "aml_cases.sealed_contradiction";

/// The name of an approved payer.
pub const PAYER: &str = "approved_payers.sealed_name";

/// Seals a text of the row with this number.
pub fn seal(keys: &Keys, place: &str, row: &Number, text: &str) -> Vec<u8> {
    keys.seal(place, row.as_str(), text.as_bytes())
}

/// By what a remitter's account is known again: a keyed hash of its letters and digits.
pub fn hash_of_account(keys: &Keys, account: &str) -> Option<String> {
    let signs = signs(account);
    let known = !signs.is_empty();
    known.then(|| HEXLOWER.encode(&keys.hash("remitter_account", &[signs.as_bytes()])))
}

/// Opens it again; nothing when it does not open.
pub fn open(keys: &Keys, place: &str, row: &Number, sealed: Option<&[u8]>) -> String {
    let opened = sealed.and_then(|sealed| keys.open_sealed(place, row.as_str(), sealed).ok());
    opened.and_then(|text| String::from_utf8(text.to_vec()).ok()).unwrap_or_default()
}
