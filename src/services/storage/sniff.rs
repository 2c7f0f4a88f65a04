//! What a file is, told from its first bytes. The name and the sender's media type prove nothing (ASVS 5.2.2).

use super::names::display_name;

/// Bytes from the start of a file that are enough to recognise every kind, but for an MP3 behind a long tag.
pub const HEAD: usize = 4096;

/// Longest start of a file that is ever looked at, in bytes: an MP3 may carry a cover before its first frame.
const LONGEST_HEAD: usize = 1 << 20;

/// Major brands of the MP4 family that are accepted. `qt  ` and `heic` are left out on purpose: browsers differ on them.
const MP4_BRANDS: [&[u8; 4]; 12] =
    [b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash", b"MSNV"];

/// A kind of file that the portal accepts. Everything else is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A JPEG picture.
    Jpeg,
    /// A PNG picture.
    Png,
    /// A WebP picture.
    Webp,
    /// An MP4 film.
    Mp4,
    /// A `WebM` film.
    Webm,
    /// An MP3 recording.
    Mp3,
    /// A WAV recording.
    Wav,
    /// A PDF document: never parsed, never shown inline.
    Pdf,
    /// Plain text of any encoding, such as the files of a bank: taken by no form that takes attachments.
    Text,
}

impl Kind {
    /// Every kind, in the order in which pages list them.
    pub const ALL: [Self; 9] =
        [Self::Jpeg, Self::Png, Self::Webp, Self::Mp4, Self::Webm, Self::Mp3, Self::Wav, Self::Pdf, Self::Text];

    /// What people attach to what they write, in the order in which pages list it.
    pub const ATTACHED: [Self; 8] =
        [Self::Jpeg, Self::Png, Self::Webp, Self::Mp4, Self::Webm, Self::Mp3, Self::Wav, Self::Pdf];

    /// The media type it is served with; also the text that stands in the database.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Mp4 => "video/mp4",
            Self::Webm => "video/webm",
            Self::Mp3 => "audio/mpeg",
            Self::Wav => "audio/wav",
            Self::Pdf => "application/pdf",
            Self::Text => "text/plain",
        }
    }

    /// The kind that a stored media type names.
    pub fn from_media_type(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.media_type() == text)
    }

    /// Extensions a file of this kind may have, lower-case, the usual one first.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Webp => &["webp"],
            Self::Mp4 => &["mp4", "m4v"],
            Self::Webm => &["webm"],
            Self::Mp3 => &["mp3"],
            Self::Wav => &["wav"],
            Self::Pdf => &["pdf"],
            Self::Text => &["txt", "xml", "csv", "sta", "940", "mt940", "swi", "tsv"],
        }
    }

    /// Whether a browser may show it in place. A PDF is always downloaded.
    pub fn inline(self) -> bool {
        !matches!(self, Self::Pdf | Self::Text)
    }

    /// Whether it is a picture that can be developed anew.
    pub fn picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp)
    }
}

/// The kind of a file of `len` bytes that starts with `head` (see [`head_wanted`]), if it is one that is accepted.
pub fn sniff(head: &[u8], len: u64) -> Option<Kind> {
    let kind = match head {
        [0xFF, 0xD8, 0xFF, ..] => Kind::Jpeg,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] if head.get(12..16) == Some(b"IHDR") => Kind::Png,
        [b'R', b'I', b'F', b'F', ..] => riff(head)?,
        [b'%', b'P', b'D', b'F', b'-', b'1' | b'2', b'.', ..] => Kind::Pdf,
        [0x1A, 0x45, 0xDF, 0xA3, ..] if webm(head) => Kind::Webm,
        _ if mp4(head, len) => Kind::Mp4,
        _ if mp3(head, len) => Kind::Mp3,
        _ => return None,
    };
    Some(kind)
}

/// Plain text, where a form takes nothing else: no control signs but those that part lines and columns, and the end mark of old systems.
pub(super) fn is_text(head: &[u8]) -> bool {
    !head.is_empty() && !head.iter().any(|byte| *byte < b' ' && !matches!(byte, b'\t' | b'\r' | b'\n' | 0x0c | 0x1a))
}

/// How many leading bytes [`sniff`] wants, judged by those at hand: more than [`HEAD`] only for an MP3 with a long tag.
pub fn head_wanted(head: &[u8]) -> usize {
    match id3_end(head).and_then(|end| usize::try_from(end).ok()) {
        Some(end) if end.saturating_add(HEAD) <= LONGEST_HEAD => end + HEAD,
        _ => HEAD,
    }
}

/// Whether the last extension of `file_name`, after cleaning, is one that files of this kind have.
pub fn extension_agrees(kind: Kind, file_name: &str) -> bool {
    display_name(file_name)
        .rsplit_once('.')
        .is_some_and(|(_, last)| kind.extensions().iter().any(|known| known.eq_ignore_ascii_case(last)))
}

