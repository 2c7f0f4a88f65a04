//! Lines of text in the encodings that banks use.

use std::fmt;
use std::io::{BufRead, Read};

use encoding_rs::{DecoderResult, GBK, UTF_8, WINDOWS_1252};
use serde::{Deserialize, Serialize};

use super::limits;
use super::steady::Steady;
use super::wrong::{Why, Wrong};

/// How the bytes of a text file stand for signs (names as in the Encoding Standard).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    Utf8,
    /// GBK, as banks in mainland China write; GB 2312 is part of it.
    Gbk,
    /// Windows-1252, of Western Europe; ISO 8859-1 is part of it.
    Windows1252,
}

impl Encoding {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Utf8, Self::Gbk, Self::Windows1252];

    /// The word for it in forms and in a saved mapping.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf8",
            Self::Gbk => "gbk",
            Self::Windows1252 => "windows1252",
        }
    }

    /// The encoding of exactly this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|encoding| encoding.as_str() == word)
    }

    pub(super) fn known(self) -> &'static encoding_rs::Encoding {
        match self {
            Self::Utf8 => UTF_8,
            Self::Gbk => GBK,
            Self::Windows1252 => WINDOWS_1252,
        }
    }

    /// The text that these bytes are, or nothing if the encoding does not know one of them. `into` is emptied first.
    pub(super) fn decode(self, bytes: &[u8], into: &mut String) -> Option<()> {
        into.clear();
        let mut decoder = self.known().new_decoder_without_bom_handling();
        into.reserve(decoder.max_utf8_buffer_length_without_replacement(bytes.len())?);
        let (result, _) = decoder.decode_to_string_without_replacement(bytes, into, true);
        // The Encoding Standard gives the five bytes that Windows-1252 leaves open to control signs of Unicode (C1); no
        // bank means one of those.
        let known = self != Self::Windows1252 || !into.contains(|sign| matches!(sign, '\u{80}'..='\u{9f}'));
        (result == DecoderResult::InputEmpty && known).then_some(())
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Utf8 => "UTF-8",
            Self::Gbk => "GBK",
            Self::Windows1252 => "Windows-1252",
        })
    }
}

/// The lines of a file, decoded one by one. They end at a line feed, a carriage return, or both; a file may mix them. All
/// three encodings keep these bytes to themselves: none is part of a longer sign.
pub struct Lines<R> {
    source: Steady<R>,
    encoding: Encoding,
    bytes: Vec<u8>,
    text: String,
    number: u64,
}

impl<R: Read> Lines<R> {
    pub fn new(source: R, encoding: Encoding) -> Self {
        Self { source: Steady::new(source), encoding, bytes: Vec::new(), text: String::new(), number: 0 }
    }

    /// The number of the line that was read last, from 1.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// The number and text of the next line, without its end, or nothing after the last.
    pub fn next(&mut self) -> Result<Option<(u64, &str)>, Wrong> {
        let number = self.number + 1;
        if !self.gather(number)? {
            return Ok(None);
        }
        self.number = number;
        if number > limits::LINES {
            return Err(Wrong::at(number, Why::TooMany { field: "lines", limit: limits::LINES }));
        }
        let encoding = self.encoding;
        let unknown = Wrong::at(number, Why::Encoding { encoding });
        let bytes = match self.bytes.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) if number == 1 && encoding == Encoding::Utf8 => rest,
            _ => &self.bytes,
        };
        encoding.decode(bytes, &mut self.text).ok_or(unknown)?;
        Ok(Some((number, &self.text)))
    }

    /// Collects the bytes of a line; false after the last.
    fn gather(&mut self, number: u64) -> Result<bool, Wrong> {
        self.bytes.clear();
        let unreadable = |fault: std::io::Error| Wrong::at(number, Why::Unreadable(fault.kind()));
        let mut any = false;
        loop {
            let block = self.source.fill_buf().map_err(unreadable)?;
            if block.is_empty() {
                return Ok(any);
            }
            any = true;
            let end = block.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let text = &block[..end.unwrap_or(block.len())];
            if self.bytes.len() + text.len() > limits::TEXT {
                let limit = u64::try_from(limits::TEXT).unwrap_or(u64::MAX);
                return Err(Wrong::at(number, Why::TooLong { field: "line", limit }));
            }
            self.bytes.extend_from_slice(text);
            let Some(end) = end else {
                let read = block.len();
                self.source.consume(read);
                continue;
            };
            let returned = block[end] == b'\r';
            self.source.consume(end + 1);
            if returned && self.source.fill_buf().map_err(unreadable)?.first() == Some(&b'\n') {
                self.source.consume(1);
            }
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8], encoding: Encoding) -> Result<Vec<String>, Wrong> {
        let mut lines = Lines::new(bytes, encoding);
        let mut found = Vec::new();
        while let Some((_, line)) = lines.next()? {
            found.push(line.to_string());
        }
        Ok(found)
    }

    #[test]
    fn lines_end_as_they_like() {
        assert_eq!(all(b"\xef\xbb\xbfa\r\n\nb\rc\n", Encoding::Utf8).unwrap(), ["a", "", "b", "c"]);
        assert_eq!(all(b"a\r\r\nb", Encoding::Utf8).unwrap(), ["a", "", "b"]);
        assert!(all(b"", Encoding::Utf8).unwrap().is_empty());
        // At the seam of two blocks.
        let seam = [vec![b'a'; 16 * 1024 - 1], b"\r\nb".to_vec()].concat();
        assert_eq!(all(&seam, Encoding::Utf8).unwrap()[1], "b");
    }

    #[test]
    fn three_encodings_are_read_and_no_sign_is_replaced() {
        assert_eq!(all(b"M\xfcller \x80", Encoding::Windows1252).unwrap(), ["Müller €"]);
        assert_eq!(all(b"\xbd\xbb\xd2\xd7\n\xc8\xd5", Encoding::Gbk).unwrap(), ["交易", "日"]);
        let wrong = |bytes: &[u8], encoding| all(bytes, encoding).unwrap_err();
        for (bytes, encoding) in [
            (&b"a\nM\xfcller"[..], Encoding::Utf8),
            (b"a\n\xbd", Encoding::Gbk),
            (b"a\n\x81", Encoding::Windows1252),
            (b"a\n\xff\xff", Encoding::Gbk),
        ] {
            assert_eq!(wrong(bytes, encoding), Wrong::at(2, Why::Encoding { encoding }));
        }
    }

    #[test]
    fn a_line_has_an_end() {
        let long = vec![b'x'; limits::TEXT + 1];
        let why = Why::TooLong { field: "line", limit: limits::TEXT as u64 };
        assert_eq!(all(&long, Encoding::Utf8), Err(Wrong::at(1, why)));
        assert!(all(&long[1..], Encoding::Utf8).is_ok());
    }

    #[test]
    fn words_of_a_mapping_and_of_a_form_are_the_same() {
        for encoding in Encoding::ALL {
            assert_eq!(serde_json::to_value(encoding).unwrap(), encoding.as_str());
            assert_eq!(Encoding::parse(encoding.as_str()), Some(*encoding));
        }
    }
}
