//! The states of a receiving account and the moves between them.

use crate::base::types::text_enum;
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

#[cfg(test)]
mod tests {
    use super::*;

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
