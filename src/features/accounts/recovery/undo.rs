//! What the link "this was not me" of a notice takes back besides ending every session: sealed in its challenge, so that
//! only the link itself tells. A further notice adds a variant, what it means to [`Undo::asks_password`] and
//! [`Undo::stands`], and its arm to [`apply`].

use crate::base::db::Conn;
use crate::base::types::{Moment, Number};
use crate::features::accounts::{contact, factors};
use crate::services::context::{Author, Context};
use crate::services::records::{self, Event};
use crate::web::Error;

/// What a notice told of, as far as it can be taken back.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::features::accounts) enum Undo {
    /// A sign-in, or a new password: nothing but the sessions.
    SignIn,
    /// A change of phone or address; its number.
    Contact(Number),
    /// The second factor was switched on: it goes off again.
    TotpOn,
    /// It was switched off: the old one is on again.
    TotpOff {
        /// The old secret in base 32.
        secret: String,
    },
    /// Recovery codes were made or used: none of them works any more.
    RecoveryCodes,
}

impl Undo {
    /// As it stands in the sealed data of the link.
    pub(super) fn text(&self) -> String {
        match self {
            Self::SignIn => String::new(),
            Self::Contact(number) => format!("contact {}", number.as_str()),
            Self::TotpOn => "totp on".into(),
            Self::TotpOff { secret } => format!("totp_off {secret}"),
            Self::RecoveryCodes => "recovery codes".into(),
        }
    }

    /// What was sealed; `None` for what this version does not know, which is then no link.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.split_once(' ') {
            None => text.is_empty().then_some(Self::SignIn),
            Some(("contact", number)) => Number::parse('H', number).map(Self::Contact),
            Some(("totp", "on")) => Some(Self::TotpOn),
            Some(("totp_off", secret)) => Some(Self::TotpOff { secret: secret.into() }),
            Some(("recovery", "codes")) => Some(Self::RecoveryCodes),
            Some(_) => None,
        }
    }

    /// Whether the link alone is too little: whoever reads the mailbox must not take a factor away that the mailbox is not.
    pub(super) fn asks_password(&self) -> bool {
        matches!(self, Self::TotpOn)
    }

    /// Whether it still works for a link that was made at `since`. After a mailed reset, or an unlocking by mail, the password
    /// proves no more than the mailbox, so nothing that needs the password does (RC3).
    pub(super) fn stands(&self, conn: &mut Conn, person_id: i64, since: Moment) -> diesel::QueryResult<bool> {
        Ok(!self.asks_password()
            || !records::happened(conn, person_id, Event::PasswordReset, since)?
                && !records::happened(conn, person_id, Event::PersonUnlocked, since)?)
    }
}

/// Takes it back, in the transaction that ends the sessions; answers whether a change of phone or address was undone.
pub(super) fn apply(
    conn: &mut Conn,
    ctx: &Context,
    (person_id, subject_id): (i64, i64),
    undo: &Undo,
    per_phone: i64,
) -> Result<bool, Error> {
    // Whoever holds the link acts for the person, and is not signed in.
    let own = Author { person_id: Some(person_id), subject_id: Some(subject_id), ..ctx.author.clone() };
    let own = ctx.by(own);
    match undo {
        Undo::SignIn => {}
        Undo::Contact(number) => return Ok(contact::undo(conn, ctx, person_id, number.as_str(), per_phone)?),
        Undo::TotpOn => factors::take_off(conn, &own, person_id)?,
        Undo::TotpOff { secret } => factors::put_back(conn, &own, person_id, secret)?,
        Undo::RecoveryCodes => factors::void_codes(conn, &own, person_id)?,
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_read_again() {
        let all = [Undo::SignIn, Undo::TotpOn, Undo::TotpOff { secret: "ABC".into() }, Undo::RecoveryCodes];
        let all = all.into_iter().chain([Undo::Contact(Number::random('H'))]);
        for undo in all {
            assert!(Undo::parse(&undo.text()) == Some(undo));
        }
        assert!(Undo::parse("something else").is_none() && Undo::SignIn.text().is_empty());
    }
}
