//! What the link "this was not me" of a notice takes back besides ending every session: sealed in its challenge, so that
//! only the link itself tells. A further notice adds a variant, what it means to [`Undo::asks_password`] and
//! [`Undo::stands`], and its arm to [`apply`].

use serde::{Deserialize, Serialize};

use crate::base::db::Conn;
use crate::base::types::Moment;
use crate::features::accounts::{contact, factors};
use crate::services::context::Context;
use crate::services::records::{self, Event};
use crate::web::Error;

/// What a notice told of, as far as it can be taken back.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "undo", rename_all = "snake_case")]
pub(in crate::features::accounts) enum Undo {
    /// A sign-in, or a new password: nothing but the sessions.
    #[default]
    SignIn,
    /// The second factor was switched on: it goes off again.
    TotpOn,
    /// It was switched off: the old one is on again.
    TotpOff {
        /// The old secret in base 32.
        secret: String,
    },
    /// It was taken away as lost (RC3): the old one is on again, whatever came in its place, for who asked for that was not its
    /// owner.
    TotpLost {
        /// The old secret in base 32.
        secret: String,
    },
    /// Recovery codes were made or used: none of them works any more.
    RecoveryCodes,
    /// A phone or an address was changed, or is to be: it is what it was before.
    Contact {
        /// The number of the change.
        number: String,
    },
}

impl Undo {
    /// As it is sealed. A sign-in is the empty text, as it was before there was anything else.
    pub(super) fn text(&self) -> String {
        if *self == Self::SignIn { String::new() } else { serde_json::to_string(self).unwrap_or_default() }
    }

    /// What was sealed; `None` for what this version does not know, which is then no link.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.is_empty() { Some(Self::SignIn) } else { serde_json::from_str(text).ok() }
    }

    /// Whether the link alone is too little: whoever reads the mailbox must not take a factor away that the mailbox is not.
    pub(super) fn asks_password(&self) -> bool {
        matches!(self, Self::TotpOn)
    }

    /// Whether it still works for a link that was made at `since`. After a mailed reset, or an unlocking by mail, the password
    /// proves no more than the mailbox, so nothing that needs the password does (RC3).
    pub(super) fn stands(&self, conn: &mut Conn, person_id: i64, since: Moment) -> diesel::QueryResult<bool> {
        // What came in its place is not the mailbox's to take away.
        if matches!(self, Self::TotpOff { .. }) {
            return Ok(!factors::is_on(conn, person_id)?);
        }
        if !self.asks_password() {
            return Ok(true);
        }
        for by_mail in [Event::PasswordReset, Event::PersonUnlocked] {
            if records::happened(conn, person_id, by_mail, since)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Takes it back, in the transaction that ends the sessions. `ctx` has the person as author; `per_phone` is how many people
/// one phone may serve. Answers whether phone or address are again what they were.
pub(super) fn apply(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    undo: &Undo,
    per_phone: i64,
) -> Result<bool, Error> {
    match undo {
        Undo::SignIn => {}
        Undo::TotpOn => factors::take_off(conn, ctx, person_id)?,
        Undo::TotpOff { secret } | Undo::TotpLost { secret } => factors::put_back(conn, ctx, person_id, secret)?,
        Undo::RecoveryCodes => factors::void_codes(conn, ctx, person_id)?,
        Undo::Contact { number } => return contact::undo(conn, ctx, person_id, number, per_phone),
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_read_again() {
        let contact = Undo::Contact { number: "H12".into() };
        let (off, lost) = (Undo::TotpOff { secret: "ABC".into() }, Undo::TotpLost { secret: "ABC".into() });
        let all = [Undo::SignIn, Undo::TotpOn, off, lost, Undo::RecoveryCodes, contact];
        for undo in all {
            assert!(Undo::parse(&undo.text()) == Some(undo));
        }
        assert!(Undo::parse("{\"undo\":\"something else\"}").is_none() && Undo::SignIn.text().is_empty());
    }
}
