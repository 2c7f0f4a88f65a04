//! Recovery codes: 24 signs each, of an alphabet of 32 without signs that look alike, which is 120 random bits. From 112
//! bits on a keyed hash keeps them as well as a slow one would (MF3).

use unicode_normalization::UnicodeNormalization;

use crate::base::chance;
use crate::base::crypto::Keys;

/// So many make a set.
pub(super) const SET: usize = 10;
const SIGNS: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
const LENGTH: usize = 24;

/// Draws a set.
pub(super) fn draw() -> Vec<String> {
    (0..SET).map(|_| chance::text(LENGTH, SIGNS)).collect()
}

/// A code as people type it: in any case and width, with spaces and hyphens anywhere.
pub(super) fn read(typed: &str) -> Option<String> {
    if typed.len() > 256 {
        return None;
    }
    let code: String = typed
        .nfkc()
        .filter(|sign| !sign.is_whitespace() && !matches!(sign, '-' | '\u{2010}'..='\u{2015}'))
        .map(|sign| sign.to_ascii_lowercase())
        .collect();
    (code.len() == LENGTH && code.bytes().all(|sign| SIGNS.contains(&sign))).then_some(code)
}

/// A code as it is shown: in fours.
pub(super) fn in_fours(code: &str) -> String {
    let fours: Vec<&str> = (0..code.len()).step_by(4).map(|at| &code[at..code.len().min(at + 4)]).collect();
    fours.join("-")
}

/// How a code is kept.
pub(super) fn hash(keys: &Keys, person_id: i64, code: &str) -> Vec<u8> {
    keys.hash("recovery-code", &[person_id.to_string().as_bytes(), code.as_bytes()]).to_vec()
}

/// The same under every key there is.
pub(super) fn hashes(keys: &Keys, person_id: i64, code: &str) -> Vec<Vec<u8>> {
    keys.hashes("recovery-code", &[person_id.to_string().as_bytes(), code.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let set = draw();
        assert_eq!(set.len(), SET);
        for code in &set {
            for typed in [code.clone(), in_fours(code), in_fours(code).to_uppercase(), in_fours(code).replace('-', " ")]
            {
                assert_eq!(read(&typed).as_deref(), Some(code.as_str()), "{typed}");
            }
            for wrong in [&code[1..], &format!("{code}a"), &code.replace(|_| true, "l")] {
                assert_eq!(read(wrong), None, "{wrong}");
            }
        }
        assert_eq!(in_fours(&set[0]).len(), 29);
    }

    #[test]
    fn a_code_is_one_persons() {
        let keys = Keys::fixed(3);
        assert_ne!(hash(&keys, 1, "a"), hash(&keys, 2, "a"));
        assert_eq!(hashes(&keys, 1, "a"), [hash(&keys, 1, "a")]);
    }
}
