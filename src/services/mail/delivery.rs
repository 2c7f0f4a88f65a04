//! One letter leaves the house: over SMTP with TLS, or into a folder while developing.
//!
//! A letter is plain strings. Here alone they become a message, so here alone is decided that no sign in them can make
//! a header or a second recipient.

use std::fmt;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use lettre::transport::smtp::Error as SmtpError;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use url::{Host, Url};

/// Longest time a delivery may take in all, connecting and every command included.
const PATIENCE: Duration = Duration::from_secs(10);

/// Headers that the house itself writes; a letter cannot bring its own.
const OWN_HEADERS: &str = "from sender reply-to to cc bcc subject date message-id mime-version \
    auto-submitted return-path received errors-to";

/// A letter, ready to be sent. It has no `Debug`: bodies carry codes.
#[derive(Clone)]
pub struct Letter {
    /// The sender: `Easy Link <no-reply@example.com>` or a bare address.
    pub from: String,
    /// The one recipient: a bare address.
    pub to: String,
    /// The subject, in plain words.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML without remote parts.
    pub html: String,
    /// The message id of the own domain, with or without its angle brackets.
    pub message_id: String,
    /// Further headers such as `List-Unsubscribe` (RFC 8058).
    pub headers: Vec<(String, String)>,
}

/// A letter that was not delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Undelivered {
    /// Whether trying again is useless.
    pub permanent: bool,
    /// Why, in words that hold neither address nor body.
    pub reason: String,
}

/// Why a mail address of the settings (`EASYLINK_SMTP_URL`) is refused. It never repeats the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PostFault {
    /// Not a URL with a host.
    #[error("the SMTP address is not a URL such as smtps://user:password@mail.example.com")]
    Malformed,
    /// A scheme other than `smtps` or `smtp`.
    #[error("the SMTP address must begin with smtps:// or smtp://")]
    Scheme,
    /// Without TLS towards another machine.
    #[error("towards another machine use smtps:// or smtp://…?tls=required")]
    Unprotected,
    /// A parameter other than `tls=required`.
    #[error("the only parameter of the SMTP address is tls=required")]
    Parameter,
    /// A user without a password, or the other way round.
    #[error("the SMTP address has a user name or a password, but not both")]
    Credentials,
}

/// The way letters leave the house. Cheap to clone.
#[derive(Clone)]
pub enum Post {
    /// A relay.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// A folder: each letter is a file `*.eml` that only the portal's own user reads.
    Folder(PathBuf),
}

impl Post {
    /// Opens the way to a relay: `smtps://…`, `smtp://…?tls=required`, or `smtp://localhost` on the same machine.
    /// Certificates are always checked. Call it inside the runtime that will deliver: connections are kept there.
    pub fn from_url(text: &str) -> Result<Self, PostFault> {
        let url = Url::parse(text).map_err(|_| PostFault::Malformed)?;
        let host = match url.host() {
            Some(Host::Domain(host)) if !host.is_empty() => host.to_owned(),
            Some(Host::Ipv4(host)) => host.to_string(),
            _ => return Err(PostFault::Malformed),
        };
        let mut required = false;
        for (name, value) in url.query_pairs() {
            match (&*name, &*value) {
                ("tls", "required") => required = true,
                _ => return Err(PostFault::Parameter),
            }
        }
        match (url.scheme(), required) {
            ("smtps", false) | ("smtp", true) => {}
            ("smtps", true) => return Err(PostFault::Parameter),
            ("smtp", false) if loopback(&host) => {}
            ("smtp", false) => return Err(PostFault::Unprotected),
            _ => return Err(PostFault::Scheme),
        }
        if url.username().is_empty() != url.password().is_none_or(str::is_empty) {
            return Err(PostFault::Credentials);
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(text)
            .map_err(|_| PostFault::Malformed)?
            .timeout(Some(PATIENCE))
            .build();
        Ok(Self::Smtp(transport))
    }

    /// Hands a letter over. A permanent failure is one of the letter or its address; a relay that is down, slow or
    /// wrongly set up is not.
    pub async fn deliver(&self, letter: &Letter) -> Result<(), Undelivered> {
        let id = message_id(&letter.message_id)?;
        let message = compose(letter, &id)?;
        match self {
            Self::Smtp(transport) => {
                let foreign = !letter.to.is_ascii() || !letter.from.is_ascii();
                // The transport limits only its connecting; the limit here is over everything.
                match tokio::time::timeout(PATIENCE, transport.send(message)).await {
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(fault)) => Err(refusal(&fault, foreign)),
                    Err(_) => Err(later("the relay did not answer in time")),
                }
            }
            Self::Folder(folder) => {
                let (folder, bytes) = (folder.clone(), message.formatted());
                tokio::task::spawn_blocking(move || file(&folder, &id, &bytes))
                    .await
                    .map_err(|_| later("writing the letter broke off"))?
                    .map_err(|fault| later(&format!("the folder refused: {}", fault.kind())))
            }
        }
    }
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Smtp(_) => "Post::Smtp",
            Self::Folder(_) => "Post::Folder",
        })
    }
}

