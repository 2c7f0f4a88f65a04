//! The little of XML that a statement needs, and a refusal of the rest: no document type, no processing instruction, no
//! entity but the five, no encoding but UTF-8, and a limit on everything that is held.

use std::io::BufRead;

use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{Error, NsReader};

use crate::features::remittance::statements::formats::limits;
use crate::features::remittance::statements::formats::steady::Steady;
use crate::features::remittance::statements::formats::text::Encoding;
use crate::features::remittance::statements::formats::wrong::{Sample, Why, Wrong};

/// An element that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its name without prefix.
    pub name: String,
    /// Its namespace, if it is another than the one the reader was told to be at home in.
    pub foreign: Option<String>,
    /// The attribute `Ccy`.
    pub currency: Option<String>,
    /// The line of its tag.
    pub line: u64,
}

/// What comes next in a document.
#[derive(Debug, PartialEq, Eq)]
pub enum Mark {
    Open(Opened),
    Text(String),
    Close,
    /// After the last element.
    Done,
}

/// A document as a row of marks.
pub struct Document<R> {
    reader: NsReader<Steady<R>>,
    buffer: Vec<u8>,
    /// The namespace to which elements belong that are not foreign.
    home: Option<String>,
    depth: usize,
    /// Whether anything was read, and whether the outermost element was.
    begun: bool,
    over: bool,
}

