//! A letter becomes a message.

use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};

use super::addresses::{recipient, sender};
use super::{Letter, Undelivered};

/// Headers that the house itself writes; a letter cannot bring its own.
const OWN_HEADERS: &str = "from sender reply-to to cc bcc subject date message-id mime-version \
    auto-submitted return-path received errors-to";

/// The message of a letter, for one recipient.
pub(super) fn message(letter: &Letter, id: &str) -> Result<Message, Undelivered> {
    let from = sender(&letter.from)?;
    let to = recipient(&letter.to)?;
    let envelope = Envelope::new(Some(from.email.clone()), vec![to.clone()])
        .map_err(|_| Undelivered::never("the letter has no recipient"))?;
    let mut builder = Message::builder()
        .envelope(envelope)
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(one_line(&letter.subject))
        .message_id(Some(format!("<{id}>")))
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
    for (name, value) in &letter.headers {
        builder = builder.raw_header(header(name, value)?);
    }
    builder
        .multipart(
            MultiPart::alternative()
                .singlepart(SinglePart::plain(lines(&letter.text)))
                .singlepart(SinglePart::html(lines(&letter.html))),
        )
        .map_err(|_| Undelivered::never("the letter could not be put together"))
}

/// A further header. Line ends are refused, not repaired: nothing of the house makes them.
fn header(name: &str, value: &str) -> Result<HeaderValue, Undelivered> {
    let refused = || Undelivered::never("the letter has a header it may not have");
    let lower = name.to_ascii_lowercase();
    let known =
        OWN_HEADERS.split(' ').any(|own| own == lower) || lower.starts_with("content-") || lower.starts_with("resent-");
    let token = !name.is_empty() && name.bytes().all(|sign| sign.is_ascii_alphanumeric() || sign == b'-');
    if known || !token || value.chars().any(hidden) {
        return Err(refused());
    }
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|_| refused())?;
    Ok(HeaderValue::new(name, value.to_owned()))
}

/// Control signs, line ends of every script, and marks that turn the reading direction.
pub(super) fn hidden(sign: char) -> bool {
    sign.is_control()
        || matches!(sign,
            '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

fn one_line(text: &str) -> String {
    let plain = text.replace(hidden, " ");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A body with one kind of line end and no other control sign: a bare CR or LF before a dot has let relays see a
/// second message (SMTP smuggling).
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|sign| !sign.is_control() || matches!(sign, '\n' | '\t'))
        .collect()
}
