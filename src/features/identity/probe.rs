//! What strangers send, given to every parser of this room. For fuzzing and its small brother in the tests; it does not
//! exist in release builds.

use zeroize::Zeroizing;

use super::numbers::{CreditCode, DocumentKind, DocumentNumber};
use super::provider::{Direction, Reply, Signed, verify};
use crate::base::types::{Day, Moment};

/// Reads these bytes as everything that strangers may send.
///
/// # Panics
/// When a parser does, or when what it takes is not in its own normal form.
pub fn probe(bytes: &[u8]) {
    let today = Day::parse("2026-11-26").unwrap_or_else(|| unreachable!("a day of the calendar"));
    let text = String::from_utf8_lossy(bytes);
    for kind in DocumentKind::ALL {
        if let Ok(number) = DocumentNumber::parse(*kind, &text, today) {
            let again = DocumentNumber::parse(*kind, number.as_str(), today);
            assert!(again.is_ok_and(|again| again.as_str() == number.as_str()), "{kind}: not its own normal form");
            assert!(!number.masked().contains(number.as_str()), "{kind}: the mask shows the number");
        }
    }
    for read in [CreditCode::parse, CreditCode::as_printed] {
        if let Ok(code) = read(&text) {
            assert!(read(code.as_str()).is_ok(), "a credit code is not its own normal form");
            let _ = (code.check_holds(), code.inner_check_holds(), code.masked());
        }
    }
    if let Some(reply) = Reply::parse(bytes) {
        assert!(reply.case.as_str().starts_with('K') && reply.attempt.as_str().starts_with('Q'));
    }
    let mut parts = text.splitn(4, '\n');
    let mut part = || parts.next().unwrap_or_default();
    let (time, id, signature, body) = (part(), part(), part(), part());
    let secrets = [Zeroizing::new("what nobody who sends these bytes knows".to_string())];
    let signed = Signed { time, id, signature };
    assert!(verify(&secrets, Direction::Result, "/", Moment(0), signed, body.as_bytes()).is_err(), "forged");
}