impl<R: BufRead> Document<R> {
    pub fn new(source: R) -> Result<Self, Wrong> {
        let mut source = Steady::new(source);
        let start = source.peek().map_err(|fault| Wrong::at(1, Why::Unreadable(fault.kind())))?;
        let wide: [&[u8]; 4] = [b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"];
        if wide.iter().any(|mark| start.starts_with(mark)) {
            return Err(Wrong::at(1, Why::DeclaredEncoding { sample: Sample::of("UTF-16") }));
        }
        if start.starts_with(b"\xef\xbb\xbf") {
            source.consume(3);
        }
        let mut reader = NsReader::from_reader(source);
        let config = reader.config_mut();
        config.enable_all_checks(true);
        config.expand_empty_elements = true;
        Ok(Self { reader, buffer: Vec::new(), home: None, depth: 0, begun: false, over: false })
    }

    /// From now on elements of this namespace are at home.
    pub fn settle(&mut self, namespace: String) {
        self.home = Some(namespace);
    }

    /// The line of what comes next.
    pub fn line(&self) -> u64 {
        self.reader.get_ref().line()
    }

    pub fn next(&mut self) -> Result<Mark, Wrong> {
        loop {
            let line = self.line();
            self.reader.get_mut().allow(limits::TEXT);
            self.buffer.clear();
            let found = match self.reader.read_resolved_event_into(&mut self.buffer) {
                Ok((namespace, event)) => mark(namespace, event, self.home.as_deref(), line, self.begun),
                Err(fault) => Err(self.fault(line, fault)),
            };
            self.begun = true;
            let Some(mark) = found? else { continue };
            match &mark {
                Mark::Open(_) if self.over => return Err(xml(line, "more than one document")),
                Mark::Open(_) => self.depth += 1,
                Mark::Text(text) if self.depth == 0 => {
                    if !text.trim().is_empty() {
                        return Err(xml(line, text));
                    }
                    continue;
                }
                Mark::Close => {
                    self.depth -= 1;
                    self.over = self.depth == 0;
                }
                Mark::Done if self.depth > 0 => return Err(Wrong::at(line, Why::CutOff)),
                Mark::Text(_) | Mark::Done => {}
            }
            if self.depth > limits::DEPTH {
                return Err(Wrong::at(line, Why::TooDeep { limit: limits::DEPTH as u64 }));
            }
            return Ok(mark);
        }
    }

    /// Passes over the element that was opened last.
    pub fn skip(&mut self) -> Result<(), Wrong> {
        let outside = self.depth - 1;
        while self.depth > outside {
            self.next()?;
        }
        Ok(())
    }

    fn fault(&self, line: u64, fault: Error) -> Wrong {
        let source = self.reader.get_ref();
        Wrong::at(
            line,
            match fault {
                _ if source.exceeded => Why::TooLong { field: "element", limit: limits::TEXT as u64 },
                Error::Io(fault) => Why::Unreadable(fault.kind()),
                Error::Encoding(_) => Why::Encoding { encoding: Encoding::Utf8 },
                fault => Why::Xml { sample: Sample::of(&fault.to_string()) },
            },
        )
    }
}

fn xml(line: u64, what: &str) -> Wrong {
    Wrong::at(line, Why::Xml { sample: Sample::of(what) })
}

/// What an event of the library is to us; nothing for a comment or the declaration.
fn mark(
    namespace: ResolveResult,
    event: Event,
    home: Option<&str>,
    line: u64,
    begun: bool,
) -> Result<Option<Mark>, Wrong> {
    let text = match event {
        Event::Start(start) | Event::Empty(start) => return opened(namespace, &start, home, line).map(Some),
        Event::End(_) => return Ok(Some(Mark::Close)),
        Event::Eof => return Ok(Some(Mark::Done)),
        Event::Comment(_) => return Ok(None),
        Event::Decl(declaration) if !begun => return declared(&declaration, line).map(|()| None),
        Event::Decl(_) => return Err(Wrong::at(line, Why::Instruction { sample: Sample::of("xml") })),
        Event::PI(instruction) => {
            return Err(Wrong::at(line, Why::Instruction { sample: Sample::of(instruction.target()) }));
        }
        Event::DocType(_) => return Err(Wrong::at(line, Why::Doctype)),
        Event::Text(text) => text.xml10_content().into_owned(),
        Event::CData(text) => text.xml10_content().into_owned(),
        Event::GeneralRef(entity) => resolved(&entity, line)?.to_string(),
    };
    // XML 1.0, production 2.
    let no_sign =
        |sign: char| (sign < ' ' && !matches!(sign, '\t' | '\n' | '\r')) || matches!(sign, '\u{fffe}' | '\u{ffff}');
    if text.contains(no_sign) { Err(xml(line, "a control sign")) } else { Ok(Some(Mark::Text(text))) }
}

fn opened(namespace: ResolveResult, start: &BytesStart, home: Option<&str>, line: u64) -> Result<Mark, Wrong> {
    let foreign = match namespace {
        ResolveResult::Bound(namespace) if Some(namespace.0) == home => None,
        ResolveResult::Bound(namespace) => Some(namespace.0.to_string()),
        ResolveResult::Unbound => Some(String::new()),
        ResolveResult::Unknown(prefix) => return Err(xml(line, &prefix)),
    };
    let mut currency = None;
    for (place, attribute) in start.attributes().enumerate() {
        if place >= limits::ATTRIBUTES {
            let limit = limits::ATTRIBUTES as u64;
            return Err(Wrong::at(line, Why::TooMany { field: "attributes", limit }));
        }
        let attribute = attribute.map_err(|fault| xml(line, &fault.to_string()))?;
        if attribute.key.as_ref() == "Ccy" {
            currency = Some(attribute.value.trim().to_string());
        }
    }
    Ok(Mark::Open(Opened { name: start.local_name().as_ref().to_string(), foreign, currency, line }))
}

/// XML 1.0 in UTF-8, or nothing said about it, which is the same.
fn declared(declaration: &BytesDecl, line: u64) -> Result<(), Wrong> {
    let version = declaration.version().map_err(|fault| xml(line, &fault.to_string()))?;
    if version != "1.0" {
        return Err(xml(line, &version));
    }
    let Some(encoding) = declaration.encoding() else { return Ok(()) };
    let encoding = encoding.map_err(|fault| xml(line, &fault.to_string()))?;
    if encoding.eq_ignore_ascii_case("utf-8") {
        return Ok(());
    }
    Err(Wrong::at(line, Why::DeclaredEncoding { sample: Sample::of(&encoding) }))
}

/// The sign that a reference stands for: one of the five, or a number.
fn resolved(entity: &BytesRef, line: u64) -> Result<char, Wrong> {
    let sign = match &**entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => entity.resolve_char_ref().ok().flatten(),
    };
    sign.ok_or_else(|| Wrong::at(line, Why::Entity { sample: Sample::of(entity) }))
}
