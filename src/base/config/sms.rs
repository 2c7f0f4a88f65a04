//! Settings of text messages.

use url::Url;

use super::ConfigFault;
use super::sources::Sources;

/// Below that a secret is guessed.
const SHORTEST_SECRET: usize = 16;

/// How text messages leave, and how many.
#[derive(Clone, PartialEq, Eq)]
pub struct SmsRules {
    /// `EASYLINK_SMS_URL`: where the gateway takes them, and `EASYLINK_SMS_SECRET`: what they are signed with.
    pub gateway: Option<(Url, String)>,
    /// `EASYLINK_SMS_COUNTRIES`: the calling codes of countries that messages go to.
    pub countries: Vec<u16>,
    /// `EASYLINK_SMS_PER_DAY`: how many are sent in a day, to everybody together.
    pub per_day: i64,
    /// `EASYLINK_PHONE_ACCOUNTS`: for how many people one number may serve.
    pub per_phone: i64,
}

impl SmsRules {
    pub(super) fn read(sources: &Sources) -> Result<Self, ConfigFault> {
        let url = match sources.text("EASYLINK_SMS_URL") {
            Some(_) => Some(sources.parsed("EASYLINK_SMS_URL", "", address)?),
            None => None,
        };
        let gateway = match url {
            Some(url) => Some((
                url,
                sources.parsed("EASYLINK_SMS_SECRET", "", |text| {
                    (text.len() >= SHORTEST_SECRET).then(|| text.to_string())
                })?,
            )),
            None => None,
        };
        let number = |most: i64| move |text: &str| text.parse().ok().filter(|count| (1..=most).contains(count));
        Ok(Self {
            gateway,
            countries: sources.parsed("EASYLINK_SMS_COUNTRIES", "86", countries)?,
            per_day: sources.parsed("EASYLINK_SMS_PER_DAY", "500", number(1000))?,
            per_phone: sources.parsed("EASYLINK_PHONE_ACCOUNTS", "3", number(100))?,
        })
    }
}

/// The secret is never shown.
impl std::fmt::Debug for SmsRules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmsRules").field("countries", &self.countries).finish_non_exhaustive()
    }
}

fn address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.host().is_some() && url.username().is_empty()).then_some(url)
}

/// Calling codes with commas between them; `+` may stand before each.
fn countries(text: &str) -> Option<Vec<u16>> {
    let code = |part: &str| part.trim().trim_start_matches('+').parse().ok().filter(|code| (1..=999).contains(code));
    text.split(',').map(code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_calling_codes() {
        assert_eq!(countries("86"), Some(vec![86]));
        assert_eq!(countries("+86, 852,1"), Some(vec![86, 852, 1]));
        for bad in ["", "86,", "China", "0", "1000", "-1"] {
            assert_eq!(countries(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_gateway_is_a_whole_address() {
        assert!(address("https://sms.example.com/send").is_some());
        for bad in ["sms.example.com", "ftp://sms.example.com", "https://user:pass@sms.example.com/", "/send"] {
            assert_eq!(address(bad), None, "{bad}");
        }
    }
}
