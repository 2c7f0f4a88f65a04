//! The structure of German and Austrian banks (Anlage 3 of the DFÜ agreement, chapter on MT940): a transaction code of
//! three digits, then subfields of two digits behind a separator. Within the remittance information, the keywords of SEPA.

use super::{Information, joined, number, reference};
use crate::features::remittance::statements::formats::names;

/// How long a subfield may be; one that is full goes on in the next.
const SUBFIELD: usize = 27;

const KEYWORDS: [&str; 15] = [
    "EREF+", "KREF+", "MREF+", "CRED+", "DEBT+", "COAM+", "OAMT+", "SVWZ+", "ABWA+", "ABWE+", "IBAN+", "BIC+", "PURP+",
    "RREF+", "BREF+",
];

/// Reads it, if it is of this structure: `166?00GUTSCHRIFT?20EREF+…`.
pub fn read(lines: &[String]) -> Option<Information> {
    let all = lines.concat();
    let code = all.get(..3).filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()))?;
    let rest = &all[3..];
    let separator = rest.chars().next().filter(|sign| matches!(sign, '?' | '<' | '>' | '~' | '^' | '@'))?;
    let fields = subfields(rest, separator);
    if fields.first().is_none_or(|(number, _)| *number > 99) {
        return None;
    }
    let of = |range: &[std::ops::RangeInclusive<u8>]| -> Vec<&str> {
        fields.iter().filter(|(number, _)| range.iter().any(|r| r.contains(number))).map(|(_, text)| *text).collect()
    };
    // A payer who writes the separator could otherwise name another party than the bank does: where the numbers do not
    // rise, or a name goes on without a beginning, no party is taken from it.
    let rising = fields.windows(2).all(|pair| pair[0].0 < pair[1].0);
    let whole =
        (0..fields.len()).all(|at| fields[at].0 != 33 || at.checked_sub(1).is_some_and(|at| fields[at].0 == 32));
    let one = |number: u8| {
        let found = fields.iter().find(|(known, _)| *known == number && rising && whole);
        found.map(|(_, text)| text.trim()).filter(|text| !text.is_empty())
    };
    // A bank that names somebody names their bank or account, too.
    let known = [30, 31, 38].into_iter().any(|number| one(number).is_some());
    let name = [one(32), one(33)].into_iter().flatten().filter(|_| known);
    let name = joined(name.map(|piece| (piece, full(piece))));
    let information = Keyed::read(&of(&[20..=29, 60..=63]));
    let booking = of(&[0..=0]).first().map_or("", |text| text.trim());
    let text = information.text();
    Some(Information {
        remitter: names::on_behalf(&name, information.get("ABWA+")),
        account: one(31).or_else(|| one(38)).and_then(number),
        bank: one(30).and_then(number),
        text: if text.is_empty() { booking.to_string() } else { text },
        end_to_end: information.get("EREF+").and_then(reference),
        code: Some(code.to_string()),
        charges: String::new(),
    })
}

fn full(piece: &str) -> bool {
    piece.chars().count() >= SUBFIELD
}

