//! Checking the books: every balance anew from the transfers.

use std::collections::HashMap;
use std::fmt;

use diesel::QueryResult;

use super::AccountKind;
use crate::base::db::Conn;
use crate::base::types::Money;

mod queries;

/// Something in the books that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Discrepancy {
    /// The balance differs from what the transfers come to.
    Balance {
        /// The account's code.
        account: String,
        /// What stands there.
        stored: Money,
        /// What the transfers come to.
        replayed: i128,
    },
    /// A transfer left another balance behind than it wrote down.
    Chain {
        /// The account's code.
        account: String,
        /// The transaction's number.
        transaction: String,
    },
    /// A wallet below zero.
    Overdrawn {
        /// The account's code.
        account: String,
    },
    /// A transaction that moved nothing.
    Empty {
        /// The transaction's number.
        transaction: String,
    },
    /// A transfer between accounts of different currencies.
    Currencies {
        /// The transaction's number.
        transaction: String,
    },
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Balance { account, stored, replayed } => {
                write!(f, "{account}: the balance is {} minor units, its transfers come to {replayed}", stored.0)
            }
            Self::Chain { account, transaction } => {
                write!(f, "{account}: transaction {transaction} breaks the chain of balances")
            }
            Self::Overdrawn { account } => write!(f, "{account}: the wallet is below zero"),
            Self::Empty { transaction } => write!(f, "transaction {transaction} moves nothing"),
            Self::Currencies { transaction } => write!(f, "transaction {transaction} mixes currencies"),
        }
    }
}

/// Replays every transfer and compares. Wants one state of the database (`Db::read_snapshot`).
pub fn verify(conn: &mut Conn) -> QueryResult<Vec<Discrepancy>> {
    let mut found: Vec<Discrepancy> =
        queries::empty(conn)?.into_iter().map(|transaction| Discrepancy::Empty { transaction }).collect();
    let mut running: HashMap<i64, i128> = HashMap::new();
    let accounts: HashMap<i64, queries::Kept> =
        queries::accounts(conn)?.into_iter().map(|kept| (kept.id, kept)).collect();
    let mut after = 0;
    loop {
        let piece = queries::transfers(conn, after)?;
        let Some(last) = piece.last() else { break };
        after = last.id;
        for one in &piece {
            let (Some(debit), Some(credit)) = (accounts.get(&one.debit_id), accounts.get(&one.credit_id)) else {
                continue;
            };
            if debit.currency != credit.currency {
                found.push(Discrepancy::Currencies { transaction: one.transaction.clone() });
            }
            for (account, is_debit, noted) in [(debit, true, one.debit_balance), (credit, false, one.credit_balance)] {
                let amount = i128::from(one.amount.0);
                let balance = running.entry(account.id).or_default();
                *balance += if account.kind.grows_by_debit() == is_debit { amount } else { -amount };
                if *balance != i128::from(noted.0) {
                    found.push(Discrepancy::Chain {
                        account: account.code.clone(),
                        transaction: one.transaction.clone(),
                    });
                }
            }
        }
    }
    let mut codes: Vec<&queries::Kept> = accounts.values().collect();
    codes.sort_by(|one, other| one.code.cmp(&other.code));
    for account in codes {
        let replayed = running.get(&account.id).copied().unwrap_or_default();
        if replayed != i128::from(account.balance.0) {
            found.push(Discrepancy::Balance { account: account.code.clone(), stored: account.balance, replayed });
        }
        if account.kind == AccountKind::Wallet && account.balance.0 < 0 {
            found.push(Discrepancy::Overdrawn { account: account.code.clone() });
        }
    }
    Ok(found)
}
