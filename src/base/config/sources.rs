//! Where settings come from, and what is wrong with them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Every setting there is. In the file they are written in lower case without `EASYLINK_`.
const KNOWN: [&str; 28] = [
    "DATABASE_URL",
    "EASYLINK_BASE_URL",
    "EASYLINK_CURRENCY",
    "EASYLINK_DATA_DIR",
    "EASYLINK_HOTLINE",
    "EASYLINK_IDENTITY_APPEAL_DAYS",
    "EASYLINK_CHARGES_TOLERANCE",
    "EASYLINK_FOUR_EYES_FROM",
    "EASYLINK_IDENTITY_MINORS",
    "EASYLINK_IDENTITY_PER_NUMBER",
    "EASYLINK_IDENTITY_SECOND_REVIEWER",
    "EASYLINK_IDENTITY_SECRET",
    "EASYLINK_IDENTITY_URL",
    "EASYLINK_LISTEN",
    "EASYLINK_MAIL_FROM",
    "EASYLINK_MIGRATE_URL",
    "EASYLINK_PHONE_ACCOUNTS",
    "EASYLINK_SMS_COUNTRIES",
    "EASYLINK_SMS_PER_DAY",
    "EASYLINK_SMS_SECRET",
    "EASYLINK_SMS_URL",
    "EASYLINK_OUTWARD_PRIVATE",
    "EASYLINK_OUTWARD_SECONDS",
    "EASYLINK_SMTP_URL",
    "EASYLINK_STORAGE",
    "EASYLINK_TRUSTED_PROXIES",
    "EASYLINK_WORKERS",
    "EASYLINK_ZONE",
];

/// Settings that may hold a password.
const SECRET: [&str; 5] =
    ["DATABASE_URL", "EASYLINK_IDENTITY_SECRET", "EASYLINK_MIGRATE_URL", "EASYLINK_SMS_SECRET", "EASYLINK_SMTP_URL"];

/// What is wrong with the settings. Values are never repeated: some are secret.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFault {
    /// There is no such setting.
    #[error("{0} is no setting; the nearest is {1}")]
    Unknown(String, &'static str),
    /// The value cannot be read.
    #[error("{0} cannot be read; docs/operations.md says what it takes")]
    Malformed(&'static str),
    /// The file is no TOML of plain values.
    #[error("{0} cannot be read: {1}")]
    File(String, String),
    /// Others can read a file that holds a secret.
    #[error("{0} holds {1} and may be read by others than its owner; set its mode to 0600")]
    Readable(String, &'static str),
    /// Plain http beyond this machine.
    #[error("with a http base URL the portal listens on loopback only; set EASYLINK_BASE_URL to its https address")]
    PlainHttp,
    /// The currency has no hundredths.
    #[error(
        "EASYLINK_CURRENCY names a currency without two decimals; amounts are kept in hundredths, so it takes one that has \
         them, such as CNY, USD or EUR"
    )]
    NoHundredths,
}

