//! The picture of a balance over thirty days.

use std::fmt::Write;

use crate::base::types::{Day, Money};
use crate::services::ledger::Movement;

/// Days shown, today among them.
pub const DAYS: i32 = 30;
/// Width of the drawing, in its own units.
pub const WIDTH: i64 = 600;
/// Height of the drawing, in its own units.
pub const HEIGHT: i64 = 100;

/// A drawn balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// The points of the line, as SVG wants them.
    pub line: String,
    /// The same, closed below.
    pub area: String,
    /// The first day.
    pub first: Day,
    /// The least balance at the end of a day.
    pub least: Money,
    /// The greatest.
    pub most: Money,
}

/// Draws the balance at the end of each day, from the movements since the first day (oldest first) and today's balance.
/// Nothing to draw when nothing moved.
pub fn draw(movements: &[Movement], balance: Money, today: Day, zone: &jiff::tz::TimeZone) -> Option<Chart> {
    let earliest = movements.first()?;
    let first = today.plus(1 - DAYS);
    let mut left = earliest.balance.checked_sub(earliest.amount)?;
    let mut coming = movements.iter().peekable();
    let mut ends = Vec::new();
    for offset in 0..DAYS {
        let day = first.plus(offset);
        while let Some(next) = coming.next_if(|next| next.at.day(zone) <= day) {
            left = next.balance;
        }
        ends.push(if day == today { balance } else { left });
    }
    let (least, most) = (*ends.iter().min()?, *ends.iter().max()?);
    let top = i128::from(most.0).max(1);
    let mut line = String::new();
    for (place, end) in ends.iter().enumerate() {
        let x = i64::try_from(place).unwrap_or(0) * WIDTH / i64::from(DAYS - 1);
        let up = i64::try_from(i128::from(end.0) * i128::from(HEIGHT - 4) / top).unwrap_or(0);
        // Writing to a String cannot fail.
        let _ = write!(line, "{x},{} ", HEIGHT - 2 - up);
    }
    let line = line.trim_end().to_string();
    Some(Chart { area: format!("0,{HEIGHT} {line} {WIDTH},{HEIGHT}"), line, first, least, most })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::types::{Moment, Number};
    use crate::services::ledger::TransactionKind;

    #[test]
    fn steps_stand_on_their_days() {
        let zone = jiff::tz::TimeZone::UTC;
        let today = Day::parse("2026-11-23").unwrap();
        assert_eq!(draw(&[], Money(5), today, &zone), None);
        let moved = |day: &str, amount: i64, balance: i64| Movement {
            number: Number::random('L'),
            kind: TransactionKind::CreditRemittance,
            object: None,
            amount: Money(amount),
            balance: Money(balance),
            at: Moment::parse(&format!("{day}T10:00:00Z")).unwrap(),
        };
        let chart =
            draw(&[moved("2026-11-22", 50, 150), moved("2026-11-23", 50, 200)], Money(200), today, &zone).unwrap();
        assert_eq!((chart.least, chart.most), (Money(100), Money(200)));
        assert_eq!(chart.first.as_str(), "2026-10-25");
        assert!(chart.line.ends_with("600,2"), "{}", chart.line);
        assert!(chart.line.starts_with("0,50"), "{}", chart.line);
    }
}
