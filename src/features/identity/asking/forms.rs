//! What the customer types about a real name.

use serde::Deserialize;
use validator::Validate;

use crate::base::types::{Address, Day};
use crate::features::identity::cases::{Company, Details, IdentityKind, IdentityMethod};
use crate::features::identity::numbers::{
    AgeGroup, CreditCode, CreditFault, DocumentFault, DocumentKind, DocumentNumber, ResidentFault, age_on,
};
use crate::web::forms::{Errors, FieldError, plain};

/// The form of names and numbers.
#[derive(Clone, Default, Deserialize, Validate)]
#[serde(default)]
pub struct AnswersForm {
    /// `document`, `face` or `licence`.
    pub way: String,
    /// The company's name.
    pub company_name: String,
    /// Its unified social credit code.
    pub credit_code: String,
    /// Whether a code whose check fails is printed so.
    pub printed_so: String,
    /// The legal name of the person, or of the contact.
    #[validate(length(min = 1, max = 120))]
    pub legal_name: String,
    /// The kind of document.
    pub document: String,
    /// Its number.
    #[validate(length(min = 1))]
    pub id_number: String,
    /// The birth date, where the number does not tell it.
    pub birth: String,
    /// `self` or `other`: who the contact is.
    pub contact: String,
    /// The contact's address.
    pub contact_email: String,
}

/// What the form came to.
pub enum Read {
    /// All of it, as it is sealed.
    Answers(Box<Answers>),
    /// Somebody too young to go on alone: nothing is kept.
    TooYoung,
}

/// Names and numbers that hold.
pub struct Answers {
    /// What is sealed.
    pub details: Details,
    /// The kind of document.
    pub document: DocumentKind,
    /// The number that is authenticated, masked: the company's code, else the person's number.
    pub masked_number: String,
}

const ORDER: &[&str] = &[
    "company_name",
    "credit_code",
    "printed_so",
    "legal_name",
    "document",
    "id_number",
    "birth",
    "contact",
    "contact_email",
];

impl AnswersForm {
    /// As it is first shown.
    pub fn blank(method: IdentityMethod, name: &str, company: &str) -> Self {
        Self {
            way: method.as_str().to_string(),
            legal_name: name.to_string(),
            company_name: company.to_string(),
            document: DocumentKind::ResidentId.as_str().to_string(),
            contact: "self".to_string(),
            ..Self::default()
        }
    }

    /// Whether to ask about a credit code whose check character does not fit.
    pub fn asks_about_code(&self, errors: &Errors) -> bool {
        errors.of("credit_code") == Some(&FieldError::CreditCheck) || self.printed_so == "yes"
    }

    /// Whether this is about a company.
    pub fn corporate(&self) -> bool {
        IdentityMethod::parse(&self.way).is_some_and(|method| method.kind() == IdentityKind::Corporate)
    }

    /// Which way was chosen.
    pub fn method(&self) -> Option<IdentityMethod> {
        IdentityMethod::parse(&self.way)
    }

    /// The answers, or everything that is wrong with them. `own` is the address of whoever asks.
    pub fn read(&self, today: Day, minors: bool, own: &str) -> Result<Read, Errors> {
        let mut errors = Errors::none();
        if let Err(found) = self.validate() {
            errors.extend(found.into());
        }
        let name = line(&mut errors, "legal_name", &self.legal_name);
        let document = DocumentKind::parse(&self.document);
        if document.is_none() {
            errors.add("document", FieldError::UnknownChoice);
        }
        let number = document.and_then(|kind| self.number(&mut errors, kind, today));
        let birth = number.as_ref().and_then(|number| self.birth(&mut errors, number, today));
        let company = if self.corporate() { self.company(&mut errors, own) } else { None };
        let (Some(document), Some(number), true) = (document, number, errors.is_empty()) else {
            return Err(errors.in_order(ORDER));
        };
        if let Some(born) = number.birth().or(birth) {
            match AgeGroup::on(born, today) {
                AgeGroup::Child => return Ok(Read::TooYoung),
                AgeGroup::Minor if !minors => return Ok(Read::TooYoung),
                AgeGroup::Minor | AgeGroup::Adult => {}
            }
        }
        let masked_number = company.as_ref().map_or_else(|| number.masked(), |(_, masked)| masked.clone());
        let details = Details {
            name,
            number: number.as_str().to_string(),
            birth: birth.map(|day| day.as_str().to_string()),
            company: company.map(|(company, _)| company),
        };
        Ok(Read::Answers(Box::new(Answers { details, document, masked_number })))
    }

