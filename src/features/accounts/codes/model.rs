//! What a challenge is, and how long it lives.

use std::time::Duration;

use unicode_normalization::UnicodeNormalization;

use crate::base::types::{Address, Moment, text_enum};

/// Digits of a code: 26 bits.
pub(in crate::features::accounts) const DIGITS: usize = 8;
/// How long a code works.
const LIFE: Duration = Duration::from_secs(600);
/// How long a link in a notice works: who is away for a week still gets the account back.
const LIFE_OF_LINK: Duration = Duration::from_secs(7 * 86400);
/// How often it may be tried.
pub(super) const MOST_TRIES: i32 = 5;
/// How often one challenge may be sent.
const MOST_SENDS: i32 = 5;
/// How long a new code is waited for.
const PAUSE: Duration = Duration::from_secs(60);
/// How long a challenge may be sent anew; a second step dies sooner (MF7).
const OLDEST: Duration = Duration::from_secs(1800);
const OLDEST_SECOND_STEP: Duration = Duration::from_secs(900);

text_enum! {
    /// What a code is for; it serves nothing else.
    pub enum Purpose {
        /// Opening an account.
        Register = "register",
        /// Signing in without a password.
        SignIn = "sign_in",
        /// The second step on a browser that is not known.
        SecondStep = "second_step",
        /// Setting a forgotten password anew.
        Reset = "reset",
        /// "This was not me": a link in a notice, which no code opens.
        Disown = "disown",
        /// Confirming a step of somebody who has no password.
        StepUp = "step_up",
        /// Proving a phone that is to be bound, by text message.
        PhoneNew = "phone_new",
        /// Proving by the bound phone that a change is one's own.
        PhoneOld = "phone_old",
        /// Proving the same by the address that the account has.
        AddressOld = "address_old",
        /// Proving an address that is to take the place of another.
        AddressNew = "address_new",
        /// Unlocking a sign-in that its owner locked.
        Unlock = "unlock",
    }
}

impl Purpose {
    /// How long what was mailed works.
    pub(super) fn life(self) -> Duration {
        if self == Self::Disown { LIFE_OF_LINK } else { LIFE }
    }

    /// Whether the code goes to a phone: such codes have limits of their own, because they cost money.
    pub(in crate::features::accounts) fn by_text(self) -> bool {
        matches!(self, Self::PhoneNew | Self::PhoneOld)
    }
}

text_enum! {
    /// Where a challenge stands.
    pub enum Step {
        /// It waits for its code.
        Code = "code",
        /// Its code was given.
        Used = "used",
        /// Something else ended it.
        Void = "void",
    }
}

text_enum! {
    /// What ends a challenge.
    pub enum StepMove {
        /// Its code was given.
        Use = "use",
        /// Something makes it worthless, such as a new password.
        Void = "void",
    }
}

/// A move that the step of a challenge does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a challenge at {from} allows no {by}")]
pub(in crate::features::accounts) struct IllegalMove {
    from: Step,
    by: StepMove,
}

impl Step {
    /// Where a move leads. The one place that knows which moves there are.
    pub(in crate::features::accounts) fn after(self, by: StepMove) -> Result<Self, IllegalMove> {
        match (self, by) {
            (Self::Code, StepMove::Use) => Ok(Self::Used),
            (Self::Code, StepMove::Void) => Ok(Self::Void),
            (from, by) => Err(IllegalMove { from, by }),
        }
    }
}

/// One challenge.
#[derive(Clone, diesel::Queryable)]
pub(in crate::features::accounts) struct Challenge {
    pub id: i64,
    pub purpose: Purpose,
    pub step: Step,
    pub address: Address,
    pub person_id: Option<i64>,
    pub tries: i32,
    pub sends: i32,
    pub remembered: bool,
    pub sealed_data: Option<Vec<u8>>,
    pub created_at: Moment,
    pub sent_at: Moment,
    pub expires_at: Moment,
}

impl Challenge {
    /// Whether its page is still worth showing: an ended code can be sent anew for a while.
    pub(super) fn stands(&self, now: Moment) -> bool {
        self.step == Step::Code && (now < self.expires_at || now.since(self.created_at) < self.oldest())
    }

    fn oldest(&self) -> Duration {
        if self.purpose == Purpose::SecondStep { OLDEST_SECOND_STEP } else { OLDEST }
    }

    pub(super) fn may_be_sent_again(&self, now: Moment) -> bool {
        self.tries < MOST_TRIES && self.sends < MOST_SENDS && now.since(self.created_at) < self.oldest()
    }

    /// Seconds until it may be sent again.
    pub(super) fn wait(&self, now: Moment) -> Option<u64> {
        let left = PAUSE.saturating_sub(now.since(self.sent_at));
        (!left.is_zero()).then(|| left.as_secs().max(1))
    }
}

/// The digits of a code as people type them: in any width, with spaces and hyphens.
pub(super) fn digits(typed: &str) -> Option<String> {
    if typed.len() > 64 {
        return None;
    }
    let code: String = typed.nfkc().filter(|sign| !sign.is_whitespace() && *sign != '-').collect();
    (code.len() == DIGITS && code.bytes().all(|sign| sign.is_ascii_digit())).then_some(code)
}

/// A code as it stands in a mail: in fours.
pub(in crate::features::accounts) fn shown(code: &str) -> String {
    let half = code.len() / 2;
    format!("{} {}", code.get(..half).unwrap_or_default(), code.get(half..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for typed in ["12345678", " 1234 5678 ", "1234-5678", "１２３４５６７８", "1234\u{a0}5678"] {
            assert_eq!(digits(typed).as_deref(), Some("12345678"), "{typed}");
        }
        for typed in ["", "1234567", "123456789", "1234567a", "一二三四五六七八"] {
            assert_eq!(digits(typed), None, "{typed}");
        }
        assert_eq!(digits(&shown("12345678")).as_deref(), Some("12345678"));
    }

    #[test]
    fn a_challenge_ends_once() {
        for from in Step::ALL {
            for by in StepMove::ALL {
                let expected = match (from, by) {
                    (Step::Code, StepMove::Use) => Ok(Step::Used),
                    (Step::Code, StepMove::Void) => Ok(Step::Void),
                    _ => Err(IllegalMove { from: *from, by: *by }),
                };
                assert_eq!(from.after(*by), expected, "{from} {by}");
            }
        }
    }

    fn challenge(purpose: Purpose) -> Challenge {
        Challenge {
            id: 1,
            purpose,
            step: Step::Code,
            address: Address::parse("a@example.com").unwrap(),
            person_id: None,
            tries: 0,
            sends: 1,
            remembered: false,
            sealed_data: None,
            created_at: Moment(0),
            sent_at: Moment(0),
            expires_at: Moment(0).plus(LIFE),
        }
    }

    #[test]
    fn it_is_sent_again_after_a_minute_but_not_without_end() {
        let at = |seconds| Moment(0).plus(Duration::from_secs(seconds));
        let mut one = challenge(Purpose::SignIn);
        assert_eq!((one.wait(at(0)), one.wait(at(59)), one.wait(at(60))), (Some(60), Some(1), None));
        assert!(one.may_be_sent_again(at(1799)) && !one.may_be_sent_again(at(1800)));
        assert!(!challenge(Purpose::SecondStep).may_be_sent_again(at(900)));
        one.tries = MOST_TRIES;
        assert!(!one.may_be_sent_again(at(60)));
        one.step = Step::Used;
        assert!(!one.stands(at(1)));
    }
}
