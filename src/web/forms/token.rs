//! The one hidden field of every form: it proves that the form was drawn by this portal for this browser (CS1), names
//! the account it was drawn for (A8), tells its age (EN8) and is the once-only key of the post (BL4). Whoever has signed in
//! anew since gets the form back: a second seal tells whose it was, and lets nothing be done.

use data_encoding::BASE64URL_NOPAD;

use crate::base::chance;
use crate::base::crypto::Keys;
use crate::base::types::Moment;

const PURPOSE: &str = "form";
/// Of the seal that outlives a session.
const OWNER: &str = "form owner";
const NONCE: usize = 16;
const STAMP: usize = 8;
const MAC: usize = 32;

/// What a token is bound to: the session reference, or the form cookie before sign-in.
#[derive(Debug, Clone)]
pub(crate) struct Anchor(pub(crate) String);

/// What a valid token says.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// The once-only key.
    pub once: String,
    /// When the form was drawn, UTC.
    pub drawn_at: Moment,
    /// The number of the account it was drawn for; empty without one.
    pub account: String,
    /// The seal of whose it is, when it was drawn for another session: nothing of the rest is proven until it fits.
    pub(crate) of_before: Option<Vec<u8>>,
}

impl Stamp {
    /// Whether the token of another session was drawn for this person.
    pub(crate) fn was_of(&self, keys: &Keys, person_id: i64) -> bool {
        let Some((seal, nonce)) = self.of_before.as_ref().zip(BASE64URL_NOPAD.decode(self.once.as_bytes()).ok()) else {
            return false;
        };
        let stamp = self.drawn_at.0.to_be_bytes();
        keys.matches(OWNER, &[&nonce, &stamp, &person_id.to_be_bytes(), self.account.as_bytes()], seal)
    }
}

/// A token as it is sent: nonce, time, HMAC-SHA-256 over all and the anchor, another over the person, account; base64url.
#[derive(Debug, Clone)]
pub struct Token(pub String);

/// Draws a token.
pub(crate) fn fresh(keys: &Keys, anchor: &Anchor, (person_id, account): (i64, &str), now: Moment) -> Token {
    let nonce: [u8; NONCE] = chance::bytes();
    let stamp = now.0.to_be_bytes();
    let owner = keys.hash(OWNER, &[&nonce, &stamp, &person_id.to_be_bytes(), account.as_bytes()]);
    let mac = keys.hash(PURPOSE, &[anchor.0.as_bytes(), &nonce, &stamp, owner.as_ref(), account.as_bytes()]);
    let mut bytes = Vec::with_capacity(NONCE + STAMP + 2 * MAC + account.len());
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(&stamp);
    bytes.extend_from_slice(mac.as_ref());
    bytes.extend_from_slice(owner.as_ref());
    bytes.extend_from_slice(account.as_bytes());
    Token(BASE64URL_NOPAD.encode(&bytes))
}

/// Reads a token that was drawn for this anchor, or for another one (`of_before`); `None` for what is no token.
pub(crate) fn read(keys: &Keys, anchor: &Anchor, token: &str) -> Option<Stamp> {
    if token.len() > 256 {
        return None;
    }
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
    let (nonce, rest) = bytes.split_at_checked(NONCE)?;
    let (stamp, rest) = rest.split_at_checked(STAMP)?;
    let (mac, rest) = rest.split_at_checked(MAC)?;
    let (owner, account) = rest.split_at_checked(MAC)?;
    let right = keys.matches(PURPOSE, &[anchor.0.as_bytes(), nonce, stamp, owner, account], mac);
    Some(Stamp {
        once: BASE64URL_NOPAD.encode(nonce),
        drawn_at: Moment(i64::from_be_bytes(stamp.try_into().ok()?)),
        account: String::from_utf8(account.to_vec()).ok()?,
        of_before: (!right).then(|| owner.to_vec()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_serves_only_the_anchor_it_was_drawn_for() {
        let keys = Keys::fixed(7);
        let anchor = Anchor("mine".into());
        let token = fresh(&keys, &anchor, (9, "A123"), Moment(5));
        let stamp = read(&keys, &anchor, &token.0).unwrap();
        assert_eq!((stamp.drawn_at, stamp.account.as_str()), (Moment(5), "A123"));
        assert!(stamp.of_before.is_none() && !stamp.was_of(&keys, 9));
        // Of another session it is known whose it was, and no more.
        let before = read(&keys, &Anchor("other".into()), &token.0).unwrap();
        assert!(before.of_before.is_some() && before.was_of(&keys, 9) && !before.was_of(&keys, 8));
        let foreign = read(&Keys::fixed(8), &anchor, &token.0).unwrap();
        assert!(foreign.of_before.is_some() && !foreign.was_of(&Keys::fixed(8), 9));
    }

    #[test]
    fn every_changed_character_is_found() {
        let keys = Keys::fixed(7);
        let anchor = Anchor("mine".into());
        let token = fresh(&keys, &anchor, (9, "A123"), Moment(5)).0;
        for at in 0..token.len() {
            let mut bad = token.clone().into_bytes();
            bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
            let found = read(&keys, &anchor, std::str::from_utf8(&bad).unwrap());
            assert!(found.is_none_or(|stamp| stamp.of_before.is_some()), "at {at}");
        }
        assert!(read(&keys, &anchor, "").is_none());
    }
}
