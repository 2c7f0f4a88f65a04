//! Rows of columns (RFC 4180), read by a mapping that is made once for each bank.

mod guess;
mod mapping;
mod records;
mod rows;
mod running;

use std::io::BufRead;

use ::csv::ReaderBuilder;

use self::records::Records;
use self::rows::{Row, clean};
use self::running::Running;
use super::continuity::Checked;
use super::model::Head;
use super::text::Encoding;
use super::wrong::{Sample, Why, Wrong};

pub use self::guess::{encoding as guess_encoding, guess};
pub use self::mapping::{AmountColumns, Delimiter, Mapping, MappingFault};

/// Reads all rows as one statement.
pub(super) fn read(source: impl BufRead, mapping: &Mapping, checked: &mut Checked) -> Result<(), Wrong> {
    if let Some(fault) = mapping.check().into_iter().next() {
        return Err(Wrong::at(1, Why::Mapping(fault)));
    }
    let mut records = Records::new(source, mapping.encoding, mapping.delimiter);
    head(&mut records, mapping)?;
    let head = Head {
        account: mapping.account.replace(' ', ""),
        currency: Some(mapping.currency.clone()),
        statement: None,
        sequence: None,
        opening: None,
        from: None,
        to: None,
    };
    checked.begin(1, head)?;
    let (mut running, mut tail) = (Running::default(), false);
    let mut width = Some(mapping.heading.len()).filter(|width| *width > 0);
    while let Some((place, record)) = records.next()? {
        let Some(first) = record.iter().map(clean).find(|cell| !cell.is_empty()) else { continue };
        if mapping.tail.iter().any(|start| first.starts_with(start.trim())) {
            tail = true;
            continue;
        }
        if tail {
            return Err(Wrong::at(place, Why::Tail { sample: Sample::of(first) }));
        }
        // What stands behind the last column would have moved the ones before it: a payer's own delimiter.
        let width = *width.get_or_insert(record.len());
        if let Some(beyond) = record.iter().skip(width).map(clean).find(|cell| !cell.is_empty()) {
            return Err(Wrong::at(place, Why::Cells { sample: Sample::of(beyond) }));
        }
        if let Some(hidden) = record.iter().find_map(|cell| hidden_row(cell, mapping)) {
            return Err(Wrong::at(place, Why::Hidden { sample: Sample::of(hidden) }));
        }
        let row = Row { place, record, mapping };
        let (line, moved) = row.read()?;
        if let Some(balance) = row.balance()? {
            running.follow(place, line.booked_on, moved, balance)?;
        }
        if moved.0 == 0 {
            checked.skip();
        } else {
            checked.line(line)?;
        }
    }
    checked.end(records.line().max(1), running.closing())
}

/// A whole row within one cell: where a bank does not quote what payers write, a mark at the beginning of a text and one at the end of
/// a later text make one cell of all rows between them.
fn hidden_row<'a>(cell: &'a str, mapping: &Mapping) -> Option<&'a str> {
    let delimiter = char::from(mapping.delimiter.byte());
    let is_row = |line: &&str| {
        let cells: Vec<&str> = line.split(delimiter).map(clean).collect();
        let day = cells.get(usize::from(mapping.day)).is_some_and(|day| mapping.day_style.read(day).is_some());
        // The rest of the row may stand behind the mark that ends the cell.
        day && cells.len() > 1
    };
    cell.lines().skip(1).find(is_row)
}

/// Passes over the lines at the beginning; the last of them must be the heads of the columns that were there when the
/// mapping was made.
fn head<R: BufRead>(records: &mut Records<R>, mapping: &Mapping) -> Result<(), Wrong> {
    for left in (0..mapping.skip).rev() {
        if left > 0 || mapping.heading.is_empty() {
            if !records.skip()? {
                return Err(Wrong::at(records.line().max(1), Why::CutOff));
            }
            continue;
        }
        let Some((place, record)) = records.next()? else {
            return Err(Wrong::at(records.line().max(1), Why::CutOff));
        };
        let cells: Vec<&str> = record.iter().map(clean).collect();
        if cells.len() != mapping.heading.len()
            || cells.iter().zip(&mapping.heading).any(|(cell, head)| *cell != clean(head))
        {
            return Err(Wrong::at(place, Why::Heading { sample: Sample::of(&cells.join(" ")) }));
        }
    }
    Ok(())
}

/// The first rows of a file, for the page on which a mapping is made. Here, and only here, what the encoding does not know
/// is replaced by a sign that shows it: a person is looking for the right encoding.
pub fn preview(bytes: &[u8], encoding: Encoding, delimiter: Delimiter, rows: usize) -> Vec<Vec<String>> {
    let (text, _) = encoding.known().decode_with_bom_removal(bytes);
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter.byte()).from_reader(text.as_bytes());
    let rows = reader.records().take(rows).map_while(Result::ok);
    rows.map(|row| row.iter().map(|cell| clean(cell).to_string()).collect()).collect()
}

/// The first lines of a file as they stand, cell by cell, for the same page: a heading is found by its line. What a mapping
/// passes over are lines, too.
pub fn sheet(bytes: &[u8], encoding: Encoding, delimiter: Delimiter, lines: usize) -> Vec<Vec<String>> {
    let (text, _) = encoding.known().decode_with_bom_removal(bytes);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = text.trim_end_matches('\n').split('\n').take(lines);
    lines.map(|line| preview(line.as_bytes(), Encoding::Utf8, delimiter, 1).pop().unwrap_or_default()).collect()
}

/// What the last of so many lines at the beginning says, cell by cell: what a mapping keeps as its heading.
pub fn heading(
    source: impl BufRead,
    encoding: Encoding,
    delimiter: Delimiter,
    skip: u32,
) -> Result<Vec<String>, Wrong> {
    let mut records = Records::new(source, encoding, delimiter);
    for _ in 1..skip {
        if !records.skip()? {
            return Err(Wrong::at(records.line().max(1), Why::CutOff));
        }
    }
    if skip == 0 {
        return Ok(Vec::new());
    }
    match records.next()? {
        Some((_, record)) => Ok(record.iter().map(|cell| clean(cell).to_string()).collect()),
        None => Err(Wrong::at(records.line().max(1), Why::CutOff)),
    }
}

#[cfg(test)]
mod tests;
