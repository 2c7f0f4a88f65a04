//! `easylink keys rotate`.

use super::Outcome;
use crate::base::config::Config;
use crate::base::crypto::Keys;

/// Adds a generation to the ring.
pub(super) fn rotate(config: &Config) -> Outcome {
    let keys = Keys::rotate(&config.keys_dir())?;
    println!("The ring has {} generations. Start the portal again to use the newest.", keys.generations());
    Ok(())
}
