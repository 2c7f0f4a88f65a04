//! The way out: a gateway over HTTP (docs/text-messages.md), or none.

use std::fmt;

use crate::base::types::Moment;

/// The header with the signature of a message.
pub const SIGNATURE: &str = "easylink-signature";

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
pub(super) struct Untaken {
    /// Whether trying again is useless.
    pub permanent: bool,
    /// Why, in words that hold neither number nor text.
    pub reason: String,
}

/// Why a gateway cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("EASYLINK_SMS_URL: {0}")]
pub struct GatewayFault(String);

/// The way text messages leave.
#[derive(Clone)]
pub enum Gateway {
    /// There is none: they are read in the portal.
    Kept,
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kept => "Gateway::Kept",
        })
    }
}

impl Gateway {
    /// Hands a message over.
    pub(super) async fn deliver(&self, _message: &Message<'_>) -> Result<(), Untaken> {
        match self {
            Self::Kept => Ok(()),
        }
    }
}
