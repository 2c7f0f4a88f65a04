//! Looking a file through in each way in which it may be written, until one fits.

use std::future::Future;
use std::io::BufRead;

use super::checking::{Expected, Refusal, Report, check};
use super::source;
use crate::base::types::Day;
use crate::features::remittance::statements::formats::{Reading, Why, Wrong};

/// How a file is read, and what it says so.
pub type Looked = (Reading, Result<Report, Refusal>);

/// Looks a file through, which `open` opens, on a thread of its own. A way that does not know a byte gives place to the next.
/// How the information of MT940 is written is settled by most of its credits, unless it was before. An error is the storage's.
pub async fn through<S, F>(
    readings: Vec<Reading>,
    open: impl Fn() -> F,
    expected: &Expected,
    today: Day,
) -> Result<Option<Looked>, String>
where
    S: BufRead + Send + 'static,
    F: Future<Output = Result<S, String>>,
{
    let mut readings = readings.into_iter().peekable();
    while let Some(reading) = readings.next() {
        let (source, to_read, expected) = (open().await?, reading.clone(), expected.clone());
        let checked = source::apart(move || check(&to_read, source, &expected, today)).await?;
        let unknown = matches!(&checked, Err(Refusal::Wrong(Wrong { why: Why::Encoding { .. }, .. })));
        if unknown && readings.peek().is_some() {
            continue;
        }
        return Ok(Some((settled(reading, checked.as_ref().ok()), checked)));
    }
    Ok(None)
}

/// The reading by which a file that was looked through is imported.
pub fn settled(reading: Reading, report: Option<&Report>) -> Reading {
    match (reading, report) {
        (Reading::Mt940 { encoding, dialect }, Some(report)) => {
            Reading::Mt940 { encoding, dialect: dialect.or(report.dialect) }
        }
        (reading, _) => reading,
    }
}
