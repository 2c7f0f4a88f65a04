//! `easylink migrate`.

use super::{Outcome, wait};
use crate::app::first_rows;
use crate::base::config::Config;
use crate::base::db::{Db, migrate as apply};

/// Applies what is missing and says what that was.
pub(super) fn migrate(config: &Config) -> Outcome {
    let applied = bring_up(config)?;
    if applied.is_empty() {
        println!("The database is up to date.");
    }
    for name in applied {
        println!("applied {name}");
    }
    Ok(())
}

/// Applies what is missing, then writes the rows that every installation has.
pub(super) fn bring_up(config: &Config) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let serves = (config.migrate_url != config.database_url).then(|| config.database_url.user()).flatten();
    let applied = apply(&config.migrate_url, serves.as_deref())?;
    let db = Db::open(&config.migrate_url)?;
    wait(first_rows::write(&db))??;
    Ok(applied)
}
