//! The personal data of accounts: people, what they belong to, and what stands between them and signing in.

use crate::services::personal::Class::{Hashed, Personal, Sensitive};
use crate::services::personal::{PersonalData, column};

/// A code lives for minutes, a link for a week; the sweep comes within a day of their end.
const CODES: &str = "1 day; links in notices 8 days";

/// Settled invitations are deleted after that; an open one is settled within a week.
const INVITATIONS: &str = "30 days after they were answered or ended";

const PHONE: &str = "proving changes by text message";
const CHANGES: &str = "changing phone or address";
/// As long as a change can be undone, and a day.
const CHANGES_TERM: &str = "8 days after they are made or ended";

/// A secret that no code confirmed goes within two hours, codes that were not put away within an hour and a quarter.
const FACTOR: &str = "while it is switched on";

/// Tables `people`, `accounts`, `memberships`, `invitations`, `known_browsers`, `challenges`, `phones`, `contact_changes` and those of
/// the second factor.
pub(super) const PERSONAL: PersonalData = PersonalData {
    tables: &[
        "people",
        "accounts",
        "memberships",
        "invitations",
        "known_browsers",
        "challenges",
        "phones",
        "contact_changes",
        "totp_factors",
        "recovery_codes",
        "trusted_browsers",
        "pending_sign_ins",
    ],
    columns: &[
        column("people", "address", Personal, "signing in and writing to the person", "life of the account"),
        column("people", "name", Personal, "naming the person", "life of the account"),
        column("people", "password_hash", Hashed, "checking the password", "life of the account"),
        column("people", "password_class", Personal, "security check", "life of the account"),
        column("people", "lock_reason", Personal, "locking the sign-in", "while it is locked"),
        column("people", "password_at", Personal, "security check", "life of the account"),
        column("accounts", "name", Personal, "naming the account", "life of the account"),
        column("invitations", "address", Personal, "asking somebody into an account", INVITATIONS),
        column("invitations", "token_hash", Hashed, "asking somebody into an account", INVITATIONS),
        column("known_browsers", "token_hash", Hashed, "knowing a browser that passed a code", "30 days"),
        column("challenges", "handle_hash", Hashed, "tying a code to one browser", CODES),
        column("challenges", "address", Personal, "mailing a code", CODES),
        column("challenges", "code_hash", Hashed, "checking a code", CODES),
        column("challenges", "network", Personal, "telling of a sign-in that was not finished", CODES),
        column("challenges", "device", Personal, "telling of a sign-in that was not finished", CODES),
        column("challenges", "sealed_data", Sensitive, "what waits for the code", CODES),
        column("phones", "sealed_number", Sensitive, PHONE, "until you remove it; life of the account"),
        column("phones", "number_hash", Hashed, PHONE, "until you remove it; life of the account"),
        column("contact_changes", "sealed_old", Sensitive, CHANGES, CHANGES_TERM),
        column("contact_changes", "sealed_new", Sensitive, CHANGES, CHANGES_TERM),
        column("contact_changes", "network", Personal, CHANGES, CHANGES_TERM),
        column("contact_changes", "device", Personal, CHANGES, CHANGES_TERM),
        column("totp_factors", "sealed_secret", Sensitive, "second step of the sign-in", FACTOR),
        column("totp_factors", "sealed_codes", Sensitive, "second step of the sign-in", FACTOR),
        column("recovery_codes", "code_hash", Hashed, "second step of the sign-in", FACTOR),
        column("trusted_browsers", "token_hash", Hashed, "knowing a browser that passed a code", "30 days"),
        column("trusted_browsers", "network", Personal, "knowing a browser that passed a code", "30 days"),
        column("trusted_browsers", "device", Personal, "knowing a browser that passed a code", "30 days"),
        column("pending_sign_ins", "handle_hash", Hashed, "tying a code to one browser", CODES),
        column("pending_sign_ins", "sealed_next", Personal, "what waits for the code", CODES),
        column("pending_sign_ins", "network", Personal, "telling of a sign-in that was not finished", CODES),
        column("pending_sign_ins", "device", Personal, "telling of a sign-in that was not finished", CODES),
    ],
};
