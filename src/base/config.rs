//! Settings: environment over `easylink.toml`. An unknown setting stops the start and names the nearest known one.

mod currency;
mod identity;
mod money;
mod outward;
mod proxies;
mod sms;
mod sources;

pub use identity::{IdentityProvider, IdentityRules};
pub use money::MoneyRules;
pub use outward::OutwardRules;
pub use proxies::Proxies;
pub use sms::SmsRules;
pub use sources::{ConfigFault, settings_in};

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use url::{Host, Url};

use sources::Sources;

/// More threads than any machine serves requests with.
const MOST_WORKERS: usize = 1024;

/// Which database runs, and where.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A connection string.
    Postgres(String),
}

impl DatabaseUrl {
    /// Reads `sqlite://PATH` or `postgres://…`. A bare path is refused: a typo would make an empty database.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(path) = text.strip_prefix("sqlite://").filter(|path| !path.is_empty()) {
            return Some(Self::Sqlite(PathBuf::from(path)));
        }
        let postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
        postgres.then(|| Self::Postgres(text.to_string()))
    }

    /// The role of a PostgreSQL connection string.
    pub fn user(&self) -> Option<String> {
        let Self::Postgres(url) = self else { return None };
        Url::parse(url).ok().map(|url| url.username().to_string()).filter(|user| !user.is_empty())
    }
}

/// The connection string may hold a password.
impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "SQLite at {}", path.display()),
            Self::Postgres(_) => f.write_str("PostgreSQL"),
        }
    }
}

/// All settings of the portal. See `docs/operations.md`.
#[derive(Clone)]
pub struct Config {
    /// `EASYLINK_LISTEN`: where the portal listens.
    pub listen: SocketAddr,
    /// `EASYLINK_BASE_URL`: how people reach it.
    pub base_url: Url,
    /// `DATABASE_URL`.
    pub database_url: DatabaseUrl,
    /// `EASYLINK_MIGRATE_URL`: with which rights `migrate` works.
    pub migrate_url: DatabaseUrl,
    /// `EASYLINK_DATA_DIR`: keys, the embedded database, mails without a relay.
    pub data_dir: PathBuf,
    /// `EASYLINK_STORAGE`: the folder of attachments.
    pub storage: PathBuf,
    /// `EASYLINK_SMTP_URL`: the relay; may hold a password.
    pub smtp_url: Option<String>,
    /// `EASYLINK_TRUSTED_PROXIES`: whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Proxies,
    /// `EASYLINK_HOTLINE`: the telephone number on `/contact`.
    pub hotline: Option<String>,
    /// `EASYLINK_ZONE`: in which days and times are shown.
    pub zone: jiff::tz::TimeZone,
    /// `EASYLINK_CURRENCY`: ISO 4217, one of two decimals.
    pub currency: String,
    /// `EASYLINK_MAIL_FROM`: the sender of mails.
    pub mail_from: String,
    /// How real names are authenticated.
    pub identity: IdentityRules,
    /// How money is handled.
    pub money: MoneyRules,
    /// How text messages leave.
    pub sms: SmsRules,
    /// Who verifies real names for us, when somebody does.
    pub identity_provider: Option<IdentityProvider>,
    /// How other machines are called.
    pub outward: OutwardRules,
    /// `EASYLINK_WORKERS`: threads that serve requests; one a core by default.
    pub workers: Option<usize>,
}

impl Config {
    /// Reads the settings from these variables and, when it exists, this file.
    pub fn load(env: impl Iterator<Item = (String, String)>, file: Option<&Path>) -> Result<Self, ConfigFault> {
        let sources = Sources::read(env, file)?;
        let listen: SocketAddr = sources.parsed("EASYLINK_LISTEN", "127.0.0.1:8080", |text| text.parse().ok())?;
        let default_base = format!("http://{listen}");
        let base_url = sources.parsed("EASYLINK_BASE_URL", &default_base, base_url)?;
        let data_dir = PathBuf::from(sources.text("EASYLINK_DATA_DIR").unwrap_or("data"));
        let default_database = format!("sqlite://{}", data_dir.join("easylink.db").display());
        let database_url = sources.parsed("DATABASE_URL", &default_database, DatabaseUrl::parse)?;
        let migrate_url = match sources.text("EASYLINK_MIGRATE_URL") {
            Some(_) => sources.parsed("EASYLINK_MIGRATE_URL", "", DatabaseUrl::parse)?,
            None => database_url.clone(),
        };
        let storage = sources.text("EASYLINK_STORAGE").map_or_else(|| data_dir.join("files"), PathBuf::from);
        if storage.to_string_lossy().contains("://") {
            return Err(ConfigFault::Malformed("EASYLINK_STORAGE"));
        }
        let host = base_url.host_str().unwrap_or("localhost");
        let domain = if base_url.domain().is_some() { host } else { "localhost" };
        let default_from = format!("Easy Link <no-reply@{domain}>");
        let config = Self {
            mail_from: sources.parsed("EASYLINK_MAIL_FROM", &default_from, sender)?,
            smtp_url: sources.text("EASYLINK_SMTP_URL").map(str::to_string),
            trusted_proxies: sources.parsed("EASYLINK_TRUSTED_PROXIES", "", Proxies::parse)?,
            hotline: sources.text("EASYLINK_HOTLINE").map(str::to_string),
            zone: sources.parsed("EASYLINK_ZONE", "Asia/Shanghai", |text| jiff::tz::TimeZone::get(text).ok())?,
            currency: currency::in_hundredths(sources.parsed("EASYLINK_CURRENCY", "CNY", currency::code)?)?,
            identity: IdentityRules::read(&sources)?,
            money: MoneyRules::read(&sources)?,
            sms: SmsRules::read(&sources)?,
            identity_provider: IdentityProvider::read(&sources)?,
            outward: OutwardRules::read(&sources)?,
            workers: match sources.text("EASYLINK_WORKERS") {
                Some(_) => Some(sources.parsed("EASYLINK_WORKERS", "", |text| {
                    text.parse().ok().filter(|n| (1..=MOST_WORKERS).contains(n))
                })?),
                None => None,
            },
            listen,
            base_url,
            database_url,
            migrate_url,
            data_dir,
            storage,
        };
        if config.base_url.scheme() == "http" && !(config.listen.ip().is_loopback() && loopback(&config.base_url)) {
            return Err(ConfigFault::PlainHttp);
        }
        Ok(config)
    }

