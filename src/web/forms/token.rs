//! The one hidden field of every form: it proves that the form was drawn by this portal for this browser (CS1), names
//! the account it was drawn for (A8), tells its age (EN8) and is the once-only key of the post (BL4).

use data_encoding::BASE64URL_NOPAD;

use crate::base::chance;
use crate::base::crypto::Keys;
use crate::base::types::Moment;

const PURPOSE: &str = "form";
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
}

/// A token as it is sent: nonce, time, account, HMAC-SHA-256 over all and the anchor, base64url.
#[derive(Debug, Clone)]
pub struct Token(pub String);

/// Draws a token.
pub(crate) fn fresh(keys: &Keys, anchor: &Anchor, account: &str, now: Moment) -> Token {
    let nonce: [u8; NONCE] = chance::bytes();
    let stamp = now.0.to_be_bytes();
    let mac = keys.hash(PURPOSE, &[anchor.0.as_bytes(), &nonce, &stamp, account.as_bytes()]);
    let mut bytes = Vec::with_capacity(NONCE + STAMP + MAC + account.len());
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(&stamp);
    bytes.extend_from_slice(mac.as_ref());
    bytes.extend_from_slice(account.as_bytes());
    Token(BASE64URL_NOPAD.encode(&bytes))
}

/// Reads a token that was drawn for this anchor; `None` for any other.
pub(crate) fn read(keys: &Keys, anchor: &Anchor, token: &str) -> Option<Stamp> {
    if token.len() > 256 {
        return None;
    }
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
    let (nonce, rest) = bytes.split_at_checked(NONCE)?;
    let (stamp, rest) = rest.split_at_checked(STAMP)?;
    let (mac, account) = rest.split_at_checked(MAC)?;
    if !keys.matches(PURPOSE, &[anchor.0.as_bytes(), nonce, stamp, account], mac) {
        return None;
    }
    Some(Stamp {
        once: BASE64URL_NOPAD.encode(nonce),
        drawn_at: Moment(i64::from_be_bytes(stamp.try_into().ok()?)),
        account: String::from_utf8(account.to_vec()).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_serves_only_the_anchor_it_was_drawn_for() {
        let keys = Keys::fixed(7);
        let anchor = Anchor("mine".into());
        let token = fresh(&keys, &anchor, "A123", Moment(5));
        let stamp = read(&keys, &anchor, &token.0).unwrap();
        assert_eq!((stamp.drawn_at, stamp.account.as_str()), (Moment(5), "A123"));
        assert!(read(&keys, &Anchor("other".into()), &token.0).is_none());
        assert!(read(&Keys::fixed(8), &anchor, &token.0).is_none());
    }

    #[test]
    fn every_changed_character_is_found() {
        let keys = Keys::fixed(7);
        let anchor = Anchor("mine".into());
        let token = fresh(&keys, &anchor, "A123", Moment(5)).0;
        for at in 0..token.len() {
            let mut bad = token.clone().into_bytes();
            bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
            assert!(read(&keys, &anchor, std::str::from_utf8(&bad).unwrap()).is_none(), "at {at}");
        }
        assert!(read(&keys, &anchor, "").is_none());
    }
}
