//! The mails of this room. Their words stand in `templates/mail/`; each is queued in the transaction of what it tells.

use askama::Template;
use jiff::tz::TimeZone;

use super::codes;
use crate::base::db::Conn;
use crate::base::types::Address;
use crate::services::context::Context;
use crate::services::mail::{Mail, send};
use crate::web::Error;
use crate::web::session::Displaced;

/// What a letter may tell.
#[derive(Clone)]
pub(super) struct Facts {
    /// The portal's address.
    base: String,
    /// When it happened, in the configured zone.
    when: String,
    /// From which browser.
    device: String,
    /// From which network, truncated.
    network: String,
    /// A code, in fours.
    code: String,
    /// The page that ends all sessions and sets a new password, from the portal's address on.
    disown: String,
    /// Whether it is about the phone; else about the address.
    phone: bool,
    /// What was there before and what is there now, masked.
    change: [String; 2],
    /// When it will be made; empty when it is.
    due: String,
    /// The device that lost its session, when it signed in, and its network.
    other: [String; 3],
    /// How many recovery codes are left.
    left: i64,
    /// Why staff did it, by its word.
    reason: String,
    /// What staff add to it.
    words: String,
}

impl Facts {
    pub(super) fn of(ctx: &Context, zone: &TimeZone) -> Self {
        Self {
            base: ctx.base_url.to_string(),
            when: format!("{} ({})", ctx.now.local(zone), zone.iana_name().unwrap_or("UTC")),
            device: ctx.device.to_string(),
            network: ctx.network.to_string(),
            code: String::new(),
            disown: "/password/forgot".into(),
            phone: false,
            change: Default::default(),
            due: String::new(),
            other: Default::default(),
            left: 0,
            reason: String::new(),
            words: String::new(),
        }
    }

    /// Tells of the phone, or of the address.
    pub(super) fn about_phone(self, phone: bool) -> Self {
        Self { phone, ..self }
    }

    /// Tells of what takes the place of what, both masked.
    pub(super) fn with_change(self, old: String, new: String) -> Self {
        Self { change: [old, new], ..self }
    }

    /// Tells when it will be made.
    pub(super) fn with_due(self, due: String) -> Self {
        Self { due, ..self }
    }

    pub(super) fn with_code(self, code: &str) -> Self {
        Self { code: codes::shown(code), ..self }
    }

    /// Leads to the page of this path when it was somebody else.
    pub(super) fn with_disown(self, path: String) -> Self {
        Self { disown: path, ..self }
    }

    /// Tells how many recovery codes are left.
    pub(super) fn with_left(self, left: i64) -> Self {
        Self { left, ..self }
    }

    /// Tells why staff did it, and what they add.
    pub(super) fn with_reason(self, reason: &str, words: &str) -> Self {
        Self { reason: reason.to_string(), words: words.to_string(), ..self }
    }

    /// Tells of another session as well.
    pub(super) fn with_other(self, other: &Displaced, zone: &TimeZone) -> Self {
        let since = format!("{} ({})", other.signed_in_at.local(zone), zone.iana_name().unwrap_or("UTC"));
        Self { other: [other.device.clone(), since, other.network.clone()], ..self }
    }
}

macro_rules! letters {
    ($($(#[$meta:meta])* $name:ident($kind:literal, $holds_code:literal, $text:tt, $html:tt, $subject:tt);)+) => { $(
        $(#[$meta])*
        pub(super) fn $name(
            conn: &mut Conn,
            ctx: &Context,
            to: &Address,
            person_id: Option<i64>,
            facts: &Facts,
        ) -> Result<(), Error> {
            #[derive(Template)]
            #[template(path = $text)]
            struct Text<'a> {
                facts: &'a Facts,
            }
            #[derive(Template)]
            #[template(path = $html)]
            struct Html<'a> {
                facts: &'a Facts,
            }
            #[derive(Template)]
            #[template(path = $subject)]
            struct Subject<'a> {
                #[allow(dead_code, reason = "not every subject names a fact")]
                facts: &'a Facts,
            }
            let mail = Mail {
                person_id,
                kind: $kind,
                address: to.as_str().to_string(),
                subject: Subject { facts }.render()?.trim().to_string(),
                text: Text { facts }.render()?,
                html: Html { facts }.render()?,
                holds_code: $holds_code,
            };
            Ok(send(conn, ctx, mail)?)
        }
    )+ };
}

