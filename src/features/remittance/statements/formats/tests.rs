//! All formats together: streams of 100,000 entries, what is written is read, and nothing makes a parser stumble.

use std::cell::Cell;
use std::fmt::Write as _;
use std::io::{BufReader, Read};
use std::rc::Rc;

use proptest::prelude::*;

use super::*;
use crate::base::types::{Day, Money};

/// A sample file.
pub(super) fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/samples/statements/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// All pieces of a file and its summary.
pub(super) fn taken(reading: &Reading, bytes: &[u8]) -> Result<(Vec<Piece>, Summary), Wrong> {
    let mut pieces = Vec::new();
    let summary = read(reading, bytes, &mut |piece| {
        pieces.push(piece);
        Ok(())
    })?;
    Ok((pieces, summary))
}

/// The entries of a file.
pub(super) fn lines(reading: &Reading, bytes: &[u8]) -> Vec<Line> {
    let (pieces, _) = taken(reading, bytes).unwrap();
    pieces.into_iter().filter_map(|piece| if let Piece::Line(line) = piece { Some(line) } else { None }).collect()
}

pub(super) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// An entry of 25 November 2026 with the least.
pub(super) fn line(place: u64, amount: i64, side: Side) -> Line {
    Line {
        place,
        booked_on: day("2026-11-25"),
        value_on: None,
        amount: Money(amount),
        side,
        reversal: false,
        remitter: String::new(),
        remitter_account: None,
        bank: None,
        text: String::new(),
        bank_serial: None,
        end_to_end: None,
        by_looks: None,
        charges: None,
        code: None,
    }
}

#[test]
fn formats_are_known_by_their_first_bytes() {
    for (name, format) in [
        ("camt053-02.xml", Format::Camt053),
        ("camt053-04.xml", Format::Camt053),
        ("mt940-plain.sta", Format::Mt940),
        ("mt940-german.sta", Format::Mt940),
        ("mt940-dutch.sta", Format::Mt940),
        ("csv-gbk.csv", Format::Csv),
        ("csv-utf8.csv", Format::Csv),
    ] {
        assert_eq!(sniff(&sample(name)), Some(format), "{name}");
    }
    assert_eq!(sniff(b"\xff\xfe<\0?\0x\0"), Some(Format::Camt053));
    for none in [&b""[..], b"  \r\n", b"%PDF-1.7", b"PK\x03\x04", b"a\0b", b"\xff\xfea\0"] {
        assert_eq!(sniff(none), None);
    }
}

/// A file that is made while it is read, and counts how much of it was.
struct Generated {
    head: String,
    entry: fn(u64) -> String,
    tail: String,
    next: u64,
    piece: Vec<u8>,
    given: Rc<Cell<usize>>,
}

const MANY: u64 = 100_000;

impl Read for Generated {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.piece.is_empty() {
            self.piece = match self.next {
                0 => self.head.clone(),
                1..=MANY => (self.entry)(self.next),
                _ if self.next == MANY + 1 => self.tail.clone(),
                _ => String::new(),
            }
            .into_bytes();
            self.next += 1;
        }
        let many = into.len().min(self.piece.len());
        into[..many].copy_from_slice(&self.piece[..many]);
        self.piece.drain(..many);
        self.given.set(self.given.get() + many);
        Ok(many)
    }
}

/// Reads `MANY` entries of 1.00 and sees that no more is held than a little of the file: each entry comes when no more
/// than some blocks behind it were read.
fn stream(reading: &Reading, head: String, entry: fn(u64) -> String, tail: String) {
    let given = Rc::new(Cell::new(0));
    let mut told = head.len();
    let source = Generated { head, entry, tail, next: 0, piece: Vec::new(), given: Rc::clone(&given) };
    let (mut number, mut ahead) = (0, 0);
    let summary = read(reading, BufReader::new(source), &mut |piece| {
        if let Piece::Line(_) = piece {
            number += 1;
            told += entry(number).len();
            ahead = ahead.max(given.get().saturating_sub(told));
        }
        Ok(())
    });
    let summary = summary.unwrap();
    assert_eq!((summary.lines, summary.credits), (MANY, Money(100 * MANY.cast_signed())));
    assert!(ahead <= 64 * 1024, "{ahead} bytes were held");
}

