//! What a file that waits would bring: its first entries, and how many of them are here already.

use std::collections::HashSet;

use diesel::QueryResult;

use super::checking;
use super::comparing;
use super::lines::{Counted, Counting};
use super::queries::{self, Import};
use super::source;
use super::written::reading_of;
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::features::remittance::entries;
use crate::features::remittance::statements::formats::{Line, Side};
use crate::web::{Actor, Error, Visit};

/// Entries and bytes up to which a file is compared with what is here before it is imported: it is read for each look. Of a larger
/// one it is said afterwards.
const COMPARED: usize = 5_000;
const COMPARED_BYTES: i64 = 4 * 1024 * 1024;

/// What is known of a file before it is imported.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// Its first entries.
    pub lines: Vec<Line>,
    /// How many of all are new, were typed in ahead of it, and are here; none when they are more than are compared.
    pub counts: Option<(usize, usize, usize)>,
    /// Whether entries of its days are here of which it knows none, and it goes on from no other file: then it may tell of the same
    /// transfers in other words, which count as others.
    pub otherwise: bool,
    /// How many of those that are here it contradicts: another remitter, or another reference.
    pub contradicted: usize,
}

/// Reads a file that waits as far as it is compared, from the storage.
pub async fn lines<A: Actor>(visit: &Visit<A>, import: &Import) -> Result<Vec<Line>, Error> {
    let Some(key) = &import.file_key else { return Ok(Vec::new()) };
    let (house, size) = (visit.house(), u64::try_from(import.file_size).unwrap_or_default());
    let source = source::stored(&house.storage, key, size, house.keys.clone()).await;
    let source = source.map_err(|fault| Error::Unavailable(fault.to_string()))?;
    let reading = reading_of(import).map_err(Error::internal)?;
    let today = house.clock.now().day(&house.config.zone);
    let few = usize::try_from(import.entries).is_ok_and(|entries| entries <= COMPARED);
    let whole = few && import.file_size <= COMPARED_BYTES;
    let most = if whole { COMPARED } else { checking::SHOWN };
    let read = source::apart(move || checking::first(&reading, source, most, today)).await.map_err(Error::internal)?;
    // It was looked through to its end before.
    Ok(read.unwrap_or_default())
}

/// Hides who sent what of lines that name a reference of the viewer's own.
pub fn hide(conn: &mut Conn, own: &[i64], lines: &mut [Line]) -> QueryResult<()> {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let theirs = entries::naming(conn, own, &texts)?;
    for (line, _) in lines.iter_mut().zip(theirs).filter(|(_, own)| *own) {
        line.remitter = "Of an account of your own".to_string();
        line.text.clear();
        line.bank_serial = None;
    }
    Ok(())
}

/// Compares a file with what is here.
pub fn compared(conn: &mut Conn, keys: &Keys, import: &Import, mut lines: Vec<Line>) -> QueryResult<Preview> {
    if usize::try_from(import.entries).is_ok_and(|entries| entries > lines.len()) {
        lines.truncate(checking::SHOWN);
        return Ok(Preview { lines, ..Preview::default() });
    }
    let mut counting = Counting::default();
    let all: Vec<Counted> = lines.iter().map(|line| counting.next(keys, line.clone())).collect();
    let known: HashSet<(String, i64)> = queries::known(conn, import, &all)?.into_iter().collect();
    let typed = queries::typed_ahead(conn, keys, import, &all)?;
    let is_known = |one: &Counted| known.contains(&(one.key.clone(), one.occurrence));
    let met = |one: &Counted| {
        let first = one.line.side == Side::Credit && one.occurrence == 1;
        first && typed.iter().any(|typed| typed.is(one.serial.as_deref(), one.line.booked_on, one.line.amount))
    };
    let (here, others): (Vec<&Counted>, Vec<&Counted>) = all.iter().partition(|one| is_known(one));
    let typed_in = others.iter().filter(|one| met(one)).count();
    // Without a serial number a line is the same by its words alone: on either side they are what is compared.
    let (any, unnumbered) = queries::here(conn, import)?;
    let by_words = all.iter().any(|one| one.serial.is_none());
    let otherwise =
        here.is_empty() && !all.is_empty() && ((by_words && any) || unnumbered) && !queries::goes_on(conn, import)?;
    let contradicted = comparing::contradicted(conn, keys, import, &all, import.created_at)?.len();
    lines.truncate(checking::SHOWN);
    Ok(Preview { lines, counts: Some((others.len() - typed_in, typed_in, here.len())), otherwise, contradicted })
}