    /// Whether listener and base URL are loopback and no relay is set: only then does `/dev/mailbox` exist.
    pub fn local(&self) -> bool {
        self.listen.ip().is_loopback() && loopback(&self.base_url) && self.smtp_url.is_none()
    }

    /// Whether text messages are kept to be read at `/dev/mailbox`.
    pub fn keeps_texts(&self) -> bool {
        self.local() && self.sms.gateway.is_none()
    }

    /// Whether text messages reach anybody: over a gateway, or the developer at this machine.
    pub fn sends_texts(&self) -> bool {
        self.sms.gateway.is_some() || self.local()
    }

    /// The folder of the key ring.
    pub fn keys_dir(&self) -> PathBuf {
        self.data_dir.join("keys")
    }
}

/// Passwords may stand in two of the settings: nothing but the address is shown.
impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("listen", &self.listen)
            .field("database", &self.database_url)
            .finish_non_exhaustive()
    }
}

/// A sender that no mail could be written with would kill every mail for good: it stops the start instead.
fn sender(text: &str) -> Option<String> {
    text.parse::<lettre::message::Mailbox>().ok().map(|_| text.to_string())
}

fn base_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.path() == "/";
    (matches!(url.scheme(), "http" | "https") && plain && url.host().is_some()).then_some(url)
}

fn loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(pairs: &[(&str, &str)]) -> Result<Config, ConfigFault> {
        Config::load(pairs.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())), None)
    }

    #[test]
    fn defaults_run_on_loopback_with_the_embedded_database() {
        let config = load(&[("PATH", "/bin")]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.database_url, DatabaseUrl::Sqlite(PathBuf::from("data/easylink.db")));
        assert!(config.local());
        assert!(!load(&[("EASYLINK_SMTP_URL", "smtp://relay")]).unwrap().local());
    }

    #[test]
    fn an_unknown_setting_names_the_nearest() {
        let fault = load(&[("EASYLINK_LISTN", "x")]).unwrap_err();
        assert_eq!(fault.to_string(), "EASYLINK_LISTN is no setting; the nearest is EASYLINK_LISTEN");
    }

    #[test]
    fn plain_http_stays_on_loopback() {
        assert!(matches!(load(&[("EASYLINK_LISTEN", "0.0.0.0:80")]), Err(ConfigFault::PlainHttp)));
        assert!(matches!(load(&[("EASYLINK_BASE_URL", "http://portal.example")]), Err(ConfigFault::PlainHttp)));
        let open = [("EASYLINK_LISTEN", "0.0.0.0:80"), ("EASYLINK_BASE_URL", "https://portal.example")];
        assert!(!load(&open).unwrap().local());
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for (name, value) in [
            ("EASYLINK_LISTEN", "8080"),
            ("DATABASE_URL", "data.db"),
            ("EASYLINK_ZONE", "Mars/Base"),
            ("EASYLINK_CURRENCY", "yuan"),
            ("EASYLINK_CURRENCY", "JPY"),
            ("EASYLINK_MAIL_FROM", "x"),
            ("EASYLINK_MAIL_FROM", "Portal <a@example.com>\r\nBcc: b@example.com"),
            ("EASYLINK_WORKERS", "99999999"),
            ("EASYLINK_OUTWARD_PRIVATE", "maybe"),
            ("EASYLINK_IDENTITY_URL", "https://verify.example/"),
            ("EASYLINK_IDENTITY_SECRET", "a secret without an address, long enough"),
            ("EASYLINK_OUTWARD_SECONDS", "11"),
            ("EASYLINK_TRUSTED_PROXIES", "10.0.0.0/40"),
            ("EASYLINK_BASE_URL", "https://portal.example/path"),
            ("EASYLINK_SMS_URL", "https://sms.example/"),
            ("EASYLINK_SMS_COUNTRIES", "China"),
            ("EASYLINK_SMS_PER_DAY", "1001"),
            ("EASYLINK_PHONE_ACCOUNTS", "0"),
        ] {
            assert!(load(&[(name, value)]).is_err(), "{name}");
        }
    }
}
