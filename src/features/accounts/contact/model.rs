//! What a change of phone or address is, and how it goes.

use std::time::Duration;

use crate::base::crypto::Keys;
use crate::base::types::{Moment, Number, text_enum};
use crate::features::accounts::codes::Purpose;

/// How long a change waits that nobody could prove (C1): long enough for whoever has the old means to say no.
pub(super) const WAIT: Duration = Duration::from_secs(72 * 3600);
/// How long before its end everybody is told once more.
pub(super) const REMINDER: Duration = Duration::from_secs(24 * 3600);
/// How long a change that was only asked for stays open: codes of it are sent for half an hour.
pub(super) const DRAFT: Duration = Duration::from_secs(3600);
/// How long a change can be undone (RC4).
pub(super) const UNDO: Duration = Duration::from_secs(7 * 86400);
/// How long a settled change is kept: until no link can undo it any more.
pub(super) const KEPT: Duration = Duration::from_secs(8 * 86400 - 3600);

text_enum! {
    /// What is changed.
    pub enum ContactKind {
        /// The mobile phone.
        Phone = "phone",
        /// The e-mail address.
        Address = "address",
    }
}

text_enum! {
    /// How the person shows that the change is theirs.
    pub enum Proof {
        /// There was nothing before that could prove it.
        None = "none",
        /// A code to the address that the account has.
        Address = "address",
        /// A code to the phone that the account has.
        Phone = "phone",
        /// None at hand: it waits while everybody is told.
        Wait = "wait",
    }
}

text_enum! {
    /// Where a change stands.
    pub enum ChangeState {
        /// It was asked for.
        Asked = "asked",
        /// The old means proved it; the new one is still to be proved.
        Proved = "proved",
        /// It waits for its day.
        Waiting = "waiting",
        /// It was made.
        Done = "done",
        /// Its owner took it back.
        Cancelled = "cancelled",
        /// Nobody went on with it.
        Expired = "expired",
        /// It was made and taken back.
        Undone = "undone",
    }
}

text_enum! {
    /// What becomes of a change.
    pub enum ChangeMove {
        /// The old means proved it.
        Prove = "prove",
        /// The new means is proved, and the wait begins.
        Wait = "wait",
        /// It is made.
        Finish = "finish",
        /// It is taken back before.
        Cancel = "cancel",
        /// Nobody went on with it in time.
        Expire = "expire",
        /// It is taken back afterwards.
        Undo = "undo",
    }
}

/// A move that the state of a change does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a change that is {from} allows no {by}")]
pub(super) struct IllegalMove {
    from: ChangeState,
    by: ChangeMove,
}

impl ChangeState {
    /// Where a move leads. The one place that knows which moves there are.
    pub(super) fn after(self, by: ChangeMove) -> Result<Self, IllegalMove> {
        match (self, by) {
            (Self::Asked, ChangeMove::Prove) => Ok(Self::Proved),
            (Self::Asked, ChangeMove::Wait) => Ok(Self::Waiting),
            (Self::Proved | Self::Waiting, ChangeMove::Finish) => Ok(Self::Done),
            (Self::Asked | Self::Proved | Self::Waiting, ChangeMove::Cancel) => Ok(Self::Cancelled),
            (Self::Asked | Self::Proved, ChangeMove::Expire) => Ok(Self::Expired),
            (Self::Done, ChangeMove::Undo) => Ok(Self::Undone),
            (from, by) => Err(IllegalMove { from, by }),
        }
    }

    /// Whether it can still lead to a change.
    pub(super) fn open(self) -> bool {
        matches!(self, Self::Asked | Self::Proved | Self::Waiting)
    }
}

/// One change.
#[derive(Clone, diesel::Queryable)]
pub(in crate::features::accounts) struct Change {
    pub id: i64,
    pub number: Number,
    pub person_id: i64,
    pub kind: ContactKind,
    pub proof: Proof,
    pub state: ChangeState,
    pub(super) sealed_old: Option<Vec<u8>>,
    pub(super) sealed_new: Option<Vec<u8>>,
    pub network: String,
    pub device: String,
    pub created_at: Moment,
    pub due_at: Moment,
    pub settled_at: Option<Moment>,
}

pub(super) const OLD: &str = "contact_changes.sealed_old";
pub(super) const NEW: &str = "contact_changes.sealed_new";

impl Change {
    /// What was there before.
    pub(super) fn old_value(&self, keys: &Keys) -> Option<String> {
        opened(keys, OLD, &self.number, self.sealed_old.as_deref())
    }

    /// What is to be there; nothing when the phone goes.
    pub(super) fn new_value(&self, keys: &Keys) -> Option<String> {
        opened(keys, NEW, &self.number, self.sealed_new.as_deref())
    }

    /// Whether something is to be there.
    pub(super) fn brings(&self) -> bool {
        self.sealed_new.is_some()
    }

    /// Whether something was there.
    pub(super) fn replaces(&self) -> bool {
        self.sealed_old.is_some()
    }

    /// Which code it needs next.
    pub(super) fn next_code(&self) -> Purpose {
        match (self.state, self.proof, self.kind) {
            (ChangeState::Asked, Proof::Address, _) => Purpose::AddressOld,
            (ChangeState::Asked, Proof::Phone, _) => Purpose::PhoneOld,
            (_, _, ContactKind::Phone) => Purpose::PhoneNew,
            (_, _, ContactKind::Address) => Purpose::AddressNew,
        }
    }
}

fn opened(keys: &Keys, place: &str, number: &Number, sealed: Option<&[u8]>) -> Option<String> {
    let plain = keys.open_sealed(place, number.as_str(), sealed?).ok()?;
    String::from_utf8(plain.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_made_once_and_only_when_it_was_proved_or_has_waited() {
        use ChangeMove::{Cancel, Expire, Finish, Prove, Undo, Wait};
        use ChangeState::{Asked, Cancelled, Done, Expired, Proved, Undone, Waiting};
        let legal = [
            (Asked, Prove, Proved),
            (Asked, Wait, Waiting),
            (Proved, Finish, Done),
            (Waiting, Finish, Done),
            (Asked, Cancel, Cancelled),
            (Proved, Cancel, Cancelled),
            (Waiting, Cancel, Cancelled),
            (Asked, Expire, Expired),
            (Proved, Expire, Expired),
            (Done, Undo, Undone),
        ];
        for from in ChangeState::ALL {
            for by in ChangeMove::ALL {
                let to = legal.iter().find(|way| (way.0, way.1) == (*from, *by)).map(|way| way.2);
                assert_eq!(from.after(*by), to.ok_or(IllegalMove { from: *from, by: *by }), "{from} {by}");
            }
        }
    }
}