fn riff(head: &[u8]) -> Option<Kind> {
    match (head.get(8..12)?, head.get(12..16)?) {
        (b"WEBP", b"VP8 " | b"VP8L" | b"VP8X") => Some(Kind::Webp),
        (b"WAVE", b"fmt " | b"bext" | b"JUNK" | b"LIST") => Some(Kind::Wav),
        _ => None,
    }
}

/// ISO/IEC 14496-12: the file-type box comes first, and its size is that of a real box.
fn mp4(head: &[u8], len: u64) -> bool {
    let (Some(size), Some(b"ftyp"), Some(brand)) = (head.first_chunk::<4>(), head.get(4..8), head.get(8..12)) else {
        return false;
    };
    let size = u64::from(u32::from_be_bytes(*size));
    size >= 16 && size.is_multiple_of(4) && size <= len && MP4_BRANDS.iter().any(|known| known.as_slice() == brand)
}

/// Walks the EBML header (RFC 8794): every `DocType` in it must say `webm`, and there must be one.
fn webm(head: &[u8]) -> bool {
    let Some((size, start)) = vint(head, 4) else {
        return false;
    };
    let Some(mut rest) = size.try_into().ok().and_then(|size: usize| head.get(start..start.checked_add(size)?)) else {
        return false;
    };
    let mut found = false;
    while !rest.is_empty() {
        let id = rest[0].leading_zeros() as usize + 1;
        let Some((size, start)) = (id <= 4).then(|| vint(rest, id)).flatten() else {
            return false;
        };
        let Some(end) = usize::try_from(size).ok().and_then(|size| start.checked_add(size)) else {
            return false;
        };
        let Some(value) = rest.get(start..end) else {
            return false;
        };
        if rest[..id] == [0x42, 0x82] {
            if value != b"webm" {
                return false;
            }
            found = true;
        }
        rest = &rest[end..];
    }
    found
}

/// An EBML size at `at`, and where its data starts. The "unknown size" of live streams is refused.
fn vint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let first = *bytes.get(at)?;
    let width = first.leading_zeros() as usize + 1;
    if width > 8 {
        return None;
    }
    let end = at.checked_add(width)?;
    let raw = bytes.get(at..end)?.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    let unknown = (1u64 << (7 * width)) - 1;
    let value = raw & unknown;
    (value != unknown).then_some((value, end))
}

/// Two frames of MPEG layer III one after the other, behind an optional `ID3v2` tag, all of them inside the file.
fn mp3(head: &[u8], len: u64) -> bool {
    let first = if head.starts_with(b"ID3") {
        match id3_end(head) {
            Some(end) => end,
            None => return false,
        }
    } else {
        0
    };
    let Some(one) = frame_at(head, first) else {
        return false;
    };
    let second = first + one.length;
    let Some(two) = frame_at(head, second) else {
        return false;
    };
    one.version == two.version && one.rate == two.rate && second + two.length <= len
}

/// Where an `ID3v2` tag ends, in bytes from the start of the file. Its size is sync-safe: seven bits in each of four bytes.
fn id3_end(head: &[u8]) -> Option<u64> {
    let [b'I', b'D', b'3', _, _, flags, size @ ..] = head.first_chunk::<10>()? else {
        return None;
    };
    if size.iter().any(|byte| *byte >= 0x80) {
        return None;
    }
    let body = size.iter().fold(0u64, |sum, byte| sum << 7 | u64::from(*byte));
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    Some(10 + body + footer)
}

struct Frame {
    version: u8,
    rate: u32,
    length: u64,
}

/// The header of a layer III frame (ISO/IEC 11172-3, 13818-3 and the 2.5 extension) and the frame's length in bytes.
fn frame_at(head: &[u8], at: u64) -> Option<Frame> {
    const MPEG_1: [u32; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const MPEG_2: [u32; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let [a, b, c, d] = *head.get(usize::try_from(at).ok()?..)?.first_chunk::<4>()?;
    let version = b >> 3 & 3;
    let layer = b >> 1 & 3;
    let bits = usize::from(c >> 4);
    if a != 0xFF || b & 0xE0 != 0xE0 || version == 1 || layer != 1 || bits == 0 || d & 3 == 2 {
        return None;
    }
    let (table, words) = if version == 3 { (MPEG_1, 144) } else { (MPEG_2, 72) };
    let kilobits = *table.get(bits - 1)?;
    let base = *[44_100u32, 48_000, 32_000].get(usize::from(c >> 2 & 3))?;
    let rate = match version {
        3 => base,
        2 => base / 2,
        _ => base / 4,
    };
    let padding = u32::from(c >> 1 & 1);
    Some(Frame { version, rate, length: u64::from(words * kilobits * 1000 / rate + padding) })
}

#[cfg(test)]
#[path = "sniff_tests.rs"]
mod tests;
