//! Days as banks write them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::base::types::Day;

/// The order of day, month and year in a column. A month or day may lack its leading zero where a mark stands between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum DayStyle {
    /// `2026-11-26`
    #[default]
    #[serde(rename = "YYYY-MM-DD")]
    Dashes,
    /// `2026/11/26`
    #[serde(rename = "YYYY/MM/DD")]
    Slashes,
    /// `20261126`, also directly followed by the time.
    #[serde(rename = "YYYYMMDD")]
    Compact,
    /// `26.11.2026`, also with a year of two digits.
    #[serde(rename = "DD.MM.YYYY")]
    Points,
    /// `26/11/2026`, also with a year of two digits.
    #[serde(rename = "DD/MM/YYYY")]
    DayFirst,
    /// `11/26/2026`, also with a year of two digits.
    #[serde(rename = "MM/DD/YYYY")]
    MonthFirst,
}

impl DayStyle {
    /// All of them.
    pub const ALL: &'static [Self] =
        &[Self::Dashes, Self::Slashes, Self::Compact, Self::Points, Self::DayFirst, Self::MonthFirst];

    /// The day that a text says in this style. A time may follow, after a space or a `T`.
    pub fn read(self, text: &str) -> Option<Day> {
        let text = text.trim();
        if self == Self::Compact {
            let (day, time) = text.split_at_checked(8)?;
            let (year, rest) = day.split_at_checked(4)?;
            let (month, day) = rest.split_at_checked(2)?;
            let packed = time.len() == 6 && clock(&[time.get(..2)?, time.get(2..4)?, time.get(4..)?]);
            return if packed || after(time) { date(year, month, day) } else { None };
        }
        let end = text.find([' ', 'T', '\u{a0}']).unwrap_or(text.len());
        let (day, time) = text.split_at_checked(end)?;
        let mark = match self {
            Self::Dashes => '-',
            Self::Points => '.',
            _ => '/',
        };
        let mut parts = day.split(mark);
        let (one, two, three) = (parts.next()?, parts.next()?, parts.next()?);
        let (year, month, day) = match self {
            Self::Points | Self::DayFirst => (three, two, one),
            Self::MonthFirst => (three, one, two),
            _ => (one, two, three),
        };
        let short = year.len() == 2 && !matches!(self, Self::Dashes | Self::Slashes);
        let whole = parts.next().is_none() && (year.len() == 4 || short) && after(time);
        if whole { date(year, month, day) } else { None }
    }
}

/// A day of the calendar; a year of two digits is one of ours, as SWIFT reads it: 80 to 99 were of the last century.
pub fn date(year: &str, month: &str, day: &str) -> Option<Day> {
    let number = |text: &str| {
        let digits = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse::<i16>().ok() } else { None }
    };
    let century = match (year.len(), number(year)?) {
        (2, 80..) => 1900,
        (2, _) => 2000,
        _ => 0,
    };
    let (month, day) = (i8::try_from(number(month)?).ok()?, i8::try_from(number(day)?).ok()?);
    let date = Date::new(number(year)? + century, month, day).ok()?;
    // Nothing was booked before there were computers; a year 0026 is a typing error.
    (date.year() >= 1900).then(|| Day::from(date))
}

/// The day of `YYMMDD` (SWIFT 6!n).
pub fn six(text: &str) -> Option<Day> {
    let digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { date(&text[..2], &text[2..4], &text[4..]) } else { None }
}

/// The day of an ISO 8601 date or date and time, zone or not: the day as it is written counts.
pub fn iso(text: &str) -> Option<Day> {
    let (day, rest) = text.split_at_checked(10)?;
    let day = Day::parse(day).filter(|day| day.date().year() >= 1900)?;
    let zone = |text: &str| {
        text.is_empty()
            || text == "Z"
            || text.strip_prefix(['+', '-']).is_some_and(|rest| clock(&rest.split(':').collect::<Vec<_>>()))
    };
    let fits = match rest.strip_prefix('T') {
        Some(time) => {
            let end = time.find(['Z', '+', '-']).unwrap_or(time.len());
            time.split_at_checked(end).is_some_and(|(time, rest)| !time.is_empty() && after(time) && zone(rest))
        }
        None => zone(rest),
    };
    fits.then_some(day)
}

