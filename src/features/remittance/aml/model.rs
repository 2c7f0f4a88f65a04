//! Rules and cases.

use crate::base::types::{Moment, Money, text_enum};
use crate::features::remittance::entries::Hold;
use crate::features::remittance::model::IllegalMove;

text_enum! {
    /// What a rule looks for.
    pub enum RuleKind {
        /// One amount, so large.
        Threshold = "threshold",
        /// Many amounts below it within days, together as large.
        Structuring = "structuring",
        /// A large amount for an account that was opened a few days ago.
        NewAccount = "new_account",
    }
}

impl RuleKind {
    /// Why money waits that it caught.
    pub const fn hold(self) -> Hold {
        match self {
            Self::Threshold => Hold::Threshold,
            Self::Structuring => Hold::Structuring,
            Self::NewAccount => Hold::NewAccount,
        }
    }

    /// What it is called.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Threshold => "Large amounts",
            Self::Structuring => "Many amounts",
            Self::NewAccount => "New accounts",
        }
    }

    /// Whether it counts transfers.
    pub const fn counts(self) -> bool {
        matches!(self, Self::Structuring)
    }

    /// Whether it looks at a number of days.
    pub const fn looks_back(self) -> bool {
        !matches!(self, Self::Threshold)
    }
}

/// A rule as it stands, or as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What it looks for.
    pub kind: RuleKind,
    /// Whether it is on.
    pub active: bool,
    /// From which amount on.
    pub amount: Money,
    /// From how many transfers on.
    pub times: i64,
    /// Within how many days.
    pub days: i64,
}

/// What is known of money that would be credited.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// How much.
    pub amount: Money,
    /// When its account was opened.
    pub account_since: Moment,
    /// Now.
    pub now: Moment,
}

impl Rule {
    /// What it is called.
    pub const fn words(&self) -> &'static str {
        self.kind.words()
    }

    /// Whether it catches this; `before` are the amounts that came for the account within its days, each by an own transfer.
    pub fn catches(&self, facts: &Facts, before: &[Money]) -> bool {
        if !self.active {
            return false;
        }
        match self.kind {
            RuleKind::Threshold => facts.amount >= self.amount,
            RuleKind::NewAccount => {
                let age = (facts.now.0 - facts.account_since.0).max(0);
                facts.amount >= self.amount && age < self.days.saturating_mul(86_400_000_000)
            }
            RuleKind::Structuring => {
                let small: Vec<&Money> = before.iter().filter(|amount| **amount < self.amount).collect();
                let count = i64::try_from(small.len()).unwrap_or(i64::MAX).saturating_add(1);
                let sum = small.iter().fold(facts.amount.0, |sum, amount| sum.saturating_add(amount.0));
                facts.amount < self.amount && count >= self.times && sum >= self.amount.0
            }
        }
    }
}

text_enum! {
    /// Where a case stands.
    pub enum CaseState {
        /// A person has to look at it.
        Open = "open",
        /// Nothing is wrong with it.
        Cleared = "cleared",
        /// The money goes back to who sent it.
        Returned = "returned",
        /// It was reported to the authority.
        Reported = "reported",
    }
}

/// What is done with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseMove {
    /// Finance credited the money, and says why it may.
    Clear,
    /// Two of finance send the money back.
    Return,
    /// Finance reported it.
    Report,
    /// It does not go back after all, or what it was cleared by is doubted: somebody has to look at it again.
    Reopen,
}

impl CaseState {
    /// Whether this move is allowed; for buttons.
    pub const fn allows(self, by: CaseMove) -> bool {
        self.after(by).is_ok()
    }

    /// Where a move leads. The one place that knows which moves there are.
    pub const fn after(self, by: CaseMove) -> Result<Self, IllegalMove> {
        match (self, by) {
            (Self::Open, CaseMove::Clear) => Ok(Self::Cleared),
            (Self::Open, CaseMove::Return) => Ok(Self::Returned),
            (Self::Open, CaseMove::Report) => Ok(Self::Reported),
            (Self::Returned | Self::Cleared, CaseMove::Reopen) => Ok(Self::Open),
            (_, CaseMove::Reopen) => Err(IllegalMove { from: self.as_str(), by: "opening" }),
            (_, CaseMove::Return) => Err(IllegalMove { from: self.as_str(), by: "returning" }),
            (_, CaseMove::Clear) => Err(IllegalMove { from: self.as_str(), by: "clearing" }),
            (_, CaseMove::Report) => Err(IllegalMove { from: self.as_str(), by: "reporting" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000_000;

    fn rule(kind: RuleKind, amount: i64, times: i64, days: i64) -> Rule {
        Rule { kind, active: true, amount: Money(amount), times, days }
    }

    fn facts(amount: i64, age_days: i64) -> Facts {
        Facts { amount: Money(amount), account_since: Moment(0), now: Moment(age_days * DAY) }
    }

    #[test]
    fn each_rule_catches_from_its_limit_on() {
        let threshold = rule(RuleKind::Threshold, 100, 1, 1);
        assert!(!threshold.catches(&facts(99, 900), &[]) && threshold.catches(&facts(100, 900), &[]));
        assert!(!Rule { active: false, ..threshold }.catches(&facts(100, 900), &[]));
        let fresh = rule(RuleKind::NewAccount, 50, 1, 30);
        assert!(fresh.catches(&facts(50, 29), &[]) && !fresh.catches(&facts(50, 30), &[]));
        assert!(!fresh.catches(&facts(49, 1), &[]));
        let many = rule(RuleKind::Structuring, 100, 3, 7);
        assert!(many.catches(&facts(40, 900), &[Money(30), Money(30)]));
        assert!(!many.catches(&facts(39, 900), &[Money(30), Money(30)]), "together less than the limit");
        assert!(!many.catches(&facts(40, 900), &[Money(60)]), "too few");
        assert!(!many.catches(&facts(40, 900), &[Money(60), Money(100)]), "a large one is no small one");
    }

    #[test]
    fn a_case_ends_once() {
        assert_eq!(CaseState::Open.after(CaseMove::Clear), Ok(CaseState::Cleared));
        assert_eq!(CaseState::Open.after(CaseMove::Report), Ok(CaseState::Reported));
        assert_eq!(CaseState::Open.after(CaseMove::Return), Ok(CaseState::Returned));
        for state in [CaseState::Returned, CaseState::Cleared] {
            assert_eq!(state.after(CaseMove::Reopen), Ok(CaseState::Open));
        }
        for state in [CaseState::Open, CaseState::Reported] {
            assert!(state.after(CaseMove::Reopen).is_err(), "{state}");
        }
        for state in [CaseState::Cleared, CaseState::Returned, CaseState::Reported] {
            for by in [CaseMove::Clear, CaseMove::Return, CaseMove::Report] {
                assert!(state.after(by).is_err(), "{state} {by:?}");
            }
        }
    }
}