/// The subfields: numbers of two digits behind the separator, and what follows each.
fn subfields(text: &str, separator: char) -> Vec<(u8, &str)> {
    let mut starts = Vec::new();
    for (at, _) in text.match_indices(separator) {
        let digits = text.get(at + 1..at + 3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        if let Some(number) = digits.and_then(|digits| digits.parse::<u8>().ok()) {
            starts.push((at, number));
        }
    }
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([text.len()]);
    starts.iter().zip(ends).filter_map(|((at, number), end)| Some((*number, text.get(at + 3..end)?))).collect()
}

/// Remittance information, split at the keywords in it.
struct Keyed {
    /// Keyword and what follows; what stands before the first keyword has an empty one.
    parts: Vec<(&'static str, String)>,
}

impl Keyed {
    fn read(pieces: &[&str]) -> Self {
        let mut parts: Vec<(&'static str, Vec<(&str, bool)>)> = vec![("", Vec::new())];
        for piece in pieces {
            let mut rest = *piece;
            // A keyword stands at the beginning of a subfield, or behind a space.
            while let Some((at, keyword)) = next_keyword(rest, rest.len() == piece.len()) {
                push(&mut parts, &rest[..at], false);
                parts.push((keyword, Vec::new()));
                rest = &rest[at + keyword.len()..];
            }
            push(&mut parts, rest, full(piece));
        }
        let parts = parts.into_iter();
        Self { parts: parts.map(|(keyword, pieces)| (keyword, joined(pieces.into_iter()))).collect() }
    }

    fn get(&self, keyword: &str) -> Option<&str> {
        self.parts.iter().find(|(known, _)| *known == keyword).map(|(_, text)| text.as_str())
    }

    /// What is meant for the reader: the purpose, what has no keyword, and on whose behalf it was.
    fn text(&self) -> String {
        let parts = self.parts.iter().filter(|(keyword, _)| matches!(*keyword, "" | "SVWZ+" | "ABWA+"));
        let texts = parts.map(|(_, text)| text.as_str()).filter(|text| !text.is_empty());
        texts.collect::<Vec<_>>().join("\n")
    }
}

fn push<'a>(parts: &mut [(&'static str, Vec<(&'a str, bool)>)], text: &'a str, full: bool) {
    if let Some((_, pieces)) = parts.last_mut()
        && !text.is_empty()
    {
        pieces.push((text, full));
    }
}

fn next_keyword(text: &str, begins: bool) -> Option<(usize, &'static str)> {
    let found = KEYWORDS.iter().filter_map(|keyword| {
        let stands = |at: usize| if at == 0 { begins } else { text[..at].ends_with(' ') };
        let (at, _) = text.match_indices(keyword).find(|(at, _)| stands(*at))?;
        Some((at, *keyword))
    });
    found.min_by_key(|(at, _)| *at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<Information> {
        read(&text.lines().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn subfields_and_keywords_of_sepa() {
        let text = "166?00GUTSCHRIFT?109310?20EREF+E2E-2026-0001?21KREF+NONREF?22SVWZ+T7KM 3X9Q 26WA Rech\n\
                    ?23nung 4711 vom 20.11.2026 ?24ABWA+Erika Mustermann?30COBADEFFXXX?31DE89370400440\n\
                    532013000?32MUSTERFRAU UND SOEHNE HANDE?33LSGESELLSCHAFT MBH?34000";
        let expected = Information {
            remitter: "MUSTERFRAU UND SOEHNE HANDELSGESELLSCHAFT MBH, on behalf of Erika Mustermann".into(),
            account: Some("DE89370400440532013000".into()),
            bank: Some("COBADEFFXXX".into()),
            text: "T7KM 3X9Q 26WA Rech nung 4711 vom 20.11.2026\nErika Mustermann".into(),
            end_to_end: Some("E2E-2026-0001".into()),
            code: Some("166".into()),
            charges: String::new(),
        };
        assert_eq!(told(text), Some(expected));
    }

    #[test]
    fn a_full_subfield_goes_on_in_the_next() {
        let told = told("166?20SVWZ+ZAHLUNG FUER T7KM3X9?21Q26WA?60 UND MEHR").unwrap();
        assert_eq!(told.text, "ZAHLUNG FUER T7KM3X9 Q26WA UND MEHR");
        let told = read(&["166?20SVWZ+ZAHLUNG FUER T7KM3X9Q?2126WA".into()]).unwrap();
        assert_eq!(told.text, "ZAHLUNG FUER T7KM3X9Q 26WA");
        let told = read(&["166?20SVWZ+A?21AAAAAAAAAAAAAAAAAAAAAAAAAAA?22B".into()]).unwrap();
        assert_eq!(told.text, "A AAAAAAAAAAAAAAAAAAAAAAAAAAAB");
        let told = read(&["166?20SVWZ+ZAHLUNG FUER T7KM3X9Q2?216WA".into()]).unwrap();
        assert_eq!(told.text, "ZAHLUNG FUER T7KM3X9Q26WA");
    }

    #[test]
    fn whoever_writes_the_separator_names_nobody() {
        for text in [
            "166?20SVWZ+x?32EVIL?30COBADEFFXXX?31DE89370400440532013000?32MUSTER",
            "166?20SVWZ+x?33MING?32LI",
            "166?20SVWZ+x?33LI MING",
            "166?20SVWZ+x?21y?32LI MING",
            "166?20SVWZ+x?32LI MING?60y",
            "166?20SVWZ+x?32LI MING?30COBADEFFXXX?31DE89370400440532013000",
            "166?20SVWZ+x?32LI?33MING?30COBADEFFXXX?31DE89370400440532013000?34000",
            "166?20SVWZ+x?31DE1?30COBADEFFXXX?31DE89370400440532013000?32MUSTER",
            "166?20SVWZ+x?38DE1?30COBADEFFXXX?32MUSTER",
        ] {
            let told = told(text).unwrap();
            assert_eq!((told.remitter.as_str(), told.account), ("", None), "{text}");
        }
        let told = told("166?20SVWZ+x?30COBADEFFXXX?32LI?33MING?38DE89370400440532013000").unwrap();
        assert_eq!((told.remitter.as_str(), told.account.as_deref()), ("LI MING", Some("DE89370400440532013000")));
    }

    #[test]
    fn fees_have_the_booking_text_only() {
        let told = told("805?00ABSCHLUSS?20").unwrap();
        assert_eq!((told.text.as_str(), told.code.as_deref()), ("ABSCHLUSS", Some("805")));
        for text in ["", "166", "16A?00", "166 bottles", "166?x", "abc?20x", "日本語?20"] {
            assert_eq!(super::read(&[text.to_string()]), None, "{text}");
        }
    }
}
