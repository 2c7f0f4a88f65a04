//! What of an entry pays what.

use super::queries::{Permanent, Target};
use crate::base::types::{Money, Number, text_enum};
use crate::services::ledger::Holder;

text_enum! {
    /// What an allocation pays.
    pub enum AllocationKind {
        /// A top-up.
        Remittance = "remittance",
        /// The balance of an account: no top-up takes the money, but its owner is known.
        Balance = "balance",
    }
}

text_enum! {
    /// Why it was allocated so (D3).
    pub enum Why {
        /// Reference and amount agree.
        Exact = "exact",
        /// Less arrived than is payable: it is reserved until the rest is there.
        Part = "part",
        /// With this the amount is complete.
        Rest = "rest",
        /// More arrived than was payable.
        Surplus = "surplus",
        /// Nearly all arrived; what banks took on the way is borne by the house.
        Charges = "charges",
        /// The top-up that the reference names was taken back or refused.
        Late = "late",
        /// It carries the permanent reference of the account.
        Permanent = "permanent",
        /// A person confirmed it.
        Confirmed = "confirmed",
    }
}

/// What led to the account that a share goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payee {
    /// A top-up, which the share pays, or beside which it goes to the balance.
    TopUp(Target),
    /// The permanent reference of the account.
    Account(Permanent),
}

impl Payee {
    /// The reference.
    pub fn number(&self) -> &Number {
        match self {
            Self::TopUp(target) => &target.number,
            Self::Account(account) => &account.number,
        }
    }

    /// Whose it is.
    pub fn holder(&self) -> Holder {
        match self {
            Self::TopUp(target) => target.holder,
            Self::Account(account) => account.holder,
        }
    }

    /// ISO 4217.
    pub fn currency(&self) -> &str {
        match self {
            Self::TopUp(target) => &target.currency,
            Self::Account(account) => &account.currency,
        }
    }

    /// The top-up, if it is one.
    pub fn top_up(&self) -> Option<&Target> {
        match self {
            Self::TopUp(target) => Some(target),
            Self::Account(_) => None,
        }
    }
}

impl From<Target> for Payee {
    fn from(target: Target) -> Self {
        Self::TopUp(target)
    }
}

/// A share of an entry.
#[derive(Debug, Clone)]
pub struct Share {
    /// The top-up that it pays, or what led to the account.
    pub target: Payee,
    /// What it pays.
    pub kind: AllocationKind,
    /// How much; above zero.
    pub amount: Money,
    /// What banks took on the way, on top of it: only when it completes a top-up.
    pub charges: Money,
    /// Why.
    pub why: Why,
}
