//! What is known of a person's second factor.

use std::time::Duration;

use crate::base::types::{Moment, text_enum};

/// How long a secret that was drawn waits for its first code.
pub(super) const PENDING: Duration = Duration::from_secs(3600);
/// How long the session that made recovery codes can show them.
pub(super) const SHOWN: Duration = Duration::from_secs(900);

text_enum! {
    /// What was given as the second factor of a sign-in (MF6).
    pub enum Second {
        /// A code of the app.
        Totp = "totp",
        /// A recovery code.
        RecoveryCode = "recovery_code",
        /// Nothing: the browser is trusted since an earlier sign-in.
        TrustedBrowser = "trusted_browser",
    }
}

/// A person's second factor, without its secret.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::features::accounts) struct Factor {
    /// Since when it is on; `None` while it is off. UTC.
    pub on_since: Option<Moment>,
    /// Recovery codes that were not used.
    pub codes_left: i64,
}

impl Factor {
    /// Whether sign-ins ask for it.
    pub fn is_on(&self) -> bool {
        self.on_since.is_some()
    }
}
