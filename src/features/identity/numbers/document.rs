//! Numbers of identity documents, each by the form of its kind.

use std::fmt;

use super::{ResidentFault, ResidentKind, ResidentNumber, masked, plain};
use crate::base::types::{Day, text_enum};

text_enum! {
    /// Which identity document somebody has.
    pub enum DocumentKind {
        /// The resident identity card.
        ResidentId = "resident_id",
        /// The foreigner's permanent residence card.
        PermanentResidence = "permanent_residence",
        /// The residence permit of Hong Kong, Macao and Taiwan residents.
        HmtResidence = "hmt_residence",
        /// The mainland travel permit of Hong Kong, Macao and Taiwan residents.
        HmtTravelPermit = "hmt_travel_permit",
        /// A passport.
        Passport = "passport",
        /// Any other document.
        Other = "other",
    }
}

/// Which rule a document number breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    /// Not of the form of its kind.
    #[error("not of the form of its kind")]
    Form,
    /// A rule of the 18-character numbers.
    #[error(transparent)]
    Number(#[from] ResidentFault),
    /// A right number, of another kind of document: this one.
    #[error("a number of another kind of document: {0}")]
    OtherKind(DocumentKind),
}

/// A number that has the form of its kind of document.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentNumber {
    kind: DocumentKind,
    text: String,
    birth: Option<Day>,
}

impl DocumentNumber {
    /// Reads a number as people type it: in any width and case, with spaces and hyphens. `today` is the day in
    /// Asia/Shanghai.
    pub fn parse(kind: DocumentKind, typed: &str, today: Day) -> Result<Self, DocumentFault> {
        match kind {
            DocumentKind::ResidentId | DocumentKind::PermanentResidence | DocumentKind::HmtResidence => {
                Self::eighteen(kind, typed, today)
            }
            DocumentKind::HmtTravelPermit => Self::of_form(kind, typed, travel_permit),
            DocumentKind::Passport | DocumentKind::Other => Self::of_form(kind, typed, passport),
        }
    }

    fn eighteen(kind: DocumentKind, typed: &str, today: Day) -> Result<Self, DocumentFault> {
        let number = ResidentNumber::parse(typed, today)?;
        let own = match number.kind() {
            ResidentKind::Resident => DocumentKind::ResidentId,
            ResidentKind::PermanentResident => DocumentKind::PermanentResidence,
            ResidentKind::HongKongMacaoTaiwan => DocumentKind::HmtResidence,
        };
        if own != kind {
            return Err(DocumentFault::OtherKind(own));
        }
        // The permit has one code for each of the three; no county follows.
        if own == DocumentKind::HmtResidence && number.as_str().get(2..6) != Some("0000") {
            return Err(ResidentFault::Region.into());
        }
        Ok(Self { kind, text: number.as_str().to_string(), birth: Some(number.birth()) })
    }

    fn of_form(kind: DocumentKind, typed: &str, form: fn(&[u8]) -> bool) -> Result<Self, DocumentFault> {
        let text = plain(typed).filter(|text| form(text.as_bytes())).ok_or(DocumentFault::Form)?;
        Ok(Self { kind, text, birth: None })
    }

    /// The birth date, where the number tells it; elsewhere it must be asked.
    pub const fn birth(&self) -> Option<Day> {
        self.birth
    }

    /// The whole number; sealed wherever it is kept.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `1****************X`: never more than the first and the last sign.
    pub fn masked(&self) -> String {
        masked(&self.text)
    }
}

/// Masked: what is printed to find a fault ends in logs.
impl fmt::Debug for DocumentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.masked())
    }
}

/// Hong Kong and Macao: `H` or `M` and eight digits, or ten where two count the renewals. Taiwan: eight digits.
fn travel_permit(text: &[u8]) -> bool {
    let digits = match text {
        [b'H' | b'M', digits @ ..] if matches!(digits.len(), 8 | 10) => digits,
        digits if digits.len() == 8 => digits,
        _ => return false,
    };
    digits.iter().all(u8::is_ascii_digit)
}

