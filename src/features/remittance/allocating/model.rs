//! What of an entry pays what.

use super::queries::Target;
use crate::base::types::{Money, text_enum};

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
        /// A person confirmed it.
        Confirmed = "confirmed",
    }
}

/// A share of an entry.
#[derive(Debug, Clone)]
pub struct Share {
    /// The top-up that it pays, or whose reference led to the account.
    pub target: Target,
    /// What it pays.
    pub kind: AllocationKind,
    /// How much; above zero.
    pub amount: Money,
    /// What banks took on the way, on top of it: only when it completes a top-up.
    pub charges: Money,
    /// Why.
    pub why: Why,
}
