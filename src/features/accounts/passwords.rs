//! New passwords: judged alike at registration, change and reset (A4).

use crate::base::crypto::{Full, Hasher, PasswordFault, Secret};
use crate::base::types::text_enum;
use crate::web::forms::Advice;
use crate::web::{Errors, FieldError};

/// What the judge counts, for the words of the page.
const SHORTEST: u64 = 10;
const LONGEST: u64 = 256;
/// Characters from which on a password holds without a second factor (SP 800-63B-4).
const STRONG: usize = 15;

text_enum! {
    /// What is remembered of a password's strength, for the security check.
    pub enum PasswordClass {
        /// 10 to 14 characters: weak without TOTP.
        Fair = "fair",
        /// 15 and more.
        Strong = "strong",
    }
}

impl PasswordClass {
    /// The class of a password that was judged good.
    pub fn of(password: &Secret) -> Self {
        if password.expose().chars().count() >= STRONG { Self::Strong } else { Self::Fair }
    }
}

/// What is wrong with a new password (field `password`) and its repetition (field `again`) for the person with this
/// address. The hasher's threads judge.
pub async fn check(hasher: &Hasher, password: &Secret, again: &Secret, address: &str) -> Result<Errors, Full> {
    let mut errors = Errors::none();
    if password.is_empty() {
        errors.add("password", FieldError::Missing);
    } else if let Err(fault) = hasher.judge(password.clone(), address.to_string()).await? {
        errors.add("password", said(fault));
    }
    if again.is_empty() {
        errors.add("again", FieldError::Missing);
    } else if password.expose() != again.expose() {
        errors.add("again", FieldError::Mismatch);
    }
    Ok(errors)
}

fn said(fault: PasswordFault) -> FieldError {
    match fault {
        PasswordFault::TooShort => FieldError::TooShort(SHORTEST),
        PasswordFault::TooLong => FieldError::TooLong(LONGEST),
        PasswordFault::Common => FieldError::Common,
        PasswordFault::LikeAddress => FieldError::LikeAddress,
        PasswordFault::Weak(advice) => FieldError::Weak(advice.into_iter().map(Advice).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::crypto::Keys;

    #[test]
    fn fifteen_characters_are_strong_in_any_script() {
        assert_eq!(PasswordClass::of(&Secret::new("a".repeat(14))), PasswordClass::Fair);
        assert_eq!(PasswordClass::of(&Secret::new("木".repeat(15))), PasswordClass::Strong);
    }

    #[tokio::test]
    async fn each_field_is_told_its_own_fault() {
        let hasher = Hasher::start(1, 10, &Keys::fixed(1)).unwrap();
        let check = async |one: &str, two: &str| {
            check(&hasher, &Secret::new(one), &Secret::new(two), "li@example.com").await.unwrap()
        };
        assert!(check("seven purple lanterns", "seven purple lanterns").await.is_empty());
        assert_eq!(check("", "").await.of("password"), Some(&FieldError::Missing));
        assert_eq!(check("seven purple lanterns", "seven").await.of("again"), Some(&FieldError::Mismatch));
        assert_eq!(check("short", "short").await.of("password"), Some(&FieldError::TooShort(10)));
    }
}
