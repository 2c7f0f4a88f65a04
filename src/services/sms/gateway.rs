//! The way out: a gateway over HTTP (docs/text-messages.md), or none.

use std::fmt;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac};
use serde_json::json;
use sha2::Sha256;

use crate::base::clock::Clock;
use crate::base::config::{OutwardRules, SmsRules};
use crate::base::types::Moment;
use crate::services::outward::{Answer, Failed, Way, WayFault};

/// The header with the signature of a message.
pub const SIGNATURE: &str = "easylink-signature";
/// The headers with the two other parts of what is signed.
const ID: &str = "easylink-id";
const TIMESTAMP: &str = "easylink-timestamp";

/// Answers of a gateway that is busy or slow, which are no word about the message.
const BUSY: [u16; 3] = [408, 425, 429];

/// One message, ready to be sent.
pub(super) struct Message<'a> {
    /// The same in every try: a gateway sends it once.
    pub id: &'a str,
    /// E.164.
    pub to: &'a str,
    /// What it says.
    pub text: &'a str,
    /// When it is handed over, UTC.
    pub at: Moment,
}

/// A message that was not taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Untaken {
    /// Whether trying again is useless.
    pub permanent: bool,
    /// Why, in words that hold neither number nor text.
    pub reason: String,
}

/// Why a gateway cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("EASYLINK_SMS_URL: {0}")]
pub struct GatewayFault(#[from] WayFault);

/// The way text messages leave. Cheap to clone.
#[derive(Clone)]
pub enum Gateway {
    /// There is none: they are read in the portal.
    Kept,
    /// Over HTTP, signed with this secret.
    Http(Arc<Way>, Arc<str>),
}

/// The secret is never shown.
impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kept => f.write_str("Gateway::Kept"),
            Self::Http(way, _) => write!(f, "Gateway to {}", way.host()),
        }
    }
}

impl Gateway {
    /// The gateway of the settings.
    pub fn of(rules: &SmsRules, outward: OutwardRules, clock: Clock) -> Result<Self, GatewayFault> {
        let Some((url, secret)) = &rules.gateway else { return Ok(Self::Kept) };
        Ok(Self::Http(Arc::new(Way::to(url, outward, clock)?), secret.as_str().into()))
    }

    /// Hands a message over.
    pub(super) async fn deliver(&self, message: &Message<'_>) -> Result<(), Untaken> {
        let Self::Http(way, secret) = self else { return Ok(()) };
        let timestamp = (message.at.0 / 1_000_000).to_string();
        let body = json!({
            "id": message.id,
            "to": message.to,
            "text": message.text,
            "timestamp": message.at.0 / 1_000_000,
        })
        .to_string();
        let signature = format!("sha256={}", signature(secret, &timestamp, message.id, &body));
        let headers = [(SIGNATURE, signature.as_str()), (ID, message.id), (TIMESTAMP, timestamp.as_str())];
        judged(way.post("application/json", &headers, body.into_bytes()).await)
    }
}

/// What an answer means for the message.
fn judged(answer: Result<Answer, Failed>) -> Result<(), Untaken> {
    let untaken = |permanent, reason: String| Err(Untaken { permanent, reason });
    match answer.map(|answer| answer.status) {
        Ok(200..300) => Ok(()),
        Ok(status) if (400..500).contains(&status) && !BUSY.contains(&status) => {
            untaken(true, format!("the gateway refused it: {status}"))
        }
        Ok(status) => untaken(false, format!("the gateway answered {status}")),
        Err(failed) => untaken(false, format!("the gateway: {failed}")),
    }
}

/// HMAC-SHA-256 over `timestamp.id.body`, in hexadecimal.
fn signature(secret: &str, timestamp: &str, id: &str, body: &str) -> String {
    // A key of any length is taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    for part in [timestamp, ".", id, ".", body] {
        mac.update(part.as_bytes());
    }
    HEXLOWER.encode(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_documentation() {
        let body = r#"{"id":"abc","text":"hello","timestamp":1700000000,"to":"+8613800138000"}"#;
        let signed = signature("a secret of the gateway", "1700000000", "abc", body);
        let told = include_str!("../../../docs/text-messages.md").split("sha256=").nth(1).unwrap();
        assert_eq!(signed, &told[..64]);
    }

    #[test]
    fn a_failure_without_an_answer_is_tried_again() {
        for failed in [Failed::Slow, Failed::Unreachable, Failed::TooLong, Failed::Inside] {
            assert!(!judged(Err(failed)).unwrap_err().permanent);
        }
    }
}
