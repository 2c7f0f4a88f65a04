//! What the form of a new work order asks, and what of it is kept.

use serde::Deserialize;
use validator::Validate;

use crate::base::types::Address;
use crate::features::tickets::conversation::forms::MOST_TEXT;
use crate::features::tickets::model::{Category, Urgency};
use crate::features::tickets::queries::Contact;
use crate::web::forms::plain::{line, needed_line, prose};
use crate::web::{Errors, FieldError};

/// The fields in the order in which the page asks.
const FIELDS: [&str; 11] = [
    "another",
    "category",
    "urgency",
    "subject",
    "text",
    "contact_name",
    "email",
    "phone",
    "company",
    "industry",
    "position",
];

/// The form.
#[derive(Debug, Clone, Default, Deserialize, Validate)]
#[serde(default)]
pub(in crate::features::tickets) struct New {
    /// A word of [`Category`].
    pub category: String,
    /// A word of [`Urgency`].
    pub urgency: String,
    #[validate(length(min = 1))]
    pub subject: String,
    #[validate(length(min = 1))]
    pub text: String,
    #[validate(length(min = 1))]
    pub contact_name: String,
    #[validate(length(min = 1))]
    pub email: String,
    pub phone: String,
    pub company: String,
    pub industry: String,
    pub position: String,
    /// Numbers of files that were accepted with an earlier try.
    pub kept: Vec<String>,
    /// Whether it is sent although the same was sent just before.
    pub another: String,
}

/// A work order that may be opened: everything was checked.
#[derive(Debug, Clone)]
pub struct NewTicket {
    /// What it is about.
    pub category: Category,
    /// How much it presses.
    pub urgency: Urgency,
    /// One line.
    pub subject: String,
    /// The question.
    pub text: String,
    /// Who asks.
    pub contact: Contact,
}

impl New {
    /// The form as it is first shown.
    pub fn filled(category: Option<Category>, contact: Contact) -> Self {
        Self {
            category: category.map(Category::as_str).unwrap_or_default().to_string(),
            urgency: Urgency::Normal.as_str().to_string(),
            contact_name: contact.name,
            email: contact.address,
            phone: contact.phone,
            company: contact.company,
            industry: contact.industry,
            position: contact.position,
            ..Self::default()
        }
    }

    /// Checks every field.
    pub fn check(&self) -> Result<NewTicket, Errors> {
        let mut errors = self.validate().map_or_else(Errors::from, |()| Errors::none());
        let category = Category::parse(&self.category);
        if category.is_none() {
            errors.add("category", choice(&self.category));
        }
        let urgency = Urgency::parse(&self.urgency);
        if urgency.is_none() {
            errors.add("urgency", choice(&self.urgency));
        }
        let mut of = |field: &'static str, read: Result<String, FieldError>| match read {
            Ok(text) => text,
            Err(error) => {
                errors.add(field, error);
                String::new()
            }
        };
        let subject = of("subject", needed_line(&self.subject, 120));
        let text = of("text", prose(&self.text, MOST_TEXT));
        let contact = Contact {
            name: of("contact_name", needed_line(&self.contact_name, 100)),
            address: of("email", address(&self.email)),
            phone: of("phone", phone(&self.phone)),
            company: of("company", line(&self.company, 120)),
            industry: of("industry", line(&self.industry, 80)),
            position: of("position", line(&self.position, 80)),
        };
        match (category, urgency) {
            (Some(category), Some(urgency)) if errors.is_empty() => {
                Ok(NewTicket { category, urgency, subject, text, contact })
            }
            _ => Err(errors.in_order(&FIELDS)),
        }
    }
}

fn choice(typed: &str) -> FieldError {
    if typed.is_empty() { FieldError::Missing } else { FieldError::UnknownChoice }
}

fn address(typed: &str) -> Result<String, FieldError> {
    Address::parse(typed).map(|address| address.as_str().to_string()).ok_or(FieldError::Malformed)
}

/// A telephone number as people write it: 5 to 20 digits with what is usual between them. May be empty.
fn phone(typed: &str) -> Result<String, FieldError> {
    let text = line(typed, 40)?;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let usual = text.chars().all(|sign| sign.is_ascii_digit() || " +-()./".contains(sign));
    if text.is_empty() || usual && (5..=20).contains(&digits) { Ok(text) } else { Err(FieldError::Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> New {
        New {
            category: "service".into(),
            urgency: "high".into(),
            subject: " Disk  is slow ".into(),
            text: "Since noon.\r\nBoth disks.".into(),
            contact_name: "Li Ming".into(),
            email: "Li@Example.com".into(),
            phone: "+86 (10) 1234-5678".into(),
            ..New::default()
        }
    }

    #[test]
    fn a_good_form_is_kept_as_meant() {
        let new = good().check().unwrap();
        assert_eq!((new.category, new.urgency), (Category::Service, Urgency::High));
        assert_eq!((new.subject.as_str(), new.text.as_str()), ("Disk is slow", "Since noon.\nBoth disks."));
        assert_eq!(new.contact.address, "li@example.com");
    }

    #[test]
    fn every_field_has_its_bounds() {
        type Change = fn(&mut New, String);
        let cases: [(&str, Change, usize); 6] = [
            ("subject", |form, text| form.subject = text, 120),
            ("text", |form, text| form.text = text, MOST_TEXT),
            ("contact_name", |form, text| form.contact_name = text, 100),
            ("company", |form, text| form.company = text, 120),
            ("industry", |form, text| form.industry = text, 80),
            ("position", |form, text| form.position = text, 80),
        ];
        for (field, change, most) in cases {
            let mut form = good();
            change(&mut form, "线".repeat(most));
            assert!(form.check().is_ok(), "{field}");
            change(&mut form, "线".repeat(most + 1));
            assert_eq!(form.check().unwrap_err().of(field), Some(&FieldError::TooLong(most as u64)), "{field}");
            change(&mut form, "a\0b".into());
            assert_eq!(form.check().unwrap_err().of(field), Some(&FieldError::Unseen), "{field}");
        }
        for (field, change, _) in &cases[..3] {
            for blank in ["", "  \r\n\t "] {
                let mut form = good();
                change(&mut form, blank.into());
                assert_eq!(form.check().unwrap_err().of(field), Some(&FieldError::Missing), "{field}");
            }
        }
    }

    #[test]
    fn choices_addresses_and_numbers_are_checked() {
        let wrong = |change: fn(&mut New)| {
            let mut form = good();
            change(&mut form);
            form.check().err().map(|errors| {
                errors.iter().map(|(field, error)| (field.to_string(), error.clone())).collect::<Vec<_>>()
            })
        };
        let one = |field: &str, error| Some(vec![(field.to_string(), error)]);
        assert_eq!(wrong(|form| form.category.clear()), one("category", FieldError::Missing));
        assert_eq!(wrong(|form| form.category = "x".into()), one("category", FieldError::UnknownChoice));
        assert_eq!(wrong(|form| form.urgency = "HIGH".into()), one("urgency", FieldError::UnknownChoice));
        assert_eq!(wrong(|form| form.email = "a@b".into()), one("email", FieldError::Malformed));
        assert_eq!(wrong(|form| form.phone = "1234".into()), one("phone", FieldError::Malformed));
        assert_eq!(wrong(|form| form.phone = "call me 12345".into()), one("phone", FieldError::Malformed));
        assert_eq!(wrong(|form| form.phone.clear()), None);
        let all = New::default().check().unwrap_err();
        let fields: Vec<&str> = all.iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["category", "urgency", "subject", "text", "contact_name", "email"]);
    }
}
