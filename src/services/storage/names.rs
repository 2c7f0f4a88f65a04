//! Names of files: cleaned for showing, and written into `Content-Disposition`. They never touch a path.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::sniff::{Kind, extension_agrees};

/// Longest name that is shown, in characters.
const LONGEST: usize = 120;

/// Longest extension that is kept when a name is cut, in characters.
const LONGEST_EXTENSION: usize = 10;

/// What may stand bare in `filename*` (RFC 5987, `attr-char`).
const NOT_ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// A file's name as people may see it: the last part of a path, without control characters or marks that turn the
/// reading direction, never empty, at most 120 characters, and harmless to the computer that saves it.
pub fn display_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen: String = last
        .chars()
        .filter(|sign| !unseen(*sign))
        .map(|sign| match sign {
            '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
            space if space.is_whitespace() => ' ',
            other => other,
        })
        .collect();
    let words: Vec<&str> = seen.split(' ').filter(|word| !word.is_empty()).collect();
    let name = words.join(" ");
    let name = cut(name.trim_matches(['.', ' ']));
    match name.as_str() {
        "" => "file".to_owned(),
        taken if device(taken) => format!("_{taken}"),
        _ => name,
    }
}

/// The value of `Content-Disposition` (RFC 6266) for a file of this kind: inline only where the kind allows it, the
/// name once in ASCII for old clients and once in UTF-8. A name that hides the kind gets the kind's own extension.
pub fn content_disposition(kind: Kind, name: &str) -> String {
    let mut name = display_name(name);
    if !extension_agrees(kind, &name) {
        let _ = write!(name, ".{}", kind.extensions()[0]);
    }
    let plain: String = name
        .chars()
        .map(|sign| match sign {
            '"' | '\\' | '%' | ';' => '_',
            ' '..='~' => sign,
            _ => '_',
        })
        .collect();
    let way = if kind.inline() { "inline" } else { "attachment" };
    let full = utf8_percent_encode(&name, NOT_ATTR_CHAR);
    format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{full}")
}

/// Characters that are not seen, or that make a name read other than it is. Joiners stay: some scripts need them.
fn unseen(sign: char) -> bool {
    sign.is_control()
        || matches!(sign,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'
            | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Cuts a name in its middle: the extension stays, since it says what the file is.
fn cut(name: &str) -> String {
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    let tail = match name.rsplit_once('.') {
        Some((_, tail)) if tail.chars().count() <= LONGEST_EXTENSION => format!(".{tail}"),
        _ => String::new(),
    };
    let room = LONGEST - tail.chars().count();
    let start: String = name.chars().take(room).collect();
    format!("{}{tail}", start.trim_end_matches(['.', ' ']))
}

/// Names that Windows keeps for devices, with or without an extension.
fn device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let upper = stem.to_ascii_uppercase();
    matches!(upper.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || ["COM", "LPT"].iter().any(|port| {
            upper.strip_prefix(port).is_some_and(|rest| {
                rest.chars().count() == 1 && rest.contains(|sign: char| sign.is_ascii_digit() || "¹²³".contains(sign))
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned() {
        for (given, shown) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\x.png", "x.png"),
            ("C:x.png", "C_x.png"),
            ("/", "file"),
            ("", "file"),
            ("...", "file"),
            (".htaccess", "htaccess"),
            ("a.jpg. . ", "a.jpg"),
            ("a\0b\r\nc\u{1b}[31m.jpg", "abc[31m.jpg"),
            ("photo\u{202E}gpj.exe", "photogpj.exe"),
            ("  two   words\t.png", "two words.png"),
            ("发票 2026.pdf", "发票 2026.pdf"),
            ("CON", "_CON"),
            ("con.txt", "_con.txt"),
            ("lpt1.pdf", "_lpt1.pdf"),
            ("COM¹", "_COM¹"),
            ("console.pdf", "console.pdf"),
            ("<b>\"x\"|?*.png", "_b__x____.png"),
            ("\u{2066}\u{200B}\u{FEFF}", "file"),
        ] {
            assert_eq!(display_name(given), shown, "{given:?}");
        }
    }

    #[test]
    fn long_names_keep_their_extension() {
        let long = display_name(&format!("{}.jpeg", "名".repeat(300)));
        assert_eq!(long.chars().count(), 120);
        assert!(long.ends_with("名.jpeg"));
        let bare = display_name(&"x".repeat(300));
        assert_eq!(bare, "x".repeat(120));
        let tail = display_name(&format!("a.{}", "b".repeat(300)));
        assert_eq!(tail.chars().count(), 120);
        assert_eq!(display_name(&tail), tail);
    }

    #[test]
    fn the_disposition_is_one_safe_header() {
        assert_eq!(
            content_disposition(Kind::Pdf, "invoice 1.pdf"),
            "attachment; filename=\"invoice 1.pdf\"; filename*=UTF-8''invoice%201.pdf"
        );
        assert_eq!(
            content_disposition(Kind::Png, "发票\".png"),
            "inline; filename=\"___.png\"; filename*=UTF-8''%E5%8F%91%E7%A5%A8_.png"
        );
        assert_eq!(
            content_disposition(Kind::Jpeg, "x.html\r\nSet-Cookie: a=b"),
            "inline; filename=\"x.htmlSet-Cookie_ a=b.jpg\"; filename*=UTF-8''x.htmlSet-Cookie_%20a%3Db.jpg"
        );
        assert!(content_disposition(Kind::Png, "a.webp").contains("filename=\"a.webp.png\""));
        for kind in Kind::ALL {
            assert!(content_disposition(kind, "\u{1F600};%22\\").is_ascii());
        }
    }
}
