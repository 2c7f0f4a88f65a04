//! What travels between the portal and the provider, and how both sides know that it is the other's (NW3).

use hmac::{Hmac, Mac};
use serde::Deserialize;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::model::Outcome;
use crate::base::types::{Moment, Number};
use crate::features::identity::cases::Reason;

/// Headers of a message: the second in which it was signed, its own id, and the signature.
pub const TIME: &str = "easylink-time";
/// See [`TIME`].
pub const ID: &str = "easylink-id";
/// See [`TIME`].
pub const SIGNATURE: &str = "easylink-signature";

/// How far the clocks of both sides may be apart, in seconds.
pub const WINDOW: i64 = 300;

/// Which way a message goes: a message sent back is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The portal asks.
    Question,
    /// The provider answers at once, under the id of the question.
    Answer,
    /// The provider answers later, under an id of its own.
    Result,
}

impl Direction {
    const fn word(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Answer => "answer",
            Self::Result => "result",
        }
    }
}

/// The headers of a message as they came.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The second in which it was signed, decimal.
    pub time: &'a str,
    /// Its id.
    pub id: &'a str,
    /// HMAC-SHA-256 in 64 lower-case hexadecimal digits.
    pub signature: &'a str,
}

impl<'a> Signed<'a> {
    /// Found by the names of the headers; nothing when one is missing.
    pub fn of(header: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        Some(Self { time: header(TIME)?, id: header(ID)?, signature: header(SIGNATURE)? })
    }
}

/// Why a message is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// A header is no time, id or signature.
    #[error("its headers cannot be read")]
    Malformed,
    /// It was signed too long ago, or in the future.
    #[error("it was signed at another time")]
    Late,
    /// The signature is none of the other side.
    #[error("its signature is wrong")]
    Forged,
}

/// Never nothing: HMAC takes a key of any length.
fn code(secret: &str, way: Direction, path: &str, time: &str, id: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut code = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    code.update(format!("easylink-identity-1\n{}\nPOST\n{path}\n{time}\n{id}\n", way.word()).as_bytes());
    code.update(body);
    Some(code)
}

/// The signature of a message.
pub fn sign(secret: &str, way: Direction, path: &str, time: &str, id: &str, body: &[u8]) -> String {
    let code = code(secret, way, path, time, id, body);
    code.map_or_else(String::new, |code| data_encoding::HEXLOWER.encode(&code.finalize().into_bytes()))
}

/// Whether a message is the other side's and of now. The comparison takes the same time wherever it fails.
pub fn verify(
    secrets: &[Zeroizing<String>],
    way: Direction,
    path: &str,
    now: Moment,
    signed: Signed<'_>,
    body: &[u8],
) -> Result<(), Distrust> {
    let plain = |sign: u8| sign.is_ascii_alphanumeric() || sign == b'-' || sign == b'_';
    if !(8..=64).contains(&signed.id.len()) || !signed.id.bytes().all(plain) {
        return Err(Distrust::Malformed);
    }
    if signed.time.len() > 12 || !signed.time.bytes().all(|sign| sign.is_ascii_digit()) {
        return Err(Distrust::Malformed);
    }
    let time: i64 = signed.time.parse().map_err(|_| Distrust::Malformed)?;
    let signature = data_encoding::HEXLOWER.decode(signed.signature.as_bytes()).map_err(|_| Distrust::Malformed)?;
    let right = |secret: &Zeroizing<String>| {
        let code = code(secret, way, path, signed.time, signed.id, body);
        code.is_some_and(|code| code.verify_slice(&signature).is_ok())
    };
    // Every secret is tried: which one it was is nobody's business.
    if secrets.iter().filter(|secret| right(secret)).count() == 0 {
        return Err(Distrust::Forged);
    }
    if (now.seconds() - time).abs() > WINDOW { Err(Distrust::Late) } else { Ok(()) }
}

/// What the provider came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Name and number belong together.
    Verified,
    /// They do not, and why.
    Rejected(Reason),
    /// It cannot tell.
    Unknown,
    /// It said nothing in time, or nothing that counts.
    Silent,
}

impl Said {
    /// What is kept of it.
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::Verified => Outcome::Verified,
            Self::Rejected(_) => Outcome::Rejected,
            Self::Unknown => Outcome::Unknown,
            Self::Silent => Outcome::Silent,
        }
    }
}

/// A message of the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The case it is about.
    pub case: Number,
    /// The attempt it answers.
    pub attempt: Number,
    /// What it came to; nothing when that follows later.
    pub said: Option<Said>,
}

#[derive(Deserialize)]
struct Wire {
    case: String,
    attempt: String,
    result: String,
    #[serde(default)]
    reason: Option<String>,
}

impl Reply {
    /// Reads a body; nothing when it is none. A rejection without a reason that the customer can act on is no decision.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let wire: Wire = serde_json::from_slice(body).ok()?;
        let said = match wire.result.as_str() {
            "verified" => Some(Said::Verified),
            "rejected" => Some(wire.reason.as_deref().and_then(reason).map_or(Said::Unknown, Said::Rejected)),
            "unknown" => Some(Said::Unknown),
            "pending" => None,
            _ => return None,
        };
        Some(Self { case: exact('K', &wire.case)?, attempt: exact('Q', &wire.attempt)?, said })
    }
}

