//! A way to one address of the settings.

use std::error::Error as _;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, redirect, tls};
use url::{Host, Url};

use super::breaker::Breaker;
use super::places::{Inside, Names, Reach, own_machine};
use crate::base::clock::Clock;
use crate::base::config::OutwardRules;

/// The most bytes that are read of an answer.
const MOST_BYTES: usize = 64 * 1024;

/// Why an address of the settings is refused. Never repeats it: it may hold a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WayFault {
    /// Not a URL with a host, or with a user name or a fragment.
    #[error("the address is not a URL such as https://verify.example.com/check")]
    Malformed,
    /// Without TLS towards another machine.
    #[error("towards another machine the address must begin with https://")]
    Unprotected,
    /// An address inside that nothing allows.
    #[error("the address lies inside the own network, or is no address of a machine; see EASYLINK_OUTWARD_PRIVATE")]
    Inside,
    /// The client could not be made.
    #[error("the client could not be made")]
    Client,
}

/// Why a call came to nothing. Names neither address nor content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// It failed so often that it is left alone for this long.
    #[error("it failed again and again and is left alone for {} s", .0.as_secs())]
    Resting(Duration),
    /// Its name leads inside.
    #[error("its name leads to an address inside")]
    Inside,
    /// No answer in time.
    #[error("no answer in time")]
    Slow,
    /// The answer is too long.
    #[error("the answer is longer than {MOST_BYTES} bytes")]
    TooLong,
    /// No connection, no TLS, or the answer broke off.
    #[error("no answer")]
    Unreachable,
}

/// What the other side said.
#[derive(Clone)]
pub struct Answer {
    /// The status of HTTP. A redirect is not followed and stands here like any other.
    pub status: u16,
    headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header, when it is there once and in plain signs.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.get_all(name).iter();
        let first = all.next().filter(|_| all.next().is_none())?;
        first.to_str().ok()
    }
}

/// Bodies may be personal: only the status is shown.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// A way out to one address.
pub struct Way {
    client: Client,
    url: Url,
    breaker: Breaker,
}

/// The address may hold a key: only its host is shown.
impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Way").field("host", &self.host()).finish_non_exhaustive()
    }
}

impl Way {
    /// A way to this address.
    pub fn to(url: &Url, rules: OutwardRules, clock: Clock) -> Result<Self, WayFault> {
        let reach = reach(url, rules)?;
        let client = Client::builder()
            .user_agent("Easylink")
            .use_rustls_tls()
            .min_tls_version(tls::Version::TLS_1_2)
            .https_only(reach != Reach::OwnMachine)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            // Each call connects anew, so that each looks at what the name leads to now.
            .pool_max_idle_per_host(0)
            .dns_resolver(Arc::new(Names(reach)))
            .timeout(rules.patience)
            .build()
            .map_err(|_| WayFault::Client)?;
        Ok(Self { client, url: url.clone(), breaker: Breaker::new(clock) })
    }

    /// Whether an address could be a way, before there is one: what settings are checked with.
    pub fn allowed(url: &Url, rules: OutwardRules) -> Result<(), WayFault> {
        reach(url, rules).map(|_| ())
    }

    /// The host at its end, for pages and logs.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The path at its end: signatures hold it.
    pub fn path(&self) -> &str {
        self.url.path()
    }

    /// Posts a body of this media type. An answer of any status is an answer; what tells the other side's own failure
    /// (5xx, 429) counts against it all the same.
    pub async fn post(&self, kind: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Result<Answer, Failed> {
        let mut all = HeaderMap::new();
        for (name, value) in [("content-type", kind), ("accept", "application/json")].iter().chain(headers) {
            let name = HeaderName::try_from(*name).map_err(|_| Failed::Unreachable)?;
            all.insert(name, HeaderValue::try_from(*value).map_err(|_| Failed::Unreachable)?);
        }
        let call = self.breaker.enter().map_err(Failed::Resting)?;
        let answer = self.ask(Method::POST, all, body).await?;
        if answer.status < 500 && answer.status != 429 {
            call.went_well();
        }
        Ok(answer)
    }

    /// Whether anything answers at its end, whatever it says; for `doctor`.
    pub async fn answers(&self) -> Result<(), Failed> {
        self.ask(Method::HEAD, HeaderMap::new(), Vec::new()).await.map(|_| ())
    }

    async fn ask(&self, method: Method, headers: HeaderMap, body: Vec<u8>) -> Result<Answer, Failed> {
        let request = self.client.request(method, self.url.clone()).headers(headers).body(body);
        let mut response = request.send().await.map_err(failed)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(failed)? {
            if body.len() + piece.len() > MOST_BYTES {
                return Err(Failed::TooLong);
            }
            body.extend_from_slice(&piece);
        }
        Ok(Answer { status, headers, body })
    }
}

/// Where a way to this address may lead. An address in figures never meets the resolver, so it is looked at here.
fn reach(url: &Url, rules: OutwardRules) -> Result<Reach, WayFault> {
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if !plain || !matches!(url.scheme(), "http" | "https") {
        return Err(WayFault::Malformed);
    }
    let reach = match (own_machine(url), rules.private) {
        (true, _) => Reach::OwnMachine,
        (false, true) => Reach::Private,
        (false, false) => Reach::Public,
    };
    if reach != Reach::OwnMachine && url.scheme() != "https" {
        return Err(WayFault::Unprotected);
    }
    let figures = match url.host() {
        None => return Err(WayFault::Malformed),
        Some(Host::Domain(_)) => None,
        Some(Host::Ipv4(ip)) => Some(ip.into()),
        Some(Host::Ipv6(ip)) => Some(ip.into()),
    };
    if figures.is_some_and(|ip| !reach.allows(ip)) { Err(WayFault::Inside) } else { Ok(reach) }
}

fn failed(fault: reqwest::Error) -> Failed {
    if fault.is_timeout() {
        return Failed::Slow;
    }
    let mut cause = fault.source();
    while let Some(inner) = cause {
        if inner.is::<Inside>() {
            return Failed::Inside;
        }
        cause = inner.source();
    }
    Failed::Unreachable
}
