//! What is typed on the pages of people.

use serde::Deserialize;
use validator::Validate;

use crate::base::types::Address;
use crate::web::feature::StaffRole;
use crate::web::forms::plain;
use crate::web::{Errors, FieldError};

/// Most characters of a name.
const LONGEST_NAME: usize = 100;

/// Somebody new.
#[derive(Debug, Clone, Default, Deserialize, Validate)]
#[serde(default)]
pub(super) struct NewPerson {
    #[validate(length(min = 1, max = 254))]
    pub address: String,
    pub name: String,
    pub roles: Vec<String>,
}

/// The same, understood.
pub(super) struct Checked {
    pub address: Address,
    pub name: Option<String>,
    pub roles: Vec<StaffRole>,
}

impl NewPerson {
    /// The address, if it is one.
    pub fn address(&self) -> Option<Address> {
        Address::parse(&self.address)
    }

    /// Everything that is wrong, in the order of the form, or what was meant. `taken`: somebody has the address.
    pub fn check(&self, taken: bool) -> Result<Checked, Errors> {
        let mut errors = self.validate().map_or_else(Errors::from, |()| Errors::none());
        let address = self.address();
        if address.is_none() {
            errors.add("address", FieldError::Malformed);
        } else if taken {
            errors.add("address", FieldError::Taken);
        }
        let roles = roles_of(&self.roles).unwrap_or_else(|found| {
            errors.extend(found);
            Vec::new()
        });
        let name = plain::line(&self.name, LONGEST_NAME).unwrap_or_else(|error| {
            errors.add("name", error);
            String::new()
        });
        match address {
            Some(address) if errors.is_empty() => {
                Ok(Checked { address, name: Some(name).filter(|name| !name.is_empty()), roles })
            }
            _ => Err(errors.in_order(&["address", "name", "roles"])),
        }
    }
}

/// Other roles for somebody.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewRoles {
    pub roles: Vec<String>,
    /// Those that the page showed.
    pub shown: Vec<String>,
}

/// The roles of these words, each once; at least one.
pub(super) fn roles_of(words: &[String]) -> Result<Vec<StaffRole>, Errors> {
    let mut roles = Vec::new();
    for word in words {
        let role = StaffRole::parse(word).ok_or_else(|| Errors::one("roles", FieldError::UnknownChoice))?;
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    if roles.is_empty() { Err(Errors::one("roles", FieldError::Missing)) } else { Ok(roles) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn roles_are_known_ones_each_once_and_at_least_one() {
        assert_eq!(roles_of(&words(&["admin", "auditor", "admin"])), Ok(vec![StaffRole::Admin, StaffRole::Auditor]));
        assert_eq!(roles_of(&[]), Err(Errors::one("roles", FieldError::Missing)));
        assert_eq!(roles_of(&words(&["root"])), Err(Errors::one("roles", FieldError::UnknownChoice)));
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let form = NewPerson { address: "ana".into(), name: "a".repeat(101), roles: Vec::new() };
        let errors = form.check(false).err().unwrap();
        let fields: Vec<&str> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["address", "name", "roles"]);
        let form =
            NewPerson { address: " Ana@Staff.Example.com ".into(), name: " ".into(), roles: words(&["support"]) };
        let checked = form.check(false).ok().unwrap();
        assert_eq!((checked.address.as_str(), checked.name), ("ana@staff.example.com", None));
    }
}
