//! Settings of calls to other machines.

use std::time::Duration;

use super::ConfigFault;
use super::sources::Sources;

/// What holds for every call to a gateway or provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutwardRules {
    /// `EASYLINK_OUTWARD_PRIVATE`: whether gateways and providers may stand in the operator's own network.
    pub private: bool,
    /// `EASYLINK_OUTWARD_SECONDS`: how long one call may take in all; ten seconds at most.
    pub patience: Duration,
}

impl OutwardRules {
    pub(super) fn read(sources: &Sources) -> Result<Self, ConfigFault> {
        let private = sources.parsed("EASYLINK_OUTWARD_PRIVATE", "no", |text| match text {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        })?;
        let patience = sources.parsed("EASYLINK_OUTWARD_SECONDS", "10", |text| {
            text.parse().ok().filter(|seconds| (1..=10).contains(seconds)).map(Duration::from_secs)
        })?;
        Ok(Self { private, patience })
    }
}