letters! {
    /// The code that finishes a registration.
    code_register("code_register", true, "mail/code_register.txt", "mail/code_register.html", "mail/code_register_subject.txt");
    /// Somebody registered with an address that has an account.
    account_exists("account_exists", false, "mail/account_exists.txt", "mail/account_exists.html", "mail/account_exists_subject.txt");
    /// The code that signs in instead of a password.
    code_sign_in("code_sign_in", true, "mail/code_sign_in.txt", "mail/code_sign_in.html", "mail/code_sign_in_subject.txt");
    /// The code after the password on a new browser.
    code_second_step("code_second_step", true, "mail/code_second_step.txt", "mail/code_second_step.html", "mail/code_second_step_subject.txt");
    /// The code that confirms a step of somebody who has no password.
    code_step_up("code_step_up", true, "mail/code_step_up.txt", "mail/code_step_up.html", "mail/code_step_up_subject.txt");
    /// A code was asked for an address without an account.
    no_account("no_account", false, "mail/no_account.txt", "mail/no_account.html", "mail/no_account_subject.txt");
    /// The code that sets a password anew.
    code_reset("code_reset", true, "mail/code_reset.txt", "mail/code_reset.html", "mail/code_reset_subject.txt");
    /// A sign-in from a browser that was not known (EN10).
    new_device("new_device", true, "mail/new_device.txt", "mail/new_device.html", "mail/new_device_subject.txt");
    /// A sign-in after many failures (EN10).
    many_failures("many_failures", true, "mail/many_failures.txt", "mail/many_failures.html", "mail/many_failures_subject.txt");
    /// A sign-in after half a year without one (EN10).
    long_quiet("long_quiet", true, "mail/long_quiet.txt", "mail/long_quiet.html", "mail/long_quiet_subject.txt");
    /// A password was right, and the mailed code after it was not given (EN10).
    unfinished("unfinished", true, "mail/unfinished.txt", "mail/unfinished.html", "mail/unfinished_subject.txt");
    /// A sign-in took the place of the oldest session (SS7).
    session_displaced("session_displaced", true, "mail/session_displaced.txt", "mail/session_displaced.html", "mail/session_displaced_subject.txt");
    /// The password was changed by whoever was signed in (RC4).
    password_changed("password_changed", true, "mail/password_changed.txt", "mail/password_changed.html", "mail/password_changed_subject.txt");
    /// The same to a member of staff, who has no recovery by mail (EN11).
    password_changed_staff("password_changed_staff", false, "mail/password_changed_staff.txt", "mail/password_changed_staff.html", "mail/password_changed_subject.txt");
    /// The first factor was given, and the second one was not (EN10).
    unfinished_totp("unfinished_totp", true, "mail/unfinished_totp.txt", "mail/unfinished_totp.html", "mail/unfinished_totp_subject.txt");
    /// The second factor was switched on (RC4).
    totp_on("totp_on", true, "mail/totp_on.txt", "mail/totp_on.html", "mail/totp_on_subject.txt");
    /// The second factor was switched off (RC4).
    totp_off("totp_off", true, "mail/totp_off.txt", "mail/totp_off.html", "mail/totp_off_subject.txt");
    /// Recovery codes were made in place of the old ones (RC4).
    recovery_codes_new("recovery_codes_new", true, "mail/recovery_codes_new.txt", "mail/recovery_codes_new.html", "mail/recovery_codes_new_subject.txt");
    /// A recovery code signed in (MF3).
    recovery_code_used("recovery_code_used", true, "mail/recovery_code_used.txt", "mail/recovery_code_used.html", "mail/recovery_code_used_subject.txt");
    /// A forgotten password was set anew (RC1).
    password_reset("password_reset", true, "mail/password_reset.txt", "mail/password_reset.html", "mail/password_reset_subject.txt");
    /// The code by which the present address proves a change (C1).
    code_contact("code_contact", true, "mail/code_contact.txt", "mail/code_contact.html", "mail/code_contact_subject.txt");
    /// The code that proves a new address.
    code_address_new("code_address_new", true, "mail/code_address_new.txt", "mail/code_address_new.html", "mail/code_address_new_subject.txt");
    /// Somebody wanted an address that has an account.
    address_taken("address_taken", false, "mail/address_taken.txt", "mail/address_taken.html", "mail/address_taken_subject.txt");
    /// Phone or address will be changed after the wait (C1).
    contact_waiting("contact_waiting", true, "mail/contact_waiting.txt", "mail/contact_waiting.html", "mail/contact_waiting_subject.txt");
    /// Phone or address was changed (RC4).
    contact_changed("contact_changed", true, "mail/contact_changed.txt", "mail/contact_changed.html", "mail/contact_changed_subject.txt");
    /// The owner locked the account (RC9).
    account_locked("account_locked", false, "mail/account_locked.txt", "mail/account_locked.html", "mail/account_locked_subject.txt");
    /// The owner unlocked it.
    account_unlocked("account_unlocked", true, "mail/account_unlocked.txt", "mail/account_unlocked.html", "mail/account_unlocked_subject.txt");
    /// Staff locked it (RC9).
    locked_by_us("locked_by_us", false, "mail/locked_by_us.txt", "mail/locked_by_us.html", "mail/account_locked_subject.txt");
    /// A code was asked for, or an account was to be opened, where the sign-in is locked.
    sign_in_locked("sign_in_locked", false, "mail/sign_in_locked.txt", "mail/sign_in_locked.html", "mail/sign_in_locked_subject.txt");
    /// Staff unlocked it.
    unlocked_by_us("unlocked_by_us", false, "mail/unlocked_by_us.txt", "mail/unlocked_by_us.html", "mail/account_unlocked_subject.txt");
    /// The code that unlocks it.
    code_unlock("code_unlock", true, "mail/code_unlock.txt", "mail/code_unlock.html", "mail/code_unlock_subject.txt");
    /// A code to unlock was asked for where nothing is locked.
    unlock_none("unlock_none", false, "mail/unlock_none.txt", "mail/unlock_none.html", "mail/unlock_none_subject.txt");
}