/// The settings among the variables of the environment, in which others may hold any bytes.
pub fn settings_in(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Vec<(String, String)>, ConfigFault> {
    let named = variables.filter_map(|(name, value)| name.into_string().ok().map(|name| (name, value)));
    let settings = named.filter(|(name, _)| is_setting(name));
    let read = |(name, value): (String, OsString)| match value.into_string() {
        Ok(value) => Ok((name, value)),
        Err(_) => Err(known(&name, &name).map_or_else(|fault| fault, ConfigFault::Malformed)),
    };
    settings.map(read).collect()
}

fn is_setting(name: &str) -> bool {
    (name == "DATABASE_URL" || name.starts_with("EASYLINK_")) && !name.starts_with("EASYLINK_TEST_")
}

pub(super) struct Sources(BTreeMap<&'static str, String>);

impl Sources {
    pub(super) fn read(env: impl Iterator<Item = (String, String)>, file: Option<&Path>) -> Result<Self, ConfigFault> {
        let mut all = match file {
            Some(path) => from_file(path)?,
            None => BTreeMap::new(),
        };
        for (name, value) in env {
            if is_setting(&name) {
                all.insert(known(&name, &name)?, value);
            }
        }
        all.retain(|_, value| !value.is_empty());
        Ok(Self(all))
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn parsed<T>(
        &self,
        name: &'static str,
        default: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ConfigFault> {
        parse(self.text(name).unwrap_or(default)).ok_or(ConfigFault::Malformed(name))
    }
}

fn from_file(path: &Path) -> Result<BTreeMap<&'static str, String>, ConfigFault> {
    let shown = path.display().to_string();
    let fault = |fault: &dyn std::fmt::Display| ConfigFault::File(shown.clone(), fault.to_string());
    let text = std::fs::read_to_string(path).map_err(|f| fault(&f))?;
    let table: toml::Table = text.parse().map_err(|f: toml::de::Error| fault(&f.message()))?;
    let mode = std::fs::metadata(path).map_err(|f| fault(&f))?.permissions().mode();
    let mut all = BTreeMap::new();
    for (key, value) in table {
        let name =
            if key == "database_url" { "DATABASE_URL".to_string() } else { format!("EASYLINK_{}", key.to_uppercase()) };
        let name = known(&name, &key)?;
        let value = plain(value).ok_or(ConfigFault::Malformed(name))?;
        // The path of an embedded database is no secret; whatever names a server may carry a password.
        if SECRET.contains(&name) && !value.starts_with("sqlite://") && mode & 0o077 != 0 {
            return Err(ConfigFault::Readable(shown, name));
        }
        all.insert(name, value);
    }
    Ok(all)
}

/// A text, a number, or a list of texts, as the environment would have it.
fn plain(value: toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Array(texts) => {
            let texts: Option<Vec<&str>> = texts.iter().map(toml::Value::as_str).collect();
            texts.map(|texts| texts.join(","))
        }
        _ => None,
    }
}

fn known(name: &str, shown: &str) -> Result<&'static str, ConfigFault> {
    if let Some(known) = KNOWN.into_iter().find(|known| *known == name) {
        return Ok(known);
    }
    let nearest = KNOWN.into_iter().min_by_key(|known| strsim::levenshtein(known, name)).unwrap_or(KNOWN[0]);
    Err(ConfigFault::Unknown(shown.to_string(), nearest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str, mode: u32) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("easylink.toml");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        (folder, path)
    }

    #[test]
    fn variables_of_others_may_hold_any_bytes() {
        use std::os::unix::ffi::OsStringExt;
        let bytes = || OsString::from_vec(vec![b'/', 0xff, 0xfe]);
        let all = |pairs: Vec<(OsString, OsString)>| settings_in(pairs.into_iter());
        let found = all(vec![
            ("LS_COLORS".into(), bytes()),
            (bytes(), "x".into()),
            ("EASYLINK_TEST_POSTGRES".into(), bytes()),
            ("EASYLINK_LISTEN".into(), "127.0.0.1:1".into()),
        ]);
        assert_eq!(found.unwrap(), [("EASYLINK_LISTEN".to_string(), "127.0.0.1:1".to_string())]);
        let said = all(vec![("EASYLINK_DATA_DIR".into(), bytes())]).unwrap_err().to_string();
        assert!(said.starts_with("EASYLINK_DATA_DIR cannot be read"), "{said}");
        assert!(matches!(all(vec![("EASYLINK_X".into(), bytes())]), Err(ConfigFault::Unknown(..))));
    }

    #[test]
    fn the_environment_stands_over_the_file() {
        let (_folder, path) = file("listen = \"127.0.0.1:1\"\nhotline = \"400\"", 0o644);
        let env = [("EASYLINK_LISTEN".to_string(), "127.0.0.1:2".to_string())];
        let sources = Sources::read(env.into_iter(), Some(&path)).unwrap();
        assert_eq!(sources.text("EASYLINK_LISTEN"), Some("127.0.0.1:2"));
        assert_eq!(sources.text("EASYLINK_HOTLINE"), Some("400"));
    }

    #[test]
    fn unknown_keys_and_readable_secrets_stop_the_start() {
        let (_folder, path) = file("listn = \"x\"", 0o600);
        assert!(
            matches!(Sources::read(std::iter::empty(), Some(&path)), Err(ConfigFault::Unknown(key, "EASYLINK_LISTEN")) if key == "listn")
        );
        let (_folder, path) = file("smtp_url = \"smtps://u:p@relay\"", 0o644);
        assert!(matches!(Sources::read(std::iter::empty(), Some(&path)), Err(ConfigFault::Readable(..))));
    }

    #[test]
    fn a_path_is_no_secret_and_a_list_is_a_value() {
        let (_folder, path) =
            file("database_url = \"sqlite://data/x.db\"\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]", 0o644);
        let sources = Sources::read(std::iter::empty(), Some(&path)).unwrap();
        assert_eq!(sources.text("EASYLINK_TRUSTED_PROXIES"), Some("10.0.0.0/8,::1"));
        let (_folder, path) = file("database_url = \"postgres://u:p@host/x\"", 0o640);
        assert!(matches!(Sources::read(std::iter::empty(), Some(&path)), Err(ConfigFault::Readable(..))));
    }
}
