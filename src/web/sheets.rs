//! Tables that are taken along into a spreadsheet: CSV (RFC 4180) in UTF-8 with a byte order mark, by which spreadsheets know it.
//! A text that a spreadsheet would take for a formula gets an apostrophe before it.

use actix_web::HttpResponse;
use actix_web::http::header;
use csv::{Terminator, WriterBuilder};

use super::error::Error;
use crate::services::storage::{Kind, content_disposition};

/// By what a spreadsheet takes a text for a formula; those of East Asia read the wide signs, too.
const FORMULAS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// What somebody wrote.
    Text(String),
    /// A number that we wrote: digits, a point and a minus.
    Number(String),
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    fn written(&self) -> String {
        match self {
            Self::Text(text) if text.starts_with(FORMULAS) => format!("'{text}"),
            Self::Text(text) | Self::Number(text) => text.clone(),
        }
    }
}

/// The bytes of a table, its heads first.
pub fn csv(heads: &[&str], rows: &[Vec<Cell>]) -> Result<Vec<u8>, Error> {
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(&mut bytes);
    writer.write_record(heads).map_err(Error::internal)?;
    for row in rows {
        writer.write_record(row.iter().map(Cell::written)).map_err(Error::internal)?;
    }
    writer.flush().map_err(Error::internal)?;
    drop(writer);
    Ok(bytes)
}

/// Answers with a table as a file of this name.
pub fn serve(bytes: Vec<u8>, name: &str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, content_disposition(Kind::Text, name)))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header(("Cross-Origin-Resource-Policy", "same-origin"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_a_formula_and_no_cell_two() {
        let text = |text: &str| Cell::text(text);
        let rows = [
            vec![text("=1+1"), text("a,\"b\""), Cell::Number("-5.00".into())],
            vec![text("+49"), text("two\nlines"), Cell::Number("1.00".into())],
            vec![text("@sum"), text("\tx"), text("-x")],
            vec![text("＝cmd"), text("＠x"), text("－x")],
        ];
        let bytes = csv(&["one", "two", "three"], &rows).unwrap();
        let expected = "\u{feff}one,two,three\r\n'=1+1,\"a,\"\"b\"\"\",-5.00\r\n'+49,\"two\nlines\",1.00\r\n\
            '@sum,'\tx,'-x\r\n'＝cmd,'＠x,'－x\r\n";
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }
}
