//! Sealing: XChaCha20-Poly1305 with a random nonce. The place (table and column) and the row are associated data, so a
//! ciphertext that was moved, cut or changed does not open (CR2).

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::base::chance;

const NONCE: usize = 24;

/// It does not open. Why is never said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed data does not open")]
pub struct Unsealed;

/// Seals under a subject's key: nonce, then ciphertext.
pub fn seal_with(key: &[u8; 32], place: &str, row: &str, plain: &[u8]) -> Vec<u8> {
    let nonce: [u8; NONCE] = chance::bytes();
    let aad = associated(place, row);
    let sealed = XChaCha20Poly1305::new(key.into())
        .encrypt(XNonce::from_slice(&nonce), Payload { msg: plain, aad: &aad })
        // The cipher fails only above 256 GiB.
        .unwrap_or_default();
    [nonce.as_slice(), &sealed].concat()
}

/// Opens what `seal_with` sealed for the same place and row.
pub fn open_with(key: &[u8; 32], place: &str, row: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unsealed> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE).ok_or(Unsealed)?;
    let aad = associated(place, row);
    XChaCha20Poly1305::new(key.into())
        .decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: &aad })
        .map(Zeroizing::new)
        .map_err(|_| Unsealed)
}

fn associated(place: &str, row: &str) -> Vec<u8> {
    [place.as_bytes(), &[0], row.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_only_where_it_was_sealed() {
        let key = [7; 32];
        let sealed = seal_with(&key, "people.name", "1", b"Li Ming");
        assert_eq!(open_with(&key, "people.name", "1", &sealed).unwrap().as_slice(), b"Li Ming");
        assert_eq!(open_with(&key, "people.name", "2", &sealed), Err(Unsealed));
        assert_eq!(open_with(&key, "people.nam", "e1", &sealed), Err(Unsealed));
        assert_eq!(open_with(&[8; 32], "people.name", "1", &sealed), Err(Unsealed));
        assert_ne!(sealed, seal_with(&key, "people.name", "1", b"Li Ming"));
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_found() {
        let key = [7; 32];
        let sealed = seal_with(&key, "p", "r", b"secret");
        for at in 0..sealed.len() {
            let mut bad = sealed.clone();
            bad[at] ^= 1;
            assert_eq!(open_with(&key, "p", "r", &bad), Err(Unsealed));
            assert_eq!(open_with(&key, "p", "r", &sealed[..at]), Err(Unsealed));
        }
    }
}
