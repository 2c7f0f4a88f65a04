//! A mail server on loopback that keeps what it gets, and can fail, dawdle and be away.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

pub use super::mime::Mail;

/// The running server; it ends when dropped.
pub struct Smtp {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    mails: Mutex<Vec<Mail>>,
    /// Told of each mail.
    taken: tokio::sync::watch::Sender<()>,
    /// Codes for the next mails, in order.
    failures: Mutex<VecDeque<u16>>,
    delay: Mutex<Duration>,
    line: Mutex<Line>,
}

/// The connections of one run of the server, so that stopping can cut them.
#[derive(Default)]
struct Line {
    /// Grows with each start and stop: an acceptor of an earlier run sees that it is over.
    run: u32,
    open: Vec<TcpStream>,
    acceptor: Option<thread::JoinHandle<()>>,
}

impl Smtp {
    /// Starts a server on a free port.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let smtp = Self { address: listener.local_addr().unwrap(), state: Arc::default() };
        smtp.accept_on(listener);
        smtp
    }

    /// The address for the portal's configuration.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Every mail taken so far, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        self.state.mails.lock().unwrap().clone()
    }

    /// Waits up to ten seconds for this many mails in all.
    pub async fn wait_for(&self, count: usize) -> Vec<Mail> {
        let mut taken = self.state.taken.subscribe();
        let all = taken.wait_for(|()| self.mails().len() >= count);
        let came = tokio::time::timeout(Duration::from_secs(10), all).await.is_ok();
        let mails = self.mails();
        assert!(came, "{} of {count} mails came: {mails:#?}", mails.len());
        mails
    }

    /// Forgets the mails taken so far.
    pub fn clear(&self) {
        self.state.mails.lock().unwrap().clear();
    }

    /// Refuses the next `count` mails with this code once they are transmitted; 421 hangs up as well.
    pub fn fail_next(&self, count: usize, code: u16) {
        self.state.failures.lock().unwrap().extend(std::iter::repeat_n(code, count));
    }

    /// Waits so long before it answers to a mail, from now on.
    pub fn slow(&self, delay: Duration) {
        *self.state.delay.lock().unwrap() = delay;
    }

    /// Goes away: open connections are cut, new ones refused. The port is kept in mind.
    pub fn stop(&self) {
        let mut line = self.state.line.lock().unwrap();
        line.run += 1;
        for stream in line.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        let acceptor = line.acceptor.take();
        drop(line);
        // Wakes the acceptor, which sees that its run is over and lets go of the port.
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = acceptor {
            let _ = acceptor.join();
        }
    }

    /// Comes back on the same port.
    pub fn start_again(&self) {
        self.accept_on(TcpListener::bind(self.address).unwrap());
    }

    fn accept_on(&self, listener: TcpListener) {
        let state = Arc::clone(&self.state);
        let mut line = self.state.line.lock().unwrap();
        line.run += 1;
        let run = line.run;
        line.acceptor = Some(thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { continue };
                let mut line = state.line.lock().unwrap();
                if line.run != run {
                    return;
                }
                line.open.push(stream.try_clone().unwrap());
                drop(line);
                let state = Arc::clone(&state);
                // A client that hangs up in the middle is no failure of the server.
                thread::spawn(move || talk(stream, &state).ok());
            }
        }));
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.stop();
        }
    }
}

