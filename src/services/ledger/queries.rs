//! All SQL of the ledger but the replay.

mod accounts;
mod books;
mod flow;
mod movements;
mod posting;
mod trial;

pub use accounts::{
    Account, Holder, HouseAccount, accounts_of_the_house, bank, fees, hold, moved_for, outgoing, owed_by, receivable,
    receivable_of, refunds_payable, suspense, wallet, wallet_balance,
};
pub use books::{Sums, TransactionRow, sums, transactions};
pub use flow::credited_between;
pub use movements::{Movement, movements, movements_since};
pub use posting::{kind_of, number_of, post, posted, reverse, row_of};
pub use trial::{TrialLine, trial_balance};
