//! `easylink migrate`.

use super::{Outcome, wait};
use crate::app::first_rows;
use crate::base::clock::Clock;
use crate::base::config::{Config, DatabaseUrl};
use crate::base::db::{Db, migrate as apply, pending};
use crate::base::types::Moment;

/// Applies what is missing and says what that was.
pub(super) fn migrate(config: &Config) -> Outcome {
    let applied = bring_up(config, Clock::system().now())?;
    if applied.is_empty() {
        println!("The database is up to date.");
    }
    for name in applied {
        println!("applied {name}");
    }
    Ok(())
}

/// Applies what is missing, then writes the rows that every installation has.
pub(super) fn bring_up(config: &Config, now: Moment) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let serves = (config.migrate_url != config.database_url).then(|| config.database_url.user()).flatten();
    let applied = apply(&config.migrate_url, serves.as_deref())?;
    let db = Db::open(&config.migrate_url)?;
    wait(first_rows::write(&db, now))??;
    Ok(applied)
}

/// The same for commands that serve or fill. The role that serves a shared database may change no schema, not even in a
/// way that changes nothing: where nothing is missing it is left alone. The first rows are of the moment `now`.
pub(super) fn bring_up_if_behind(config: &Config, now: Moment) -> Result<(), Box<dyn std::error::Error>> {
    let DatabaseUrl::Postgres(_) = config.database_url else {
        bring_up(config, now)?;
        return Ok(());
    };
    let db = Db::open(&config.database_url)?;
    if wait(db.read(pending))???.is_empty() {
        return Ok(wait(first_rows::write(&db, now))??);
    }
    let behind = |fault| format!("{fault}; the owner of the database brings it up to date with `easylink migrate`");
    bring_up(config, now).map_err(behind)?;
    Ok(())
}