    fn number(&self, errors: &mut Errors, kind: DocumentKind, today: Day) -> Option<DocumentNumber> {
        if self.id_number.trim().is_empty() {
            if errors.of("id_number").is_none() {
                errors.add("id_number", FieldError::Missing);
            }
            return None;
        }
        DocumentNumber::parse(kind, &self.id_number, today)
            .map_err(|fault| errors.add("id_number", number_error(fault)))
            .ok()
    }

    /// The birth date that was given; one that the number tells need not be, and must not differ.
    fn birth(&self, errors: &mut Errors, number: &DocumentNumber, today: Day) -> Option<Day> {
        let given = self.birth.trim();
        if given.is_empty() {
            if number.birth().is_none() {
                errors.add("birth", FieldError::Missing);
            }
            return None;
        }
        let error = match Day::parse(given) {
            None => FieldError::Malformed,
            Some(day) if day > today => FieldError::InTheFuture,
            Some(day) if age_on(day, today) > 150 => FieldError::TooLongAgo,
            Some(day) if number.birth().is_some_and(|told| told != day) => FieldError::BirthDiffers,
            Some(day) => return Some(day),
        };
        errors.add("birth", error);
        None
    }

    /// The company, and its code masked.
    fn company(&self, errors: &mut Errors, own: &str) -> Option<(Company, String)> {
        let name = line(errors, "company_name", &self.company_name);
        let read = if self.printed_so == "yes" { CreditCode::as_printed } else { CreditCode::parse };
        let code = match read(&self.credit_code) {
            _ if self.credit_code.trim().is_empty() => Err(FieldError::Missing),
            Ok(code) => Ok(code),
            Err(fault) => Err(credit_error(fault)),
        };
        let contact = match self.contact.as_str() {
            "self" => Ok(None),
            "other" => match Address::parse(&self.contact_email) {
                _ if self.contact_email.trim().is_empty() => Err(("contact_email", FieldError::Missing)),
                None => Err(("contact_email", FieldError::Malformed)),
                Some(address) if address.as_str() == own => Err(("contact_email", FieldError::OwnAddress)),
                Some(address) => Ok(Some(address.as_str().to_string())),
            },
            _ => Err(("contact", FieldError::UnknownChoice)),
        };
        let code = code.map_err(|error| errors.add("credit_code", error)).ok();
        let contact = contact.map_err(|(field, error)| errors.add(field, error)).ok();
        let (code, contact) = (code?, contact?);
        let masked = code.masked();
        Some((Company { name, code: code.as_str().to_string(), contact }, masked))
    }
}

fn line(errors: &mut Errors, field: &'static str, typed: &str) -> String {
    plain::needed_line(typed, 120).unwrap_or_else(|error| {
        if errors.of(field).is_none() {
            errors.add(field, error);
        }
        String::new()
    })
}

/// What a credit code that does not hold says at its field.
fn credit_error(fault: CreditFault) -> FieldError {
    match fault {
        CreditFault::Length => FieldError::CreditLength,
        CreditFault::Alphabet => FieldError::CreditAlphabet,
        CreditFault::Region => FieldError::CreditRegion,
        CreditFault::Check => FieldError::CreditCheck,
    }
}

/// What a number that does not hold says at its field.
pub(in crate::features::identity) fn number_error(fault: DocumentFault) -> FieldError {
    match fault {
        DocumentFault::OtherKind(_) => FieldError::OtherDocument,
        DocumentFault::Form => FieldError::DocumentForm,
        DocumentFault::Number(fault) => match fault {
            ResidentFault::Form => FieldError::ResidentForm,
            ResidentFault::FirstGeneration => FieldError::FirstGeneration,
            ResidentFault::Region => FieldError::ResidentRegion,
            ResidentFault::BirthDate | ResidentFault::Future | ResidentFault::TooLongAgo => FieldError::ResidentBirth,
            ResidentFault::Check => FieldError::NumberCheck,
        },
    }
}
