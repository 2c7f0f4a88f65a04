//! How a file is read, as it is kept beside its import and counts for the next one of the account.

use diesel::QueryResult;
use serde::{Deserialize, Serialize};

use super::checking::Before;
use super::queries::{self, Import};
use crate::base::db::Conn;
use crate::features::remittance::receiving::Receiving;
use crate::features::remittance::statements::formats::{Dialect, Encoding, Format, Mapping, Reading};
use crate::features::remittance::statements::mappings;

/// How a file is read, as it is kept beside it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Saved {
    Camt053,
    /// As it was kept before the dialect was.
    Mt940(Encoding),
    Message {
        encoding: Encoding,
        dialect: Option<Dialect>,
        /// How most of the file looks.
        looks: Option<Dialect>,
    },
    Csv(Box<Mapping>),
}

/// The format, and as JSON how it is read and looks.
pub fn saved(reading: &Reading, looks: Option<Dialect>) -> Result<(Format, String), serde_json::Error> {
    let (format, saved) = match reading {
        Reading::Camt053 => (Format::Camt053, Saved::Camt053),
        Reading::Mt940 { encoding, dialect } => {
            (Format::Mt940, Saved::Message { encoding: *encoding, dialect: *dialect, looks })
        }
        Reading::Csv(mapping) => (Format::Csv, Saved::Csv(Box::new(mapping.clone()))),
    };
    Ok((format, serde_json::to_string(&saved)?))
}

/// How the file of an import is read.
pub fn reading_of(import: &Import) -> Result<Reading, serde_json::Error> {
    Ok(match serde_json::from_str(&import.reading)? {
        Saved::Camt053 => Reading::Camt053,
        Saved::Mt940(encoding) => Reading::Mt940 { encoding, dialect: None },
        Saved::Message { encoding, dialect, .. } => Reading::Mt940 { encoding, dialect },
        Saved::Csv(mapping) => Reading::Csv(*mapping),
    })
}

/// How MT940 is written, as it is kept: its encoding, its dialect, and the one that most of the file looks like.
pub type Written = (Encoding, Option<Dialect>, Option<Dialect>);

/// How the file of an import is written, if it is MT940.
pub fn of(import: &Import) -> Option<Written> {
    written(&import.reading)
}

fn written(reading: &str) -> Option<Written> {
    match serde_json::from_str(reading).ok()? {
        Saved::Mt940(encoding) => Some((encoding, None, None)),
        Saved::Message { encoding, dialect, looks } => Some((encoding, dialect, looks)),
        Saved::Camt053 | Saved::Csv(_) => None,
    }
}

/// How the files of an account were read before, and the row of the mapping in it.
pub fn before(conn: &mut Conn, receiving: &Receiving) -> QueryResult<(Before, Option<i64>)> {
    let kept = mappings::current(conn, &receiving.account_key)?;
    let message = queries::read_before(conn, &receiving.account_key)?.and_then(|reading| written(&reading));
    let message = message.map(|(encoding, dialect, _)| (encoding, dialect));
    let (id, mapping) = kept.map(|kept| (kept.id, kept.mapping)).unzip();
    Ok((Before { mapping, message }, id))
}
