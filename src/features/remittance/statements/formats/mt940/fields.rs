//! Lines to fields: a field begins with its tag between colons and goes on until the next.

use std::io::BufRead;

use crate::features::remittance::statements::formats::limits;
use crate::features::remittance::statements::formats::text::{Encoding, Lines};
use crate::features::remittance::statements::formats::wrong::{Sample, Why, Wrong};

/// The tags of a customer statement, as they are written and as we call them. What a bank adds beyond these is not passed
/// over in silence: it might be an entry.
const TAGS: [(&str, &str); 19] = [
    ("20", "20"),
    ("21", "21"),
    ("25", "25"),
    ("25P", "25"),
    ("28", "28"),
    ("28C", "28"),
    ("13", "13"),
    ("13D", "13"),
    ("34F", "34F"),
    ("60F", "60F"),
    ("60M", "60M"),
    ("61", "61"),
    ("86", "86"),
    ("62F", "62F"),
    ("62M", "62M"),
    ("64", "64"),
    ("65", "65"),
    ("90C", "90"),
    ("90D", "90"),
];

/// Lines that a bank may write before a message.
const BETWEEN: u32 = 32;

/// A field with its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The tag, without the option where it makes no difference.
    pub tag: &'static str,
    /// Where it begins.
    pub line: u64,
    /// What stands in it, at least one line.
    pub lines: Vec<String>,
}

impl Field {
    /// The first line without spaces around it.
    pub fn text(&self) -> String {
        self.lines.first().map(|line| line.trim().to_string()).unwrap_or_default()
    }
}

/// What a file consists of.
#[derive(Debug, PartialEq, Eq)]
pub enum Part {
    Field(Field),
    /// The end of a message, and its line.
    End(u64),
}

/// A file as a row of parts.
pub struct Fields<R> {
    lines: Lines<R>,
    field: Option<Field>,
    /// The end of a message that was seen while a field was open.
    ended: Option<u64>,
    inside: bool,
    between: u32,
}

impl<R: BufRead> Fields<R> {
    pub fn new(source: R, encoding: Encoding) -> Self {
        Self { lines: Lines::new(source, encoding), field: None, ended: None, inside: false, between: 0 }
    }

    /// The line that was read last.
    pub const fn line(&self) -> u64 {
        self.lines.number()
    }

    pub fn next(&mut self) -> Result<Option<Part>, Wrong> {
        if let Some(line) = self.ended.take() {
            return Ok(Some(Part::End(line)));
        }
        while let Some((number, line)) = self.lines.next()? {
            // A space at the end of a line may be one between words: where it was broken, only its dialect knows.
            let (text, bare) = (line, line.trim_end());
            if self.inside && (bare == "-" || bare.starts_with("-}")) {
                self.inside = false;
                self.between = 0;
                let Some(field) = self.field.take() else { return Ok(Some(Part::End(number))) };
                self.ended = Some(number);
                return Ok(Some(Part::Field(field)));
            }
            if let Some((tag, rest)) = tagged(text) {
                let tag = known(tag, number)?;
                // Outside of a message the first field begins one.
                self.inside = true;
                let begun = Field { tag, line: number, lines: vec![rest.to_string()] };
                match self.field.replace(begun) {
                    Some(field) => return Ok(Some(Part::Field(field))),
                    None => continue,
                }
            }
            match &mut self.field {
                Some(field) if self.inside => {
                    if !bare.is_empty() {
                        field.lines.push(text.to_string());
                    }
                    let held: usize = field.lines.iter().map(String::len).sum();
                    if held > limits::TEXT {
                        let limit = limits::TEXT as u64;
                        return Err(Wrong::at(field.line, Why::TooLong { field: field.tag, limit }));
                    }
                }
                _ => between(bare, number, &mut self.between)?,
            }
        }
        Ok(self.field.take().map(Part::Field))
    }
}

/// `:61:` and what follows it.
fn tagged(text: &str) -> Option<(&str, &str)> {
    let (tag, rest) = text.strip_prefix(':')?.split_once(':')?;
    let (digits, option) = tag.split_at_checked(2)?;
    let form = digits.bytes().all(|byte| byte.is_ascii_digit())
        && option.len() <= 1
        && option.bytes().all(|byte| byte.is_ascii_uppercase());
    form.then_some((tag, rest))
}

fn known(tag: &str, line: u64) -> Result<&'static str, Wrong> {
    let found = TAGS.iter().find(|(written, _)| *written == tag);
    let unknown = || Wrong::at(line, Why::Unknown { field: "tag", sample: Sample::of(tag) });
    found.map(|(_, tag)| *tag).ok_or_else(unknown)
}

/// A line between messages: the envelope's blocks (which say the type of the message), or a bank's own.
fn between(text: &str, line: u64, count: &mut u32) -> Result<(), Wrong> {
    if text.is_empty() {
        return Ok(());
    }
    *count += 1;
    if *count > BETWEEN {
        return Err(Wrong::at(line, Why::Malformed { field: "20", sample: Sample::of(text) }));
    }
    if text.starts_with(':') {
        return Err(Wrong::at(line, Why::Unknown { field: "tag", sample: Sample::of(text) }));
    }
    // Block 2: `{2:I940…` or `{2:O940…`.
    let kind = text.split_once("{2:").and_then(|(_, rest)| rest.get(1..4));
    match kind {
        Some(kind) if kind != "940" => Err(Wrong::at(line, Why::Version { sample: Sample::of(kind) })),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Result<Vec<String>, Wrong> {
        let mut fields = Fields::new(text.as_bytes(), Encoding::Utf8);
        let mut found = Vec::new();
        while let Some(part) = fields.next()? {
            found.push(match part {
                Part::Field(field) => format!("{} {} {}", field.line, field.tag, field.lines.join("|")),
                Part::End(line) => format!("{line} end"),
            });
        }
        Ok(found)
    }

    #[test]
    fn fields_go_on_until_the_next() {
        let text = "{1:F01BANK}{2:O9400000}{4:\r\n:20:A\r\n:86:one\r\ntwo: three\r\n:notag\r\n-}\r\n\r\nABNANL2A\r\n940\r\n:20:B\r\n-";
        assert_eq!(parts(text).unwrap(), ["2 20 A", "3 86 one|two: three|:notag", "6 end", "10 20 B", "11 end"]);
        assert_eq!(parts(":20:A\n:28C:5/1").unwrap(), ["1 20 A", "2 28 5/1"]);
    }

    #[test]
    fn another_message_and_an_unknown_tag_are_refused() {
        let version = Why::Version { sample: Sample::of("942") };
        assert_eq!(parts("\n{1:F01}{2:O9420000}{4:\n:20:A"), Err(Wrong::at(2, version)));
        let unknown = Why::Unknown { field: "tag", sample: Sample::of("61X") };
        assert_eq!(parts(":20:A\n:61X:1"), Err(Wrong::at(2, unknown)));
    }

    #[test]
    fn a_field_and_what_stands_between_messages_have_an_end() {
        let long = format!(":86:{}", "x\n".repeat(limits::TEXT + 2));
        assert_eq!(parts(&long), Err(Wrong::at(1, Why::TooLong { field: "86", limit: limits::TEXT as u64 })));
        assert!(parts(&"note\n".repeat(33)).is_err());
        assert!(parts(&"note\n".repeat(32)).is_ok());
    }
}
