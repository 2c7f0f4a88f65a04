//! What a request asks, reduced to what may travel to the database thread.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::{Method, header};

use super::cookies::{self, Jar};
use super::house::House;
use super::trail::{Caller, RequestId};
use crate::services::context::{Author, AuthorKind, Context};

/// A request without its connection.
#[derive(Clone)]
pub struct Asked {
    /// The method.
    pub method: Method,
    /// The path without query.
    pub path: String,
    /// The query without `?`.
    pub query: String,
    /// The caller's address, behind trusted proxies.
    pub client: IpAddr,
    /// Time, keys, network, device; the author is still a visitor.
    pub context: Context,
    /// The session reference from the encrypted cookie.
    pub reference: Option<String>,
    /// The other cookies of this portal.
    pub jar: Jar,
    /// Names the request in logs and on error pages.
    pub request_id: String,
    /// Where it is noted who asks, for the log.
    pub(super) caller: Caller,
    /// Global Privacy Control: `Sec-GPC: 1`.
    pub gpc: bool,
    /// Whether cookies are `__Host-` and `Secure`.
    pub secure: bool,
}

impl Asked {
    pub(super) fn of(req: &HttpRequest, house: &House, reference: Option<String>) -> Arc<Self> {
        let text = |name: header::HeaderName| req.headers().get(name).and_then(|value| value.to_str().ok());
        let client = client(req, house);
        let context = Context {
            now: house.clock.now(),
            keys: Arc::clone(&house.keys),
            base_url: Arc::clone(&house.base_url),
            network: truncated(client).into(),
            device: device(text(header::USER_AGENT).unwrap_or_default()).into(),
            author: Author::nobody(AuthorKind::Visitor),
        };
        let gpc = req.headers().get("sec-gpc").is_some_and(|value| value.as_bytes() == b"1");
        Arc::new(Self {
            method: req.method().clone(),
            path: req.path().to_string(),
            query: req.query_string().to_string(),
            client,
            context,
            reference,
            jar: cookies::read(req, house.secure()),
            request_id: RequestId::of(req),
            caller: Caller::of(req),
            gpc,
            secure: house.secure(),
        })
    }

    /// The bucket under which guesses of this network are counted: one IPv4 address, or an IPv6 /64 (EN4).
    pub fn network_bucket(&self) -> String {
        match self.client {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => {
                let s = ip.segments();
                format!("{:x}:{:x}:{:x}:{:x}::/64", s[0], s[1], s[2], s[3])
            }
        }
    }
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asked")
            .field("method", &self.method)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

fn client(req: &HttpRequest, house: &House) -> IpAddr {
    let peer = req.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip());
    // What cannot be read must not take the readable part along, which the nearest proxy wrote.
    let forwarded: Vec<_> =
        req.headers().get_all("x-forwarded-for").map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    let forwarded = (!forwarded.is_empty()).then(|| forwarded.join(","));
    house.config.trusted_proxies.client(peer, forwarded.as_deref())
}

/// The network that is kept: enough to recognise, too little to find a household.
fn truncated(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(ip) => {
            let s = ip.segments();
            format!("{:x}:{:x}:{:x}::/48", s[0], s[1], s[2])
        }
    }
}

/// "Firefox on Linux": what a person recognises in a list of devices; the header itself is not kept.
fn device(agent: &str) -> String {
    let browser = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("HeadlessChrome/", "Chromium"),
        ("Chromium/", "Chromium"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    let system = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let find =
        |table: &[(&str, &'static str)]| table.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (find(&browser), find(&system)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_string(),
        (None, None) => "Unknown browser".to_string(),
    }
}
