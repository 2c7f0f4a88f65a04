//! The structure of Dutch and other banks: code words between slashes, `/TRTP/…/IBAN/…/NAME/…/REMI/…/EREF/…`, and the
//! older `/ORDP/…` (ordering party) and `/BENM/…` (beneficiary).

use super::{Information, number, reference};
use crate::features::identity::same_name;
use crate::features::remittance::statements::formats::names;

/// The code words at which a new part begins.
const CODES: [&str; 27] = [
    "TRTP", "TRCD", "IBAN", "BIC", "NAME", "ADDR", "ORDP", "BENM", "CNTP", "REMI", "EREF", "PREF", "MARF", "CSID",
    "RTRN", "PURP", "ISDT", "ULTD", "ULTC", "UDTR", "UCRD", "OCMT", "CHGS", "EXCH", "ACCW", "SVCL", "ID",
];

/// Those that name a party. Behind the remittance information they are the payer's words, not the bank's.
const PARTIES: [&str; 8] = ["IBAN", "BIC", "NAME", "ADDR", "ORDP", "BENM", "CNTP", "ID"];

/// Those behind which the payer's own words stand, in which any code word may be one of theirs, too.
const WRITTEN: [&str; 11] = ["REMI", "EREF", "PREF", "MARF", "PURP", "ULTD", "ULTC", "UDTR", "UCRD", "ADDR", "ID"];

/// Those of them that are numbers of at most 35 signs.
const NUMBERS: [&str; 3] = ["EREF", "PREF", "MARF"];

/// The other party, as far as the bank tells it.
#[derive(Default)]
struct Party<'a> {
    name: &'a str,
    account: &'a str,
    bank: &'a str,
}

/// Reads it, if it begins with one of the code words.
pub fn read(lines: &[String]) -> Option<Information> {
    let all = lines.concat();
    let parts = parts(&all)?;
    let get = |code: &str| parts.iter().find(|(known, _)| *known == code).map(|(_, text)| bare(text));
    let other = party(&all, &parts);
    let ultimate = get("ULTD").filter(|text| !text.is_empty()).or_else(|| get("UDTR"));
    let information = get("REMI").unwrap_or_default();
    let unstructured = information.strip_prefix("USTD/").map_or(information, |text| text.trim_matches('/'));
    let structured = unstructured.strip_prefix("STRD/").unwrap_or(unstructured);
    // ISO 11649 and the national references are preceded by their kind.
    let text = structured
        .split_once('/')
        .filter(|(kind, _)| matches!(*kind, "CUR" | "ISO"))
        .map_or(structured, |(_, text)| text);
    Some(Information {
        remitter: names::on_behalf(other.name, ultimate),
        account: number(other.account),
        bank: number(other.bank),
        text: if text.is_empty() { get("TRTP").unwrap_or_default() } else { text }.trim().to_string(),
        end_to_end: get("EREF").and_then(reference),
        code: get("TRCD").filter(|code| !code.is_empty()).map(ToString::to_string),
        charges: get("CHGS").map(|text| format!("/CHGS/{text}")).unwrap_or_default(),
    })
}

/// The other party. What stands before all words of the payer is the bank's, as long as nothing behind it names another.
fn party<'a>(all: &str, parts: &[(&'static str, &'a str)]) -> Party<'a> {
    let written = parts.iter().position(|(code, _)| WRITTEN.contains(code)).unwrap_or(parts.len());
    let mut named = names_of(parts).map(|(_, name)| name);
    let Some(first) = named.next() else { return told(&parts[..written]) };
    if named.any(|name| !same_name(first, name)) {
        return Party::default();
    }
    let before = told(&parts[..written]);
    if before.name.is_empty() { behind(all, parts) } else { before }
}

/// What these parts say of a party.
fn told<'a>(parts: &[(&'static str, &'a str)]) -> Party<'a> {
    let get = |code: &str| parts.iter().find(|(known, _)| *known == code).map(|(_, text)| bare(text));
    let counterparty = counterparty(parts).unwrap_or_default();
    Party {
        name: names_of(parts).next().map_or("", |(_, name)| name),
        account: get("IBAN").unwrap_or(counterparty.account),
        bank: get("BIC").unwrap_or(counterparty.bank),
    }
}