#[test]
fn a_camt053_of_100_000_entries_streams() {
    let balance = |code, amount| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{amount}</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-25</Dt></Dt></Bal>\n"
        )
    };
    let head = format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt><Id>1</Id>\n\
         <Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>\n{}{}",
        balance("OPBD", "0.00"),
        balance("CLBD", "100000.00")
    );
    let entry = |number| {
        format!(
            "<Ntry><Amt Ccy=\"EUR\">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\n\
             <BookgDt><Dt>2026-11-25</Dt></BookgDt><AcctSvcrRef>{number}</AcctSvcrRef></Ntry>\n"
        )
    };
    stream(&Reading::Camt053, head, entry, "</Stmt></BkToCstmrStmt></Document>".into());
}

#[test]
fn an_mt940_of_100_000_entries_streams() {
    let head = ":20:X\n:25:1\n:28C:1/1\n:60F:C261124EUR0,00\n".to_string();
    let entry = |number| format!(":61:261125C1,00NTRFNONREF//{number}\n:86:one\ntwo\n");
    let reading = Reading::Mt940 { encoding: Encoding::Utf8, dialect: None };
    stream(&reading, head, entry, ":62F:C261125EUR100000,00\n-\n".into());
}

#[test]
fn a_csv_of_100_000_entries_streams() {
    let mapping =
        Mapping { account: "1".into(), currency: "EUR".into(), skip: 1, balance: Some(2), ..Mapping::default() };
    let entry = |number| format!("2026-11-25,1.00,{number}.00,\"a\nb\"\n");
    stream(&Reading::Csv(mapping), "Day,Amount,Balance,Text\n".into(), entry, String::new());
}

/// Names and texts as people and banks write them, with what each format must escape.
const WORDS: &str = "[A-Za-z0-9äöüß测试<>&\"';,|:/+?. -]{0,40}";

fn entry() -> impl Strategy<Value = Line> {
    let amount = prop_oneof![1..1_000_000_i64, 1..1_000_000_000_000_i64];
    let days = (0..20_000_i32, -90..90_i32);
    (amount, any::<bool>(), days, WORDS, WORDS, "[A-Z0-9]{1,12}", "[A-Z0-9]{1,12}").prop_map(
        |(amount, credit, (on, later), name, text, serial, reference)| {
            let squeeze = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let booked_on = day("2001-01-01").plus(on);
            Line {
                booked_on,
                value_on: Some(booked_on.plus(later)),
                remitter: names::known(&squeeze(name)).unwrap_or_default().to_string(),
                text: squeeze(text),
                bank_serial: Some(format!("S{serial}")),
                end_to_end: Some(format!("E{reference}")),
                ..line(0, amount, if credit { Side::Credit } else { Side::Debit })
            }
        },
    )
}

/// What came in less what went out.
fn sum(lines: &[Line]) -> i64 {
    lines.iter().map(|line| if line.side == Side::Credit { line.amount.0 } else { -line.amount.0 }).sum()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&#62;").replace('"', "&quot;")
}

fn camt(lines: &[Line]) -> String {
    let balance = |code: &str, amount: i64| {
        let side = if amount < 0 { "DBIT" } else { "CRDT" };
        let amount = Money(amount.abs()).plain();
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{amount}</Amt>\
             <CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>2026-11-25</Dt></Dt></Bal>"
        )
    };
    let mut text = format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.06\"><BkToCstmrStmt><Stmt><Id>1</Id>\
         <Acct><Id><Othr><Id>1</Id></Othr></Id></Acct>{}{}",
        balance("OPBD", 0),
        balance("CLBD", sum(lines))
    );
    for line in lines {
        let (side, party) = if line.side == Side::Credit { ("CRDT", "Dbtr") } else { ("DBIT", "Cdtr") };
        writeln!(
            text,
            "<Ntry><Amt Ccy=\"EUR\">{}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts>BOOK</Sts>\
             <BookgDt><Dt>{}</Dt></BookgDt><ValDt><Dt>{}</Dt></ValDt><AcctSvcrRef>{}</AcctSvcrRef><NtryDtls><TxDtls>\
             <Refs><EndToEndId>{}</EndToEndId></Refs><RltdPties><{party}><Nm>{}</Nm></{party}></RltdPties>\
             <RmtInf><Ustrd>{}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>",
            line.amount.plain(),
            line.booked_on,
            line.value_on.unwrap(),
            line.bank_serial.as_ref().unwrap(),
            line.end_to_end.as_ref().unwrap(),
            escaped(&line.remitter),
            escaped(&line.text),
        )
        .unwrap();
    }
    text + "</Stmt></BkToCstmrStmt></Document>"
}

