//! The rows that every installation has from its first day.

use crate::base::clock::Clock;
use crate::base::db::{Db, End};
use crate::features::privacy;
use crate::web::Error;

/// Writes what is missing of them; does nothing when all is there.
pub async fn write(db: &Db) -> Result<(), Error> {
    let now = Clock::system().now();
    let written = db.write(move |conn| match privacy::publish_first(conn, now) {
        Ok(_) => End::Keep(Ok(())),
        Err(fault) => End::Undo(Err(Error::from(fault))),
    });
    written.await?
}
