//! Time-based one-time codes (RFC 6238): six digits, 30 seconds a step, SHA-1, which every authenticator app speaks.

use data_encoding::BASE32_NOPAD;
use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

use crate::base::chance;
use crate::base::crypto::Keys;
use crate::base::types::Moment;
use crate::web::qr::{Correction, Picture};

/// 160 bits, as RFC 4226 (section 4, R6) recommends.
const LENGTH: usize = 20;
const PLACE: &str = "totp_factors.sealed_secret";

/// The shared secret of one authenticator. No `Debug`: it is never to be seen in a log.
#[derive(Clone)]
pub struct TotpSecret(Zeroizing<[u8; LENGTH]>);

impl TotpSecret {
    /// Seconds of one step.
    pub(super) const STEP: i64 = 30;

    /// Draws a new one.
    pub(super) fn drawn() -> Self {
        Self(Zeroizing::new(chance::bytes()))
    }

    /// The secret that this text stands for, as [`Self::text`] writes it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(BASE32_NOPAD.decode(text.as_bytes()).ok()?);
        bytes.as_slice().try_into().ok().map(Self::new)
    }

    /// A secret that is known already, such as one that was derived or is written down for a demonstration.
    pub fn new(bytes: [u8; LENGTH]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The secret that an activation link stands for until a code confirms it: it needs no row, so that looking at the
    /// page writes none.
    pub fn pending(keys: &Keys, token: &str) -> Self {
        let hash = Zeroizing::new(keys.hash("totp-pending", &[token.as_bytes()]));
        let mut bytes = [0; LENGTH];
        bytes.copy_from_slice(&hash[..LENGTH]);
        Self::new(bytes)
    }

    /// Sealed for the row of this person.
    pub(super) fn seal(&self, keys: &Keys, person_id: i64) -> Vec<u8> {
        keys.seal(PLACE, &person_id.to_string(), &*self.0)
    }

    /// Opens what was sealed for this person; `None` for anything else.
    pub(super) fn open(keys: &Keys, person_id: i64, sealed: &[u8]) -> Option<Self> {
        let plain = keys.open_sealed(PLACE, &person_id.to_string(), sealed).ok()?;
        plain.as_slice().try_into().ok().map(Self::new)
    }

    /// The step of RFC 6238 to which this code belongs, if it is the one before `now`, the present one or the next.
    pub fn step_of(&self, code: &str, now: Moment) -> Option<i64> {
        let code: String = code.chars().filter(|sign| !sign.is_whitespace()).collect();
        let seconds = u64::try_from(now.seconds()).ok()?;
        let step = self.generator("", "")?.check(&code, seconds)?;
        i64::try_from(step).ok()
    }

    /// The code of this moment.
    pub fn code_at(&self, now: Moment) -> Option<String> {
        let seconds = u64::try_from(now.seconds()).ok()?;
        self.generator("", "").map(|totp| totp.generate(seconds).to_string())
    }

    /// The secret as people type it: base 32.
    pub fn text(&self) -> String {
        BASE32_NOPAD.encode(&*self.0)
    }

    /// The same in fours.
    pub fn in_fours(&self) -> String {
        let text = self.text();
        let fours: Vec<&str> = (0..text.len()).step_by(4).map(|at| &text[at..text.len().min(at + 4)]).collect();
        fours.join(" ")
    }

    /// The squares of the QR code that an authenticator reads; `issuer` and `address` name the entry in the app.
    pub fn picture(&self, issuer: &str, address: &str) -> Option<Picture> {
        let uri = self.generator(issuer, address)?.to_url().ok()?;
        Picture::of(&uri, Correction::Quartile)
    }

    fn generator(&self, issuer: &str, address: &str) -> Option<Totp> {
        // A colon would end the issuer in the address of the code; e-mail addresses hold none.
        let name = address.replace(':', "");
        Builder::new()
            .with_secret(*self.0)
            .with_account_name(name)
            .with_issuer((!issuer.is_empty()).then_some(issuer))
            .build()
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn secret() -> TotpSecret {
        TotpSecret::new(*b"12345678901234567890")
    }

    fn at(seconds: i64) -> Moment {
        Moment(seconds * 1_000_000)
    }

    /// RFC 6238, appendix B, SHA-1; the last six of the eight digits printed there.
    #[test]
    fn the_vectors_of_the_standard() {
        let vectors = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, code) in vectors {
            assert_eq!(secret().code_at(at(seconds)).unwrap(), code);
            assert_eq!(secret().step_of(code, at(seconds)), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_lives_one_step_before_and_one_after_its_own() {
        let own = at(1_111_111_110);
        let code = secret().code_at(own).unwrap();
        let step = 1_111_111_110 / 30;
        for offset in [0, 29, 30, 59] {
            assert_eq!(secret().step_of(&code, own.plus(Duration::from_secs(offset))), Some(step), "+{offset}");
        }
        for offset in [1, 30] {
            assert_eq!(secret().step_of(&code, own.minus(Duration::from_secs(offset))), Some(step), "-{offset}");
        }
        assert_eq!(secret().step_of(&code, own.plus(Duration::from_secs(60))), None);
        assert_eq!(secret().step_of(&code, own.minus(Duration::from_secs(31))), None);
    }

    #[test]
    fn spaces_are_forgiven_and_nothing_else() {
        let now = at(59);
        assert_eq!(secret().step_of("287 082", now), Some(1));
        for wrong in ["", "28708", "2870820", "+87082", "28708x", "２８７０８２", "287083"] {
            assert_eq!(secret().step_of(wrong, now), None, "{wrong}");
        }
    }

    #[test]
    fn a_sealed_secret_opens_for_its_own_person_only() {
        let keys = Keys::fixed(3);
        let sealed = secret().seal(&keys, 7);
        assert_eq!(TotpSecret::open(&keys, 7, &sealed).unwrap().text(), secret().text());
        assert!(TotpSecret::open(&keys, 8, &sealed).is_none());
    }

    #[test]
    fn the_pending_secret_is_the_same_each_time_and_another_for_each_link() {
        let keys = Keys::fixed(3);
        let one = TotpSecret::pending(&keys, "one").text();
        assert_eq!(one, TotpSecret::pending(&keys, "one").text());
        assert_ne!(one, TotpSecret::pending(&keys, "two").text());
        assert_ne!(one, TotpSecret::pending(&Keys::fixed(4), "one").text());
        assert_eq!(one.len(), 32);
    }

    #[test]
    fn the_picture_is_square_and_the_text_in_fours() {
        let picture = secret().picture("Easy Link staff", "ana@staff.example.com").unwrap();
        assert!(picture.size > 28 && picture.path.starts_with("M4 4h7v1h-7z"), "{}", picture.path);
        assert_eq!(secret().in_fours(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }
}
