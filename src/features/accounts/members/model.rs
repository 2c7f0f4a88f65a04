//! Members, as the others of the account see them.

use super::super::MemberRole;
use crate::base::types::{Moment, Number};

/// A member.
#[derive(Debug, Clone, diesel::Queryable)]
pub(super) struct Fellow {
    pub membership_id: i64,
    pub person_id: i64,
    pub number: Number,
    pub name: Option<String>,
    pub address: String,
    pub role: MemberRole,
    pub since: Moment,
}

impl Fellow {
    /// Name, else address.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.address)
    }
}

/// An account that a person belongs to.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub account_id: i64,
    pub number: Number,
    /// The account's name, else that of its oldest owner.
    pub called: String,
    pub role: MemberRole,
}

/// Why a member stays as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// Nobody would be left to look after the account.
    LastOwner,
    /// The role is another one than that which was shown.
    Meanwhile,
}