fn compose(letter: &Letter, id: &str) -> Result<Message, Undelivered> {
    let from = sender(&letter.from)?;
    let to = recipient(&letter.to)?;
    let envelope =
        Envelope::new(Some(from.email.clone()), vec![to.clone()]).map_err(|_| never("the letter has no recipient"))?;
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
        .map_err(|_| never("the letter could not be put together"))
}

/// A further header. Line ends are refused, not repaired: nothing of the house makes them.
fn header(name: &str, value: &str) -> Result<HeaderValue, Undelivered> {
    let refused = || never("the letter has a header it may not have");
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

/// The sender comes from the settings, with a name before the address or without.
fn sender(text: &str) -> Result<Mailbox, Undelivered> {
    let refused = || never("the sender's address is not usable");
    if text.chars().any(hidden) {
        return Err(refused());
    }
    let (name, address) = match text.trim().strip_suffix('>') {
        Some(rest) => rest.rsplit_once('<').ok_or_else(refused)?,
        None => ("", text.trim()),
    };
    let name = name.trim().trim_matches('"').trim();
    if name.contains(['<', '>', '"', '\\']) {
        return Err(refused());
    }
    let address = recipient(address).map_err(|_| refused())?;
    Ok(Mailbox::new((!name.is_empty()).then(|| name.to_owned()), address))
}

/// One bare address. Signs that could end it or begin another are refused, quoted local parts and literals with them.
/// A domain of another script becomes its ASCII form, which every relay understands.
fn recipient(text: &str) -> Result<Address, Undelivered> {
    let refused = || never("the recipient's address is not usable");
    let bad = |sign: char| hidden(sign) || sign.is_whitespace() || ",;:<>()[]\"\\|`".contains(sign);
    if text.len() > 254 || text.contains(bad) {
        return Err(refused());
    }
    let (local, domain) = text.split_once('@').ok_or_else(refused)?;
    let name = |sign: char| sign.is_alphanumeric() || !sign.is_ascii() || "-.".contains(sign);
    if local.starts_with('-') || !domain.chars().all(name) {
        return Err(refused());
    }
    let domain = if domain.is_ascii() {
        domain.to_owned()
    } else {
        match Host::parse(domain) {
            Ok(Host::Domain(ascii)) => ascii,
            _ => return Err(refused()),
        }
    };
    Address::new(local, &domain).map_err(|_| refused())
}

/// The message id without its brackets: plain signs only, since it also names a file.
fn message_id(text: &str) -> Result<String, Undelivered> {
    let bare = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(text);
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|sign| sign.is_ascii_alphanumeric() || b"-._".contains(&sign))
    };
    match bare.split_once('@') {
        Some((left, right)) if bare.len() <= 200 && plain(left) && plain(right) => Ok(bare.to_owned()),
        _ => Err(never("the message id is not usable")),
    }
}

