//! The states of a mail and the moves between them.

use crate::base::types::text_enum;

text_enum! {
    /// Where a mail stands.
    pub enum MailState {
        /// Waiting for the worker.
        Queued = "queued",
        /// Taken by the relay.
        Sent = "sent",
        /// Refused for good, or after the last try.
        Dead = "dead",
    }
}

text_enum! {
    /// What ends a mail's waiting.
    pub enum MailMove {
        /// The relay takes it.
        Deliver = "deliver",
        /// Nobody tries any more.
        GiveUp = "give_up",
    }
}

/// A move that the state of a mail does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a mail that is {from} allows no {by}")]
pub struct IllegalMove {
    from: MailState,
    by: MailMove,
}

impl MailState {
    /// Where a move leads. The one place that knows which moves there are.
    pub fn after(self, by: MailMove) -> Result<Self, IllegalMove> {
        match (self, by) {
            (Self::Queued, MailMove::Deliver) => Ok(Self::Sent),
            (Self::Queued, MailMove::GiveUp) => Ok(Self::Dead),
            (from, by) => Err(IllegalMove { from, by }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_waits_until_it_is_delivered_or_given_up() {
        for from in MailState::ALL {
            for by in MailMove::ALL {
                let expected = match (from, by) {
                    (MailState::Queued, MailMove::Deliver) => Ok(MailState::Sent),
                    (MailState::Queued, MailMove::GiveUp) => Ok(MailState::Dead),
                    _ => Err(IllegalMove { from: *from, by: *by }),
                };
                assert_eq!(from.after(*by), expected, "{from} {by}");
            }
        }
    }
}