/// A party that the bank names behind words of the payer, such as `/EREF/…`. The payer may have written it there, so it has
/// to be the only one, and in a form for which their words have no room (35 signs) or which they may not have (`//`). Behind
/// longer words of theirs nobody is believed.
fn behind<'a>(all: &str, parts: &[(&'static str, &'a str)]) -> Party<'a> {
    let named = parts.iter().position(|(code, _)| matches!(*code, "CNTP" | "ORDP" | "BENM")).unwrap_or(parts.len());
    if parts[..named].iter().any(|(code, _)| WRITTEN.contains(code) && !NUMBERS.contains(code)) {
        return Party::default();
    }
    let count = |code: &str| all.matches(&format!("/{code}/")).count();
    let ordering = count("ORDP") + count("BENM");
    if (count("CNTP"), ordering, count("NAME")) == (1, 0, 0) {
        let whole = |party: &Party<'_>| iban(party.account) && matches!(party.bank.len(), 8 | 11);
        return counterparty(parts).filter(whole).unwrap_or_default();
    }
    let at = parts.iter().position(|(code, text)| matches!(*code, "ORDP" | "BENM") && text.is_empty());
    match at.and_then(|at| parts.get(at + 1)) {
        Some(("NAME", name)) if (count("CNTP"), ordering, count("NAME")) == (0, 1, 1) => {
            Party { name: bare(name), ..Party::default() }
        }
        _ => Party::default(),
    }
}

/// An IBAN by its form: what is shorter is none.
fn iban(text: &str) -> bool {
    let form = |(at, sign): (usize, u8)| match at {
        0 | 1 => sign.is_ascii_uppercase(),
        2 | 3 => sign.is_ascii_digit(),
        _ => sign.is_ascii_alphanumeric(),
    };
    (15..=34).contains(&text.len()) && text.bytes().enumerate().all(form)
}

/// All names of parties, in their order, with their code words.
fn names_of<'a>(parts: &[(&'static str, &'a str)]) -> impl Iterator<Item = (&'static str, &'a str)> {
    let name = |(code, text): &(&'static str, &'a str)| match *code {
        "NAME" | "ORDP" | "BENM" => Some((*code, bare(text))),
        "CNTP" => Some((*code, split(text).name)),
        _ => None,
    };
    parts.iter().filter_map(name).filter(|(_, name)| !name.is_empty())
}

/// What stands behind `/CNTP/`.
fn counterparty<'a>(parts: &[(&'static str, &'a str)]) -> Option<Party<'a>> {
    parts.iter().find(|(code, _)| *code == "CNTP").map(|(_, text)| split(text))
}

/// ING: account, bank, name, city.
fn split(text: &str) -> Party<'_> {
    let mut pieces = text.strip_prefix('/').unwrap_or(text).split('/').map(str::trim);
    let mut next = || pieces.next().unwrap_or_default();
    Party { account: next(), bank: next(), name: next() }
}

/// Without the slashes and spaces around it.
fn bare(text: &str) -> &str {
    text.trim_matches(['/', ' '])
}

/// Code words and what follows each, up to the next.
fn parts(text: &str) -> Option<Vec<(&'static str, &str)>> {
    let text = text.trim();
    let (mut parts, mut informed) = (Vec::new(), false);
    let (mut code, mut start) = code_at(text, 0)?;
    let mut at = start;
    while let Some(found) = text[at..].find('/') {
        let slash = at + found;
        informed |= code == "REMI";
        match code_at(text, slash).filter(|(next, _)| !(informed && PARTIES.contains(next))) {
            Some((next, begins)) => {
                parts.push((code, &text[start..slash]));
                (code, start) = (next, begins);
                at = begins;
            }
            None => at = slash + 1,
        }
    }
    parts.push((code, &text[start..]));
    Some(parts)
}