/// Any passport of the world: no form is common to all, and no check digit is printed with the number.
fn passport(text: &[u8]) -> bool {
    (5..=20).contains(&text.len()) && text.iter().all(|sign| sign.is_ascii_digit() || sign.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use DocumentKind::{HmtResidence, HmtTravelPermit, Other, Passport, PermanentResidence, ResidentId};
    use proptest::prelude::*;

    use super::*;

    fn read(kind: DocumentKind, typed: &str) -> Result<DocumentNumber, DocumentFault> {
        DocumentNumber::parse(kind, typed, Day::parse("2026-11-26").unwrap())
    }

    #[test]
    fn each_kind_has_its_form() {
        for (kind, typed, stored, birth) in [
            (ResidentId, "11010519491231002x", "11010519491231002X", Some("1949-12-31")),
            (PermanentResidence, "911840198506150011", "911840198506150011", Some("1985-06-15")),
            (HmtResidence, "810000 19900307 0015", "810000199003070015", Some("1990-03-07")),
            (HmtResidence, "830000199912310024", "830000199912310024", Some("1999-12-31")),
            (HmtTravelPermit, "h12345678", "H12345678", None),
            (HmtTravelPermit, "M1234567801", "M1234567801", None),
            (HmtTravelPermit, "１２３４５６７８", "12345678", None),
            (Passport, "e1234 5678", "E12345678", None),
            (Passport, "AB123", "AB123", None),
            (Other, "A-1234567-8", "A12345678", None),
        ] {
            let number = read(kind, typed).expect(typed);
            let told = number.birth().map(|day| day.to_string());
            assert_eq!((number.kind, number.as_str(), told.as_deref()), (kind, stored, birth));
        }
    }

    #[test]
    fn the_rule_that_fails_is_named() {
        for (kind, typed, fault) in [
            (ResidentId, "110105194912310021", ResidentFault::Check.into()),
            (ResidentId, "110105491231002", ResidentFault::FirstGeneration.into()),
            (ResidentId, "E12345678", ResidentFault::Form.into()),
            (ResidentId, "810000199003070015", DocumentFault::OtherKind(HmtResidence)),
            (ResidentId, "911840198506150011", DocumentFault::OtherKind(PermanentResidence)),
            (PermanentResidence, "11010519491231002X", DocumentFault::OtherKind(ResidentId)),
            (HmtResidence, "11010519491231002X", DocumentFault::OtherKind(ResidentId)),
            (HmtTravelPermit, "H1234567", DocumentFault::Form),
            (HmtTravelPermit, "H123456789", DocumentFault::Form),
            (HmtTravelPermit, "K12345678", DocumentFault::Form),
            (HmtTravelPermit, "1234567890", DocumentFault::Form),
            (Passport, "AB12", DocumentFault::Form),
            (Passport, "A12345678901234567890", DocumentFault::Form),
            (Passport, "E1234567É", DocumentFault::Form),
            (Passport, "E1234567<", DocumentFault::Form),
            (Other, "A123456(7)", DocumentFault::Form),
            (Other, "", DocumentFault::Form),
        ] {
            assert_eq!(read(kind, typed), Err(fault), "{typed}");
        }
    }

    #[test]
    fn residence_permits_name_no_county() {
        let counties = ('0'..='9').chain(['X']).map(|check| format!("81010119900307001{check}"));
        let faults: Vec<DocumentFault> = counties.map(|number| read(HmtResidence, &number).unwrap_err()).collect();
        assert_eq!(faults.iter().filter(|fault| **fault == ResidentFault::Region.into()).count(), 1);
        assert_eq!(faults.iter().filter(|fault| **fault == ResidentFault::Check.into()).count(), 10);
    }

    #[test]
    fn only_the_ends_are_shown() {
        assert_eq!(read(Passport, "AB123").unwrap().masked(), "A***3");
        assert_eq!(format!("{:?}", read(HmtTravelPermit, "H12345678").unwrap()), "hmt_travel_permit H*******8");
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,40}", near in "[HM]?[0-9A-Z]{0,21}") {
            for (text, kind) in [text, near].iter().flat_map(|text| DocumentKind::ALL.iter().map(move |kind| (text, *kind))) {
                if let Ok(number) = read(kind, text) {
                    prop_assert_eq!(read(kind, number.as_str()), Ok(number.clone()));
                    let shown = number.masked().chars().filter(|sign| *sign != '*').count();
                    prop_assert!(shown == 2 && number.masked().len() == number.as_str().len());
                }
            }
        }
    }
}
