//! `easylink ledger`: checking the books.

use super::{Outcome, wait};
use crate::base::config::Config;
use crate::base::db::Db;
use crate::services::ledger;

/// Recomputes every balance from the transfers, over one state of the database; fails when one differs.
pub(super) fn verify(config: &Config) -> Outcome {
    wait(async {
        let db = Db::open(&config.database_url)?;
        let (found, sums) = db
            .read_snapshot(|conn| Ok::<_, diesel::result::Error>((ledger::verify(conn)?, ledger::sums(conn)?)))
            .await??;
        if sums.debits != sums.credits {
            println!("debit balances come to {}, credit balances to {} minor units", sums.debits, sums.credits);
        }
        for one in &found {
            println!("{one}");
        }
        if found.is_empty() && sums.debits == sums.credits {
            println!(
                "The books are right: {} wallets, both sides come to {} minor units.",
                sums.wallet_count, sums.debits
            );
            return Ok(());
        }
        Err(format!("the books are wrong in {} places", found.len().max(1)).into())
    })?
}
