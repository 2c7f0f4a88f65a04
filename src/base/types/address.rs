//! E-mail addresses.

use std::fmt;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text;
use serde::{Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;

use super::stored_as;

/// The longest address that a mail server must take (RFC 5321, 4.5.3.1.3, less the angle brackets), in bytes.
const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;

/// An e-mail address in the one form in which it is stored, compared and written to: NFKC, without spaces around it, in
/// lower case, its domain as DNS has it (`xn--…`). `TEXT`. At most 254 bytes.
///
/// The local part is RFC 5322's dot-atom in ASCII. Quoted parts, comments and literal IP addresses are refused: nobody
/// has one, and each has been used to smuggle a second recipient or a header into a mail.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Address(String);

stored_as!(Address, Text as str, String, Address::as_str, |text| Some(Address(text)));

impl Address {
    /// The address that a person typed, if it can be one.
    pub fn parse(text: &str) -> Option<Self> {
        // Longer than any address, whatever its normal form: no work for it.
        if text.len() > 4 * LONGEST {
            return None;
        }
        let text: String = text.trim().nfkc().collect();
        let (local, domain) = text.trim().rsplit_once('@')?;
        let address = format!("{}@{}", local_part(local)?, domain_name(domain)?);
        (address.len() <= LONGEST).then_some(Self(address))
    }

    /// `name@example.com`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or(self.0.as_str(), |(local, _)| local)
    }

    /// `n***@example.com`: enough for the owner to know it again, too little for others.
    pub fn masked(&self) -> String {
        let domain = self.0.rsplit_once('@').map_or("", |(_, domain)| domain);
        format!("{}***@{domain}", self.0.chars().next().unwrap_or('*'))
    }
}

fn local_part(text: &str) -> Option<String> {
    let atom = |sign: u8| sign.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&sign);
    let dots = text.split('.').all(|part| !part.is_empty() && part.bytes().all(atom));
    (dots && text.len() <= LONGEST_LOCAL).then(|| text.to_ascii_lowercase())
}

fn domain_name(text: &str) -> Option<String> {
    // `Host::parse` also undoes percent signs and reads numbers as addresses: only names may reach it.
    if !text.chars().all(|sign| sign.is_alphanumeric() || matches!(sign, '.' | '-') || is_mark(sign)) {
        return None;
    }
    let url::Host::Domain(domain) = url::Host::parse(text).ok()? else {
        return None;
    };
    let labels: Vec<&str> = domain.split('.').collect();
    let well_formed =
        |label: &&str| (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-');
    let top_is_a_name = labels.last().is_some_and(|top| top.bytes().any(|sign| sign.is_ascii_alphabetic()));
    (labels.len() > 1 && labels.iter().all(well_formed) && top_is_a_name).then_some(domain)
}

/// Signs that belong to the letter before them in scripts such as Devanagari.
fn is_mark(sign: char) -> bool {
    unicode_normalization::char::is_combining_mark(sign)
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Masked: what is printed to find a fault ends in logs.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// In full, for exports.
impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;
    use proptest::prelude::*;

    use super::*;
    use crate::base::types::sql::tests::engine;

    #[test]
    fn has_one_form_however_it_is_typed() {
        let read = [
            ("name@example.com", "name@example.com"),
            ("  Name.Other+tag@EXAMPLE.Com\n", "name.other+tag@example.com"),
            ("ｎａｍｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", "name@example.com"),
            ("a@例子.中国", "a@xn--fsqu00a.xn--fiqs8s"),
            ("o'brien@mail.example.co.uk", "o'brien@mail.example.co.uk"),
            ("123456789@qq.com", "123456789@qq.com"),
        ];
        for (typed, stored) in read {
            assert_eq!(Address::parse(typed).unwrap().as_str(), stored);
            assert_eq!(Address::parse(stored).unwrap().as_str(), stored);
        }
    }

    #[test]
    fn what_could_carry_more_than_an_address_is_refused() {
        let refused = [
            "",
            "@",
            "name",
            "name@",
            "@example.com",
            "a@b",
            "a@localhost",
            "a@127.0.0.1",
            "a@[::1]",
            "a@1.2",
            "a b@example.com",
            "a@exa mple.com",
            "a@example.com, b@example.com",
            "a@example.com\r\nBcc: b@example.com",
            "a@b@example.com",
            "\"a\"@example.com",
            "<a@example.com>",
            "A <a@example.com>",
            ".a@example.com",
            "a.@example.com",
            "a..b@example.com",
            "a@-example.com",
            "a@example-.com",
            "a@example..com",
            "a@.com",
            "a@example.com.",
            "a@ex%61mple.com",
            "a@ex_ample.com",
            "a@example.com/x",
            "a@example.com:25",
            "ä@example.com",
            "a\0@example.com",
            "a@example.123",
        ];
        for text in refused {
            assert_eq!(Address::parse(text), None, "{text}");
        }
    }

    #[test]
    fn length_is_limited() {
        let local = "a".repeat(64);
        let domain = format!("{}.{}.{}.com", "b".repeat(63), "c".repeat(63), "d".repeat(57));
        let longest = format!("{local}@{domain}");
        assert_eq!(longest.len(), LONGEST);
        assert!(Address::parse(&longest).is_some());
        assert_eq!(Address::parse(&format!("{local}@e{domain}")), None);
        assert_eq!(Address::parse(&format!("a{local}@example.com")), None);
        assert_eq!(Address::parse(&format!("{}@example.com", "a".repeat(100_000))), None);
    }

    #[test]
    fn is_masked_where_it_is_not_meant_to_be_read() {
        let address = Address::parse("name@example.com").unwrap();
        assert_eq!(address.masked(), "n***@example.com");
        assert_eq!(format!("{address:?}"), "n***@example.com");
        assert_eq!(address.local(), "name");
        let row = diesel::select(address.as_str().into_sql::<Text>()).get_result::<Address>(&mut engine());
        assert_eq!(row.unwrap(), address);
    }

    proptest! {
        #[test]
        fn the_form_is_stable(text in "[a-zA-Z0-9.+@ÄΣİſßﬀ。-]{1,30}") {
            if let Some(address) = Address::parse(&text) {
                prop_assert_eq!(Address::parse(address.as_str()), Some(address.clone()));
                prop_assert!(address.as_str().is_ascii());
                prop_assert_eq!(address.as_str().to_lowercase(), address.as_str());
            }
        }
    }
}
