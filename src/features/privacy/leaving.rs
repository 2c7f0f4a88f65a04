//! The page between the portal and another site (F5, WB10): it names the host and never leads there by itself.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;
use url::Url;

use crate::features::accounts::Visitor;
use crate::web::forms::Asking;
use crate::web::{Error, Shell, Visit, page};

/// The longest address that is passed on.
const LONGEST: usize = 2000;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    to: String,
}

/// Where a link wants to lead.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    /// The whole address, percent-encoded, the host in ASCII.
    address: String,
    /// Host and, when unusual, port; a name outside ASCII in its coded form (`xn--…`).
    host: String,
    /// The name holds letters outside a to z, which can look like others.
    lookalike: bool,
    /// The connection is encrypted.
    encrypted: bool,
}

#[derive(Template)]
#[template(path = "privacy/leave.html")]
struct Leave {
    shell: Shell,
    target: Target,
}

pub(super) async fn show(visit: Visit<Visitor>, Asking(query): Asking<Query>) -> Result<HttpResponse, Error> {
    let target = target(&query.to).ok_or(Error::NotFound)?;
    let shell = visit.admit().await?;
    page(Leave { shell, target })
}

/// Only whole http and https addresses without credentials, read as browsers read them. What browsers would repair
/// (backslashes, line ends, blanks around it) is refused: nobody who means well writes it.
fn target(to: &str) -> Option<Target> {
    let strange = |sign: char| sign.is_control() || sign == '\\' || sign.is_whitespace();
    let (scheme, rest) = to.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if to.len() > LONGEST || to.contains(strange) || authority.is_empty() || authority.contains('@') {
        return None;
    }
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    let url = Url::parse(to).ok()?;
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let name = url.host_str().filter(|name| !name.is_empty())?;
    let lookalike = name.split('.').any(|label| label.starts_with("xn--"));
    let host = url.port().map_or_else(|| name.to_string(), |port| format!("{name}:{port}"));
    Some(Target { host, lookalike, encrypted: url.scheme() == "https", address: url.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_addresses_are_named_by_their_host() {
        let plain = target("https://docs.example/a?b=c#d").unwrap();
        assert_eq!((plain.host.as_str(), plain.lookalike, plain.encrypted), ("docs.example", false, true));
        assert_eq!(plain.address, "https://docs.example/a?b=c#d");
        let port = target("HTTP://Docs.Example:8080").unwrap();
        assert_eq!((port.host.as_str(), port.encrypted), ("docs.example:8080", false));
    }

    #[test]
    fn names_outside_ascii_are_shown_coded_and_warned_of() {
        for to in ["https://аpple.example/", "https://例子.example/", "https://xn--pple-43d.example"] {
            let target = target(to).unwrap();
            assert!(target.lookalike && target.host.starts_with("xn--"), "{to}: {target:?}");
        }
    }

    #[test]
    fn hostile_targets_lead_nowhere() {
        for to in [
            "",
            "https://",
            "https:///a",
            "//evil.example",
            "/help",
            "evil.example",
            "javascript://evil.example/%0aalert(1)",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://evil.example",
            "file:///etc/passwd",
            "https:evil.example",
            "https://bank.example@evil.example",
            "https://a:b@evil.example",
            "https://@evil.example",
            "https://evil.example\\@bank.example",
            "https://ev\nil.example",
            " https://evil.example",
            "https://evil.example/a b",
            "https://exa mple",
            "https://[::1",
            "https://a.example:99999",
        ] {
            assert_eq!(target(to), None, "{to}");
        }
        assert_eq!(target(&format!("https://a.example/{}", "a".repeat(LONGEST))), None);
    }
}
