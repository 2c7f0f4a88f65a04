//! The way out: a relay over SMTP, or a folder.

use std::fmt;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;

use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use url::{Host, Url};

use super::{Letter, Undelivered, addresses, compose, folder};

/// Longest time a delivery may take in all, connecting and every command included.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a mail address of the settings (`EASYLINK_SMTP_URL`) is refused. It never repeats the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PostFault {
    /// Not a URL with a host.
    #[error("the SMTP address is not a URL such as smtps://user:password@mail.example.com")]
    Malformed,
    /// A scheme other than `smtps` or `smtp`.
    #[error("the SMTP address must begin with smtps:// or smtp://")]
    Scheme,
    /// Without TLS towards another machine.
    #[error("towards another machine use smtps:// or smtp://…?tls=required")]
    Unprotected,
    /// A parameter other than `tls=required`.
    #[error("the only parameter of the SMTP address is tls=required")]
    Parameter,
    /// A user without a password, or the other way round.
    #[error("the SMTP address has a user name or a password, but not both")]
    Credentials,
}

/// The way letters leave the house. Cheap to clone.
#[derive(Clone)]
pub enum Post {
    /// A relay.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// A folder: each letter is a file `*.eml` that only the portal's own user reads.
    Folder(PathBuf),
}

impl Post {
    /// Opens the way to a relay: `smtps://…`, `smtp://…?tls=required`, or `smtp://localhost` on the same machine.
    /// Certificates are always checked. Call it inside the runtime that will deliver: connections are kept there.
    pub fn from_url(text: &str) -> Result<Self, PostFault> {
        let url = Url::parse(text).map_err(|_| PostFault::Malformed)?;
        let host = match url.host() {
            Some(Host::Domain(host)) if !host.is_empty() => host.to_owned(),
            Some(Host::Ipv4(host)) => host.to_string(),
            _ => return Err(PostFault::Malformed),
        };
        let mut required = false;
        for (name, value) in url.query_pairs() {
            match (&*name, &*value) {
                ("tls", "required") => required = true,
                _ => return Err(PostFault::Parameter),
            }
        }
        match (url.scheme(), required) {
            ("smtps", false) | ("smtp", true) => {}
            ("smtps", true) => return Err(PostFault::Parameter),
            ("smtp", false) if loopback(&host) => {}
            ("smtp", false) => return Err(PostFault::Unprotected),
            _ => return Err(PostFault::Scheme),
        }
        if url.username().is_empty() != url.password().is_none_or(str::is_empty) {
            return Err(PostFault::Credentials);
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(text)
            .map_err(|_| PostFault::Malformed)?
            .timeout(Some(PATIENCE))
            .build();
        Ok(Self::Smtp(transport))
    }

    /// Hands a letter over. A permanent failure is one of the letter or its address; a relay that is down, slow or
    /// wrongly set up is not.
    pub async fn deliver(&self, letter: &Letter) -> Result<(), Undelivered> {
        let id = addresses::message_id(&letter.message_id)?;
        let message = compose::message(letter, &id)?;
        match self {
            Self::Smtp(transport) => {
                let foreign = !letter.to.is_ascii() || !letter.from.is_ascii();
                // The transport limits only its connecting; the limit here is over everything.
                match tokio::time::timeout(PATIENCE, transport.send(message)).await {
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(fault)) => Err(refusal(&fault, foreign)),
                    Err(_) => Err(Undelivered::later("the relay did not answer in time")),
                }
            }
            Self::Folder(folder) => {
                let (folder, bytes) = (folder.clone(), message.formatted());
                tokio::task::spawn_blocking(move || folder::keep(&folder, &id, &bytes))
                    .await
                    .map_err(|_| Undelivered::later("writing the letter broke off"))?
                    .map_err(|fault| Undelivered::later(&format!("the folder refused: {}", fault.kind())))
            }
        }
    }
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Smtp(_) => "Post::Smtp",
            Self::Folder(_) => "Post::Folder",
        })
    }
}

fn loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// What an SMTP failure means, without the relay's words: they often repeat the address.
fn refusal(fault: &SmtpError, foreign: bool) -> Undelivered {
    if let Some(code) = fault.status() {
        let number = code.to_string();
        // These speak of our own sign-in at the relay, not of the letter (RFC 4954).
        let sign_in = matches!(number.as_str(), "530" | "534" | "535" | "538");
        return Undelivered {
            permanent: fault.is_permanent() && !sign_in,
            reason: format!("the relay answered {number}"),
        };
    }
    if fault.is_client() && foreign {
        return Undelivered::never("the relay takes no addresses of this script");
    }
    Undelivered::later(if fault.is_timeout() {
        "the relay did not answer in time"
    } else if fault.is_tls() {
        "the relay's certificate or encryption was not accepted"
    } else if fault.is_client() {
        "the relay lacks what is required, encryption or a way to sign in"
    } else if fault.is_response() {
        "the relay's answer was not understood"
    } else {
        "the relay was not reached"
    })
}