/// Control signs, line ends of every script, and marks that turn the reading direction.
fn hidden(sign: char) -> bool {
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

fn loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// What an SMTP failure means, without the relay's words: they often repeat the address.
fn refusal(fault: &SmtpError, foreign: bool) -> Undelivered {
    if let Some(code) = fault.status() {
        let number = code.to_string();
        // These speak of our own sign-in at the relay, not of the letter (RFC 4954).
        let sign_in = matches!(number.as_str(), "530" | "534" | "535" | "538");
        return Undelivered {
            permanent: fault.is_permanent() && !sign_in,
            reason: format!("the relay answered {number}"),
        };
    }
    if fault.is_client() && foreign {
        return never("the relay takes no addresses of this script");
    }
    later(if fault.is_timeout() {
        "the relay did not answer in time"
    } else if fault.is_tls() {
        "the relay's certificate or encryption was not accepted"
    } else if fault.is_client() {
        "the relay lacks what is required, encryption or a way to sign in"
    } else if fault.is_response() {
        "the relay's answer was not understood"
    } else {
        "the relay was not reached"
    })
}

fn later(reason: &str) -> Undelivered {
    Undelivered { permanent: false, reason: reason.to_owned() }
}

fn never(reason: &str) -> Undelivered {
    Undelivered { permanent: true, reason: reason.to_owned() }
}

/// Writes the letter beside its place first, so that a reader of the folder never sees half of one.
fn file(folder: &Path, id: &str, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut make = std::fs::DirBuilder::new();
    let mut open = std::fs::OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        make.mode(0o700);
        open.mode(0o600);
    }
    make.recursive(true).create(folder)?;
    let part = folder.join(format!(".{id}.part"));
    let _ = std::fs::remove_file(&part);
    open.write(true).create_new(true).open(&part)?.write_all(bytes)?;
    std::fs::rename(&part, folder.join(format!("{id}.eml")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    /// A server for one connection; a line that begins with `key` is answered with `answer`.
    fn sink(key: &'static str, answer: &'static str) -> (Post, Receiver<Vec<String>>) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let number = listener.local_addr().unwrap().port();
        let (tell, heard) = channel();
        std::thread::spawn(move || {
            let mut stream = listener.accept().unwrap().0;
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut lines, mut line, mut data) = (Vec::new(), String::new(), false);
            stream.write_all(b"220 sink\r\n").unwrap();
            while reader.read_line(&mut line).unwrap_or(0) > 0 {
                let told = std::mem::take(&mut line).trim_end_matches("\r\n").to_owned();
                lines.push(told.clone());
                if data && told != "." {
                    continue;
                }
                data = told == "DATA";
                let answer = match (key, data) {
                    (key, _) if !key.is_empty() && told.starts_with(key) => answer,
                    (_, true) => "354 go on",
                    _ => "250 fine",
                };
                let _ = stream.write_all(format!("{answer}\r\n").as_bytes());
                if told == "." || answer.starts_with('5') {
                    break;
                }
            }
            let _ = tell.send(lines);
        });
        let url = format!("smtp://127.0.0.1:{number}");
        (Post::from_url(&url).unwrap(), heard)
    }

    fn letter() -> Letter {
        Letter {
            from: "Easy Link <no-reply@portal.example>".into(),
            to: "wei@example.org".into(),
            subject: "Hi\r\nBcc: a@evil.example\u{2028}X: y\n\n.\r\nMAIL FROM:<a@b>".into(),
            text: "one\r.\r\ntwo\n.\nMAIL FROM:<a@evil.example>\r\0\u{1b}[0m".into(),
            html: "<p>x</p>\r\n.\r\nRCPT TO:<b@evil.example>\r\n".into(),
            message_id: "<k3v9@portal.example>".into(),
            headers: vec![("List-Unsubscribe".into(), "<https://x.example>".into())],
        }
    }

    #[tokio::test]
    async fn a_letter_is_one_message_to_one_recipient() {
        let (post, heard) = sink("", "");
        post.deliver(&letter()).await.unwrap();
        let lines = heard.recv_timeout(PATIENCE).unwrap();
        let data = lines.iter().position(|line| line == "DATA").unwrap();
        let (commands, rest) = lines.split_at(data);
        let count = |of: &[String], with: &str| of.iter().filter(|l| l.starts_with(with)).count();
        let heads = rest.split(String::is_empty).next().unwrap();
        for (of, start, times) in [
            (commands, "MAIL", 1),
            (commands, "RCPT TO:<wei@", 1),
            (heads, "To: ", 1),
            (heads, "Bcc", 0),
            (heads, "X:", 0),
            (heads, "Auto-Submitted: auto-generated", 1),
            (heads, "Message-ID: <k3v9@portal.example>", 1),
            (rest, "Content-Type: text/plain", 1),
            (rest, "Content-Type: text/html", 1),
        ] {
            assert_eq!(count(of, start), times, "{start} in {of:?}");
        }
        assert_eq!(rest.iter().filter(|line| *line == ".").count(), 1);
        let control = |line: &String| line.contains(['\r', '\0', '\u{1b}']);
        assert!(!rest.iter().any(control));
    }

    #[tokio::test]
    async fn what_could_be_two_addresses_or_a_header_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let post = Post::Folder(home.path().join("mail"));
        let list = "|a@|a@b.c,d@e.f|a@b.c;d@e.f|a@b.c d@e.f|a@b.c\r\nBcc: d@e.f|a@b.c\0|<a@b.c>|\
            a@b.c>,<d@e.f|N <a@b.c>|\"a b\"@b.c|a@[127.0.0.1]|a@b@c.d|a@b%2ec|a\u{2028}@b.c|\
            a@b.c\u{202E}|-oQ@b.c";
        for to in list.split('|') {
            let mut new = letter();
            new.to = to.into();
            let fault = post.deliver(&new).await.unwrap_err();
            assert!(fault.permanent && !fault.reason.contains('@'), "{to:?}");
        }
        for pair in ["Bcc=a@b.c", "Content-Type=x", "X=x\r\nBcc: a@b.c", "X: y\r\nZ=x"] {
            let (name, value) = pair.split_once('=').unwrap();
            let mut new = letter();
            new.headers = vec![(name.into(), value.into())];
            assert!(post.deliver(&new).await.is_err(), "{name:?}");
        }
        for id in ["", "../x@y", ".a@b", "a@b\r\nX: y"] {
            let mut new = letter();
            new.message_id = id.into();
            assert!(post.deliver(&new).await.is_err(), "{id:?}");
        }
        assert!(!home.path().join("mail").exists());
    }

    #[tokio::test]
    async fn a_refusal_says_its_code_and_nothing_of_the_letter() {
        for (key, answer, permanent) in [
            ("RCPT", "550 5.1.1 <wei@example.org> unknown", true),
            ("RCPT", "450 4.2.1 wei@example.org is busy", false),
            ("MAIL", "530 5.7.0 sign in first", false),
        ] {
            let fault = sink(key, answer).0.deliver(&letter()).await.unwrap_err();
            let reason = format!("the relay answered {}", &answer[..3]);
            assert_eq!(fault, Undelivered { permanent, reason });
        }
    }

    #[tokio::test]
    async fn only_protected_ways_are_opened() {
        for (url, open) in [
            ("smtps://u:p%40@mail.example", true),
            ("smtp://mail.example?tls=required", true),
            ("smtp://localhost", true),
            ("smtp://localhost.example", false),
            ("smtp://mail.example?tls=opportunistic", false),
        ] {
            assert_eq!(Post::from_url(url).is_ok(), open, "{url}");
        }
    }
}
