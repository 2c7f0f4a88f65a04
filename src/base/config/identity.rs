//! Settings of real-name authentication.

use super::ConfigFault;
use super::sources::Sources;

/// The longest appeal window: longer keeping would need another reason than an appeal.
const LONGEST_APPEAL: u16 = 15;

/// How real names are authenticated here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdentityRules {
    /// `EASYLINK_IDENTITY_PER_NUMBER`: for how many accounts one number may stand.
    pub per_number: i64,
    /// `EASYLINK_IDENTITY_SECOND_REVIEWER`: whether two reviewers decide about companies.
    pub second_reviewer: bool,
    /// `EASYLINK_IDENTITY_APPEAL_DAYS`: days for which numbers and pictures outlive a reviewer's decision.
    pub appeal_days: u16,
    /// `EASYLINK_IDENTITY_MINORS`: whether people of 14 to 17 may authenticate themselves.
    pub minors: bool,
}

impl IdentityRules {
    pub(super) fn read(sources: &Sources) -> Result<Self, ConfigFault> {
        let switch = |text: &str| match text {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        Ok(Self {
            per_number: sources.parsed("EASYLINK_IDENTITY_PER_NUMBER", "3", |text| {
                text.parse().ok().filter(|count| (1..=100).contains(count))
            })?,
            second_reviewer: sources.parsed("EASYLINK_IDENTITY_SECOND_REVIEWER", "no", switch)?,
            appeal_days: sources.parsed("EASYLINK_IDENTITY_APPEAL_DAYS", "0", |text| {
                text.parse().ok().filter(|days| *days <= LONGEST_APPEAL)
            })?,
            minors: sources.parsed("EASYLINK_IDENTITY_MINORS", "no", switch)?,
        })
    }
}
