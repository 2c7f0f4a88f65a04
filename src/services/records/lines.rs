//! Records as a person reads them: looks of one member of staff at one thing, close together, are one line. Every record
//! stays; only the list is shorter.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::time::Duration;

use diesel::QueryResult;

use super::Event;
use super::queries::{Own, Record, of_person};
use crate::base::db::Conn;
use crate::services::context::{AuthorKind, Context};

/// From the first to the last look of a line.
const LONGEST: Duration = Duration::from_secs(3600);
/// Most records of a line, so that a page stays bounded.
const MOST: usize = 500;
/// Records that are read at once.
const PIECE: i64 = 50;

/// One line: a record, or the newest of several looks that belong together.
#[derive(Debug, Clone)]
pub struct Line {
    newest: Record,
    oldest_id: i64,
    count: usize,
    files: BTreeSet<String>,
}

impl Deref for Line {
    type Target = Record;

    fn deref(&self) -> &Record {
        &self.newest
    }
}

impl From<Record> for Line {
    fn from(newest: Record) -> Self {
        Self { oldest_id: newest.id, count: 1, files: file_of(&newest).into_iter().collect(), newest }
    }
}

impl Line {
    /// For the cursor of a list: the next page begins below it.
    pub fn oldest_id(&self) -> i64 {
        self.oldest_id
    }

    /// How many records the line holds.
    pub fn count(&self) -> usize {
        self.count
    }

    /// How many different files were looked at.
    pub fn files(&self) -> usize {
        self.files.len()
    }

    /// Takes the next older record in if it belongs here; gives it back if not.
    fn take(&mut self, older: Record) -> Option<Record> {
        let same = older.event == Event::Looked
            && older.actor == AuthorKind::Staff
            && (older.event, older.actor, older.actor_id) == (self.event, self.actor, self.actor_id)
            && older.object == self.object;
        if !same || self.count >= MOST || self.at.since(older.at) > LONGEST {
            return Some(older);
        }
        self.files.extend(file_of(&older));
        self.count += 1;
        self.oldest_id = older.id;
        None
    }
}

fn file_of(record: &Record) -> Option<String> {
    record.details["file"].as_str().map(str::to_string)
}

/// The lines that a person may read, newest first, from below `before`; each of the first `most` is whole.
pub fn lines_of_person(
    conn: &mut Conn,
    ctx: &Context,
    own: Own,
    mut before: Option<i64>,
    most: usize,
) -> QueryResult<Vec<Line>> {
    let mut lines: Vec<Line> = Vec::new();
    loop {
        let records = of_person(conn, ctx, own, before, PIECE)?;
        let last = records.len() < usize::try_from(PIECE).unwrap_or_default();
        before = records.last().map(|record| record.id);
        for record in records {
            let left = match lines.last_mut() {
                Some(line) => line.take(record),
                None => Some(record),
            };
            lines.extend(left.map(Line::from));
        }
        // The line behind the last one shows that the last one is whole.
        if last || lines.len() > most {
            lines.truncate(most);
            return Ok(lines);
        }
    }
}
