//! Lists by key set: newest first, twenty a page, the cursor is the public number of the last row.

use diesel::QueryResult;
use serde::Deserialize;

/// Rows on a page.
pub const PAGE: i64 = 20;

/// The query of a list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct After {
    /// The public number of the last row of the page before; empty on the first.
    pub after: String,
}

/// One page of rows.
#[derive(Debug, Clone)]
pub struct Rows<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The cursor of the next page, when there is one.
    pub next: Option<String>,
    /// Whether this is not the first page.
    pub later: bool,
}

impl<T> Rows<T> {
    /// One page of a list. `load` answers up to `PAGE + 1` rows from below a cursor, or the first ones, and `None` for a
    /// cursor that names none of the list's rows. Then, as for a text that is no cursor at all, the list begins at its
    /// first page: a row that is gone, or was never the reader's, is no reason for an error.
    pub fn below<C>(
        cursor: Option<C>,
        mut load: impl FnMut(Option<&C>) -> QueryResult<Option<Vec<T>>>,
        key: impl Fn(&T) -> String,
    ) -> QueryResult<Self> {
        if let Some(cursor) = &cursor
            && let Some(rows) = load(Some(cursor))?
        {
            return Ok(Self::of(rows, true, key));
        }
        Ok(Self::of(load(None)?.unwrap_or_default(), false, key))
    }

    /// The surplus row only tells that there are more.
    fn of(mut rows: Vec<T>, later: bool, key: impl Fn(&T) -> String) -> Self {
        let most = usize::try_from(PAGE).unwrap_or(20);
        let more = rows.len() > most;
        rows.truncate(most);
        let next = if more { rows.last().map(key) } else { None };
        Self { rows, next, later }
    }

    /// The address of the first page, unless this is it. `base` may have a query.
    pub fn newer(&self, base: &str) -> Option<String> {
        self.later.then(|| base.to_string())
    }

    /// The address of the next page, when there is one.
    pub fn older(&self, base: &str) -> Option<String> {
        let joint = if base.contains('?') { '&' } else { '?' };
        self.next.as_ref().map(|next| format!("{base}{joint}after={next}"))
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}
