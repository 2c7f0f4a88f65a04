//! What the banks' statements come to, beside what the books hold of their accounts.

use diesel::QueryResult;

use super::queries::{self, Told};
use crate::base::db::Conn;
use crate::base::types::{Day, Money, Number};
use crate::features::remittance::receiving;
use crate::services::ledger::HouseAccount;

/// An account at a bank, by its statements and by the books.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The bank.
    pub bank_name: String,
    /// The account's number there.
    pub account_number: String,
    /// ISO 4217.
    pub currency: String,
    /// What both say, or why they cannot be compared.
    pub result: Result<Both, Uncompared>,
}

/// Why an account cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uncompared {
    /// No file of it was imported yet.
    NoFile,
    /// A file of it is being imported.
    Importing,
    /// The first file or the newest one names no balance.
    NoBalance,
}

/// What the bank and the books say of an account.
#[derive(Debug, Clone)]
pub struct Both {
    /// The newest statement's import.
    pub file: Number,
    /// The last day of the newest statement.
    pub day: Day,
    /// What that statement says was on the account at its end.
    pub by_bank: Money,
    /// What the first statement began with, and all that was booked since, without what was typed in of a day of which none tells.
    pub here: Money,
}

impl Both {
    /// Whether both say the same.
    pub fn agrees(&self) -> bool {
        self.by_bank == self.here
    }

    /// What the bank says beyond what the books do.
    pub fn difference(&self) -> Money {
        Money(self.by_bank.0.saturating_sub(self.here.0))
    }
}

/// Every account on whose statements entries may stand.
pub fn compared(conn: &mut Conn, house: &[HouseAccount]) -> QueryResult<Vec<Compared>> {
    let mut all = Vec::new();
    for account in receiving::known(conn)? {
        let result = both(conn, house, &account.account_key)?;
        let (bank_name, account_number, currency) = (account.bank_name, account.account_number, account.currency);
        all.push(Compared { bank_name, account_number, currency, result });
    }
    Ok(all)
}

fn both(conn: &mut Conn, house: &[HouseAccount], account_key: &str) -> QueryResult<Result<Both, Uncompared>> {
    let rows = queries::rows_of(conn, account_key)?;
    let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
    let Some((firsts, lasts)) = queries::outermost(conn, &ids)? else { return Ok(Err(Uncompared::Importing)) };
    if firsts.is_empty() {
        return Ok(Err(Uncompared::NoFile));
    }
    let Some(ends) = ends(&firsts, &lasts) else { return Ok(Err(Uncompared::NoBalance)) };
    let codes: Vec<String> = rows.iter().map(|(_, number)| format!("bank/{}", number.as_str())).collect();
    let booked = house.iter().filter(|one| codes.contains(&one.code)).map(|one| one.balance.0);
    let beside = queries::beside_files(conn, account_key, (ends.first_on, ends.last_on))?;
    let here = booked.fold(ends.opening.0, i64::saturating_add).saturating_sub(beside.0);
    let file = queries::number_of(conn, ends.last)?;
    Ok(Ok(Both { file, day: ends.last_on, by_bank: ends.closing, here: Money(here) }))
}

/// What the files of an account say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ends {
    /// The first day of the first one.
    first_on: Day,
    /// With what it began.
    opening: Money,
    /// The newest one.
    last: i64,
    /// The last day of the newest one.
    last_on: Day,
    /// With what it ended.
    closing: Money,
}

/// Of the files that begin on the first day and those that end on the last one, the first and the last of all: of several of one day
/// those that go on from no other, and from which none goes on, in whichever order they came. Nothing when one names no balance.
fn ends(firsts: &[Told], lasts: &[Told]) -> Option<Ends> {
    let goes_on = |from: &Told, to: &Told| from.0 != to.0 && from.4.is_some() && from.4 == to.3;
    let quiet = |one: &Told| one.3 == one.4;
    let first = firsts.iter().find(|one| !firsts.iter().any(|other| !quiet(other) && goes_on(other, one)));
    // Of files that hold one another the one that tells most is the whole day; the newest of equal ones comes first.
    let ending = lasts.iter().filter(|one| !lasts.iter().any(|other| !quiet(other) && goes_on(one, other)));
    let last = ending.min_by_key(|one| std::cmp::Reverse(one.5));
    let (first, last) = (first.or(firsts.first())?, last.or(lasts.first())?);
    Some(Ends { first_on: first.1?, opening: first.3?, last: last.0, last_on: last.2?, closing: last.4? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_one_day_the_order_is_told_by_the_balances() {
        let day = Day::parse("2026-11-22");
        let told = |id, opening, closing| (id, day, day, Some(Money(opening)), Some(Money(closing)), 1);
        // As the database gives them: the first ones by their row, the last ones from the newest row on.
        let of = |files: &[Told]| {
            let mut newest: Vec<Told> = files.to_vec();
            newest.reverse();
            ends(files, &newest).map(|ends| (ends.opening.0, ends.closing.0))
        };
        let (morning, noon, evening) = (told(1, 100, 110), told(2, 110, 110), told(3, 110, 130));
        assert_eq!(of(&[morning, noon, evening]), Some((100, 130)));
        let late = [told(1, 110, 130), told(2, 100, 110)];
        assert_eq!(of(&late), Some((100, 130)), "the evening came first");
        assert_eq!(of(&[morning, evening, told(4, 100, 110)]), Some((100, 130)), "the morning came once more");
        assert_eq!(of(&[told(1, 100, 100)]), Some((100, 100)));
        assert_eq!(of(&[told(1, 100, 110), told(2, 110, 100)]), Some((100, 100)), "a circle: by their rows");
        let whole = (1, day, day, Some(Money(0)), Some(Money(100)), 9);
        assert_eq!(of(&[whole, told(2, 0, 50)]), Some((0, 100)), "a part of the day came after all of it");
        assert_eq!(of(&[(1, day, day, None, Some(Money(1)), 1)]), None);
        assert_eq!(of(&[]), None);
    }
}
