//! Addresses within the portal: those that came in from outside, such as `next`, and those that a redirect names.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// The longest that is followed.
const LONGEST: usize = 1024;

/// `typed` when it is a path of this portal: it begins with exactly one slash, and nothing in it could be read as
/// another host or cut a header (WB10). Browsers read `\` as `/` and drop tabs and line ends within addresses.
pub fn local_path(typed: &str) -> Option<String> {
    let mut signs = typed.chars();
    let begins = signs.next() == Some('/') && !matches!(signs.next(), Some('/' | '\\'));
    let clean = |text: &str| !text.chars().any(|sign| sign.is_control() || sign == '\\');
    // Something on the way may decode the path before it looks at it.
    let path = typed.split(['?', '#']).next().unwrap_or_default();
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let sound = clean(typed) && clean(&decoded) && !decoded.starts_with("//");
    (begins && sound && typed.len() <= LONGEST).then(|| typed.to_string())
}

/// What a `Location` may hold unencoded; anything else is percent-encoded.
const UNENCODED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// A path as `Location` takes it: ASCII only.
pub fn location(path: &str) -> String {
    utf8_percent_encode(path, UNENCODED).to_string()
}

/// To another page of this portal, where nothing was changed.
pub fn see(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, location(path))).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_portal_are_followed() {
        for path in ["/", "/account", "/account/orders?q=a%2Fb%0A&after=X#one", "/help/山", "/a//b", "/a%2Fb"] {
            assert_eq!(local_path(path).as_deref(), Some(path));
        }
    }

    #[test]
    fn whatever_could_lead_elsewhere_is_not() {
        let elsewhere = [
            "",
            "account",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/a\\b",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/%09/evil.example",
            "/%2Fevil.example",
            "/%5Cevil.example",
            "/a%0d%0aSet-Cookie: a=b",
            "/\n/evil.example",
            "\t//evil.example",
            " /account",
            "/a\r\nSet-Cookie: a=b",
            "/a\0",
        ];
        for path in elsewhere {
            assert_eq!(local_path(path), None, "{path:?}");
        }
        assert_eq!(local_path(&format!("/{}", "a".repeat(LONGEST))), None);
    }
}
