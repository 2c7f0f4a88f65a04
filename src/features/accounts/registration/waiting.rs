//! What waits, sealed, for the code of a registration.

use serde::{Deserialize, Serialize};

use crate::features::accounts::PasswordClass;

#[derive(Serialize, Deserialize)]
pub(super) struct Waiting {
    password_hash: String,
    password_class: String,
    /// The policy version that was agreed to.
    pub policy: i64,
    /// Whether business notices are wanted.
    pub notices: bool,
}

impl Waiting {
    pub(super) fn new(password_hash: String, class: PasswordClass, policy: i64, notices: bool) -> Self {
        Self { password_hash, password_class: class.as_str().to_string(), policy, notices }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(super) fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn password(&self) -> (&str, PasswordClass) {
        (&self.password_hash, PasswordClass::parse(&self.password_class).unwrap_or(PasswordClass::Fair))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back_as_it_was_kept() {
        let kept = Waiting::new("k1$argon2id$…".into(), PasswordClass::Strong, 3, true).write();
        let read = Waiting::read(&kept).unwrap();
        assert_eq!(read.password(), ("k1$argon2id$…", PasswordClass::Strong));
        assert_eq!((read.policy, read.notices), (3, true));
        assert!(Waiting::read("").is_none());
    }
}
