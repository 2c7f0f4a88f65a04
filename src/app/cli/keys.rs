//! `easylink keys rotate`.

use std::sync::Arc;

use super::{Outcome, operator, wait};
use crate::base::clock::Clock;
use crate::base::config::Config;
use crate::base::db::Db;
use crate::services::keyring;

/// Adds a generation to the ring and tells the database of it. The ring must go with the database.
pub(super) fn rotate(config: &Config) -> Outcome {
    let keys = wait(async {
        let db = Db::open(&config.database_url)?;
        let folder = config.keys_dir();
        let (now, ring) = (Clock::system().now(), Arc::new(keyring::checked(&folder, &db).await?));
        let base_url = config.base_url.as_str().trim_end_matches('/');
        let ctx = operator(now, ring, base_url.into());
        keyring::rotate(&folder, &db, ctx).await.map_err(Box::<dyn std::error::Error>::from)
    })??;
    println!("The ring has {} generations. Start the portal again to use the newest.", keys.generations());
    Ok(())
}
