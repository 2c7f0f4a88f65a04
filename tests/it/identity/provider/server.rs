//! A small provider on a socket of this machine. It speaks the protocol by its description in `docs/identity.md`, with an
//! implementation of its own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

pub const SECRET: &str = "a-secret-of-thirty-two-characters-at-least";

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Answers with this result, and a reason.
    Says(&'static str, Option<&'static str>),
    /// Says nothing until the portal hangs up.
    Silent,
    /// Answers with this status and no more.
    Fails(u16),
    /// Says that it is verified, signed with another secret.
    Forges,
    /// About another case than it was asked.
    Mistakes,
    /// Signed ten minutes ago.
    Dates,
    /// Under the id of another question.
    Copies,
    /// Sends the portal's own question back, as the portal signed it.
    Mirrors,
    /// Without a signature.
    Plain,
}

/// A question as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub id: String,
    pub once: String,
    pub body: Value,
    pub text: String,
}

pub struct Provider {
    pub url: String,
    manner: Arc<Mutex<Manner>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// The signature of the protocol.
pub fn sign(secret: &str, way: &str, path: &str, time: &str, id: &str, body: &str) -> String {
    let mut code = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    for part in ["easylink-identity-1", way, "POST", path, time, id] {
        code.update(part.as_bytes());
        code.update(b"\n");
    }
    code.update(body.as_bytes());
    data_encoding::HEXLOWER.encode(&code.finalize().into_bytes())
}

/// An id that no other message of this process has.
pub fn fresh_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("message-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Provider {
    pub fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/check", listener.local_addr().unwrap());
        let (manner, asked) = (Arc::new(Mutex::new(manner)), Arc::new(Mutex::new(Vec::new())));
        let (now, heard) = (manner.clone(), asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (now, heard) = (now.clone(), heard.clone());
                std::thread::spawn(move || serve(stream.unwrap(), &now, &heard));
            }
        });
        Self { url, manner, asked }
    }

    pub fn turns(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, manner: &Mutex<Manner>, asked: &Mutex<Vec<Asked>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    if !line.starts_with("POST /check ") {
        let _ = stream.write_all(b"HTTP/1.1 405 No\r\ncontent-length: 0\r\n\r\n");
        return;
    }
    let mut headers = std::collections::BTreeMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_string());
    }
    let mut body = vec![0; headers["content-length"].parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    let text = String::from_utf8(body).unwrap();
    let (time, id) = (headers["easylink-time"].clone(), headers["easylink-id"].clone());
    let right = sign(SECRET, "question", "/check", &time, &id, &text) == headers["easylink-signature"];
    if !right {
        let _ = stream.write_all(b"HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n");
        return;
    }
    let body: Value = serde_json::from_str(&text).unwrap();
    asked.lock().unwrap().push(Asked {
        id: id.clone(),
        once: headers["idempotency-key"].clone(),
        body: body.clone(),
        text: text.clone(),
    });
    let manner = *manner.lock().unwrap();
    let mut said = json!({ "case": body["case"], "attempt": body["attempt"], "result": "verified" });
    let (mut secret, mut time, mut id) = (SECRET, time, id);
    match manner {
        Manner::Silent => {
            let _ = reader.read(&mut [0]);
            return;
        }
        Manner::Fails(status) => {
            let _ = stream.write_all(format!("HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n").as_bytes());
            return;
        }
        Manner::Says(result, reason) => {
            said["result"] = result.into();
            said["reason"] = reason.map_or(Value::Null, Into::into);
        }
        Manner::Forges => secret = "another secret of thirty-two characters",
        Manner::Mistakes => said["case"] = easylink::base::types::Number::random('K').as_str().into(),
        Manner::Dates => time = (time.parse::<i64>().unwrap() - 600).to_string(),
        Manner::Copies => id = "0123456789abcdef".into(),
        Manner::Mirrors | Manner::Plain => {}
    }
    let (said, signature) = if manner == Manner::Mirrors {
        (text, headers["easylink-signature"].clone())
    } else {
        let said = said.to_string();
        let signature = sign(secret, "answer", "/check", &time, &id, &said);
        (said, signature)
    };
    let signed = if manner == Manner::Plain {
        String::new()
    } else {
        format!("easylink-time: {time}\r\neasylink-id: {id}\r\neasylink-signature: {signature}\r\n")
    };
    let head = format!("HTTP/1.1 200 OK\r\n{signed}content-length: {}\r\n\r\n", said.len());
    let _ = stream.write_all(format!("{head}{said}").as_bytes());
}
