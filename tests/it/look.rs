//! The look holds what it promises: contrast of the tokens in both schemes, the size of the style sheet, nothing that the
//! content security policy forbids, and one set of colours for pages and mails.

use std::collections::BTreeMap;
use std::path::Path;

/// Tokens that carry a background on which `--ink` and `--ink-soft` are read.
const GROUNDS: [&str; 3] = ["paper", "surface", "sunken"];
/// Kinds: each colour is read on the grounds and on its own soft ground.
const KINDS: [&str; 5] = ["accent", "good", "wait", "bad", "note"];

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Every `--name: light-dark(#light, #dark)` of the style sheet.
fn tokens() -> BTreeMap<String, [[u8; 3]; 2]> {
    let sheet = read("static/style.css");
    let found: BTreeMap<_, _> = sheet
        .lines()
        .filter_map(|line| {
            let (name, value) = line.trim().strip_prefix("--")?.split_once(':')?;
            let (light, dark) = value.trim().strip_prefix("light-dark(")?.split_once(')')?.0.split_once(',')?;
            Some((name.to_owned(), [colour(light.trim()), colour(dark.trim())]))
        })
        .collect();
    assert!(found.len() >= 17, "the tokens were not found: {found:?}");
    found
}

fn colour(hex: &str) -> [u8; 3] {
    let digits = hex.strip_prefix('#').filter(|digits| digits.len() == 6).unwrap_or_else(|| panic!("{hex}"));
    [0, 2, 4].map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
}

/// Relative luminance, WCAG 2.2.
fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// Contrast ratio, WCAG 2.2.
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Fails with every pair below the ratio, in both schemes.
fn hold(pairs: &[(String, String)], least: f64) {
    let tokens = tokens();
    let mut low = Vec::new();
    for (front, ground) in pairs {
        for (scheme, name) in ["light", "dark"].into_iter().enumerate() {
            let ratio = contrast(tokens[front][scheme], tokens[ground][scheme]);
            if ratio < least {
                low.push(format!("{front} on {ground}, {name}: {ratio:.2}"));
            }
        }
    }
    assert!(low.is_empty(), "below {least}: {low:#?}");
}

fn pair(front: &str, ground: &str) -> (String, String) {
    (front.to_owned(), ground.to_owned())
}

#[test]
fn text_is_read_at_seven_to_one() {
    let mut pairs = Vec::new();
    for ground in GROUNDS {
        pairs.extend(["ink", "ink-soft"].map(|ink| pair(ink, ground)));
        pairs.extend(KINDS.map(|kind| pair(kind, ground)));
    }
    for kind in KINDS {
        let soft = format!("{kind}-soft");
        pairs.push(pair(kind, &soft));
        pairs.push(pair("ink", &soft));
        // The style sheet writes small text on --accent-soft in --ink.
        if kind != "accent" {
            pairs.push(pair("ink-soft", &soft));
        }
    }
    pairs.push(pair("paper", "accent"));
    pairs.push(pair("paper", "bad"));
    hold(&pairs, 7.0);
}

#[test]
fn borders_of_controls_are_seen_at_three_to_one() {
    hold(&GROUNDS.map(|ground| pair("line-strong", ground)), 3.0);
}

#[test]
fn colours_stand_only_in_the_tokens() {
    let sheet = read("static/style.css");
    let stray: Vec<_> = sheet
        .lines()
        .filter(|line| line.contains(": #") || (line.contains('#') && !line.contains("light-dark(")))
        .collect();
    assert!(stray.is_empty(), "{stray:#?}");
}

#[test]
fn mails_use_the_same_colours() {
    let known: Vec<[u8; 3]> = tokens().into_values().flatten().collect();
    let mail = read("templates/mail/layout.html");
    let style = &mail[mail.find("<style>").unwrap()..mail.find("</style>").unwrap()];
    let hexes: Vec<_> = style.split('#').skip(1).map(|rest| format!("#{}", &rest[..6])).collect();
    assert!(!hexes.is_empty());
    for hex in hexes {
        assert!(known.contains(&colour(&hex)), "{hex} is no token");
    }
}

#[test]
fn the_style_sheet_is_small_and_fetches_nothing() {
    let sheet = read("static/style.css");
    assert!(sheet.len() <= 32 * 1024, "{} bytes", sheet.len());
    for forbidden in ["url(", "@import", "!important", "data:"] {
        assert!(!sheet.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn every_icon_that_is_used_exists() {
    let sprite = read("static/icons.svg");
    let mut missing = Vec::new();
    for path in templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let direct = text.split("shell.icons }}#").skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
        let called = text.split("icon(shell, \"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
        for name in direct.chain(called).filter(|name| !name.contains("{{")) {
            if !sprite.contains(&format!("id=\"{name}\"")) {
                missing.push(format!("{name} in {}", path.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn templates_hold_no_script_and_no_inline_style() {
    let mut found = Vec::new();
    for path in templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")) {
        let text = std::fs::read_to_string(&path).unwrap().to_ascii_lowercase();
        for forbidden in
            ["<script", "javascript:", " style=", "<iframe", "<object", "<embed", " onclick=", " onload=", " onerror="]
        {
            if text.contains(forbidden) {
                found.push(format!("{forbidden} in {}", path.display()));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// Every template below a folder.
fn templates(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(templates(&path));
        } else {
            found.push(path);
        }
    }
    found
}
