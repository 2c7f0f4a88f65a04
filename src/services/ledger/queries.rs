//! All SQL of the ledger but the replay.

mod accounts;
mod books;
mod movements;
mod posting;

pub use accounts::{
    Account, Holder, HouseAccount, accounts_of_the_house, bank, fees, hold, moved_for, outgoing, owed_by, receivable,
    receivable_of, refunds_payable, suspense, wallet, wallet_balance,
};
pub use books::{Sums, TransactionRow, sums, transactions};
pub use movements::{Movement, movements, movements_since};
pub use posting::{number_of, post, reverse, row_of};
