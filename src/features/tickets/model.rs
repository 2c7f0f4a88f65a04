//! What a work order is: its words, its states and how one becomes another, its due date.

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::base::types::{Moment, text_enum};

/// Calendar days within which every request is answered (2.4 of the policy).
pub(super) const DAYS_TO_ANSWER: i32 = 15;

text_enum! {
    /// Where a work order stands.
    pub enum TicketState {
        /// The customer spoke last.
        WaitingForUs = "waiting_for_us",
        /// Support answered.
        WaitingForYou = "waiting_for_you",
        /// Support holds it for done; a reply opens it again.
        Resolved = "resolved",
        /// The customer ended it; a reply opens it again.
        Closed = "closed",
    }
}

text_enum! {
    /// What it is about.
    pub enum Category {
        /// Sign-in, members, real-name authentication.
        Account = "account",
        /// Remittances, balance, invoices.
        Money = "money",
        /// Something that runs.
        Service = "service",
        /// A question before buying.
        Product = "product",
        /// Rights over personal data.
        Privacy = "privacy",
        /// Everything else.
        Other = "other",
    }
}

text_enum! {
    /// How much it presses, as the customer sees it.
    pub enum Urgency {
        /// It can wait.
        Low = "low",
        /// The usual.
        Normal = "normal",
        /// Something stands still.
        High = "high",
    }
}

text_enum! {
    /// What one entry of the conversation is.
    pub enum EntryKind {
        /// Text for the other side.
        Reply = "reply",
        /// Text for staff alone.
        Note = "note",
        /// A change of state; the body holds the two states.
        Move = "move",
    }
}

text_enum! {
    /// Whose entry it is.
    pub enum Side {
        /// A member of the account.
        Customer = "customer",
        /// A member of staff.
        Staff = "staff",
        /// The portal itself.
        System = "system",
    }
}

/// What somebody does that may change the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    /// A member of the account writes.
    CustomerReply,
    /// Support writes.
    StaffReply,
    /// Support holds it for done.
    Resolve,
    /// The customer ends it.
    Close,
    /// The customer takes it up again.
    Reopen,
}

/// A move that the state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a work order that is {from} allows no {by:?}")]
pub(super) struct IllegalMove {
    from: TicketState,
    by: Move,
}

impl TicketState {
    /// The state after a move. The one place that knows which moves there are.
    pub(super) fn after(self, by: Move) -> Result<Self, IllegalMove> {
        match (self, by) {
            (_, Move::CustomerReply) | (Self::Resolved | Self::Closed, Move::Reopen) => Ok(Self::WaitingForUs),
            // What the customer closed is opened again by the customer alone.
            (Self::WaitingForUs | Self::WaitingForYou | Self::Resolved, Move::StaffReply) => Ok(Self::WaitingForYou),
            (Self::WaitingForUs | Self::WaitingForYou, Move::Resolve) => Ok(Self::Resolved),
            (Self::WaitingForUs | Self::WaitingForYou | Self::Resolved, Move::Close) => Ok(Self::Closed),
            (from, by) => Err(IllegalMove { from, by }),
        }
    }

    /// Whether a move is allowed: buttons of moves that are not are not drawn.
    pub(super) fn allows(self, by: Move) -> bool {
        self.after(by).is_ok()
    }

    /// Whether somebody still has to do something.
    pub fn open(self) -> bool {
        matches!(self, Self::WaitingForUs | Self::WaitingForYou)
    }
}

/// A change of state as the conversation shows it. Turns between the two waiting states are seen by the replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    /// Support holds it for done.
    Resolved,
    /// The customer ended it.
    Closed,
    /// It was taken up again.
    Reopened,
}

impl Moved {
    /// What an entry of kind `move` holds.
    pub(super) fn written(from: TicketState, to: TicketState) -> String {
        format!("{from} {to}")
    }

    /// What to show of it; `None` for what the replies show already.
    pub(super) fn read(body: &str) -> Option<Self> {
        let (from, to) = body.split_once(' ')?;
        let (from, to) = (TicketState::parse(from)?, TicketState::parse(to)?);
        match to {
            TicketState::Resolved => Some(Self::Resolved),
            TicketState::Closed => Some(Self::Closed),
            _ if !from.open() => Some(Self::Reopened),
            _ => None,
        }
    }
}

/// Until when a request of `now` is answered: the end of the fifteenth calendar day after it in `zone`.
pub(super) fn due(now: Moment, zone: &TimeZone) -> Moment {
    now.day(zone).plus(DAYS_TO_ANSWER + 1).start(zone).minus(Duration::from_micros(1))
}

/// The end of the day of `now` in `zone`.
pub(super) fn end_of_day(now: Moment, zone: &TimeZone) -> Moment {
    now.day(zone).plus(1).start(zone).minus(Duration::from_micros(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOVES: [Move; 5] = [Move::CustomerReply, Move::StaffReply, Move::Resolve, Move::Close, Move::Reopen];

    #[test]
    fn every_move_of_every_state_is_decided() {
        use TicketState::{Closed, Resolved, WaitingForUs, WaitingForYou};
        for (from, expected) in [
            (WaitingForUs, [Some(WaitingForUs), Some(WaitingForYou), Some(Resolved), Some(Closed), None]),
            (WaitingForYou, [Some(WaitingForUs), Some(WaitingForYou), Some(Resolved), Some(Closed), None]),
            (Resolved, [Some(WaitingForUs), Some(WaitingForYou), None, Some(Closed), Some(WaitingForUs)]),
            (Closed, [Some(WaitingForUs), None, None, None, Some(WaitingForUs)]),
        ] {
            for (by, to) in MOVES.into_iter().zip(expected) {
                assert_eq!(from.after(by).ok(), to, "{from} {by:?}");
                assert_eq!(from.allows(by), to.is_some());
            }
        }
    }

    #[test]
    fn only_moves_worth_a_line_are_shown() {
        use TicketState::{Closed, Resolved, WaitingForUs, WaitingForYou};
        for (from, to, shown) in [
            (WaitingForUs, WaitingForYou, None),
            (WaitingForYou, WaitingForUs, None),
            (WaitingForUs, Resolved, Some(Moved::Resolved)),
            (Resolved, Closed, Some(Moved::Closed)),
            (Closed, WaitingForUs, Some(Moved::Reopened)),
            (Resolved, WaitingForYou, Some(Moved::Reopened)),
        ] {
            assert_eq!(Moved::read(&Moved::written(from, to)), shown, "{from} {to}");
        }
        assert_eq!(Moved::read("<b>"), None);
    }

    #[test]
    fn due_is_the_end_of_the_fifteenth_day_where_the_portal_lives() {
        let shanghai = TimeZone::get("Asia/Shanghai").unwrap();
        let at = |text| Moment::parse(text).unwrap();
        assert_eq!(due(at("2026-11-23T02:00:00Z"), &shanghai).rfc3339(), "2026-12-08T15:59:59.999999Z");
        // Half past midnight in Shanghai is the day after.
        assert_eq!(due(at("2026-11-23T16:30:00Z"), &shanghai).rfc3339(), "2026-12-09T15:59:59.999999Z");
        // A change of the clocks makes a day longer or shorter, not the term.
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(due(at("2026-10-20T10:00:00Z"), &berlin).day(&berlin).to_string(), "2026-11-04");
        assert_eq!(end_of_day(at("2026-11-23T16:30:00Z"), &shanghai).rfc3339(), "2026-11-24T15:59:59.999999Z");
    }
}
