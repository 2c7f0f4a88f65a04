//! Files that no row tells of: the process was killed between the end of a file and the commit of its row. They go after
//! a day, which is longer than any request takes.

use std::collections::HashSet;
use std::time::Duration;

use actix_web::web::Data;
use diesel::QueryResult;
use futures_util::StreamExt;

use super::feature::HoldsFn;
use super::house::House;
use super::queries;
use crate::base::db::Conn;
use crate::base::types::Moment;
use crate::services::keyring;

const OLD: Duration = Duration::from_secs(24 * 3600);
const AT_ONCE: usize = 500;

/// Deletes the files without a row that are older than a day. What is older than the database itself belongs to another
/// one, such as when a new database was set beside an old storage: that stays. And where more files are unknown than
/// known, it is the wrong database rather than a wrong file: nothing goes, and the job fails until somebody has looked.
pub async fn sweep(house: &Data<House>, now: Moment) -> Result<(), String> {
    let born = house.db.read(keyring::born_at).await.map_err(|fault| fault.to_string())?;
    let Some(born) = born.map_err(|fault| fault.to_string())? else { return Ok(()) };
    let mut pieces = house.storage.written_between(born, now.minus(OLD)).chunks(AT_ONCE);
    let (mut known, mut orphans) = (0_usize, Vec::new());
    while let Some(piece) = pieces.next().await {
        let keys: Vec<String> = piece.into_iter().collect::<Result<_, _>>().map_err(|fault| fault.to_string())?;
        let (asked, holders) = (keys.clone(), holders(house));
        // One state of the database: a file that is just handed from an upload to its place is in one of them.
        let held = house.db.read_snapshot(move |conn| held(conn, &holders, &asked)).await;
        let held = held.map_err(|fault| fault.to_string())?.map_err(|fault| fault.to_string())?;
        known += held.len();
        orphans.extend(keys.into_iter().filter(|key| !held.contains(key)));
    }
    if orphans.len() > known {
        return Err(format!(
            "{} files have no row and {known} have one: is this the storage's database?",
            orphans.len()
        ));
    }
    for key in &orphans {
        house.storage.delete(key).await.map_err(|fault| fault.to_string())?;
    }
    if !orphans.is_empty() {
        tracing::warn!(event = "orphans_swept", count = orphans.len());
    }
    Ok(())
}

fn holders(house: &House) -> Vec<HoldsFn> {
    let mut all: Vec<HoldsFn> = vec![queries::holds];
    all.extend(house.features.iter().flat_map(|feature| feature.files));
    all
}

fn held(conn: &mut Conn, holders: &[HoldsFn], keys: &[String]) -> QueryResult<HashSet<String>> {
    let mut all = HashSet::new();
    for holds in holders {
        all.extend(holds(conn, keys)?);
    }
    Ok(all)
}
