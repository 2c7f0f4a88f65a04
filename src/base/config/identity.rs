//! Settings of real-name authentication.

use std::sync::Arc;

use url::Url;
use zeroize::Zeroizing;

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

/// The shortest secret that is shared with a provider, in bytes.
const SHORTEST_SECRET: usize = 32;

/// The verification provider. No `Debug`: it holds what both sides sign with.
#[derive(Clone)]
pub struct IdentityProvider {
    /// `EASYLINK_IDENTITY_URL`: where questions go.
    pub url: Url,
    /// `EASYLINK_IDENTITY_SECRET`: what both sides sign with. The first signs, every one of them is accepted.
    pub secrets: Arc<[Zeroizing<String>]>,
}

impl IdentityProvider {
    /// Nothing when there is none; an address without a secret, or the other way round, stops the start.
    pub(super) fn read(sources: &Sources) -> Result<Option<Self>, ConfigFault> {
        let (url, secret) = ("EASYLINK_IDENTITY_URL", "EASYLINK_IDENTITY_SECRET");
        if sources.text(url).is_none() && sources.text(secret).is_none() {
            return Ok(None);
        }
        Ok(Some(Self {
            url: sources.parsed(url, "", |text| Url::parse(text).ok().filter(Url::has_host))?,
            secrets: sources.parsed(secret, "", secrets)?,
        }))
    }
}

/// One or more, separated by spaces or commas.
fn secrets(text: &str) -> Option<Arc<[Zeroizing<String>]>> {
    let all: Vec<_> = text.split([' ', ',']).filter(|part| !part.is_empty()).collect();
    let strong = |part: &&str| part.len() >= SHORTEST_SECRET && part.bytes().all(|sign| sign.is_ascii_graphic());
    let right = !all.is_empty() && all.iter().all(strong);
    right.then(|| all.into_iter().map(|part| Zeroizing::new(part.to_string())).collect())
}
