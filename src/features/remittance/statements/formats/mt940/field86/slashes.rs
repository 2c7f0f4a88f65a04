//! The structure of Dutch and other banks: code words between slashes, `/TRTP/…/IBAN/…/NAME/…/REMI/…/EREF/…`, and the
//! older `/ORDP/…` (ordering party) and `/BENM/…` (beneficiary).

use super::{Information, number, reference};

/// The code words at which a new part begins.
const CODES: [&str; 27] = [
    "TRTP", "TRCD", "IBAN", "BIC", "NAME", "ADDR", "ORDP", "BENM", "CNTP", "REMI", "EREF", "PREF", "MARF", "CSID",
    "RTRN", "PURP", "ISDT", "ULTD", "ULTC", "UDTR", "UCRD", "OCMT", "CHGS", "EXCH", "ACCW", "SVCL", "ID",
];

/// Those that name a party. Behind the remittance information they are the payer's words, not the bank's.
const PARTIES: [&str; 8] = ["IBAN", "BIC", "NAME", "ADDR", "ORDP", "BENM", "CNTP", "ID"];

/// Reads it, if it begins with one of the code words.
pub fn read(lines: &[String]) -> Option<Information> {
    let all = lines.concat();
    let parts = parts(&all)?;
    let get =
        |code: &str| parts.iter().find(|(known, _)| *known == code).map(|(_, text)| text.trim_matches(['/', ' ']));
    // ING: account, bank, name, city.
    let counterparty: Vec<&str> = parts
        .iter()
        .find(|(code, _)| *code == "CNTP")
        .map_or(Vec::new(), |(_, text)| text.strip_prefix('/').unwrap_or(text).split('/').map(str::trim).collect());
    let of_place = |place: usize| counterparty.get(place).copied().filter(|text| !text.is_empty());
    let name = get("NAME").filter(|name| !name.is_empty()).or_else(|| of_place(2));
    let name = name.or_else(|| get("ORDP").or_else(|| get("BENM")));
    let information = get("REMI").unwrap_or_default();
    let unstructured = information.strip_prefix("USTD/").map_or(information, |text| text.trim_matches('/'));
    let structured = unstructured.strip_prefix("STRD/").unwrap_or(unstructured);
    // ISO 11649 and the national references are preceded by their kind.
    let text = structured
        .split_once('/')
        .filter(|(kind, _)| matches!(*kind, "CUR" | "ISO"))
        .map_or(structured, |(_, text)| text);
    Some(Information {
        remitter: name.unwrap_or_default().to_string(),
        account: get("IBAN").or_else(|| of_place(0)).and_then(number),
        bank: get("BIC").or_else(|| of_place(1)).and_then(number),
        text: if text.is_empty() { get("TRTP").unwrap_or_default() } else { text }.trim().to_string(),
        end_to_end: get("EREF").and_then(reference),
        code: get("TRCD").filter(|code| !code.is_empty()).map(ToString::to_string),
        charges: get("CHGS").map(|text| format!("/CHGS/{text}")).unwrap_or_default(),
    })
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
}
