//! The balance column: from each row to the next it must move by the amount of one of them. Banks write the oldest row
//! first, or the newest.

use crate::base::types::{Day, Money};
use crate::features::remittance::statements::formats::model::Balance;
use crate::features::remittance::statements::formats::wrong::{Why, Wrong};

#[derive(Clone, Copy)]
struct Row {
    on: Day,
    moved: Money,
    balance: Money,
}

/// Follows the balance from row to row.
pub struct Running {
    first: Option<Row>,
    last: Option<Row>,
    /// Which orders no row has contradicted.
    ascending: bool,
    descending: bool,
}

impl Default for Running {
    fn default() -> Self {
        Self { first: None, last: None, ascending: true, descending: true }
    }
}

impl Running {
    /// The next row: its day, how much it moved the balance, and the balance it states.
    pub fn follow(&mut self, place: u64, on: Day, moved: Money, balance: Money) -> Result<(), Wrong> {
        let row = Row { on, moved, balance };
        self.first.get_or_insert(row);
        let Some(last) = self.last.replace(row) else { return Ok(()) };
        let overflow = || Wrong::at(place, Why::Overflow);
        // Oldest first: this row is the one before and its own amount. Newest first: the one before less its amount.
        let after = last.balance.checked_add(moved).ok_or_else(overflow)?;
        let before = last.balance.checked_sub(last.moved).ok_or_else(overflow)?;
        let (ascending, descending) = (self.ascending && after == balance, self.descending && before == balance);
        if !ascending && !descending {
            let expected = if self.ascending { after } else { before };
            return Err(Wrong::at(place, Why::Running { expected, stated: balance }));
        }
        (self.ascending, self.descending) = (ascending, descending);
        Ok(())
    }

    /// The balance after the newest row, if the order is known.
    pub fn closing(&self) -> Option<Balance> {
        let (first, last) = (self.first?, self.last?);
        let newest = match (self.ascending, self.descending) {
            (true, false) => last,
            (false, _) => first,
            // Either order fits: the days decide, or it makes no difference.
            (true, true) if first.on > last.on => first,
            (true, true) if first.on < last.on || first.balance == last.balance => last,
            (true, true) => return None,
        };
        Some(Balance { on: newest.on, amount: newest.balance })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn followed(rows: &[(&str, i64, i64)]) -> Result<Option<i64>, Wrong> {
        let mut running = Running::default();
        for (place, (on, moved, balance)) in (1..).zip(rows) {
            running.follow(place, Day::parse(on).unwrap(), Money(*moved), Money(*balance))?;
        }
        Ok(running.closing().map(|closing| closing.amount.0))
    }

    #[test]
    fn either_order_is_found() {
        let up = [("2026-11-01", 10, 110), ("2026-11-02", 5, 115), ("2026-11-02", -15, 100)];
        assert_eq!(followed(&up), Ok(Some(100)));
        let down: Vec<_> = up.iter().rev().copied().collect();
        assert_eq!(followed(&down), Ok(Some(100)));
        // Back and forth fits both.
        assert_eq!(followed(&[("2026-11-02", 5, 10), ("2026-11-01", -5, 5)]), Ok(Some(10)));
        assert_eq!(followed(&[("2026-11-01", 5, 10), ("2026-11-01", -5, 5)]), Ok(None));
        assert_eq!(followed(&[("2026-11-01", 5, 10)]), Ok(Some(10)));
        assert_eq!(followed(&[]), Ok(None));
    }

    #[test]
    fn a_missing_row_is_found() {
        let rows = [("2026-11-01", 10, 110), ("2026-11-02", 5, 115), ("2026-11-02", 1, 117)];
        let why = Why::Running { expected: Money(116), stated: Money(117) };
        assert_eq!(followed(&rows), Err(Wrong::at(3, why)));
        let huge = [("2026-11-01", 1, i64::MAX), ("2026-11-02", 1, 0)];
        assert_eq!(followed(&huge), Err(Wrong::at(2, Why::Overflow)));
    }
}
