// What strangers send, given to the parsers. The fuzz targets and the seeded mutator in `tests/it/fuzz` run the same functions.

use easylink::base::types::{Address, Day, Moment, Number, Phone};
use easylink::services::storage::{Kind, display_name, extension_agrees, head_wanted, reencode, sniff};

/// Numbers of documents and companies, and messages of the verification provider.
pub fn identity(bytes: &[u8]) {
    easylink::features::identity::probe(bytes);
}

/// What a file is, and a picture that is developed anew: what comes out is a picture of the same kind, and developing it
/// once more changes its size no more.
pub fn pictures(bytes: &[u8]) {
    let _ = (sniff(bytes, bytes.len() as u64), head_wanted(bytes));
    for kind in [Kind::Jpeg, Kind::Png, Kind::Webp] {
        let Ok(picture) = reencode(bytes, kind) else { continue };
        assert_eq!(sniff(&picture.bytes, picture.bytes.len() as u64), Some(kind), "another kind came out");
        assert!(u64::from(picture.width) * u64::from(picture.height) <= easylink::services::storage::MAX_PIXELS);
        let again = reencode(&picture.bytes, kind).expect("its own picture is damaged");
        assert_eq!((again.width, again.height), (picture.width, picture.height));
    }
}

/// Addresses, public numbers, telephone numbers, days, moments and names of files as people write them.
pub fn words(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(address) = Address::parse(&text) {
        let again = Address::parse(address.as_str()).expect("an address is not its own normal form");
        assert_eq!(again.as_str(), address.as_str());
        assert!(!address.as_str().contains(['\r', '\n', ',', ' ']), "an address holds more than one");
    }
    for kind in ['T', 'K', 'R'] {
        if let Some(number) = Number::parse(kind, &text) {
            assert_eq!(Number::parse(kind, number.as_str()).as_ref(), Some(&number));
        }
        let _ = Number::within(kind, &text);
    }
    if let Ok(phone) = Phone::parse(&text, &[86, 852]) {
        assert!(Phone::parse(phone.as_str(), &[86, 852]).is_ok_and(|again| again.as_str() == phone.as_str()));
    }
    if let Some(day) = Day::parse(&text) {
        assert_eq!(Day::parse(day.as_str()), Some(day));
    }
    if let Some(moment) = Moment::parse(&text) {
        assert_eq!(Moment::parse(&moment.rfc3339()), Some(moment));
    }
    assert!(!display_name(&text).contains(['\r', '\n', '\0', '/']), "a name that is a path");
    let _ = extension_agrees(Kind::Png, &text);
}

/// A bank's statement as camt.053: what is taken contradicts neither itself nor its summary, however it arrives.
pub fn camt053(bytes: &[u8]) {
    easylink::features::remittance::probe_camt053(bytes);
}

/// The same as MT940, in each encoding.
pub fn mt940(bytes: &[u8]) {
    easylink::features::remittance::probe_mt940(bytes);
}

/// The same as CSV, by a mapping that is guessed and by one that is not.
pub fn csv(bytes: &[u8]) {
    easylink::features::remittance::probe_csv(bytes);
}
