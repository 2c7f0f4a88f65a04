//! Settings of money.

use super::ConfigFault;
use super::sources::Sources;
use crate::base::types::Money;

/// How money is handled here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoneyRules {
    /// `EASYLINK_FOUR_EYES_FROM`: from which amount on a second member of finance agrees to what the first decides about an
    /// entry.
    pub four_eyes_from: Money,
    /// `EASYLINK_CHARGES_TOLERANCE`: how much of a transfer may be lost to banks on the way and is borne by the house.
    pub charges_tolerance: Money,
}

impl MoneyRules {
    pub(super) fn read(sources: &Sources) -> Result<Self, ConfigFault> {
        let amount = |text: &str| Money::parse(text).ok().filter(|amount| amount.0 >= 0);
        Ok(Self {
            four_eyes_from: sources.parsed("EASYLINK_FOUR_EYES_FROM", "10000.00", amount)?,
            charges_tolerance: sources.parsed("EASYLINK_CHARGES_TOLERANCE", "0", amount)?,
        })
    }
}
