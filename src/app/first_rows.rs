//! The rows that every installation has from its first day.

use crate::base::db::{Db, End};
use crate::base::types::Moment;
use crate::features::privacy;
use crate::web::Error;

/// Writes what is missing of them, as of `now`; does nothing when all is there.
pub async fn write(db: &Db, now: Moment) -> Result<(), Error> {
    let written = db.write(move |conn| match privacy::publish_first(conn, now) {
        Ok(_) => End::Keep(Ok(())),
        Err(fault) => End::Undo(Err(Error::from(fault))),
    });
    written.await?
}
