//! Lines that are known by their serial number, and say something else than the file before: then one of the two files is not the
//! bank's.

use std::collections::HashMap;

use diesel::QueryResult;

use super::lines::Counted;
use super::queries::{self, Before, Import};
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::identity::same_name;
use crate::features::remittance::entries::{Contradiction, named_in};
use crate::features::remittance::model::signs;

/// Letters that banks write in two of SWIFT's.
const FOLDED: [(&str, &str); 7] =
    [("Ä", "AE"), ("Ö", "OE"), ("Ü", "UE"), ("ß", "SS"), ("Å", "AA"), ("Ø", "OE"), ("Æ", "AE")];

/// Letters and digits of a name, as a bank writes it that knows no others.
fn folded(name: &str) -> String {
    FOLDED.iter().fold(name.to_uppercase(), |text, (letter, two)| text.replace(letter, two))
}

/// Whether two names are of others. Banks cut them off, each format at another place.
fn other_name(one: &str, other: &str) -> bool {
    let (short, long) = (signs(&folded(one)), signs(&folded(other)));
    let cut_off = short.starts_with(&long) || long.starts_with(&short);
    !short.is_empty() && !long.is_empty() && !cut_off && !same_name(one, other)
}

/// Entries of which these lines tell otherwise than before, and what; none of what is kept of them already, however often a file comes.
pub fn contradicted(
    conn: &mut Conn,
    keys: &Keys,
    import: &Import,
    lines: &[Counted],
) -> QueryResult<Vec<(Number, Contradiction)>> {
    let mut by_key: HashMap<&str, Vec<&Counted>> = HashMap::new();
    for line in lines {
        by_key.entry(&line.key).or_default().push(line);
    }
    let mut found = Vec::new();
    for before in queries::before(conn, keys, import, lines)? {
        // Lines of one serial number are told apart by their order alone, which is another one in another file.
        let Some(same) = by_key.get(before.line.0.as_str()) else { continue };
        let Some(nth) = same.iter().find(|one| one.occurrence == before.line.1) else { continue };
        let mut agrees = false;
        for one in same {
            let other = other_name(&before.remitter, &one.line.remitter);
            agrees = agrees || (!other && !other_reference(conn, &before, &one.line.text)?);
        }
        if agrees {
            continue;
        }
        let named = named_in(conn, &nth.line.text)?;
        let told = Contradiction {
            remitter: nth.line.remitter.replace('\n', " "),
            reference: named.map(|number| number.as_str().to_string()).unwrap_or_default(),
            import: import.number.as_str().to_string(),
        };
        if !before.contradiction.as_ref().is_some_and(|kept| kept.tells_as(&told)) {
            found.push((before.number, told));
        }
    }
    found.sort_by(|one, other| one.0.as_str().cmp(other.0.as_str()));
    Ok(found)
}

/// Whether a text names another reference than the line did before, which named one.
fn other_reference(conn: &mut Conn, before: &Before, text: &str) -> QueryResult<bool> {
    let Some(reference) = &before.reference else { return Ok(false) };
    let mut named = ['R', 'M'].into_iter().flat_map(|kind| Number::within(kind, text)).peekable();
    if named.peek().is_none() || named.any(|number| number == *reference) {
        return Ok(false);
    }
    // Signs that look like a reference may be none.
    Ok(named_in(conn, text)?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_cut_off_or_written_in_other_letters_is_no_other_one() {
        assert!(other_name("Li Ming", "Wu Xia"));
        assert!(!other_name("Cloudy Harbour Trading Co., Lt", "CLOUDY HARBOUR TRADING CO LTD"));
        assert!(!other_name("Müller GmbH", "MUELLER GMBH") && !other_name("Groß", "GROSS"));
        assert!(!other_name("", "Wu Xia") && !other_name("Wu Xia", " "));
    }
}
