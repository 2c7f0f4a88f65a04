//! The states of a text message and the moves between them.

use crate::base::types::text_enum;

text_enum! {
    /// Where a message stands.
    pub enum TextState {
        /// Waiting for the worker.
        Queued = "queued",
        /// Taken by the gateway.
        Sent = "sent",
        /// Refused for good, or too late.
        Dead = "dead",
    }
}

text_enum! {
    /// What ends a message's waiting.
    pub enum TextMove {
        /// The gateway takes it.
        Deliver = "deliver",
        /// Nobody tries any more.
        GiveUp = "give_up",
    }
}

/// A move that the state of a message does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a text message that is {from} allows no {by}")]
pub struct IllegalMove {
    from: TextState,
    by: TextMove,
}

impl TextState {
    /// Where a move leads. The one place that knows which moves there are.
    pub fn after(self, by: TextMove) -> Result<Self, IllegalMove> {
        match (self, by) {
            (Self::Queued, TextMove::Deliver) => Ok(Self::Sent),
            (Self::Queued, TextMove::GiveUp) => Ok(Self::Dead),
            (from, by) => Err(IllegalMove { from, by }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_waits_until_it_is_delivered_or_given_up() {
        for from in TextState::ALL {
            for by in TextMove::ALL {
                let expected = match (from, by) {
                    (TextState::Queued, TextMove::Deliver) => Ok(TextState::Sent),
                    (TextState::Queued, TextMove::GiveUp) => Ok(TextState::Dead),
                    _ => Err(IllegalMove { from: *from, by: *by }),
                };
                assert_eq!(from.after(*by), expected, "{from} {by}");
            }
        }
    }
}
