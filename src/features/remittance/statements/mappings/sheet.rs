//! The beginning of a file as a sheet: lines that are numbered, columns that are lettered.

use crate::features::remittance::statements::formats::{self, Delimiter, Encoding, Sample};

/// Lines that are shown, and more where the heads of the columns stand further down.
const LINES: usize = 6;
/// Lines among which that of the heads is chosen.
pub const HEADS: u32 = 60;
/// Columns that are shown and offered.
const COLUMNS: usize = 64;

/// What is shown of a file.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The columns, from A.
    pub columns: Vec<Column>,
    /// The first lines.
    pub lines: Vec<Line>,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// `A`, `B`, … `AA`.
    pub letter: String,
    /// What stands over it, if the heads are known.
    head: String,
}

/// A line.
#[derive(Debug, Clone)]
pub struct Line {
    /// Counted from 1.
    pub place: usize,
    /// Whether it holds the heads.
    pub heads: bool,
    /// Whether it is passed over.
    pub passed: bool,
    /// Letter and text of each cell.
    pub cells: Vec<(String, String)>,
}

/// The letter of a column that is counted from 0.
pub fn letter(column: usize) -> String {
    let sign = |nth: usize| char::from(b'A' + u8::try_from(nth % 26).unwrap_or_default());
    if column < 26 { sign(column).to_string() } else { format!("{}{}", letter(column / 26 - 1), sign(column)) }
}

impl Sheet {
    /// The sheet of these first bytes.
    pub fn of(head: &[u8], encoding: Encoding, delimiter: Delimiter, skip: u32) -> Self {
        let skip = usize::try_from(skip.min(HEADS)).unwrap_or_default();
        let rows = formats::sheet(head, encoding, delimiter, LINES.max(skip + 4));
        let width = rows.iter().map(Vec::len).max().unwrap_or_default().min(COLUMNS);
        let shown = |row: &[String], column: usize| {
            row.get(column).map(|cell| Sample::of(cell).as_str().to_string()).unwrap_or_default()
        };
        let heads = skip.checked_sub(1).and_then(|at| rows.get(at)).cloned().unwrap_or_default();
        let columns = (0..width).map(|column| Column { letter: letter(column), head: shown(&heads, column) }).collect();
        let lines = (1..).zip(&rows).map(|(place, row)| Line {
            place,
            heads: place == skip,
            passed: place < skip,
            cells: (0..width).map(|column| (letter(column), shown(row, column))).collect(),
        });
        Self { columns, lines: lines.collect() }
    }

    /// How many columns there are to choose from.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The columns as choices: their number from 0, and letter and head.
    pub fn choices(&self) -> Vec<(String, String)> {
        let word = |column: &Column| match column.head.as_str() {
            "" => column.letter.clone(),
            head => format!("{} · {head}", column.letter),
        };
        (0..).zip(&self.columns).map(|(nth, column): (usize, _)| (nth.to_string(), word(column))).collect()
    }

    /// The lines in which the heads may stand.
    #[allow(clippy::unused_self, reason = "called by the template")]
    pub fn places(&self) -> Vec<(String, String)> {
        (1..=HEADS).map(|place| (place.to_string(), place.to_string())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters_and_lines_numbers() {
        let letters: Vec<_> = [0, 25, 26, 51, 52, 701, 702].map(letter).into();
        assert_eq!(letters, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
        let sheet = Sheet::of(b"Report\r\n\r\nDay;Amount\r\n1;\"2;3\"\r\n", Encoding::Utf8, Delimiter::Semicolon, 3);
        assert_eq!(sheet.choices(), [("0".into(), "A · Day".into()), ("1".into(), "B · Amount".into())]);
        let places: Vec<_> = sheet.lines.iter().map(|line| (line.place, line.passed, line.heads)).collect();
        assert_eq!(places, [(1, true, false), (2, true, false), (3, false, true), (4, false, false)]);
        assert_eq!(sheet.lines[3].cells[1].1, "2;3");
    }
}
