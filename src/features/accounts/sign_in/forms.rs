//! What signing in asks.

use serde::Deserialize;

use crate::base::crypto::Secret;
use crate::base::types::Address;
use crate::web::{Errors, FieldError};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct SignIn {
    pub email: String,
    pub password: Secret,
    /// "Keep me signed in".
    pub remember: Option<String>,
    pub next: String,
}

impl SignIn {
    pub(super) fn check(&self) -> Result<Address, Errors> {
        let mut errors = Errors::none();
        let address = address(&self.email, &mut errors);
        if self.password.is_empty() {
            errors.add("password", FieldError::Missing);
        }
        match address {
            Some(address) if errors.is_empty() => Ok(address),
            _ => Err(errors),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct AskCode {
    pub email: String,
    pub remember: Option<String>,
    pub next: String,
}

impl AskCode {
    pub(super) fn check(&self) -> Result<Address, Errors> {
        let mut errors = Errors::none();
        address(&self.email, &mut errors).ok_or(errors)
    }
}

fn address(typed: &str, errors: &mut Errors) -> Option<Address> {
    let address = Address::parse(typed);
    if typed.trim().is_empty() {
        errors.add("email", FieldError::Missing);
    } else if address.is_none() {
        errors.add("email", FieldError::Malformed);
    }
    address
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Code {
    pub code: String,
}

/// Where the sign-in was asked from.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct From {
    pub next: String,
}
