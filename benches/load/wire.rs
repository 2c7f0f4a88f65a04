//! As much of HTTP/1.1 (RFC 9112) as the portal's answers need.

use std::fmt::Write;
use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::Outcome;

/// A whole answer within the bytes that were read.
#[derive(Debug)]
pub struct Answer<'a> {
    pub status: u16,
    pub head: &'a str,
    pub body: &'a [u8],
    /// The server ends the connection after it.
    pub closes: bool,
}

/// The answer at the start of `bytes`; `None` while it is not whole.
pub fn answer(bytes: &[u8]) -> Outcome<Option<Answer<'_>>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&bytes[..end])?;
    let status = head.get(9..12).and_then(|digits| digits.parse().ok()).ok_or("an answer without a status")?;
    let length = match header(head, "content-length") {
        Some(length) => length.parse()?,
        None if status == 204 || status == 304 => 0,
        None => return Err("an answer without a length".into()),
    };
    let rest = &bytes[end + 4..];
    let closes = header(head, "connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    Ok(rest.get(..length).map(|body| Answer { status, head, body, closes }))
}

/// The first header of this name, which is given in small letters.
pub fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    headers(head, name).next()
}

/// All headers of this name.
pub fn headers<'a>(head: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    head.split("\r\n").skip(1).filter_map(move |line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// What stands between two marks.
pub fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let rest = &text[text.find(before)? + before.len()..];
    rest.get(..rest.find(after)?)
}

/// A request as a browser would send it, without asking for compression; `from` is the address behind a proxy.
pub fn request(
    server: SocketAddr,
    method: &str,
    path: &str,
    cookies: &str,
    from: Option<&str>,
    content: Option<(&str, &[u8])>,
) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {server}\r\n");
    head.push_str("user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n");
    if let Some(from) = from {
        let _ = write!(head, "x-forwarded-for: {from}\r\n");
    }
    if !cookies.is_empty() {
        let _ = write!(head, "cookie: {cookies}\r\n");
    }
    if let Some((kind, body)) = content {
        let _ =
            write!(head, "sec-fetch-site: same-origin\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n", body.len());
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(content.map_or(&[], |(_, body)| body));
    bytes
}

/// Sends one request on a connection of its own and hands over the bytes of the whole answer.
pub fn exchange(server: SocketAddr, request: &[u8]) -> Outcome<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&server, Duration::from_secs(1))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.write_all(request)?;
    let (mut held, mut piece) = (Vec::new(), [0; 16 * 1024]);
    loop {
        let read = stream.read(&mut piece)?;
        if read == 0 {
            return Err("the server hung up in the middle of an answer".into());
        }
        held.extend_from_slice(&piece[..read]);
        if answer(&held)?.is_some() {
            return Ok(held);
        }
    }
}
