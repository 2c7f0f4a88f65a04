//! A proposal: its states, who may move it, and how long it waits.

use std::time::Duration;

use crate::base::types::{Moment, Number, text_enum};
use crate::services::records::Event;
use crate::web::feature::StaffRole;

/// How long a proposal waits for a second admin.
pub(super) const LIFE: Duration = Duration::from_secs(7 * 86400);

text_enum! {
    /// Where a proposal stands.
    pub enum ProposalState {
        /// It waits for a second admin.
        Proposed = "proposed",
        /// A second admin agreed, and it took effect.
        Approved = "approved",
        /// A second admin did not agree.
        Rejected = "rejected",
        /// Its proposer took it back.
        Withdrawn = "withdrawn",
        /// Nobody decided it in time.
        Expired = "expired",
    }
}

text_enum! {
    /// What a proposal is about.
    pub enum ProposalKind {
        /// Roles that touch money or identity are given.
        Roles = "roles",
        /// The authenticator of somebody is taken away, so that they begin anew (RC3).
        TotpRemoval = "totp_removal",
    }
}

/// What may become of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    Approve,
    Reject,
    Withdraw,
    Expire,
}

impl Move {
    /// What is kept on record of it.
    pub fn event(self) -> Event {
        match self {
            Self::Approve => Event::ProposalApproved,
            Self::Reject => Event::ProposalRejected,
            Self::Withdraw => Event::ProposalWithdrawn,
            Self::Expire => Event::ProposalExpired,
        }
    }
}

/// A state from which a move does not lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct IllegalMove;

impl ProposalState {
    /// Where a move leads from here: the only place that says so.
    pub(super) fn after(self, by: Move) -> Result<Self, IllegalMove> {
        match (self, by) {
            (Self::Proposed, Move::Approve) => Ok(Self::Approved),
            (Self::Proposed, Move::Reject) => Ok(Self::Rejected),
            (Self::Proposed, Move::Withdraw) => Ok(Self::Withdrawn),
            (Self::Proposed, Move::Expire) => Ok(Self::Expired),
            _ => Err(IllegalMove),
        }
    }
}

/// Somebody on the staff, as a proposal names them.
#[derive(Debug, Clone)]
pub(in crate::features::staff) struct Named {
    pub id: i64,
    pub number: Number,
    pub name: Option<String>,
    pub address: String,
}

impl Named {
    /// Name, else address.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.address)
    }
}

/// What waits for a second admin: roles, for somebody on the staff or for somebody new, or the end of an authenticator.
#[derive(Debug, Clone)]
pub(in crate::features::staff) struct Proposal {
    pub id: i64,
    pub number: Number,
    pub kind: ProposalKind,
    pub state: ProposalState,
    /// Whom it is about; nobody while somebody new is not added yet.
    pub person: Option<Named>,
    /// The address and name of somebody new.
    pub new_address: Option<String>,
    pub new_name: Option<String>,
    pub roles: Vec<StaffRole>,
    /// Why an authenticator is to be taken away.
    pub reason: Option<String>,
    pub proposer: Named,
    pub proposed_at: Moment,
    pub expires_at: Moment,
    pub decider: Option<Named>,
    pub decided_at: Option<Moment>,
}

impl Proposal {
    /// Whom it is about.
    pub fn called(&self) -> &str {
        match (&self.person, &self.new_name, &self.new_address) {
            (Some(person), ..) => person.called(),
            (None, Some(name), _) => name,
            (None, None, address) => address.as_deref().unwrap_or_default(),
        }
    }

    /// The address of whom it is about.
    pub fn address(&self) -> &str {
        let known = self.person.as_ref().map(|person| person.address.as_str());
        known.or(self.new_address.as_deref()).unwrap_or_default()
    }

    /// Whether it is about an authenticator.
    pub fn removes(&self) -> bool {
        self.kind == ProposalKind::TotpRemoval
    }

    /// Whether it waits at this moment.
    pub fn waits(&self, now: Moment) -> bool {
        self.state == ProposalState::Proposed && now < self.expires_at
    }

    /// Whether this person may make this move: never one's own proposal nor one about oneself, and only one's own is
    /// taken back.
    pub(super) fn takes(&self, by: Move, person_id: i64) -> bool {
        let own = self.proposer.id == person_id;
        let about = self.person.as_ref().is_some_and(|person| person.id == person_id);
        match by {
            Move::Approve | Move::Reject => !own && !about,
            Move::Withdraw => own,
            Move::Expire => false,
        }
    }

    /// Whether this person may approve or reject it.
    pub fn decidable_by(&self, person_id: i64) -> bool {
        self.takes(Move::Approve, person_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_is_decided_once() {
        let moves = [Move::Approve, Move::Reject, Move::Withdraw, Move::Expire];
        for state in ProposalState::ALL {
            for by in moves {
                assert_eq!(state.after(by).is_ok(), *state == ProposalState::Proposed, "{state} {by:?}");
            }
        }
    }
}
