//! What each kind of field is sent, and how a form with it is posted.

use super::list::Field;
use crate::support::form::FormInPage;

/// Stands in whatever is hostile: nowhere may it become an element, and of what is secret it may not come back at all.
pub const MARK: &str = "hostile7";
/// Turns what follows around.
const OVERRIDE: &str = "\u{202e}fdp.";

/// One thing that is sent in a field.
#[derive(Debug, Clone)]
pub struct Attack {
    pub what: &'static str,
    /// As often as it is sent.
    pub values: Vec<Vec<u8>>,
    /// Written into the body as it stands, with its percent signs.
    pub raw: bool,
    /// Taken when it stands in a field of text, unless the text is too long.
    pub text: bool,
    /// No browser sends it.
    pub broken: bool,
}

fn one(what: &'static str, value: impl Into<Vec<u8>>) -> Attack {
    Attack { what, values: vec![value.into()], raw: false, text: false, broken: false }
}

fn text(what: &'static str, value: impl Into<Vec<u8>>) -> Attack {
    Attack { text: true, ..one(what, value) }
}

/// HTML that would show if it got out of an attribute, a text area, a title or a text.
fn markup() -> String {
    format!("{MARK}\"'></textarea></title></script><i data-x=\"1\" onclick=x>&lt;{{{{7*7}}}} ' OR 1=1--")
}

/// Everything this field is sent; each must be refused.
pub fn against(field: &Field) -> Vec<Attack> {
    let mut all = Vec::new();
    if field.kind != "file" {
        all.push(Attack { broken: true, ..one("a half surrogate", *b"a\xED\xA0\x80b") });
        all.push(Attack { broken: true, ..one("bytes of no text", *b"a\xFF\xFEb") });
    }
    // Some fields are there several times, and what is not read may be there as often as it likes.
    let many = ["choices", "file"].contains(&field.kind) || ["kept", "shown", "username"].contains(&field.name);
    if !many {
        let values = vec![b"1".to_vec(), b"2".to_vec()];
        all.push(Attack { values, broken: true, ..one("twice", "") });
    }
    if field.needed {
        all.push(Attack { values: Vec::new(), ..one("left out", "") });
    }
    if field.needed && !["tick", "hidden", "password"].contains(&field.kind) {
        all.extend([one("empty", ""), one("blanks", " \t \r\n ")]);
    }
    let percent = Attack { raw: true, ..text("half a percent sign", format!("%zz%{MARK}%")) };
    match field.kind {
        // Five wrong tries end a code, and the sixth would find another page.
        "code" => all.extend([
            one("HTML and an override", markup() + OVERRIDE),
            one("a NUL and an escape", format!("{MARK}\0\x1b[31m")),
            one("a very large number", "9".repeat(10_000)),
            percent,
        ]),
        "tick" | "hidden" | "trap" => {
            all.extend([one("HTML and an override", markup() + OVERRIDE), one("a NUL", "\0")]);
        }
        "file" => all.push(one("a program", *b"MZ\x90\0no picture")),
        _ => {
            all.extend([
                text("HTML", markup()),
                one("an override", format!("{MARK}{OVERRIDE}")),
                one("a NUL", format!("{MARK}\0b")),
                one("an escape", format!("{MARK}\x1b[31mb")),
                text("a very large number", "99999999999999999999999999999999"),
                text("an exponent", "1e3"),
                percent,
            ]);
            if let Some(most) = field.most.filter(|_| field.kind != "address") {
                all.push(one("one too many", "線".repeat(most + 1)));
            } else {
                all.push(one("far too long", "9".repeat(5_000) + "@example.com"));
            }
        }
    }
    let Some(most) = field.most.filter(|_| ["line", "lines"].contains(&field.kind)) else { return all };
    for attack in all.iter_mut().filter(|attack| attack.text) {
        // A field of text takes it as text: only its length is wrong.
        attack.values[0].extend("x".repeat(most + 1).bytes());
    }
    all
}

/// The media type and the body of a form in which this field is sent so, and that one not at all.
pub fn body(form: &FormInPage, field: &Field, attack: &Attack, left_out: Option<&str>) -> (String, Vec<u8>) {
    let mut pairs: Vec<(String, Vec<u8>, bool)> = Vec::new();
    for (name, value) in form.pairs() {
        if name != field.name && Some(name.as_str()) != left_out {
            pairs.push((name, value.into_bytes(), false));
        }
    }
    pairs.extend(attack.values.iter().map(|value| (field.name.to_owned(), value.clone(), attack.raw)));
    if form.enctype != "multipart/form-data" {
        let encoded = |bytes: &[u8]| url::form_urlencoded::byte_serialize(bytes).collect::<String>();
        let all = pairs.iter().map(|(name, value, raw)| {
            let value = if *raw { String::from_utf8(value.clone()).unwrap() } else { encoded(value) };
            format!("{}={value}", encoded(name.as_bytes()))
        });
        return ("application/x-www-form-urlencoded".into(), all.collect::<Vec<_>>().join("&").into_bytes());
    }
    let mut body = Vec::new();
    for (name, value, _) in pairs {
        let file = if field.kind == "file" && name == field.name {
            format!("; filename=\"{MARK}<i data-x=1>{OVERRIDE}.png\"\r\ncontent-type: image/png")
        } else {
            String::new()
        };
        body.extend(format!("--cut\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
        body.extend(value);
        body.extend(b"\r\n");
    }
    body.extend(b"--cut--\r\n");
    ("multipart/form-data; boundary=cut".into(), body)
}
