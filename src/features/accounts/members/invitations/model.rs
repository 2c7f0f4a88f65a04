//! An invitation: its states and how long it works.

use std::time::Duration;

use crate::base::types::{Address, Moment, Number, text_enum};
use crate::features::accounts::MemberRole;
use crate::services::records::Event;

/// How long a link works.
pub(super) const LIFE: Duration = Duration::from_secs(7 * 86400);
/// How long one is kept that was answered or has ended.
pub(super) const KEPT: Duration = Duration::from_secs(30 * 86400);

text_enum! {
    /// Where an invitation stands.
    pub enum InvitationState {
        /// It waits for its reader.
        Invited = "invited",
        /// Its reader belongs to the account.
        Accepted = "accepted",
        /// An owner took it back.
        Withdrawn = "withdrawn",
        /// Nobody accepted it in time.
        Expired = "expired",
    }
}

/// What may become of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    Accept,
    Withdraw,
    Expire,
}

impl Move {
    /// What is kept on record of it.
    pub fn event(self) -> Event {
        match self {
            Self::Accept => Event::MemberJoined,
            Self::Withdraw => Event::InvitationWithdrawn,
            Self::Expire => Event::InvitationExpired,
        }
    }
}

/// A state from which a move does not lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct IllegalMove;

impl InvitationState {
    /// Where a move leads from here: the only place that says so.
    pub(super) fn after(self, by: Move) -> Result<Self, IllegalMove> {
        match (self, by) {
            (Self::Invited, Move::Accept) => Ok(Self::Accepted),
            (Self::Invited, Move::Withdraw) => Ok(Self::Withdrawn),
            (Self::Invited, Move::Expire) => Ok(Self::Expired),
            _ => Err(IllegalMove),
        }
    }
}

/// An invitation, with who sent it.
#[derive(Debug, Clone, diesel::Queryable)]
pub(in crate::features::accounts::members) struct Invitation {
    pub id: i64,
    pub number: Number,
    pub account_id: i64,
    pub address: Address,
    pub role: MemberRole,
    pub state: InvitationState,
    pub expires_at: Moment,
    inviter_name: Option<String>,
    inviter_address: String,
}

impl Invitation {
    /// What whoever sent it is called.
    pub fn inviter(&self) -> &str {
        self.inviter_name.as_deref().unwrap_or(&self.inviter_address)
    }

    /// Whether its link works.
    pub fn works(&self, now: Moment) -> bool {
        self.state == InvitationState::Invited && now < self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_is_answered_or_ended_once() {
        use InvitationState::{Accepted, Expired, Invited, Withdrawn};
        for (by, to) in [(Move::Accept, Accepted), (Move::Withdraw, Withdrawn), (Move::Expire, Expired)] {
            assert_eq!(Invited.after(by), Ok(to));
            for from in [Accepted, Withdrawn, Expired] {
                assert_eq!(from.after(by), Err(IllegalMove));
            }
        }
    }
}
