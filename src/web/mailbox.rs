//! `/dev/mailbox`: the mails of a portal without a relay, and its text messages when there is no gateway. It exists only while listener and base URL are loopback, and
//! answers only callers on this machine that came without a proxy (AZ8).

use actix_web::http::Version;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::error::Error;
use super::house::House;
use super::page::{Shell, page};
use super::routes::{Route, route};
use super::trail::RequestId;
use super::visit::bare_shell;
use crate::services::mail::{Delivered, latest};
use crate::services::sms;

/// How the names begin of headers in which proxies tell for whom they ask.
const PROXIES: [&str; 14] = [
    "x-forwarded",
    "x-original-forwarded",
    "x-envoy",
    "x-proxyuser-ip",
    "fastly-client-ip",
    "fly-client-ip",
    "cdn-loop",
    "forwarded",
    "via",
    "cf-connecting-ip",
    "true-client-ip",
    "x-client-ip",
    "x-real-ip",
    "x-cluster-client-ip",
];

#[derive(Template)]
#[template(path = "dev/mailbox.html")]
struct Mailbox {
    shell: Shell,
    mails: Vec<Delivered>,
    /// Whether they stay here.
    keeps_texts: bool,
    texts: Vec<sms::Kept>,
}

impl Mailbox {
    fn pieces<'a>(&self, mail: &'a Delivered) -> Vec<Piece<'a>> {
        pieces(&mail.text, &self.shell.base_url)
    }
}

/// A piece of a mail's text.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    /// Words.
    Words(&'a str),
    /// An address of this portal.
    Link(&'a str),
}

/// Signs that end a sentence and not the address before them.
const AFTER: &[char] = &['.', ',', ';', ':', '!', '?', ')', ']', '”', '"', '\''];

/// A text in pieces. Only addresses of this very portal become links: what else a mail names was typed by somebody.
fn pieces<'a>(text: &'a str, origin: &str) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut words = 0;
    for (at, _) in text.match_indices(origin).filter(|_| !origin.is_empty()) {
        let rest = &text[at..];
        let whole = rest.split(|sign: char| sign.is_whitespace() || "<>\"".contains(sign)).next().unwrap_or_default();
        let link = whole.trim_end_matches(AFTER);
        // A longer port or another host behind an "@" would be an origin of its own.
        let path = link.get(origin.len()..).is_some_and(|path| path.is_empty() || path.starts_with('/'));
        let begins = text[..at].chars().next_back().is_none_or(|sign| sign.is_whitespace() || "(<“".contains(sign));
        if path && begins && at >= words {
            pieces.extend((words < at).then(|| Piece::Words(&text[words..at])));
            pieces.push(Piece::Link(link));
            words = at + link.len();
        }
    }
    pieces.extend((words < text.len()).then(|| Piece::Words(&text[words..])));
    pieces
}

/// The one route.
pub fn routes() -> Vec<Route> {
    vec![route("/dev/mailbox").open(show)]
}

async fn show(req: HttpRequest, house: actix_web::web::Data<House>) -> Result<HttpResponse, Error> {
    let near = req.peer_addr().is_some_and(|peer| peer.ip().is_loopback());
    let proxied = req.headers().keys().any(|name| PROXIES.iter().any(|known| name.as_str().starts_with(known)));
    // A proxy that tells nothing of itself may still ask as nginx does unless it is told otherwise; no browser does.
    let old = req.version() < Version::HTTP_11;
    if !house.config.local() || !near || proxied || old {
        return Err(Error::NotFound);
    }
    let keys = house.keys.clone();
    let keeps_texts = house.config.keeps_texts();
    let read = move |conn: &mut crate::base::db::Conn| -> diesel::QueryResult<_> {
        let texts = if keeps_texts { sms::latest(conn, &keys, 20)? } else { Vec::new() };
        Ok((latest(conn, &keys, 50)?, texts))
    };
    let (mails, texts) = house.db.read(read).await??;
    let shell = bare_shell(&house, req.path(), None, &RequestId::of(&req), false);
    page(Mailbox { shell, mails, keeps_texts, texts })
}

#[cfg(test)]
mod tests {
    use super::Piece::{Link, Words};
    use super::*;

    #[test]
    fn only_this_portals_own_addresses_are_links() {
        let own = "http://127.0.0.1:8080";
        let text = "See http://127.0.0.1:8080/account/x?y=1. Or (http://127.0.0.1:8080) there.";
        let read = [
            Words("See "),
            Link("http://127.0.0.1:8080/account/x?y=1"),
            Words(". Or ("),
            Link("http://127.0.0.1:8080"),
            Words(") there."),
        ];
        assert_eq!(pieces(text, own), read);
        for foreign in [
            "https://evil.example/",
            "http://127.0.0.1:80801/x",
            "http://127.0.0.1:8080@evil.example/",
            "http://127.0.0.1:8080.evil.example/",
            "https://evil.example/?http://127.0.0.1:8080/x",
            "javascript:alert(1)",
        ] {
            assert_eq!(pieces(foreign, own), [Words(foreign)], "{foreign}");
        }
        let twice = "http://127.0.0.1:8080/a?to=(http://127.0.0.1:8080/b";
        assert_eq!(pieces(twice, own), [Link(twice)]);
        assert_eq!(pieces("", own), []);
    }
}
