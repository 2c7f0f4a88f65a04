//! The one hidden field of every form: it proves that the form was drawn by this portal for this browser (CS1), names
//! the account it was drawn for (A8), tells its age (EN8) and is the once-only key of the post (BL4). Whoever has signed in
//! anew since gets the form back: whose it was is sealed in it, and lets nothing be done.

use data_encoding::BASE64URL_NOPAD;

use crate::base::chance;
use crate::base::crypto::Keys;
use crate::base::types::Moment;

const PURPOSE: &str = "form";
/// Of what is sealed for longer than a session.
const OWNER: &str = "form owner";
const NONCE: usize = 16;
const STAMP: usize = 8;
const MAC: usize = 32;
/// A sealed person: generation, nonce, number, tag.
const SEALED: usize = 4 + 24 + 8 + 16;

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
    /// For whom it was drawn; `None` for a visitor.
    pub owner: Option<i64>,
    /// Whether it was drawn for another session than the one that sends it: then it lets nothing be done.
    pub of_before: bool,
}

/// A token as it is sent: nonce, time, HMAC-SHA-256 over all and the anchor, the sealed person, account; base64url.
#[derive(Debug, Clone)]
pub struct Token(pub String);

/// Draws a token.
pub(crate) fn fresh(keys: &Keys, anchor: &Anchor, (person_id, account): (i64, &str), now: Moment) -> Token {
    let nonce: [u8; NONCE] = chance::bytes();
    let stamp = now.0.to_be_bytes();
    let owner = keys.seal(OWNER, &row(&nonce, &stamp, account), &person_id.to_be_bytes());
    let mac = keys.hash(PURPOSE, &[anchor.0.as_bytes(), &nonce, &stamp, &owner, account.as_bytes()]);
    let bytes = [nonce.as_slice(), &stamp, &mac, &owner, account.as_bytes()].concat();
    Token(BASE64URL_NOPAD.encode(&bytes))
}

/// What the sealed person belongs to: it opens in no other token.
fn row(nonce: &[u8], stamp: &[u8], account: &str) -> String {
    format!("{}:{}:{account}", BASE64URL_NOPAD.encode(nonce), BASE64URL_NOPAD.encode(stamp))
}

/// Reads a token that was drawn for this anchor, or for another one (`of_before`); `None` for what is no token of this
/// portal.
pub(crate) fn read(keys: &Keys, anchor: &Anchor, token: &str) -> Option<Stamp> {
    if token.len() > 256 {
        return None;
    }
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
    let (nonce, rest) = bytes.split_at_checked(NONCE)?;
    let (stamp, rest) = rest.split_at_checked(STAMP)?;
    let (mac, rest) = rest.split_at_checked(MAC)?;
    let (sealed, account) = rest.split_at_checked(SEALED)?;
    let right = keys.matches(PURPOSE, &[anchor.0.as_bytes(), nonce, stamp, sealed, account], mac);
    let account = String::from_utf8(account.to_vec()).ok()?;
    let plain = keys.open_sealed(OWNER, &row(nonce, stamp, &account), sealed).ok()?;
    let person_id = i64::from_be_bytes(plain.as_slice().try_into().ok()?);
    Some(Stamp {
        once: BASE64URL_NOPAD.encode(nonce),
        drawn_at: Moment(i64::from_be_bytes(stamp.try_into().ok()?)),
        account,
        owner: (person_id != 0).then_some(person_id),
        of_before: !right,
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
        assert_eq!((stamp.owner, stamp.of_before), (Some(9), false));
        // Of another session it is known whose it was, and no more.
        let before = read(&keys, &Anchor("other".into()), &token.0).unwrap();
        assert_eq!((before.owner, before.of_before), (Some(9), true));
        assert!(read(&Keys::fixed(8), &anchor, &token.0).is_none(), "of another portal");
        let visitors = fresh(&keys, &anchor, (0, ""), Moment(5));
        assert_eq!(read(&keys, &anchor, &visitors.0).unwrap().owner, None);
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
            assert!(found.is_none_or(|stamp| stamp.of_before), "at {at}");
        }
        assert!(read(&keys, &anchor, "").is_none());
    }
}