/// The code word `/CODE/` that stands here, and where what belongs to it begins.
fn code_at(text: &str, slash: usize) -> Option<(&'static str, usize)> {
    let (code, _) = text.get(slash..)?.strip_prefix('/')?.split_once('/')?;
    let known = CODES.iter().find(|known| **known == code)?;
    Some((known, slash + code.len() + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Information {
        super::read(&text.lines().map(ToString::to_string).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn code_words_of_dutch_banks() {
        let told = told(
            "/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/J\n.JANSEN/REMI/T7KM 3X9Q 26WA/factuur 4711/EREF/E2E-1",
        );
        let expected = Information {
            remitter: "J.JANSEN".into(),
            account: Some("NL91ABNA0417164300".into()),
            bank: Some("ABNANL2A".into()),
            text: "T7KM 3X9Q 26WA/factuur 4711".into(),
            end_to_end: Some("E2E-1".into()),
            ..Information::default()
        };
        assert_eq!(told, expected);
    }

    #[test]
    fn counterparty_and_kinds_of_information() {
        let one = told("/EREF/EV123R/CNTP/NL32INGB0000012345/INGBNL2A/Voorbeeld BV/Utrecht//REMI/USTD//T7KM3X9Q26WA/");
        assert_eq!(one.remitter, "Voorbeeld BV");
        assert_eq!((one.account.as_deref(), one.bank.as_deref()), (Some("NL32INGB0000012345"), Some("INGBNL2A")));
        assert_eq!((one.text.as_str(), one.end_to_end.as_deref()), ("T7KM3X9Q26WA", Some("EV123R")));
        let two = told("/REMI/STRD/ISO/RF18539007547034/");
        assert_eq!(two.text, "RF18539007547034");
    }

    #[test]
    fn ordering_party_directly_or_by_name() {
        assert_eq!(told("/ORDP//NAME/One Ltd/ADDR/1 Road/REMI/x").remitter, "One Ltd");
        assert_eq!(told("/ORDP/One Ltd/REMI/x").remitter, "One Ltd");
        assert_eq!(told("/BENM//NAME/Two Ltd").remitter, "Two Ltd");
        assert_eq!(told("/TRTP/Fee/CHGS/EUR2,50").charges, "/CHGS/EUR2,50");
    }

    #[test]
    fn a_payer_names_nobody_in_the_remittance_information() {
        let told = told("/TRTP/x/REMI/hello/NAME/Somebody Else/IBAN/NL91ABNA0417164300/EREF/1");
        assert_eq!((told.remitter.as_str(), told.account), ("", None));
        assert_eq!(told.text, "hello/NAME/Somebody Else/IBAN/NL91ABNA0417164300");
        assert_eq!(super::read(&["/home/user".into()]), None);
    }

    #[test]
    fn a_payer_names_nobody_in_a_number_of_their_own() {
        for text in [
            "/EREF/1/NAME/LI MING/CNTP/NL32INGB0000012345/INGBNL2A/WANG FANG/Utrecht//REMI/USTD//T7KM/",
            "/EREF/1/NAME/LI MING/TRTP/SEPA/NAME/WANG FANG/REMI/T7KM",
            "/EREF/1/NAME/LI MING/REMI/T7KM",
            "/EREF/1/CNTP/a/b/LI MING//REMI/x/CNTP/NL32INGB0000012345/INGBNL2A/WANG FANG/Utrecht//REMI/T7KM",
            "/EREF/1/CNTP/NL32INGB0000012345//LI MING/REMI/T7KM",
            "/EREF/1/ORDP//NAME/LI MING/REMI/x/ORDP//NAME/WANG FANG/REMI/T7KM",
            "/EREF/1/ORDP/LI MING/REMI/T7KM",
            "/TRTP/SEPA/NAME/WANG FANG/EREF/1/NAME/LI MING/REMI/T7KM",
            "/NAME/WANG FANG/NAME/LI MING/REMI/T7KM",
            "/ORDP/WANG FANG/CNTP/a/b/LI MING/REMI/T7KM",
            "/PURP/x/NAME/LI MING/REMI/T7KM",
            "/MARF/x/NAME/LI MING/REMI/T7KM",
            "/ULTD//NAME/LI MING/REMI/T7KM",
            "/EREF/1/ULTD/x/ORDP//NAME/LI MING/REMI/T7KM",
            "/IBAN/NL91ABNA0417164300/ULTD/x/ORDP//NAME/LI MING/REMI/T7KM",
            "/ULTD/x/CNTP/NL32INGB0000012345/INGBNL2A/LI MING/Utrecht//REMI/USTD//T7KM/",
            "/UDTR/x/ORDP//NAME/LI MING/REMI/T7KM",
            "/EREF/1/IBAN/NL91ABNA0417164300/REMI/T7KM",
        ] {
            let told = told(text);
            assert_eq!((told.remitter.as_str(), told.account), ("", None), "{text}");
        }
    }

    #[test]
    fn a_bank_names_its_customer_behind_their_number() {
        let text = "/EREF/1/ORDP//NAME/J.JANSEN/ADDR/1 Road/REMI/T7KM";
        assert_eq!(told(text).remitter, "J.JANSEN");
        let text = "/MARF/1/EREF/2//CNTP/NL32INGB0000012345/INGBNL2A/J.JANSEN/Utrecht///REMI/USTD//T7KM/";
        assert_eq!(told(text).remitter, "J.JANSEN");
        assert_eq!(told("/NAME/J.JANSEN/ULTD/LI MING/REMI/x").remitter, "J.JANSEN, on behalf of LI MING");
        assert_eq!(told("/NAME/J.JANSEN/REMI/x/NAME/LI MING").remitter, "J.JANSEN");
    }
}
