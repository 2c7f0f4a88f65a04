//! The states of a receiving account and the moves between them.

use std::cmp::Reverse;

use diesel::Queryable;

use crate::base::types::{Money, text_enum};
use crate::features::remittance::model::IllegalMove;
use crate::services::records::Event;

text_enum! {
    /// Where one of our receiving accounts stands. Opening and closing take two members of finance.
    pub enum ReceivingState {
        /// One person typed it in.
        Proposed = "proposed",
        /// A second one opened it: customers see it.
        Open = "open",
        /// One person asks to close it.
        Closing = "closing",
        /// No new top-up names it.
        Closed = "closed",
    }
}

text_enum! {
    /// What can be done with a receiving account.
    pub enum ReceivingMove {
        /// A second person opens what was proposed.
        Open = "open",
        /// A proposal is dropped; no customer has seen it.
        Drop = "drop",
        /// One person asks to close it.
        AskToClose = "ask_to_close",
        /// Who asked to close it takes that back, or a second person refuses it.
        Keep = "keep",
        /// A second person closes it.
        Close = "close",
    }
}

text_enum! {
    /// What happened to the receiving account of a remittance that its people were not told yet.
    pub enum Untold {
        /// It was closed, and there is no other.
        Closed = "closed",
        /// It was closed, and the remittance names another one.
        Redirected = "redirected",
    }
}

impl ReceivingState {
    /// Where a move leads. The one place that knows which moves there are.
    pub const fn after(self, by: ReceivingMove) -> Result<Self, IllegalMove> {
        match (self, by) {
            (Self::Proposed, ReceivingMove::Open) | (Self::Closing, ReceivingMove::Keep) => Ok(Self::Open),
            (Self::Proposed, ReceivingMove::Drop) | (Self::Closing, ReceivingMove::Close) => Ok(Self::Closed),
            (Self::Open, ReceivingMove::AskToClose) => Ok(Self::Closing),
            _ => Err(IllegalMove { from: self.as_str(), by: by.as_str() }),
        }
    }

    /// Whether customers pay to it: until a second person has closed it.
    pub const fn takes_money(self) -> bool {
        matches!(self, Self::Open | Self::Closing)
    }
}

impl ReceivingMove {
    /// What is recorded of it.
    pub const fn event(self) -> Event {
        match self {
            Self::Open => Event::ReceivingOpened,
            Self::AskToClose => Event::ReceivingClosing,
            Self::Keep => Event::ReceivingKept,
            Self::Drop | Self::Close => Event::ReceivingClosed,
        }
    }
}

/// From which amount to which one takes top-ups; without an end there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Queryable)]
pub struct Range {
    /// The least amount.
    pub from: Option<Money>,
    /// The greatest.
    pub to: Option<Money>,
}

impl Range {
    /// Whether it holds an amount.
    pub fn holds(self, amount: Money) -> bool {
        self.from.is_none_or(|from| amount >= from) && self.to.is_none_or(|to| amount <= to)
    }

    /// Whether it holds every amount.
    pub const fn is_all(self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// How many amounts it holds.
    const fn width(self) -> i64 {
        let from = match self.from {
            Some(from) => from.0,
            None => 0,
        };
        match self.to {
            Some(to) => to.0 - from,
            None => i64::MAX - from,
        }
    }
}

/// What is chosen first comes first: what is not to be closed, what is for one customer, the narrowest range, the newest.
pub fn first_choice(state: ReceivingState, own: bool, range: Range, id: i64) -> impl Ord {
    (state != ReceivingState::Open, !own, range.width(), Reverse(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_its_ends() {
        let range = Range { from: Some(Money(100)), to: Some(Money(200)) };
        assert!(range.holds(Money(100)) && range.holds(Money(200)) && !range.is_all());
        assert!(!range.holds(Money(99)) && !range.holds(Money(201)));
        assert!(Range::default().holds(Money(1)) && Range::default().is_all());
    }

    #[test]
    fn the_choice_is_own_then_narrow_then_new() {
        use ReceivingState::{Closing, Open};
        let some = |from, to| Range { from: Some(Money(from)), to: Some(Money(to)) };
        let upwards = Range { from: Some(Money(100)), to: None };
        // State, for one customer, range, id: in the order in which they are chosen.
        let order = [
            (Open, true, Range::default(), 1),
            (Open, false, some(100, 200), 2),
            (Open, false, some(100, 900), 7),
            (Open, false, some(100, 900), 3),
            (Open, false, upwards, 4),
            (Open, false, Range::default(), 5),
            (Closing, true, some(100, 200), 6),
        ];
        let mut sorted = order;
        sorted.reverse();
        sorted.sort_by_key(|(state, own, range, id)| first_choice(*state, *own, *range, *id));
        assert_eq!(sorted, order);
    }

    #[test]
    fn every_move_of_every_state_is_decided() {
        use ReceivingState::{Closed, Closing, Open, Proposed};
        // In the order of `ReceivingMove::ALL`: open, drop, ask to close, keep, close.
        for (from, expected) in [
            (Proposed, [Some(Open), Some(Closed), None, None, None]),
            (Open, [None, None, Some(Closing), None, None]),
            (Closing, [None, None, None, Some(Open), Some(Closed)]),
            (Closed, [None, None, None, None, None]),
        ] {
            for (by, to) in ReceivingMove::ALL.iter().zip(expected) {
                assert_eq!(from.after(*by).ok(), to, "{from} {by}");
            }
        }
    }
}
