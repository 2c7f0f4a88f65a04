//! What the banks' statements come to, beside what the books hold of their accounts.

use diesel::QueryResult;

use super::queries;
use crate::base::db::Conn;
use crate::base::types::{Day, Money};
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
    /// The last day of the newest statement.
    pub day: Day,
    /// What that statement says was on the account at its end.
    pub by_bank: Money,
    /// What the first statement began with, and all that was booked since, without what was typed in of a day of which none tells.
    pub here: Money,
}

impl Compared {
    /// Whether both say the same.
    pub fn agrees(&self) -> bool {
        self.by_bank == self.here
    }

    /// What the bank says beyond what the books do.
    pub fn difference(&self) -> Money {
        Money(self.by_bank.0.saturating_sub(self.here.0))
    }
}

/// Every account whose files name their balances; none of one of which a file is being imported.
pub fn compared(conn: &mut Conn, house: &[HouseAccount]) -> QueryResult<Vec<Compared>> {
    let mut all = Vec::new();
    for account in receiving::known(conn)? {
        let rows = queries::rows_of(conn, &account.account_key)?;
        let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
        let Some(ends) = queries::ends(conn, &ids)? else { continue };
        let codes: Vec<String> = rows.iter().map(|(_, number)| format!("bank/{}", number.as_str())).collect();
        let booked = house.iter().filter(|one| codes.contains(&one.code)).map(|one| one.balance.0);
        let beside = queries::beside_files(conn, &account.account_key, ends)?;
        let here = booked.fold(ends.opening.0, i64::saturating_add).saturating_sub(beside.0);
        let (bank_name, account_number, currency) = (account.bank_name, account.account_number, account.currency);
        let (day, by_bank) = (ends.last_on, ends.closing);
        all.push(Compared { bank_name, account_number, currency, day, by_bank, here: Money(here) });
    }
    Ok(all)
}
