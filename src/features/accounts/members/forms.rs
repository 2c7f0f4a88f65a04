//! What is typed and chosen on the pages of members.

use serde::Deserialize;

use super::super::{MemberRole, passwords};
use crate::base::crypto::{Full, Hasher, Secret};
use crate::base::types::Address;
use crate::web::{Errors, FieldError};

/// Whom to ask in, and as what.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Invite {
    pub email: String,
    pub role: String,
}

impl Invite {
    pub fn check(&self) -> Result<(Address, MemberRole), Errors> {
        let mut errors = Errors::none();
        let address = Address::parse(&self.email);
        if self.email.trim().is_empty() {
            errors.add("email", FieldError::Missing);
        } else if address.is_none() {
            errors.add("email", FieldError::Malformed);
        }
        let role = role_of(&self.role, &mut errors);
        match (address, role) {
            (Some(address), Some(role)) => Ok((address, role)),
            _ => Err(errors),
        }
    }
}

/// Another role for a member.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewRole {
    pub role: String,
    /// The one that the page showed.
    pub shown: String,
}

impl NewRole {
    /// The role that was shown, and the one that is wanted.
    pub fn check(&self) -> Result<(MemberRole, MemberRole), Errors> {
        let mut errors = Errors::none();
        let wanted = role_of(&self.role, &mut errors);
        errors.check()?;
        let meanwhile = || Errors::one("role", FieldError::ReplacedMeanwhile);
        MemberRole::parse(&self.shown).zip(wanted).ok_or_else(meanwhile)
    }
}

fn role_of(typed: &str, errors: &mut Errors) -> Option<MemberRole> {
    let role = MemberRole::parse(typed);
    if typed.is_empty() {
        errors.add("role", FieldError::Missing);
    } else if role.is_none() {
        errors.add("role", FieldError::UnknownChoice);
    }
    role
}

/// In which account to work, and where to go on.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Choice {
    pub account: String,
    pub next: String,
}

/// A sign-in for somebody who comes by an invitation.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Newcomer {
    pub password: Secret,
    pub again: Secret,
    /// The policy version beside the box.
    pub policy: String,
    pub agreement: Option<String>,
    pub notices: Option<String>,
}

impl Newcomer {
    /// What is wrong with it, for the owner of this address and the version in force.
    pub async fn check(&self, hasher: &Hasher, address: &str, policy: i64) -> Result<Errors, Full> {
        let mut errors = passwords::check(hasher, &self.password, &self.again, address).await?;
        if self.agreement.is_none() {
            errors.add("agreement", FieldError::NotAccepted);
        } else if self.policy != policy.to_string() {
            // A version that came into force while the page was open is to be seen before it is agreed to.
            errors.add("agreement", FieldError::ReplacedMeanwhile);
        }
        Ok(errors)
    }
}
