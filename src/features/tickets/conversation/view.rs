//! The conversation as one reader sees it. The words stand in `templates/tickets/entries.html`.

use super::queries::EntryRow;
use crate::base::types::Moment;
use crate::features::tickets::files::Attached;
use crate::features::tickets::model::{EntryKind, Moved, Side};
use crate::services::storage::Kind;

/// Who wrote an entry.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::features::tickets) enum Who {
    /// The reader.
    You,
    /// Somebody with this name or address.
    Named(String),
    /// Somebody of the staff whose name a customer does not learn.
    Support,
    /// The portal.
    Portal,
}

/// What an entry is.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::features::tickets) enum What {
    /// A reply.
    Text(String),
    /// A note for staff.
    Note(String),
    /// A move of the state.
    Moved(Moved),
}

/// One entry as it is drawn.
#[derive(Debug)]
pub(in crate::features::tickets) struct Line {
    pub who: Who,
    /// Whether it is the staff's.
    pub by_staff: bool,
    /// `you`, `them`, `note` or `system`: the side of the thread.
    pub side: &'static str,
    pub what: What,
    pub files: Vec<Attached>,
    pub at: Moment,
}

impl Line {
    /// Whether there are files beside what is played in place.
    pub fn has_tiles(&self) -> bool {
        self.files.iter().any(|file| file.kind.picture() || file.kind == Kind::Pdf)
    }
}

/// Who reads.
#[derive(Debug, Clone, Copy)]
pub(in crate::features::tickets) struct Reader {
    pub person_id: i64,
    pub side: Side,
}

/// The lines that this reader sees, in order.
pub(in crate::features::tickets) fn lines(rows: Vec<EntryRow>, files: &[Attached], reader: Reader) -> Vec<Line> {
    rows.into_iter().filter_map(|row| line(row, files, reader)).collect()
}

fn line(row: EntryRow, files: &[Attached], reader: Reader) -> Option<Line> {
    let what = match row.kind {
        EntryKind::Reply => What::Text(row.body),
        // Customers' queries leave notes out already; this is the second lock.
        EntryKind::Note if reader.side == Side::Staff => What::Note(row.body),
        EntryKind::Note => return None,
        EntryKind::Move => What::Moved(Moved::read(&row.body)?),
    };
    let side = match what {
        What::Note(_) => "note",
        What::Moved(_) => "system",
        What::Text(_) if row.side == reader.side => "you",
        What::Text(_) => "them",
    };
    let who = match (row.side, row.name, row.address) {
        (Side::System, ..) => Who::Portal,
        _ if row.person_id == Some(reader.person_id) => Who::You,
        (Side::Staff, None, _) if reader.side != Side::Staff => Who::Support,
        (_, Some(name), _) | (_, None, Some(name)) => Who::Named(name),
        (_, None, None) => Who::Support,
    };
    let files = files.iter().filter(|file| file.entry_id == row.id).cloned().collect();
    Some(Line { who, by_staff: row.side == Side::Staff, side, what, files, at: row.at })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: EntryKind, side: Side, name: Option<&str>) -> EntryRow {
        EntryRow {
            id: 1,
            kind,
            side,
            person_id: Some(7),
            body: "waiting_for_us resolved".into(),
            at: Moment(0),
            name: name.map(Into::into),
            address: Some("a@example.com".into()),
        }
    }

    #[test]
    fn a_customer_learns_no_address_of_staff_and_no_note() {
        let customer = Reader { person_id: 1, side: Side::Customer };
        let seen = |row| lines(vec![row], &[], customer).pop();
        assert!(seen(row(EntryKind::Note, Side::Staff, Some("Ana"))).is_none());
        assert_eq!(seen(row(EntryKind::Reply, Side::Staff, None)).unwrap().who, Who::Support);
        assert_eq!(seen(row(EntryKind::Reply, Side::Staff, Some("Ana"))).unwrap().who, Who::Named("Ana".into()));
        assert_eq!(seen(row(EntryKind::Reply, Side::Customer, None)).unwrap().who, Who::Named("a@example.com".into()));
        let moved = seen(row(EntryKind::Move, Side::Staff, Some("Ana"))).unwrap();
        assert_eq!((moved.what, moved.side), (What::Moved(Moved::Resolved), "system"));
    }

    #[test]
    fn staff_see_everything_and_themselves() {
        let staff = Reader { person_id: 7, side: Side::Staff };
        let note = lines(vec![row(EntryKind::Note, Side::Staff, None)], &[], staff).pop().unwrap();
        assert_eq!((note.who, note.side), (Who::You, "note"));
    }
}
