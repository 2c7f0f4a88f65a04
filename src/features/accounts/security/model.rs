//! What the security check finds.

use std::time::Duration;

use super::super::passwords::PasswordClass;
use crate::base::types::Moment;
use crate::features::accounts::factors::Factor;

/// Recovery codes from which on new ones are suggested.
const FEW: i64 = 3;
const DAY: Duration = Duration::from_secs(24 * 3600);
/// From this age on a change is suggested; it is never forced (PW6).
const OLD: Duration = Duration::from_secs(365 * 24 * 3600);

/// A password without its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Set {
    pub(super) class: PasswordClass,
    pub(super) since: Moment,
}

/// What is known of a person's sign-in.
#[derive(Debug, Clone, Default)]
pub(super) struct Check {
    pub(super) password: Option<Set>,
    pub(super) devices: usize,
    pub(super) known_browsers: i64,
    /// Failed sign-ins of the last 30 days.
    pub(super) failures: i64,
    /// Whether no phone is bound where one could be.
    pub(super) phone_missing: bool,
    pub(super) factor: Factor,
    /// Browsers in which the second step is not asked for.
    pub(super) trusted: usize,
    /// Whether the second step is this person's own choice: that of the staff is not.
    pub(super) chooses: bool,
}

/// One thing that could be better; each has its own link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weakness {
    /// The password is short.
    ShortPassword,
    /// The password is of this many days.
    OldPassword(u64),
    /// There is no password: every sign-in takes a mailed code.
    NoPassword,
    /// Nothing stands behind a password that is short, or none.
    NoSecondStep,
    /// So few recovery codes are left.
    FewCodes(i64),
    /// So many sign-ins failed in the last 30 days.
    Failures(i64),
    /// No phone is bound: whoever loses the mailbox waits for days.
    NoPhone,
}

impl Check {
    /// What could be better, the weightiest first.
    pub(super) fn weaknesses(&self, now: Moment) -> Vec<Weakness> {
        let mut found = Vec::new();
        match self.password {
            None => found.push(Weakness::NoPassword),
            // Ten characters are enough with a second step (A4).
            Some(set) if set.class == PasswordClass::Fair && !self.factor.is_on() => {
                found.push(Weakness::ShortPassword);
            }
            // One link for one password: a short one is changed anyway.
            Some(set) if now.since(set.since) >= OLD => found.push(Weakness::OldPassword(days(set.since, now))),
            Some(_) => {}
        }
        let weak = self.password.is_none_or(|set| set.class == PasswordClass::Fair);
        if self.chooses && weak && !self.factor.is_on() {
            found.push(Weakness::NoSecondStep);
        }
        if self.factor.is_on() && self.chooses && self.factor.codes_left <= FEW {
            found.push(Weakness::FewCodes(self.factor.codes_left));
        }
        if self.failures >= 3 {
            found.push(Weakness::Failures(self.failures));
        }
        if self.phone_missing {
            found.push(Weakness::NoPhone);
        }
        found
    }
}

/// Whole days since then.
pub(super) fn days(since: Moment, now: Moment) -> u64 {
    now.since(since).as_secs() / DAY.as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(class: PasswordClass, failures: i64) -> Check {
        Check { password: Some(Set { class, since: Moment(0) }), failures, ..Check::default() }
    }

    #[test]
    fn age_is_a_suggestion_after_a_year() {
        let strong = check(PasswordClass::Strong, 0);
        assert_eq!(strong.weaknesses(Moment(0).plus(DAY * 364)), []);
        assert_eq!(strong.weaknesses(Moment(0).plus(DAY * 365)), [Weakness::OldPassword(365)]);
    }

    #[test]
    fn a_short_password_is_weak_at_once_and_named_once() {
        let fair = check(PasswordClass::Fair, 0);
        assert_eq!(fair.weaknesses(Moment(0)), [Weakness::ShortPassword]);
        assert_eq!(fair.weaknesses(Moment(0).plus(DAY * 4000)), [Weakness::ShortPassword]);
    }

    #[test]
    fn failures_count_from_three() {
        assert_eq!(check(PasswordClass::Strong, 2).weaknesses(Moment(0)), []);
        assert_eq!(check(PasswordClass::Strong, 3).weaknesses(Moment(0)), [Weakness::Failures(3)]);
        assert_eq!(Check::default().weaknesses(Moment(0)), [Weakness::NoPassword]);
    }

    #[test]
    fn a_second_step_stands_behind_a_short_password() {
        let mut fair = Check { chooses: true, ..check(PasswordClass::Fair, 0) };
        assert_eq!(fair.weaknesses(Moment(0)), [Weakness::ShortPassword, Weakness::NoSecondStep]);
        fair.factor = Factor { on_since: Some(Moment(0)), codes_left: 10 };
        assert_eq!(fair.weaknesses(Moment(0)), []);
        fair.factor.codes_left = 3;
        assert_eq!(fair.weaknesses(Moment(0)), [Weakness::FewCodes(3)]);
        fair.chooses = false;
        assert_eq!(fair.weaknesses(Moment(0)), []);
    }
}
