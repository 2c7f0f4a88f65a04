//! A person's browser, for what stands before the load: signing in, and finding forms.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::SocketAddr;

use crate::Outcome;
use crate::seed::PASSWORD;
use crate::wire::{self, between};

const FORM: &str = "application/x-www-form-urlencoded";

/// Cookies, and where to send them.
#[derive(Debug, Clone)]
pub struct Browser {
    server: SocketAddr,
    jar: BTreeMap<String, String>,
    /// The address it calls from, as a proxy would tell it.
    from: Option<String>,
}

/// A page.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub location: String,
    pub body: String,
}

impl Browser {
    pub fn new(server: SocketAddr) -> Self {
        Self { server, jar: BTreeMap::new(), from: None }
    }

    /// A browser at an address of its own.
    pub fn calling_from(server: SocketAddr, from: String) -> Self {
        Self { from: Some(from), ..Self::new(server) }
    }

    /// One that is signed in already.
    pub fn holding(server: SocketAddr, from: String, session: String) -> Self {
        let mut browser = Self::calling_from(server, from);
        browser.jar.insert("session".into(), session);
        browser
    }

    /// Opens a page.
    pub fn get(&mut self, path: &str) -> Outcome<Page> {
        self.send(&self.request(path))
    }

    /// The bytes with which this browser asks for a page.
    pub fn request(&self, path: &str) -> Vec<u8> {
        wire::request(self.server, "GET", path, &self.cookies(), self.from.as_deref(), None)
    }

    /// The bytes with which it posts a form.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> Vec<u8> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        wire::request(self.server, "POST", path, &self.cookies(), self.from.as_deref(), Some((FORM, body.as_bytes())))
    }

    /// The bytes with which it posts a form that could hold files.
    pub fn multipart(&self, path: &str, fields: &[(&str, &str)]) -> Vec<u8> {
        let mut body = String::new();
        for (name, value) in fields {
            let _ = write!(body, "--part\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        body.push_str("--part--\r\n");
        let kind = "multipart/form-data; boundary=part";
        wire::request(self.server, "POST", path, &self.cookies(), self.from.as_deref(), Some((kind, body.as_bytes())))
    }

    /// Signs in by password and mailed code, as on every new browser, and reads away the greeting.
    pub fn sign_in(&mut self, address: &str) -> Outcome<()> {
        let token = token(self.get("/login")?.body.as_bytes()).ok_or("no form to sign in")?;
        let fields = [("token", token.as_str()), ("next", ""), ("email", address), ("password", PASSWORD)];
        let asked = self.send(&self.form("/login", &fields))?;
        if asked.location != "/login/verify" {
            return Err(format!("the sign-in led to status {} {}", asked.status, asked.location).into());
        }
        let token = token_of(&self.get("/login/verify")?)?;
        let code = Self::new(self.server).code_for(address)?;
        let done = self.send(&self.form("/login/verify", &[("token", &token), ("code", &code)]))?;
        if done.status != 303 || !self.jar.contains_key("session") {
            return Err(format!("the code led to status {} {}", done.status, done.location).into());
        }
        self.get(&done.location)?;
        Ok(())
    }

    /// Forgets the sign-in, as when a person comes back after it has ended; the browser stays known.
    pub fn forget_session(&mut self) {
        self.jar.remove("session");
        self.jar.remove("flash");
    }

    /// Reads the newest code in the mailbox; the mail takes a moment.
    fn code_for(&mut self, address: &str) -> Outcome<String> {
        for _ in 0..200 {
            let box_page = self.get("/dev/mailbox")?.body;
            let mut mine = box_page.split("<article").skip(1).filter(|mail| mail.contains(address));
            if let Some(code) = mine.find_map(code_in) {
                return Ok(code);
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        Err("no code came by mail".into())
    }

    fn cookies(&self) -> String {
        let pairs: Vec<String> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn send(&mut self, request: &[u8]) -> Outcome<Page> {
        let bytes = wire::exchange(self.server, request)?;
        let answer = wire::answer(&bytes)?.ok_or("half an answer")?;
        for cookie in wire::headers(answer.head, "set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').ok_or("a cookie without a value")?;
            if value.is_empty() || cookie.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_string(), value.to_string());
            }
        }
        Ok(Page {
            status: answer.status,
            location: wire::header(answer.head, "location").unwrap_or_default().to_string(),
            body: String::from_utf8_lossy(answer.body).into_owned(),
        })
    }
}

/// The token of the first form that has one.
pub fn token(body: &[u8]) -> Option<String> {
    let mark = b"name=\"token\" value=\"";
    let at = body.windows(mark.len()).position(|found| found == mark)? + mark.len();
    let end = body[at..].iter().position(|sign| *sign == b'"')?;
    String::from_utf8(body[at..at + end].to_vec()).ok()
}

fn token_of(page: &Page) -> Outcome<String> {
    token(page.body.as_bytes()).ok_or_else(|| format!("a page of status {} without a form", page.status).into())
}

/// A line of its own that holds only digits and spaces: the code.
fn code_in(mail: &str) -> Option<String> {
    let letter = between(mail, "<pre", "</pre>")?;
    letter.lines().find_map(|line| {
        let code: String = line.chars().filter(|sign| !sign.is_whitespace()).collect();
        ((6..=9).contains(&code.len()) && code.chars().all(|sign| sign.is_ascii_digit())).then_some(code)
    })
}
