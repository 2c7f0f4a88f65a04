//! What registration asks.

use std::time::Duration;

use serde::Deserialize;

use crate::base::crypto::{Full, Hasher, Secret};
use crate::base::types::{Address, Moment};
use crate::features::accounts::passwords;
use crate::web::forms::Stamp;
use crate::web::{Errors, FieldError};

/// Nobody fills the form faster.
const FASTEST: Duration = Duration::from_secs(2);
/// An older form is asked again.
const OLDEST: Duration = Duration::from_secs(86400);

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Registration {
    pub email: String,
    pub password: Secret,
    pub again: Secret,
    /// The policy version beside the box.
    pub policy: String,
    pub agreement: Option<String>,
    pub notices: Option<String>,
    /// A field that people do not see.
    pub website: String,
}

impl Registration {
    /// What a machine would have done (EN8).
    pub(super) fn hurried(&self, stamp: &Stamp, now: Moment) -> bool {
        let age = now.since(stamp.drawn_at);
        !self.website.is_empty() || age < FASTEST || age > OLDEST
    }

    /// The address, when everything about the form is right by itself.
    pub(super) async fn check(&self, hasher: &Hasher) -> Result<Result<Address, Errors>, Full> {
        let mut errors = Errors::none();
        let address = Address::parse(&self.email);
        if self.email.trim().is_empty() {
            errors.add("email", FieldError::Missing);
        } else if address.is_none() {
            errors.add("email", FieldError::Malformed);
        }
        let judged_for = address.as_ref().map_or("", Address::as_str);
        errors.extend(passwords::check(hasher, &self.password, &self.again, judged_for).await?);
        if self.agreement.is_none() {
            errors.add("agreement", FieldError::NotAccepted);
        }
        let right = errors.check();
        Ok(right.and_then(|()| address.ok_or_else(|| Errors::one("email", FieldError::Malformed))))
    }
}