/// Nothing, or a time of the day after a space or a `T`.
fn after(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() {
        return true;
    }
    let time = text.strip_prefix('T').unwrap_or(text);
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let parts: Vec<&str> = time.split(':').collect();
    fraction.len() <= 9
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && (2..=3).contains(&parts.len())
        && clock(&parts)
}

/// Hours, minutes, seconds. A leap second is one, and so is the end of a day.
fn clock(parts: &[&str]) -> bool {
    parts.len() <= 3
        && parts.iter().zip([24, 59, 60]).all(|(part, most)| {
            (1..=2).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && part.parse::<u8>().is_ok_and(|number| number <= most)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_day_in_six_styles() {
        let written = [
            (DayStyle::Dashes, ["2026-11-06", "2026-11-6", " 2026-11-06 09:15:00 "]),
            (DayStyle::Slashes, ["2026/11/06", "2026/11/6 9:15", "2026/11/06T23:59:59.123"]),
            (DayStyle::Compact, ["20261106", "20261106 09:15:00", "20261106091500"]),
            (DayStyle::Points, ["06.11.2026", "6.11.26", "06.11.2026 09:15"]),
            (DayStyle::DayFirst, ["06/11/2026", "6/11/26", "06/11/2026 00:00:00"]),
            (DayStyle::MonthFirst, ["11/06/2026", "11/6/26", "11/06/2026 24:00"]),
        ];
        for (style, texts) in written {
            for text in texts {
                assert_eq!(style.read(text), Day::parse("2026-11-06"), "{style:?} {text}");
            }
        }
    }

    #[test]
    fn another_style_is_no_day() {
        for style in DayStyle::ALL {
            for text in [
                "",
                "2026",
                "2026-13-01",
                "2026-02-30",
                "26-11-06",
                "2026.11.06",
                "+2026-11-06",
                "０６.11.2026",
                "日日日",
            ] {
                assert_eq!(style.read(text), None, "{style:?} {text}");
            }
        }
        for (style, text) in [
            (DayStyle::Dashes, "2026-11-06x"),
            (DayStyle::Dashes, "2026-11-06 x"),
            (DayStyle::Dashes, "2026-11-06-01"),
            (DayStyle::Dashes, "0026-11-06"),
            (DayStyle::Compact, "202611060915"),
            (DayStyle::Compact, "2026116"),
            (DayStyle::Compact, "20261106996000"),
            (DayStyle::DayFirst, "11/26/2026"),
            (DayStyle::MonthFirst, "26/11/2026"),
            (DayStyle::Points, "6.11.126"),
        ] {
            assert_eq!(style.read(text), None, "{style:?} {text}");
        }
    }

    #[test]
    fn days_of_the_standards() {
        assert_eq!(six("261106"), Day::parse("2026-11-06"));
        assert_eq!(six("991231"), Day::parse("1999-12-31"));
        assert_eq!((six("260229"), six("26116"), six("26 106")), (None, None, None));
        for text in
            ["2026-11-06", "2026-11-06Z", "2026-11-06+08:00", "2026-11-06T09:15:00.5+08:00", "2026-11-06T09:15:00"]
        {
            assert_eq!(iso(text), Day::parse("2026-11-06"), "{text}");
        }
        for text in
            ["2026-11-6", "2026-11-06T", "2026-11-06T25:00:00", "2026-11-06 09:15", "2026-11-06+8:99", "日日日日"]
        {
            assert_eq!(iso(text), None, "{text}");
        }
    }
}
