//! Reads a mail as its reader would see it: RFC 5322 headers, RFC 2045 bodies, RFC 2047 words.

use data_encoding::{BASE64, Specification};

/// A mail as it arrived.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The sender of the envelope (`MAIL FROM`).
    pub from: String,
    /// The recipients of the envelope (`RCPT TO`), hidden copies too.
    pub to: Vec<String>,
    /// The subject, decoded.
    pub subject: String,
    /// The plain text, decoded, lines ending in `\n`.
    pub text: String,
    /// The HTML, decoded; empty when there is none.
    pub html: String,
    /// Name, type and bytes of the files that hang on it.
    pub files: Vec<(String, String, Vec<u8>)>,
    /// The message as transmitted, dots undone.
    pub raw: String,
}

impl Mail {
    /// Reads a transmitted message.
    pub fn read(from: &str, to: &[String], raw: &[u8]) -> Self {
        let raw = String::from_utf8_lossy(raw).into_owned();
        let mut mail = Self {
            from: from.to_owned(),
            to: to.to_vec(),
            subject: String::new(),
            text: String::new(),
            html: String::new(),
            files: Vec::new(),
            raw: raw.clone(),
        };
        mail.subject = mail.header("Subject").unwrap_or_default();
        mail.take_part(&raw);
        mail
    }

    /// A header of the message, unfolded and decoded.
    pub fn header(&self, name: &str) -> Option<String> {
        header(&self.raw, name).map(|value| decode_words(&value))
    }

    /// The web addresses in the plain text, in order.
    pub fn links(&self) -> Vec<String> {
        let words = self.text.split_whitespace();
        let links = words.filter_map(|word| word.find("http").map(|at| &word[at..]));
        let links = links.filter(|word| word.starts_with("http://") || word.starts_with("https://"));
        links.map(|word| word.trim_end_matches(['.', ',', ')', '>']).to_owned()).collect()
    }

    /// Files a part, or each part of a multipart, under text, HTML or files.
    fn take_part(&mut self, part: &str) {
        let kind = header(part, "Content-Type").unwrap_or_else(|| "text/plain".to_owned());
        let body = part.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        if kind.to_ascii_lowercase().starts_with("multipart/") {
            let boundary = parameter(&kind, "boundary").expect("a multipart without a boundary");
            let (whole, boundary) = (format!("\r\n{body}"), format!("\r\n--{boundary}"));
            // The last boundary ends in two dashes.
            for inner in whole.split(&boundary).skip(1).take_while(|inner| !inner.starts_with("--")) {
                self.take_part(inner.strip_prefix("\r\n").unwrap_or(inner));
            }
            return;
        }
        let bytes = match header(part, "Content-Transfer-Encoding").unwrap_or_default().to_ascii_lowercase().as_str() {
            "base64" => base64(body),
            "quoted-printable" => quoted_printable(body.as_bytes(), false),
            _ => body.as_bytes().to_vec(),
        };
        let disposition = header(part, "Content-Disposition").unwrap_or_default();
        if disposition.to_ascii_lowercase().starts_with("attachment") {
            let name = parameter(&disposition, "filename").unwrap_or_default();
            self.files.push((name, kind, bytes));
            return;
        }
        let words = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
        let place = if kind.to_ascii_lowercase().starts_with("text/html") { &mut self.html } else { &mut self.text };
        place.push_str(&words);
    }
}

/// A header of a message or part, unfolded but not decoded.
fn header(part: &str, name: &str) -> Option<String> {
    let head = part.split("\r\n\r\n").next()?.replace("\r\n ", " ").replace("\r\n\t", " ");
    head.split("\r\n").find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

/// A parameter of a header, such as the boundary of a content type.
fn parameter(header: &str, name: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|pair| {
        let (found, value) = pair.split_once('=')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn base64(text: &str) -> Vec<u8> {
    let mut lenient: Specification = BASE64.specification();
    lenient.ignore.push_str(" \r\n");
    lenient.encoding().unwrap().decode(text.as_bytes()).expect("broken base64 in a mail")
}

/// Decodes quoted-printable; in a header word an underscore is a space (RFC 2047, 4.2).
fn quoted_printable(text: &[u8], word: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (b'=', [b'\r', b'\n', after @ ..]) => rest = after,
            (b'=', [high, low, after @ ..]) => {
                let pair = [*high, *low];
                let digits = std::str::from_utf8(&pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
                bytes.push(digits.expect("broken quoted-printable in a mail"));
                rest = after;
            }
            (b'_', _) if word => bytes.push(b' '),
            _ => bytes.push(first),
        }
    }
    bytes
}

/// Decodes the `=?utf-8?b?…?=` words of a header; blanks between two of them do not count.
fn decode_words(header: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = header;
    while let Some((before, word, after)) = next_word(rest) {
        if !(before.trim().is_empty() && rest.len() < header.len()) {
            bytes.extend_from_slice(before.as_bytes());
        }
        bytes.extend(word);
        rest = after;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

fn next_word(text: &str) -> Option<(&str, Vec<u8>, &str)> {
    let (before, rest) = text.split_once("=?")?;
    let mut parts = rest.splitn(3, '?');
    let (_charset, encoding, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let (word, after) = rest.split_once("?=")?;
    let bytes = match encoding {
        "B" | "b" => base64(word),
        _ => quoted_printable(word.as_bytes(), true),
    };
    Some((before, bytes, after))
}
