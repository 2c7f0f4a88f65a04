//! Pictures of finance's desk: what was credited each day, and how long entries have waited.

use super::chart::{DAYS, HEIGHT, WIDTH};
use crate::base::types::{Day, Moment, Money};

/// A bar of a drawing, and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar<T> {
    /// What it is of.
    pub of: T,
    /// How much it stands for.
    pub value: i128,
    /// Where it begins, in the drawing's own units.
    pub x: i64,
    /// Where its top is.
    pub y: i64,
    /// How wide it is.
    pub width: i64,
    /// How high.
    pub height: i64,
}

impl<T> Bar<T> {
    /// What it stands for as an amount; more than an amount holds is shown as its greatest.
    pub fn money(&self) -> Money {
        Money(i64::try_from(self.value).unwrap_or(i64::MAX))
    }
}

/// Bars side by side, the greatest as high as the drawing. What is not nothing is seen.
pub fn bars<T>(values: Vec<(T, i128)>) -> Vec<Bar<T>> {
    let most = values.iter().map(|(_, value)| *value).max().unwrap_or_default().max(1);
    let many = i64::try_from(values.len()).unwrap_or(1).max(1);
    let step = WIDTH / many;
    let mut all = Vec::with_capacity(values.len());
    for (place, (of, value)) in (0_i64..).zip(values) {
        let height = i64::try_from(value.max(0) * i128::from(HEIGHT) / most).unwrap_or(HEIGHT);
        let height = if value > 0 { height.max(2) } else { 0 };
        all.push(Bar { of, value, x: place * step, y: HEIGHT - height, width: step * 4 / 5, height });
    }
    all
}

/// The days of the picture, oldest first, and when each begins and ends.
pub fn days(today: Day, zone: &jiff::tz::TimeZone) -> (Vec<Day>, Vec<(Moment, Moment)>) {
    let days: Vec<Day> = (1 - DAYS..=0).map(|offset| today.plus(offset)).collect();
    let spans = days.iter().map(|day| (day.start(zone), day.plus(1).start(zone))).collect();
    (days, spans)
}

/// How long an entry has waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// The bank booked it today.
    Today,
    /// One or two days ago.
    Days,
    /// Up to a week.
    Week,
    /// Up to thirty days.
    Month,
    /// Longer.
    Older,
}

impl Age {
    const ALL: [Self; 5] = [Self::Today, Self::Days, Self::Week, Self::Month, Self::Older];

    const fn of(days: i32) -> Self {
        match days {
            ..=0 => Self::Today,
            1..=2 => Self::Days,
            3..=7 => Self::Week,
            8..=30 => Self::Month,
            _ => Self::Older,
        }
    }
}

/// Entries by how long they have waited.
pub fn ages(waiting: &[(Day, i64)], today: Day) -> Vec<Bar<Age>> {
    let of = |age: Age| -> i128 {
        let own = waiting.iter().filter(|(day, _)| Age::of(today.days_since(*day)) == age);
        own.map(|(_, many)| i128::from(*many)).sum()
    };
    bars(Age::ALL.into_iter().map(|age| (age, of(age))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_is_the_highest_and_little_is_seen() {
        let drawn = bars(vec![("a", 0), ("b", 1), ("c", 1_000)]);
        assert_eq!(drawn.iter().map(|bar| (bar.y, bar.height)).collect::<Vec<_>>(), [(100, 0), (98, 2), (0, 100)]);
        assert!(bars(Vec::<((), i128)>::new()).is_empty());
    }

    #[test]
    fn entries_are_as_old_as_the_bank_says() {
        let today = Day::parse("2026-11-27").unwrap();
        let waiting: Vec<_> = [0, 1, 2, 3, 7, 8, 30, 31, 400].map(|ago| (today.plus(-ago), 1)).into();
        let values: Vec<i128> = ages(&waiting, today).iter().map(|bar| bar.value).collect();
        assert_eq!(values, [1, 2, 2, 2, 2]);
        let (days, spans) = days(today, &jiff::tz::TimeZone::UTC);
        assert_eq!((days.len(), days[29], spans[28].1), (30, today, spans[29].0));
    }
}
