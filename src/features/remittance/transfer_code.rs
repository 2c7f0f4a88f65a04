//! The QR code of a SEPA transfer (EPC069-12, version 002): a banking app fills the transfer in from it. Only for accounts in euros
//! whose number is an IBAN.

use super::model::signs;
use super::top_ups::TopUp;
use crate::web::qr::{Correction, Picture};

/// The most bytes that the code holds: version 13 with level M.
const MOST_BYTES: usize = 331;
/// The most characters of the beneficiary's name.
const MOST_NAME: usize = 70;

/// The code, and what it says.
#[derive(Debug, Clone)]
pub struct TransferCode {
    /// The code.
    pub picture: Picture,
    /// Who gets the money.
    pub name: String,
    /// Its account.
    pub iban: String,
    /// `EUR123.45`.
    pub amount: String,
    /// The reference, as the text of the transfer.
    pub text: String,
}

impl TransferCode {
    /// The code by which what is still payable of a top-up is paid; none where it cannot be paid so.
    pub fn of(top_up: &TopUp) -> Option<Self> {
        let receiving = &top_up.receiving;
        let rest = top_up.rest();
        if receiving.currency != "EUR" || !receiving.state.takes_money() || !rest.is_positive() {
            return None;
        }
        let iban = iban(&receiving.account_number)?;
        let name: String = receiving.holder.chars().take(MOST_NAME).collect();
        let (amount, text) = (format!("EUR{}", rest.plain()), top_up.number.to_string());
        let payload = payload(&name, &iban, &amount, &text)?;
        let picture = Picture::of(&payload, Correction::Medium)?;
        Some(Self { picture, name, iban, amount, text })
    }
}

/// The lines of the standard, in its order. The bank's own code is left out, as version 002 allows; the reference is free text,
/// for it is none of ISO 11649.
fn payload(name: &str, iban: &str, amount: &str, text: &str) -> Option<String> {
    let (service, version, utf_8, transfer) = ("BCD", "002", "1", "SCT");
    let (bic, purpose, structured) = ("", "", "");
    let payload = [service, version, utf_8, transfer, bic, name, iban, amount, purpose, structured, text].join("\n");
    (payload.len() <= MOST_BYTES).then_some(payload)
}

/// The IBAN that a number is, without blanks: its country, its length and its check digits hold (ISO 13616).
fn iban(number: &str) -> Option<String> {
    let iban = signs(number);
    let bytes = iban.as_bytes();
    let formed = (15..=34).contains(&bytes.len())
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit);
    if !formed {
        return None;
    }
    // The first four stand last; letters count from ten.
    let rest = bytes[4..].iter().chain(&bytes[..4]).try_fold(0_u32, |rest, sign| {
        let value = char::from(*sign).to_digit(36)?;
        Some((rest * if value > 9 { 100 } else { 10 } + value) % 97)
    })?;
    (rest == 1).then_some(iban)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::types::{Money, Number};
    use crate::features::remittance::model::RemittanceState;
    use crate::features::remittance::receiving::{Receiving, ReceivingState};

    fn top_up(holder: &str, account_number: &str, currency: &str) -> TopUp {
        let receiving = Receiving {
            id: 1,
            number: Number::random('B'),
            state: ReceivingState::Open,
            bank_name: "Bank".into(),
            holder: holder.into(),
            account_number: account_number.into(),
            account_key: String::new(),
            currency: currency.into(),
            instructions: String::new(),
            range: crate::features::remittance::receiving::Range::default(),
            for_account_id: None,
        };
        TopUp {
            id: 1,
            account_id: 1,
            number: Number::parse('R', "R7KM3X9Q26WA").unwrap_or_else(|| Number::random('R')),
            state: RemittanceState::Partial,
            amount: Money(20_045),
            received: Money(7_700),
            refusal: None,
            claimed: false,
            receiving,
            declared: None,
        }
    }

    #[test]
    fn each_field_stands_on_its_line() {
        let lines = payload("Easy Link GmbH", "DE89370400440532013000", "EUR123.45", "R7KM-3X9Q-26WA").unwrap();
        let expected = [
            "BCD",
            "002",
            "1",
            "SCT",
            "",
            "Easy Link GmbH",
            "DE89370400440532013000",
            "EUR123.45",
            "",
            "",
            "R7KM-3X9Q-26WA",
        ];
        assert_eq!(lines.split('\n').collect::<Vec<_>>(), expected);
    }

    #[test]
    fn it_asks_for_what_is_still_payable() {
        let code = TransferCode::of(&top_up("Easy Link GmbH", "DE89 3704 0044 0532 0130 00", "EUR")).unwrap();
        assert_eq!((code.amount.as_str(), code.iban.as_str()), ("EUR123.45", "DE89370400440532013000"));
        // 17 squares, four more with each version, and the quiet border on both sides.
        assert!(code.picture.size <= 17 + 4 * 13 + 8, "{}", code.picture.size);
    }

    #[test]
    fn long_names_are_cut_and_what_does_not_fit_is_no_code() {
        let code = TransferCode::of(&top_up(&"é".repeat(100), "DE89370400440532013000", "EUR")).unwrap();
        assert_eq!(code.name.chars().count(), MOST_NAME);
        assert!(payload(&"名".repeat(MOST_NAME), "DE89370400440532013000", "EUR123.45", "R7KM-3X9Q-26WA").is_some());
        assert_eq!(payload(&"名".repeat(100), "DE89370400440532013000", "EUR123.45", "R7KM-3X9Q-26WA"), None);
    }

    #[test]
    fn other_currencies_and_numbers_that_are_no_iban_have_none() {
        assert!(TransferCode::of(&top_up("Easy Link", "DE89370400440532013000", "CNY")).is_none());
        for number in ["DE88370400440532013000", "310066661018800123456", "DE89", "", "GB82WEST1234569876543X"] {
            assert_eq!(iban(number), None, "{number}");
        }
        for number in ["GB82 WEST 1234 5698 7654 32", "NO93 8601 1117 947", "fr14 2004 1010 0505 0001 3m02 606"] {
            assert!(iban(number).is_some(), "{number}");
        }
    }
}