/// Machines write a number in one way only.
fn exact(kind: char, text: &str) -> Option<Number> {
    Number::parse(kind, text).filter(|number| number.as_str() == text)
}

/// The reasons that a register can give.
fn reason(word: &str) -> Option<Reason> {
    let can = |reason: &Reason| {
        matches!(
            reason,
            Reason::NameDiffers
                | Reason::NumberDiffers
                | Reason::DocumentEnded
                | Reason::FaceUnclear
                | Reason::LicenceDiffers
        )
    };
    Reason::parse(word).filter(can)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/check";
    const NOW: Moment = Moment(1_790_000_000_000_000);
    const TIME: &str = "1790000000";

    fn secrets(all: &[&str]) -> Vec<Zeroizing<String>> {
        all.iter().map(|secret| Zeroizing::new((*secret).to_string())).collect()
    }

    fn checked(way: Direction, path: &str, time: &str, id: &str, body: &[u8], signature: &str) -> Result<(), Distrust> {
        verify(&secrets(&["new", "old"]), way, path, NOW, Signed { time, id, signature }, body)
    }

    #[test]
    fn only_the_very_message_is_believed() {
        let way = Direction::Answer;
        let signature = sign("old", way, PATH, TIME, "id-123456", b"{}");
        assert_eq!(checked(way, PATH, TIME, "id-123456", b"{}", &signature), Ok(()));
        let forged = Err(Distrust::Forged);
        assert_eq!(checked(Direction::Question, PATH, TIME, "id-123456", b"{}", &signature), forged, "sent back");
        assert_eq!(checked(Direction::Result, PATH, TIME, "id-123456", b"{}", &signature), forged);
        assert_eq!(checked(way, "/other", TIME, "id-123456", b"{}", &signature), forged);
        assert_eq!(checked(way, PATH, "1790000001", "id-123456", b"{}", &signature), forged);
        assert_eq!(checked(way, PATH, TIME, "id-123457", b"{}", &signature), forged);
        assert_eq!(checked(way, PATH, TIME, "id-123456", b"{ }", &signature), forged);
        let other = sign("another", way, PATH, TIME, "id-123456", b"{}");
        assert_eq!(checked(way, PATH, TIME, "id-123456", b"{}", &other), forged);
        for (time, id, signature) in [
            ("", "id-123456", signature.as_str()),
            ("-1", "id-123456", &signature),
            ("99999999999999999999", "id-123456", &signature),
            (TIME, "short", &signature),
            (TIME, "with\nline", &signature),
            (TIME, "id-123456", "zz"),
            (TIME, "id-123456", &signature.to_uppercase()),
        ] {
            assert_eq!(checked(way, PATH, time, id, b"{}", signature), Err(Distrust::Malformed), "{time} {id}");
        }
        assert_eq!(checked(way, PATH, TIME, "id-123456", b"{}", &signature[..32]), forged, "half a signature");
    }

    #[test]
    fn it_is_believed_for_five_minutes_to_both_sides() {
        for (apart, right) in [(0, true), (300, true), (-300, true), (301, false), (-301, false)] {
            let time = (NOW.seconds() + apart).to_string();
            let signature = sign("new", Direction::Result, PATH, &time, "id-123456", b"");
            let found = checked(Direction::Result, PATH, &time, "id-123456", b"", &signature);
            assert_eq!(found, if right { Ok(()) } else { Err(Distrust::Late) }, "{apart}");
        }
    }

    #[test]
    fn replies_are_read_strictly() {
        let (case, attempt) = (Number::random('K'), Number::random('Q'));
        let body = |result: &str, more: &str| {
            format!(r#"{{"case":"{}","attempt":"{}","result":"{result}"{more}}}"#, case.as_str(), attempt.as_str())
        };
        let said = |body: String| Reply::parse(body.as_bytes()).map(|reply| reply.said);
        assert_eq!(said(body("verified", "")), Some(Some(Said::Verified)));
        assert_eq!(said(body("pending", "")), Some(None));
        assert_eq!(said(body("unknown", r#","note":"x""#)), Some(Some(Said::Unknown)));
        let differs = Said::Rejected(Reason::NameDiffers);
        assert_eq!(said(body("rejected", r#","reason":"name_differs""#)), Some(Some(differs)));
        for more in ["", r#","reason":"other""#, r#","reason":"x""#, r#","reason":null"#] {
            assert_eq!(said(body("rejected", more)), Some(Some(Said::Unknown)), "{more}");
        }
        assert_eq!(said(body("fine", "")), None);
        assert_eq!(said(body("verified", r#","reason":5"#)), None);
        assert_eq!(said(body("verified", "").replace('K', "k")), None, "numbers are written in one way");
        for bad in ["", "[]", "null", "{", r#"{"result":"verified"}"#] {
            assert_eq!(Reply::parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
