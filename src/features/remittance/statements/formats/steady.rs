//! A source that gives the same blocks however the one below gives its bytes: what is found in a file must not depend on
//! how it was uploaded.

use std::io::{self, BufRead, ErrorKind, Read};

const BLOCK: usize = 16 * 1024;

/// Reads whole blocks from `source`, counts lines, and gives no more than was allowed since the last [`Steady::allow`].
pub struct Steady<R> {
    source: R,
    block: Box<[u8]>,
    start: usize,
    end: usize,
    /// What may still be consumed.
    allowed: usize,
    /// Line feeds consumed so far, and carriage returns that stand alone.
    breaks: u64,
    after_return: bool,
    /// Whether `allowed` was reached with more to come.
    pub exceeded: bool,
}

impl<R: Read> Steady<R> {
    pub fn new(source: R) -> Self {
        Self {
            source,
            block: vec![0; BLOCK].into_boxed_slice(),
            start: 0,
            end: 0,
            allowed: usize::MAX,
            breaks: 0,
            after_return: false,
            exceeded: false,
        }
    }

    /// How many bytes may be consumed from now on.
    pub const fn allow(&mut self, bytes: usize) {
        self.allowed = bytes;
    }

    /// The line, counted from 1, of the next byte.
    pub const fn line(&self) -> u64 {
        self.breaks + 1
    }

    /// The first bytes of what is left, as many as a block has.
    pub fn peek(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
            while self.end < self.block.len() {
                match self.source.read(&mut self.block[self.end..]) {
                    Ok(0) => break,
                    Ok(read) => self.end += read,
                    Err(fault) if fault.kind() == ErrorKind::Interrupted => {}
                    Err(fault) => return Err(fault),
                }
            }
        }
        Ok(&self.block[self.start..self.end])
    }
}

impl<R: Read> Read for Steady<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let block = self.fill_buf()?;
        let read = block.len().min(into.len());
        into[..read].copy_from_slice(&block[..read]);
        self.consume(read);
        Ok(read)
    }
}

impl<R: Read> BufRead for Steady<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let allowed = self.allowed;
        if allowed == 0 && !self.peek()?.is_empty() {
            self.exceeded = true;
            return Err(io::Error::from(ErrorKind::FileTooLarge));
        }
        let block = self.peek()?;
        Ok(&block[..block.len().min(allowed)])
    }

    fn consume(&mut self, bytes: usize) {
        let to = (self.start + bytes).min(self.end);
        for byte in &self.block[self.start..to] {
            self.breaks += u64::from(*byte == b'\r' || (*byte == b'\n' && !self.after_return));
            self.after_return = *byte == b'\r';
        }
        self.start = to;
        self.allowed -= self.allowed.min(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One byte a time, with interruptions between.
    struct Slow<'a>(&'a [u8], bool);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(ErrorKind::Interrupted.into());
            }
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            into[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    #[test]
    fn blocks_are_whole_and_lines_counted() {
        let mut steady = Steady::new(Slow(b"a\r\nb\rc\n\nd", false));
        assert_eq!(steady.fill_buf().unwrap().len(), 9);
        let mut seen = Vec::new();
        for _ in 0..9 {
            seen.push(steady.line());
            steady.consume(1);
        }
        assert_eq!(seen, [1, 1, 2, 2, 2, 3, 3, 4, 5]);
        assert!(steady.fill_buf().unwrap().is_empty());
    }

    #[test]
    fn no_more_is_given_than_was_allowed() {
        let mut steady = Steady::new(&b"abcdef"[..]);
        steady.allow(4);
        assert_eq!(steady.fill_buf().unwrap(), b"abcd");
        steady.consume(4);
        assert!(steady.fill_buf().is_err() && steady.exceeded);
        let mut steady = Steady::new(&b"abcd"[..]);
        steady.allow(4);
        steady.consume(4);
        assert!(steady.fill_buf().is_ok_and(<[u8]>::is_empty) || steady.exceeded);
    }
}
