//! `easylink statement`: the receiving banks' files.

use std::path::Path;
use std::sync::Arc;

use super::{Outcome, operator, wait};
use crate::base::clock::Clock;
use crate::base::config::Config;
use crate::base::db::Db;
use crate::features::remittance::{self, Step};
use crate::services::keyring;

/// Entries after which a long import says how far it came.
const OFTEN: u64 = 10_000;

/// Says on the error output how far it came; short files say nothing.
fn told(step: Step) {
    match step {
        Step::Kept(read, all) if read % OFTEN == 0 => eprintln!("{read} of {all} entries are kept"),
        Step::Looking(all) if all >= OFTEN => eprintln!("the rules look at what nobody looked at yet"),
        Step::Kept(..) | Step::Looking(_) => {}
    }
}

/// Imports a file, each entry once however often it comes, and says how many were new. A file that is wrong in one line
/// imports nothing and says which.
pub(super) fn import(config: &Config, file: &Path, account: Option<&str>) -> Outcome {
    let imported = wait(async {
        let db = Db::open(&config.database_url)?;
        let ring = Arc::new(keyring::checked(&config.keys_dir(), &db).await?);
        let base_url = config.base_url.as_str().trim_end_matches('/');
        let clock = Clock::system();
        let ctx = operator(clock.now(), ring, base_url.into());
        let how = (config.money.charges_tolerance, &told as &(dyn Fn(Step) + Sync));
        remittance::import_statement(&db, (&ctx, &clock, &config.zone), file, account, how)
            .await
            .map_err(Box::<dyn std::error::Error>::from)
    })??;
    println!(
        "{} entries read, {} new, {} known",
        imported.entries,
        imported.fresh,
        imported.entries.saturating_sub(imported.fresh)
    );
    Ok(())
}
