//! What is sealed under the key of a case. The key is random, sealed under the key ring in the case's own row, and
//! destroyed with what it opens when the case is decided (B5).

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::base::chance;
use crate::base::crypto::{Keys, open_with, seal_with};
use crate::base::types::Number;

const KEY: &str = "identity_cases.sealed_key";
const DETAILS: &str = "identity_cases.sealed_details";
const BYTES: &str = "identity_files.sealed_bytes";

/// What was typed, in full. No `Debug`: it is never to be seen in a log.
#[derive(Clone, Serialize, Deserialize)]
pub struct Details {
    /// The legal name of the person, or of the company's contact.
    pub name: String,
    /// The number of the identity document, in its normal form.
    pub number: String,
    /// The birth date that was given with a number that does not tell it.
    pub birth: Option<String>,
    /// The company, in a corporate case.
    pub company: Option<Company>,
}

/// A company as it was typed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Company {
    /// Its name.
    pub name: String,
    /// Its unified social credit code.
    pub code: String,
    /// The contact's address, when the contact is not the person who asks.
    pub contact: Option<String>,
}

impl Details {
    /// The name that is authenticated: the company's, else the person's.
    pub fn legal_name(&self) -> &str {
        self.company.as_ref().map_or(&self.name, |company| &company.name)
    }

    /// The number that stands for it: the company's code, else the person's number.
    pub fn proven_number(&self) -> &str {
        self.company.as_ref().map_or(&self.number, |company| &company.code)
    }
}

/// The key of one case.
pub struct CaseKey(Zeroizing<[u8; 32]>);

impl CaseKey {
    /// A fresh one.
    pub fn random() -> Self {
        Self(Zeroizing::new(chance::bytes()))
    }

    /// Sealed for the row of its case.
    pub fn seal(&self, keys: &Keys, case: &Number) -> Vec<u8> {
        self.seal_in(keys, KEY, case)
    }

    /// Sealed for a row of another column that holds such keys.
    pub fn seal_in(&self, keys: &Keys, place: &str, row: &Number) -> Vec<u8> {
        keys.seal(place, row.as_str(), &*self.0)
    }

    /// Opens it; nothing when it was destroyed.
    pub fn open(keys: &Keys, case: &Number, sealed: Option<&[u8]>) -> Option<Self> {
        Self::open_in(keys, KEY, case, sealed)
    }

    /// Opens one of another column.
    pub fn open_in(keys: &Keys, place: &str, row: &Number, sealed: Option<&[u8]>) -> Option<Self> {
        let key = keys.open_sealed(place, row.as_str(), sealed?).ok()?;
        key.as_slice().try_into().ok().map(|key| Self(Zeroizing::new(key)))
    }

    /// Seals something else under this key, for that row of that column.
    pub fn seal_at(&self, place: &str, row: &Number, plain: &[u8]) -> Vec<u8> {
        seal_with(&self.0, place, row.as_str(), plain)
    }

    /// Opens it.
    pub fn open_at(&self, place: &str, row: &Number, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        open_with(&self.0, place, row.as_str(), sealed).ok()
    }

    /// Seals what was typed.
    pub fn seal_details(&self, case: &Number, details: &Details) -> Vec<u8> {
        let plain = Zeroizing::new(serde_json::to_vec(details).unwrap_or_default());
        seal_with(&self.0, DETAILS, case.as_str(), &plain)
    }

    /// Opens what was typed.
    pub fn open_details(&self, case: &Number, sealed: Option<&[u8]>) -> Option<Details> {
        let plain = open_with(&self.0, DETAILS, case.as_str(), sealed?).ok()?;
        serde_json::from_slice(&plain).ok()
    }

    /// Seals a picture for the row with this number.
    pub fn seal_bytes(&self, file: &Number, bytes: &[u8]) -> Vec<u8> {
        seal_with(&self.0, BYTES, file.as_str(), bytes)
    }

    /// Opens a picture.
    pub fn open_bytes(&self, file: &Number, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        open_with(&self.0, BYTES, file.as_str(), sealed).ok()
    }
}

/// The keyed hash of a document's number, under a key of its own: it tells that two numbers are the same and nothing else.
pub fn fingerprint(keys: &Keys, number: &str) -> Vec<u8> {
    keys.hash(FINGERPRINT, &[number.as_bytes()]).to_vec()
}

/// The same under every generation of keys, newest first.
pub fn fingerprints(keys: &Keys, number: &str) -> Vec<Vec<u8>> {
    keys.hashes(FINGERPRINT, &[number.as_bytes()])
}

const FINGERPRINT: &str = "identity-fingerprint";

/// The first sign of a name, and stars: as many as it has signs, at most eight.
pub fn masked_name(name: &str) -> String {
    let mut signs = name.chars();
    let first = signs.next().map(String::from).unwrap_or_default();
    format!("{first}{}", "*".repeat(signs.count().min(8)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details() -> Details {
        Details { name: "李明".into(), number: "11010519491231002X".into(), birth: None, company: None }
    }

    #[test]
    fn it_opens_for_its_own_case_only() {
        let (keys, case, other) = (Keys::fixed(1), Number::random('K'), Number::random('K'));
        let key = CaseKey::random();
        let (sealed_key, sealed) = (key.seal(&keys, &case), key.seal_details(&case, &details()));
        let again = CaseKey::open(&keys, &case, Some(&sealed_key)).unwrap();
        assert_eq!(again.open_details(&case, Some(&sealed)).unwrap().number, "11010519491231002X");
        assert!(again.open_details(&other, Some(&sealed)).is_none());
        assert!(CaseKey::open(&keys, &other, Some(&sealed_key)).is_none());
        assert!(CaseKey::open(&keys, &case, None).is_none());
        assert!(CaseKey::random().open_details(&case, Some(&sealed)).is_none());
        let bytes = key.seal_bytes(&case, b"picture");
        assert!(key.open_bytes(&other, &bytes).is_none());
        assert_eq!(key.open_bytes(&case, &bytes).unwrap().as_slice(), b"picture");
    }

    #[test]
    fn a_fingerprint_is_found_after_a_rotation_and_is_no_other_hash() {
        let keys = Keys::fixed(1);
        let own = fingerprint(&keys, "11010519491231002X");
        assert!(fingerprints(&keys, "11010519491231002X").contains(&own));
        assert_ne!(own, fingerprint(&keys, "110105194912310021"));
        assert_ne!(own, keys.hash("session", &[b"11010519491231002X"]).to_vec());
    }

    #[test]
    fn names_are_masked_but_for_their_first_sign() {
        for (name, masked) in [("李明", "李*"), ("Li Ming", "L******"), ("X", "X"), ("", "")] {
            assert_eq!(masked_name(name), masked);
        }
        assert_eq!(masked_name("A very long name of a company"), "A********");
    }
}
