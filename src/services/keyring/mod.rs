//! The key folder and the database belong together: the database knows the fingerprint of every key that it may be
//! sealed under, and a start with a folder that lacks one of them is refused. A key is written to the folder first and
//! to the database then; a process that is killed in between is made good by the next start.

mod queries;

use std::path::Path;

use queries::Mark;

use crate::base::crypto::{KeyFault, Keys};
use crate::base::db::{Conn, Db, End, Fault, MigrationFault, pending};
use crate::base::types::Moment;
use crate::services::context::Context;
use crate::services::personal::PersonalData;
use crate::services::records::{self, Entry, Event};

/// Table `key_generations`: nothing personal.
pub const PERSONAL: PersonalData = PersonalData { tables: &["key_generations"], columns: &[] };

/// Why keys and database do not go together.
#[derive(Debug, thiserror::Error)]
pub enum KeyringFault {
    /// The folder itself.
    #[error(transparent)]
    Folder(#[from] KeyFault),
    /// The database gave no answer.
    #[error("the keys that the database knows cannot be read: {0}")]
    Database(String),
    /// Another build of the portal made the database.
    #[error("{0}")]
    OtherBuild(String),
    /// There is no table to look into yet.
    #[error("the database lacks migrations; run `easylink migrate` first")]
    Unmigrated,
    /// The database is sealed under keys, and the folder holds none.
    #[error(
        "the database is sealed under {0}, and the key folder {1} is empty: put back the copy of the folder that belongs \
         to this database (docs/operations.md, \"Keys\")"
    )]
    Empty(String, String),
    /// The folder lacks one.
    #[error(
        "the database is sealed under key {0:04}, which the key folder {1} does not hold: put it back, from its copy or from \
         another machine of this portal (docs/operations.md, \"Keys\")"
    )]
    Missing(i64, String),
    /// The folder holds another one of this number.
    #[error(
        "key {0:04} in the key folder {1} is not the one that the database is sealed under: put back the folder that belongs \
         to this database (docs/operations.md, \"Keys\")"
    )]
    Other(i64, String),
}

impl From<Fault> for KeyringFault {
    fn from(fault: Fault) -> Self {
        Self::Database(fault.to_string())
    }
}

/// Opens the ring in `folder` for a start: checks it against the database, makes the first key when neither has any, and
/// registers what the database does not know yet.
pub async fn open(folder: &Path, db: &Db, now: Moment) -> Result<Keys, KeyringFault> {
    let found = checked(folder, db).await?;
    let ring = if found.generations() == 0 { Keys::open(folder)? } else { found };
    let known = register(&ring, db, now, |_| Ok(())).await?;
    // Another machine may have added one meanwhile.
    let ring = Keys::read(folder)?;
    agree(&ring, &known, folder)?;
    Ok(ring)
}

/// Adds a generation, with a record of it.
pub async fn rotate(folder: &Path, db: &Db, ctx: Context) -> Result<Keys, KeyringFault> {
    checked(folder, db).await?;
    let ring = Keys::rotate(folder)?;
    let newest = ring.fingerprints().first().map_or(0, |newest| newest.0);
    let entry = Entry::new(Event::KeysRotated).about(format!("{newest:04}"));
    let known = register(&ring, db, ctx.now, move |conn| records::keep(conn, &ctx, entry)).await?;
    let ring = Keys::read(folder)?;
    agree(&ring, &known, folder)?;
    Ok(ring)
}

/// The ring in `folder`, which may be empty where the database knows no key either. Changes nothing.
pub async fn checked(folder: &Path, db: &Db) -> Result<Keys, KeyringFault> {
    // The database first: a key is in the folder before the database knows it, so what is known now is there by then.
    let known = db.read(|conn| match pending(conn) {
        Ok(missing) if missing.is_empty() => {
            queries::known(conn).map_err(|fault| KeyringFault::Database(fault.to_string()))
        }
        Ok(_) => Err(KeyringFault::Unmigrated),
        Err(fault @ MigrationFault::OtherBuild(_)) => Err(KeyringFault::OtherBuild(fault.to_string())),
        Err(fault) => Err(KeyringFault::Database(fault.to_string())),
    });
    let known = known.await??;
    let ring = Keys::read(folder)?;
    agree(&ring, &known, folder)?;
    Ok(ring)
}

/// When this database began to be used, UTC: whatever is older belongs to another one.
pub fn born_at(conn: &mut Conn) -> diesel::QueryResult<Option<Moment>> {
    queries::first_at(conn)
}

async fn register(
    ring: &Keys,
    db: &Db,
    now: Moment,
    beside: impl FnOnce(&mut Conn) -> diesel::QueryResult<()> + Send + 'static,
) -> Result<Vec<Mark>, KeyringFault> {
    let marks = marks(ring);
    let written =
        db.write(move |conn| match queries::register(conn, &marks, now).and_then(|all| beside(conn).map(|()| all)) {
            Ok(all) => End::Keep(Ok(all)),
            Err(fault) => End::Undo(Err(KeyringFault::Database(fault.to_string()))),
        });
    written.await?
}

fn marks(ring: &Keys) -> Vec<Mark> {
    ring.fingerprints().into_iter().map(|(number, mark)| (i64::from(number), mark)).collect()
}

/// Whether the folder holds every key that the database knows; it may hold newer ones.
fn agree(ring: &Keys, known: &[Mark], folder: &Path) -> Result<(), KeyringFault> {
    let held = marks(ring);
    let shown = folder.display().to_string();
    if held.is_empty() && !known.is_empty() {
        let numbers: Vec<String> = known.iter().map(|(number, _)| format!("key {number:04}")).collect();
        return Err(KeyringFault::Empty(numbers.join(", "), shown));
    }
    for (number, mark) in known {
        match held.iter().find(|(own, _)| own == number) {
            None => return Err(KeyringFault::Missing(*number, shown)),
            Some((_, own)) if own != mark => return Err(KeyringFault::Other(*number, shown)),
            Some(_) => {}
        }
    }
    Ok(())
}
