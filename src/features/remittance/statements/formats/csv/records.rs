//! Lines to records. Where a record ends is found here, strictly and within a limit; what its cells say is the library's.

use std::io::{self, BufRead, Read};

use csv::{ReaderBuilder, StringRecord};

use super::Delimiter;
use crate::features::remittance::statements::formats::limits;
use crate::features::remittance::statements::formats::text::{Encoding, Lines};
use crate::features::remittance::statements::formats::wrong::{Sample, Why, Wrong};

/// A file as a row of records. Empty lines are none.
pub struct Records<R> {
    lines: Lines<R>,
    reader: csv::Reader<Feed>,
    record: StringRecord,
    raw: String,
    delimiter: u8,
}

/// Gives the library one whole record a time, so that it never holds more.
#[derive(Default)]
struct Feed {
    bytes: Vec<u8>,
    at: usize,
}

impl Read for Feed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = &self.bytes[self.at..];
        let read = left.len().min(into.len());
        into[..read].copy_from_slice(&left[..read]);
        self.at += read;
        Ok(read)
    }
}

/// Where in a record we are (RFC 4180).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    CellBegins,
    Plain,
    Quoted,
    /// Behind a quotation mark that ends the cell, or is the first of two that mean one.
    Closed,
}

impl<R: BufRead> Records<R> {
    pub fn new(source: R, encoding: Encoding, delimiter: Delimiter) -> Self {
        let delimiter = delimiter.byte();
        let reader =
            ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(Feed::default());
        Self { lines: Lines::new(source, encoding), reader, record: StringRecord::new(), raw: String::new(), delimiter }
    }

    /// The line that was read last.
    pub const fn line(&self) -> u64 {
        self.lines.number()
    }

    /// Passes over a line as it is; false at the end.
    pub fn skip(&mut self) -> Result<bool, Wrong> {
        Ok(self.lines.next()?.is_some())
    }

    /// The next record, and the line where it starts.
    pub fn next(&mut self) -> Result<Option<(u64, &StringRecord)>, Wrong> {
        let Some(start) = self.gather()? else { return Ok(None) };
        let feed = self.reader.get_mut();
        feed.at = 0;
        feed.bytes.clear();
        feed.bytes.extend_from_slice(self.raw.as_bytes());
        feed.bytes.push(b'\n');
        // Both of us see the same end of the record; if ever not, it is no record.
        match self.reader.read_record(&mut self.record) {
            Ok(true) => Ok(Some((start, &self.record))),
            _ => Err(Wrong::at(start, Why::Unclosed)),
        }
    }

    /// Collects the lines of a record; nothing after the last.
    fn gather(&mut self) -> Result<Option<u64>, Wrong> {
        self.raw.clear();
        let mut place = Place::CellBegins;
        let mut start = None;
        while let Some((number, text)) = self.lines.next()? {
            let begun = match start {
                None if text.is_empty() => continue,
                None => *start.insert(number),
                Some(begun) => {
                    self.raw.push('\n');
                    begun
                }
            };
            place = walk(text, place, self.delimiter).map_err(|why| Wrong::at(number, why))?;
            self.raw.push_str(text);
            if self.raw.len() > limits::TEXT {
                return Err(Wrong::at(begun, Why::TooLong { field: "record", limit: limits::TEXT as u64 }));
            }
            if place != Place::Quoted {
                return Ok(Some(begun));
            }
        }
        start.map_or(Ok(None), |begun| Err(Wrong::at(begun, Why::Unclosed)))
    }
}

/// Where a line ends that begins here. Spaces behind a closing mark are borne with; anything else there could be read as
/// two different cells.
fn walk(text: &str, from: Place, delimiter: u8) -> Result<Place, Why> {
    let mut place = from;
    for (at, byte) in text.bytes().enumerate() {
        place = match (place, byte) {
            (Place::CellBegins | Place::Closed, b'"') => Place::Quoted,
            (Place::Quoted, b'"') => Place::Closed,
            (Place::CellBegins | Place::Plain | Place::Closed, byte) if byte == delimiter => Place::CellBegins,
            (Place::CellBegins | Place::Plain, _) => Place::Plain,
            (Place::Quoted, _) => Place::Quoted,
            (Place::Closed, b' ') => Place::Closed,
            (Place::Closed, _) => {
                return Err(Why::AfterQuote { sample: Sample::of(text.get(at..).unwrap_or_default()) });
            }
        };
    }
    Ok(place)
}
