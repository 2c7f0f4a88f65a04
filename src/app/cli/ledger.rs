//! `easylink ledger`: checking the books.

use super::{Outcome, wait};
use crate::base::config::Config;
use crate::base::db::Db;
use crate::features::remittance;
use crate::services::ledger;

/// Recomputes every balance from the transfers, and what entries and top-ups say of each other, over one state of the database;
/// fails when something differs.
pub(super) fn verify(config: &Config) -> Outcome {
    wait(async {
        let db = Db::open(&config.database_url)?;
        let (found, mismatches, sums) = db
            .read_snapshot(|conn| {
                let mismatches = remittance::verify(conn)?;
                Ok::<_, diesel::result::Error>((ledger::verify(conn)?, mismatches, ledger::sums(conn)?))
            })
            .await??;
        if sums.debits != sums.credits {
            println!("debit balances come to {}, credit balances to {} minor units", sums.debits, sums.credits);
        }
        for one in &found {
            println!("{one}");
        }
        for one in &mismatches {
            println!("{one}");
        }
        if found.is_empty() && mismatches.is_empty() && sums.debits == sums.credits {
            println!(
                "The books are right: {} wallets, both sides come to {} minor units.",
                sums.wallet_count, sums.debits
            );
            return Ok(());
        }
        Err(format!("the books are wrong in {} places", (found.len() + mismatches.len()).max(1)).into())
    })?
}
