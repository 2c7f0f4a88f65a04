//! The rows that every installation has from its first day.

use crate::base::clock::Clock;
use crate::base::db::{Db, End, Fault};
use crate::features::privacy;

/// Writes what is missing of them; does nothing when all is there.
pub async fn write(db: &Db) -> Result<(), Fault> {
    let now = Clock::system().now();
    let written = db.write(move |conn| match privacy::publish_first(conn, now) {
        Ok(_) => End::Keep(Ok(())),
        Err(fault) => End::Undo(Err(Fault::Lost(fault.to_string()))),
    });
    written.await?
}
