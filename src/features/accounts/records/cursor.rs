//! The cursor of the list of records. Records have no public number, and their ids tell how many there are in the
//! whole portal: so the position is sealed, for one person.

use data_encoding::BASE64URL_NOPAD;

use crate::base::crypto::Keys;

const PLACE: &str = "records.cursor";

/// The position as it stands in an address.
pub(super) fn sealed(keys: &Keys, person_id: i64, id: i64) -> String {
    BASE64URL_NOPAD.encode(&keys.seal(PLACE, &person_id.to_string(), &id.to_be_bytes()))
}

/// The position, when it was sealed for this person; anything else begins at the newest.
pub(super) fn opened(keys: &Keys, person_id: i64, cursor: &str) -> Option<i64> {
    if cursor.len() > 128 {
        return None;
    }
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
    let plain = keys.open_sealed(PLACE, &person_id.to_string(), &bytes).ok()?;
    Some(i64::from_be_bytes(plain.as_slice().try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serves_only_the_person_it_was_sealed_for() {
        let keys = Keys::fixed(3);
        let cursor = sealed(&keys, 7, 123_456);
        assert_eq!(opened(&keys, 7, &cursor), Some(123_456));
        assert_eq!(opened(&keys, 8, &cursor), None);
        assert_eq!(opened(&keys, 7, "123456"), None);
        assert_eq!(opened(&keys, 7, ""), None);
        assert!(cursor.len() < 128);
    }
}
