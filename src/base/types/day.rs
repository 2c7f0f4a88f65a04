//! A day of the calendar.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};

use super::{Moment, stored_as};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// More days than the calendar has; a span of more would not be one.
const FURTHEST: i32 = 7_000_000;

/// A day without a time or a zone, of the years 0 to 9999: `TEXT` of the form `2026-11-23`, which sorts as it should.
///
/// The text is kept beside the date, because a value bound to a statement is borrowed from where it lives.
#[derive(Clone, Copy, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Day {
    date: Date,
    text: [u8; 10],
}

stored_as!(Day, Text as str, String, Day::as_str, |text| Day::parse(&text));

impl Day {
    /// The day of exactly this ISO 8601 form, `2026-11-23`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |(place, byte): (usize, u8)| {
            matches!(place, 4 | 7) == (byte == b'-') && (byte == b'-' || byte.is_ascii_digit())
        };
        if text.len() != 10 || !text.bytes().enumerate().all(digits) {
            return None;
        }
        text.parse().ok().map(|date: Date| Self::from(date))
    }

    /// The day as the calendar library has it.
    pub const fn date(self) -> Date {
        self.date
    }

    /// `2026-11-23`.
    pub fn as_str(&self) -> &str {
        // Only digits and hyphens were ever written here.
        std::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// `23 Nov 2026`.
    pub fn words(self) -> String {
        let month = MONTHS.get(usize::from(self.date.month().unsigned_abs()) - 1).unwrap_or(&"");
        format!("{} {month} {}", self.date.day(), self.date.year())
    }

    /// This many days later, or earlier when below zero.
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self::from(self.date.saturating_add(days.clamp(-FURTHEST, FURTHEST).days()))
    }

    /// How many days this is after `earlier`; below zero if it is before.
    pub fn days_since(self, earlier: Self) -> i32 {
        self.date.since(earlier.date).map_or(0, |span| span.get_days())
    }

    /// The moment at which the day begins in `zone`.
    pub fn start(self, zone: &TimeZone) -> Moment {
        let midnight = self.date.to_zoned_datetime(zone.clone()).map(|day| day.timestamp());
        midnight.map_or(Moment(if self.date.year() < 1 { i64::MIN } else { i64::MAX }), Moment::from)
    }
}

/// Years before 0 do not fit the form and become the first day that does.
impl From<Date> for Day {
    fn from(date: Date) -> Self {
        let date = if date.year() < 0 { Date::constant(0, 1, 1) } else { date };
        let mut text = *b"0000-00-00";
        for (bytes, number) in [
            (0..4, date.year().unsigned_abs()),
            (5..7, date.month().unsigned_abs().into()),
            (8..10, date.day().unsigned_abs().into()),
        ] {
            let mut left = number;
            for byte in text[bytes].iter_mut().rev() {
                *byte = b'0' + u8::try_from(left % 10).unwrap_or(0);
                left /= 10;
            }
        }
        Self { date, text }
    }
}

impl PartialEq for Day {
    fn eq(&self, other: &Self) -> bool {
        self.date == other.date
    }
}

impl Eq for Day {}

impl PartialOrd for Day {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Day {
    fn cmp(&self, other: &Self) -> Ordering {
        self.date.cmp(&other.date)
    }
}

impl Hash for Day {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// As `2026-11-23`.
impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;

    use super::*;
    use crate::base::types::sql::tests::engine;

    #[test]
    fn only_real_days_of_one_form_are_read() {
        for text in ["2026-11-23", "2024-02-29", "0000-01-01", "9999-12-31"] {
            assert_eq!(Day::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "2026-02-29",
            "2026-13-01",
            "2026-1-01",
            "20261123",
            "23.11.2026",
            "2026-11-23T00:00",
            "+02026-11-23",
            "2026-11-2３",
            "-026-11-23",
        ] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_counted_by_the_calendar() {
        let day = |text| Day::parse(text).unwrap();
        assert_eq!(day("2026-11-23").words(), "23 Nov 2026");
        assert_eq!(day("2026-12-31").plus(1), day("2027-01-01"));
        assert_eq!(day("2026-01-01").plus(-1), day("2025-12-31"));
        assert_eq!(day("2026-03-01").days_since(day("2026-02-01")), 28);
        assert_eq!(day("2026-02-01").days_since(day("2026-03-01")), -28);
        assert_eq!(day("9999-12-31").plus(i32::MAX), day("9999-12-31"));
        assert!(day("0001-01-01").plus(i32::MIN) <= day("0000-01-01"));
        assert!(day("2026-02-01") < day("2026-10-01"));
    }

    #[test]
    fn a_day_begins_where_the_reader_is() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let start = Day::parse("2026-11-24").unwrap().start(&zone);
        assert_eq!(start.rfc3339(), "2026-11-23T16:00:00Z");
        assert_eq!(start.day(&zone).to_string(), "2026-11-24");
    }

    #[test]
    fn survives_a_column() {
        let day = Day::parse("2026-11-23").unwrap();
        let row = diesel::select(day.into_sql::<Text>()).get_result::<Day>(&mut engine());
        assert_eq!(row.unwrap(), day);
        let bad = diesel::select("2026-02-30".into_sql::<Text>()).get_result::<Day>(&mut engine());
        assert!(bad.is_err());
    }
}
