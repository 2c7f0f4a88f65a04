//! How old somebody is, and what that means here.

use crate::base::types::Day;

/// Below this age a guardian decides (Personal Information Protection Law, article 31).
const GUARDED: u32 = 14;

/// From this age on a person is of full age (Civil Code, article 17).
const FULL: u32 = 18;

/// What an age means for real-name authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgeGroup {
    /// Under 14: a guardian decides, and nothing is stored.
    Child,
    /// 14 to 17: as the operator's setting has it.
    Minor,
    /// 18 and more.
    Adult,
}

impl AgeGroup {
    /// The group on this day.
    pub fn on(birth: Day, today: Day) -> Self {
        match age_on(birth, today) {
            0..GUARDED => Self::Child,
            GUARDED..FULL => Self::Minor,
            _ => Self::Adult,
        }
    }
}

/// Whole years from birth to today, by the calendar: a year older on the birthday itself. Who was born on 29 February is
/// a year older on 1 March of a common year. Nought before birth.
pub fn age_on(birth: Day, today: Day) -> u32 {
    let (born, now) = (birth.date(), today.date());
    let years = i32::from(now.year()) - i32::from(born.year());
    let had_birthday = (now.month(), now.day()) >= (born.month(), born.day());
    u32::try_from(years - i32::from(!had_birthday)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn a_year_older_on_the_birthday() {
        for (birth, today, age) in [
            ("2012-11-26", "2026-11-25", 13),
            ("2012-11-26", "2026-11-26", 14),
            ("2008-11-27", "2026-11-26", 17),
            ("2008-11-26", "2026-11-26", 18),
            ("1880-01-01", "2026-11-26", 146),
            ("2026-11-26", "2026-11-26", 0),
            ("2026-11-27", "2026-11-26", 0),
            ("9999-12-31", "0000-01-01", 0),
            ("0000-01-01", "9999-12-31", 9999),
        ] {
            assert_eq!(age_on(day(birth), day(today)), age, "{birth} on {today}");
        }
    }

    #[test]
    fn the_leap_day_is_the_day_after_the_28th() {
        for (today, age) in [
            ("2026-02-28", 13),
            ("2026-03-01", 14),
            ("2028-02-28", 15),
            ("2028-02-29", 16),
            ("2030-02-28", 17),
            ("2030-03-01", 18),
        ] {
            assert_eq!(age_on(day("2012-02-29"), day(today)), age, "{today}");
        }
    }

    #[test]
    fn fourteen_and_eighteen_are_the_thresholds() {
        let on = |birth| AgeGroup::on(day(birth), day("2026-11-26"));
        assert_eq!(on("2012-11-27"), AgeGroup::Child);
        assert_eq!(on("2012-11-26"), AgeGroup::Minor);
        assert_eq!(on("2008-11-27"), AgeGroup::Minor);
        assert_eq!(on("2008-11-26"), AgeGroup::Adult);
    }

    proptest! {
        /// Counts birthdays one day after another, as a child would.
        #[test]
        fn birthdays_are_counted(offset in 0_i32..40_000, leap in any::<bool>(), lived in 0_i32..6_000) {
            // 1892 and every fourth year after it; 1900 had no leap day.
            let leap_day = Day::parse(&format!("{}-02-29", 1892 + offset / 400 * 4)).filter(|_| leap);
            let birth = leap_day.unwrap_or_else(|| day("1890-01-01").plus(offset));
            let of_year = |day: Day| (day.date().month(), day.date().day());
            let birthday = |now: Day| {
                of_year(now) == of_year(birth)
                    || of_year(birth) == (2, 29) && of_year(now) == (3, 1) && of_year(now.plus(-1)) == (2, 28)
            };
            let years = (1..=lived).filter(|later| birthday(birth.plus(*later))).count();
            prop_assert_eq!(age_on(birth, birth.plus(lived)), u32::try_from(years).unwrap());
        }
    }
}
