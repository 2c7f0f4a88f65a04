//! Lines that are known by their serial number, and say something else than the file before: then one of the two files is not the
//! bank's.

use std::collections::{BTreeSet, HashMap};

use diesel::QueryResult;

use super::lines::Counted;
use super::queries::{self, Before, Import};
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::types::{Moment, Number};
use crate::features::remittance::entries::{Contradiction, Name, ours_among};

/// What more lines of a day and an amount share is no serial number of one transfer.
pub(super) const OF_ONE_NUMBER: usize = 20;

/// What a file said of an entry before, as it is compared.
struct Said<'a> {
    before: &'a Before,
    name: Name,
}

impl Said<'_> {
    /// Whether a line of this remitter, in whose text these references stand, may be of the same transfer.
    fn agrees(&self, name: &Name, named: &[Number], ours: &BTreeSet<Number>) -> bool {
        !self.name.is_other(name) && !self.other_reference(named, ours)
    }

    /// Whether another reference is named than before, where one was. Signs that look like a reference may be none.
    fn other_reference(&self, named: &[Number], ours: &BTreeSet<Number>) -> bool {
        self.before
            .reference
            .as_ref()
            .is_some_and(|own| !named.contains(own) && named.iter().any(|number| ours.contains(number)))
    }
}

fn named(text: &str) -> Vec<Number> {
    ['R', 'M'].into_iter().flat_map(|kind| Number::within(kind, text)).collect()
}

/// Entries of which these lines tell otherwise than before, and what; none of what is kept of them already, however often a file
/// comes. Lines of one serial number are told apart by their order alone, which is another one in another file: each may be of any of
/// the entries that have it.
pub fn contradicted(
    conn: &mut Conn,
    keys: &Keys,
    import: &Import,
    lines: &[Counted],
    at: Moment,
) -> QueryResult<Vec<(Number, Contradiction)>> {
    let here = queries::before(conn, keys, import, lines)?;
    let mut by_key: HashMap<&str, Vec<Said>> = HashMap::new();
    for before in &here {
        by_key.entry(&before.line.0).or_default().push(Said { before, name: Name::of(&before.remitter) });
    }
    by_key.retain(|_, said| said.len() <= OF_ONE_NUMBER);
    let known: Vec<(&Counted, &Vec<Said>, Vec<Number>)> =
        lines.iter().filter_map(|one| Some((one, by_key.get(one.key.as_str())?, named(&one.line.text)))).collect();
    let ours = ours_among(conn, &known.iter().flat_map(|(.., named)| named.iter().cloned()).collect())?;
    let mut found = Vec::new();
    for (one, same, named) in known {
        let Some(nth) = same.iter().find(|said| said.before.line.1 == one.occurrence) else { continue };
        let name = Name::of(&one.line.remitter);
        if nth.before.gone || same.iter().any(|said| said.agrees(&name, &named, &ours)) {
            continue;
        }
        let told = Contradiction {
            remitter: one.line.remitter.clone(),
            reference: named
                .iter()
                .find(|number| ours.contains(number))
                .map(|number| number.as_str().to_string())
                .unwrap_or_default(),
            import: import.number.as_str().to_string(),
            at,
            by: import.imported_by_id,
        };
        if !nth.before.contradictions.iter().any(|kept| kept.tells(&told)) {
            found.push((nth.before.number.clone(), told));
        }
    }
    found.sort_by(|one, other| one.0.as_str().cmp(other.0.as_str()));
    Ok(found)
}