fn mt940(lines: &[Line]) -> String {
    let six = |day: Day| day.as_str()[2..].replace('-', "");
    let comma = |amount: i64| Money(amount.abs()).plain().replace('.', ",");
    let mut text = String::from(":20:X\r\n:25:1\r\n:28C:1/1\r\n:60F:C261124EUR0,00\r\n");
    for line in lines {
        let (value, booked) = (six(line.value_on.unwrap()), six(line.booked_on));
        let mark = if line.side == Side::Credit { 'C' } else { 'D' };
        let (reference, serial) = (line.end_to_end.as_ref().unwrap(), line.bank_serial.as_ref().unwrap());
        write!(text, ":61:{value}{}{mark}{}NTRF{reference}//{serial}\r\n", &booked[2..], comma(line.amount.0)).unwrap();
        write!(text, ":86:166?00X?20SVWZ+{}?30COBADEFFXXX?32{}\r\n", line.text, line.remitter).unwrap();
    }
    let closing = sum(lines);
    text + &format!(":62F:{}261125EUR{}\r\n-\r\n", if closing < 0 { 'D' } else { 'C' }, comma(closing))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_as_camt053_is_read(written in prop::collection::vec(entry(), 0..12)) {
        let read = lines(&Reading::Camt053, camt(&written).as_bytes());
        let expected: Vec<_> =
            written.iter().zip(&read).map(|(line, read)| Line { place: read.place, ..line.clone() }).collect();
        prop_assert_eq!(read.len(), written.len());
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn what_is_written_as_mt940_is_read(mut written in prop::collection::vec(entry(), 0..12)) {
        for line in &mut written {
            // What the German structure cannot carry.
            line.text = line.text.replace(['?', '+'], "").trim().to_string();
            let remitter = line.remitter.replace(['?', '+'], "");
            line.remitter = names::known(&remitter).unwrap_or_default().to_string();
            line.code = Some("NTRF/166".into());
            line.bank = Some("COBADEFFXXX".into());
            if line.text.is_empty() {
                line.text = "X".into();
            }
        }
        let reading = Reading::Mt940 { encoding: Encoding::Utf8, dialect: None };
        let read = lines(&reading, mt940(&written).as_bytes());
        prop_assert_eq!(read.len(), written.len());
        let expected: Vec<_> =
            written.iter().zip(&read).map(|(line, read)| Line { place: read.place, ..line.clone() }).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn what_is_written_as_csv_is_read(written in prop::collection::vec(entry(), 0..12), newest_first: bool) {
        let mut written = written;
        let mut rows = Vec::new();
        let mut balance = 0;
        for line in &mut written {
            line.remitter = line.remitter.trim().to_string();
            let moved = sum(std::slice::from_ref(line));
            balance += moved;
            rows.push([
                line.booked_on.to_string(),
                Money(moved).plain(),
                Money(balance).plain(),
                line.remitter.clone(),
                line.text.clone(),
                line.bank_serial.clone().unwrap(),
                line.end_to_end.clone().unwrap(),
                line.value_on.unwrap().to_string(),
            ]);
        }
        if newest_first {
            rows.reverse();
            written.reverse();
        }
        let mut writer = ::csv::WriterBuilder::new().delimiter(b'|').from_writer(Vec::new());
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let mapping = Mapping {
            account: "1".into(),
            currency: "EUR".into(),
            delimiter: Delimiter::Pipe,
            balance: Some(2),
            remitter: Some(3),
            text: vec![4],
            serial: Some(5),
            end_to_end: Some(6),
            value_day: Some(7),
            ..Mapping::default()
        };
        let read = lines(&Reading::Csv(mapping), &writer.into_inner().unwrap());
        let expected: Vec<_> = (1..).zip(&written).map(|(place, line)| Line { place, ..line.clone() }).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn no_bytes_make_a_parser_stumble(bytes: Vec<u8>, text in "[<>/?!:{}0-9A-Z,\"\r\n-]{0,200}") {
        for bytes in [&bytes[..], text.as_bytes()] {
            probe_camt053(bytes);
            probe_mt940(bytes);
            probe_csv(bytes);
        }
    }
}

#[test]
fn samples_read_in_drops_and_cut_off_anywhere_never_stumble() {
    for (name, probe) in [
        ("camt053-02.xml", probe_camt053 as fn(&[u8])),
        ("camt053-10.xml", probe_camt053),
        ("mt940-german.sta", probe_mt940),
        ("mt940-dutch.sta", probe_mt940),
        ("csv-gbk.csv", probe_csv),
    ] {
        let bytes = sample(name);
        for cut in (0..=bytes.len()).step_by(7).chain([bytes.len()]) {
            probe(&bytes[..cut]);
        }
    }
}