/// One connection, RFC 5321: greeting, commands, mails.
fn talk(mut stream: TcpStream, state: &State) -> std::io::Result<()> {
    // Answers are single short lines: held back for an acknowledgement they would cost 40 ms each.
    stream.set_nodelay(true)?;
    let mut lines = BufReader::new(stream.try_clone()?);
    let mut say = |text: &str| stream.write_all(format!("{text}\r\n").as_bytes());
    let (mut from, mut to) = (String::new(), Vec::new());
    say("220 localhost ready")?;
    loop {
        let mut command = String::new();
        if lines.read_line(&mut command)? == 0 {
            return Ok(());
        }
        let command = command.trim_end();
        match command.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" => say("250-localhost\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN")?,
            "AUTH" => say("235 2.7.0 welcome")?,
            "MAIL" => {
                from = path(command);
                to.clear();
                say("250 2.1.0 ok")?;
            }
            "RCPT" => {
                to.push(path(command));
                say("250 2.1.5 ok")?;
            }
            "DATA" if to.is_empty() => say("503 5.5.1 to whom?")?,
            "DATA" => {
                say("354 go on")?;
                let raw = data(&mut lines)?;
                let delay = *state.delay.lock().unwrap();
                // It dawdles for as long as the test asked.
                thread::sleep(delay);
                let failure = state.failures.lock().unwrap().pop_front();
                match failure {
                    Some(421) => return say("421 4.3.2 closing"),
                    Some(code) => say(&format!("{code} {}.0.0 refused by the test", code / 100))?,
                    None => {
                        let mail = Mail::read(&from, &to, &raw);
                        state.mails.lock().unwrap().push(mail);
                        state.taken.send_replace(());
                        say("250 2.0.0 taken")?;
                    }
                }
                to.clear();
            }
            "HELO" | "RSET" | "NOOP" => say("250 2.0.0 ok")?,
            "QUIT" => return say("221 2.0.0 bye"),
            _ => say("502 5.5.1 not here")?,
        }
    }
}

/// The address between the angle brackets of `MAIL FROM:<…>` and `RCPT TO:<…>`.
fn path(command: &str) -> String {
    let inside = command.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or_else(String::new, |(address, _)| address.to_owned())
}

/// The mail up to the lone dot, with doubled leading dots undone (RFC 5321, 4.5.2).
fn data(lines: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(raw);
        }
        raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

#[cfg(test)]
mod tests {
    use lettre::message::MultiPart;
    use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

    use super::*;

    fn letter() -> Message {
        Message::builder()
            .from("Easy Link <no-reply@easylink.example>".parse().unwrap())
            .to("Zoë <zoe@cloud.example>".parse().unwrap())
            .subject("Überweisung über 12,50 € ist angekommen – vielen herzlichen Dank dafür, liebe Zoë")
            .multipart(MultiPart::alternative_plain_html(
                format!("Grüße\n.a dot first\n..two\nhttps://portal.example/confirm/{}?a=b\n", "x".repeat(90)),
                "<p>Grüße</p>".to_owned(),
            ))
            .unwrap()
    }

    #[tokio::test]
    async fn what_was_sent_is_what_is_read() {
        let smtp = Smtp::start();
        let sender = AsyncSmtpTransport::<Tokio1Executor>::from_url(&smtp.url()).unwrap().build();
        sender.send(letter()).await.unwrap();
        let mails = smtp.wait_for(1).await;
        let mail = &mails[0];
        assert_eq!(
            (mail.from.as_str(), mail.to.as_slice()),
            ("no-reply@easylink.example", &["zoe@cloud.example".to_owned()][..])
        );
        assert_eq!(mail.subject, "Überweisung über 12,50 € ist angekommen – vielen herzlichen Dank dafür, liebe Zoë");
        assert_eq!(mail.text.lines().take(3).collect::<Vec<_>>(), ["Grüße", ".a dot first", "..two"]);
        assert_eq!(mail.links(), [format!("https://portal.example/confirm/{}?a=b", "x".repeat(90))]);
        assert_eq!(mail.html.trim(), "<p>Grüße</p>");
        assert_eq!(mail.header("To").unwrap(), "Zoë <zoe@cloud.example>");
    }

    #[tokio::test]
    async fn it_fails_and_goes_away_when_told() {
        let smtp = Smtp::start();
        let sender = AsyncSmtpTransport::<Tokio1Executor>::from_url(&smtp.url()).unwrap().build();
        smtp.fail_next(2, 451);
        assert!(sender.send(letter()).await.unwrap_err().is_transient());
        assert!(sender.send(letter()).await.unwrap_err().is_transient());
        smtp.fail_next(1, 550);
        assert!(sender.send(letter()).await.unwrap_err().is_permanent());
        sender.send(letter()).await.unwrap();
        smtp.stop();
        assert!(sender.send(letter()).await.is_err());
        assert!(sender.send(letter()).await.is_err());
        smtp.start_again();
        smtp.slow(Duration::from_millis(80));
        let begun = Instant::now();
        sender.send(letter()).await.unwrap();
        assert!(begun.elapsed() >= Duration::from_millis(80));
        assert_eq!(smtp.mails().len(), 2);
    }
}
