//! A point in time.

use std::fmt;
use std::time::Duration;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::BigInt;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};

use super::{Day, stored_as};

/// A moment: microseconds since 1970-01-01T00:00:00 UTC, a `BIGINT` in both databases, so that order and arithmetic are
/// the same everywhere. Sums stop at the ends of time instead of wrapping around.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt)]
pub struct Moment(pub i64);

stored_as!(Moment, BigInt as i64, i64, |moment| &moment.0, |micros| { Some(Moment(micros)) });

impl Moment {
    /// This much later.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(micros(span)))
    }

    /// This much earlier.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(micros(span)))
    }

    /// How long after `earlier` this is; nothing if it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The moment of a text such as `2026-11-23T16:02:00Z` or one with an offset (RFC 3339).
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(|stamp: Timestamp| Self(stamp.as_microsecond()))
    }

    /// `2026-11-23T08:02:00Z`, for machines: logs and exports.
    pub fn rfc3339(self) -> String {
        self.stamp().to_string()
    }

    /// `2026-11-23T08:02:00Z` without fractions of a second, for the `datetime` attribute: HTML allows three digits of
    /// them at most.
    pub fn to_the_second(self) -> String {
        self.stamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// Whole seconds since 1970, rounded down; for codes of RFC 6238 and cookies.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The calendar day on which this moment falls in `zone`.
    pub fn day(self, zone: &TimeZone) -> Day {
        Day::from(zone.to_datetime(self.stamp()).date())
    }

    /// `23 Nov 2026, 16:02`, as a person in `zone` reads it.
    pub fn local(self, zone: &TimeZone) -> String {
        let time = zone.to_datetime(self.stamp());
        format!("{}, {:02}:{:02}", Day::from(time.date()).words(), time.hour(), time.minute())
    }

    /// The calendar knows the years up to 9999; what lies beyond is shown as its end.
    fn stamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX })
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

impl From<Timestamp> for Moment {
    fn from(stamp: Timestamp) -> Self {
        Self(stamp.as_microsecond())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.rfc3339())
    }
}

/// As RFC 3339 text: exports are read by people and by other programs.
impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;

    use super::*;
    use crate::base::types::sql::tests::engine;

    fn shanghai() -> TimeZone {
        TimeZone::get("Asia/Shanghai").unwrap()
    }

    #[test]
    fn is_read_in_the_zone_of_the_reader() {
        let moment = Moment::parse("2026-11-23T08:02:59Z").unwrap();
        assert_eq!(moment.local(&shanghai()), "23 Nov 2026, 16:02");
        assert_eq!(moment.rfc3339(), "2026-11-23T08:02:59Z");
        assert_eq!(Moment::parse("2026-11-23T16:02:59+08:00"), Some(moment));
        let evening = Moment::parse("2026-11-23T16:30:00Z").unwrap();
        assert_eq!(evening.day(&shanghai()).to_string(), "2026-11-24");
        assert_eq!(evening.day(&TimeZone::UTC).to_string(), "2026-11-23");
    }

    #[test]
    fn arithmetic_stops_at_the_ends_of_time() {
        let (first, last) = (Moment(i64::MIN), Moment(i64::MAX));
        assert_eq!(last.plus(Duration::MAX), last);
        assert_eq!(first.minus(Duration::from_secs(1)), first);
        assert_eq!(Moment(5).since(Moment(9)), Duration::ZERO);
        assert_eq!(Moment(9).since(Moment(5)), Duration::from_micros(4));
        assert_eq!(Moment(0).plus(Duration::from_secs(60)).minus(Duration::from_secs(59)), Moment(1_000_000));
        assert_eq!(Moment(-1).seconds(), -1);
        assert!(last.rfc3339().starts_with("9999-") && first.rfc3339().starts_with("-009999-"));
        assert!(last.local(&shanghai()).contains("9999"));
    }

    #[test]
    fn survives_a_column() {
        let moment = Moment(1_795_420_979_123_456);
        let row = diesel::select(moment.into_sql::<BigInt>()).get_result::<Moment>(&mut engine());
        assert_eq!(row.unwrap(), moment);
    }
}
