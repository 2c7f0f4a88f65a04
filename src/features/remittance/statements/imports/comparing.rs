//! Lines that are known by their serial number, and say something else than the file before: then one of the two files is not the
//! bank's.

use diesel::QueryResult;

use super::lines::Counted;
use super::queries::{self, Before, Import};
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::identity::same_name;
use crate::features::remittance::entries::named_in;
use crate::features::remittance::model::signs;

/// Whether two names are of others. Banks cut them off, each format at another place.
fn other_name(one: &str, other: &str) -> bool {
    let (short, long) = (signs(one), signs(other));
    let cut_off = short.starts_with(&long) || long.starts_with(&short);
    !short.is_empty() && !long.is_empty() && !cut_off && !same_name(one, other)
}

/// The entries that these lines contradict: another remitter, or another reference.
pub fn contradicted(conn: &mut Conn, keys: &Keys, import: &Import, lines: &[Counted]) -> QueryResult<Vec<Number>> {
    let mut found = Vec::new();
    for before in queries::before(conn, keys, import, lines)? {
        let same = |one: &&Counted| one.key == before.line.0 && one.occurrence == before.line.1;
        let Some(line) = lines.iter().find(same) else { continue };
        if other_name(&before.remitter, &line.line.remitter) || other_reference(conn, &before, &line.line.text)? {
            found.push(before.number);
        }
    }
    Ok(found)
}

fn other_reference(conn: &mut Conn, before: &Before, text: &str) -> QueryResult<bool> {
    let kinds = ['R', 'M'];
    let named: Vec<Number> = kinds.into_iter().flat_map(|kind| Number::within(kind, text)).collect();
    if named.is_empty() || before.reference.as_ref().is_some_and(|reference| named.contains(reference)) {
        return Ok(false);
    }
    // Signs that look like a reference may be none.
    Ok(named_in(conn, text)?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_cut_off_is_no_other_one() {
        assert!(other_name("Li Ming", "Wu Xia"));
        assert!(!other_name("Cloudy Harbour Trading Co., Lt", "CLOUDY HARBOUR TRADING CO LTD"));
        assert!(!other_name("", "Wu Xia") && !other_name("Wu Xia", " "));
    }
}
