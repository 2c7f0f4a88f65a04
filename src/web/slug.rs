//! The speaking part of an address, such as `cloud-server`.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::error::Error;

/// Small letters, digits and hyphens, at most 100: anything else was never given to a page, and is not found without
/// asking the database (PostgreSQL takes no NUL).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slug(String);

impl Slug {
    /// Reads one.
    pub fn parse(text: &str) -> Option<Self> {
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (!text.is_empty() && text.len() <= 100 && text.bytes().all(known)).then(|| Self(text.to_string()))
    }
}

impl Deref for Slug {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// From the `{slug}` of the path; another form is a page that does not exist.
impl FromRequest for Slug {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(req.match_info().get("slug").and_then(Self::parse).ok_or(Error::NotFound))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_page_was_given_is_read() {
        assert_eq!(Slug::parse("cloud-server-2").as_deref(), Some("cloud-server-2"));
        for bad in ["", "Cloud", "a/b", "a\0", "%00", "云", "a b", &"a".repeat(101)] {
            assert_eq!(Slug::parse(bad), None, "{bad:?}");
        }
    }
}
