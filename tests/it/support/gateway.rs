//! A small gateway of text messages: it speaks the protocol of `docs/text-messages.md` over a socket, checks what is signed,
//! sends each message once, and fails when it is told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub const SECRET: &str = "a secret of the gateway";

/// How the gateway treats the next call.
#[derive(Debug, Clone, Copy)]
pub enum Mood {
    /// Answers this status without sending.
    Says(u16),
    /// Sends, and then breaks off before it answers.
    BreaksOff,
    /// Says nothing.
    Hangs,
    /// Answers with what is no HTTP.
    Babbles,
}

/// A call that came.
#[derive(Debug, Clone)]
pub struct Call {
    pub id: String,
    pub body: Value,
    /// Whether the signature fits the two headers and the body.
    pub signed: bool,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    /// Id, number and text of what was sent on to phones.
    sent: Vec<(String, String, String)>,
    moods: VecDeque<Mood>,
}

#[derive(Clone)]
pub struct Gateway {
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl Gateway {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let inside = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&inside)));
            }
        });
        Self { url, state }
    }

    /// The settings of a portal that uses it.
    pub fn settings(&self) -> [(&str, &str); 3] {
        [("EASYLINK_SMS_URL", &self.url), ("EASYLINK_SMS_SECRET", SECRET), ("EASYLINK_OUTWARD_SECONDS", "1")]
    }

    /// Treats the next calls so.
    pub fn is(&self, moods: &[Mood]) {
        self.state.lock().unwrap().moods.extend(moods);
    }

    pub fn calls(&self) -> Vec<Call> {
        self.state.lock().unwrap().calls.clone()
    }

    pub fn sent(&self) -> Vec<(String, String, String)> {
        self.state.lock().unwrap().sent.clone()
    }
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let Some((head, body)) = request(&mut stream).await else { return };
    let header = |name: &str| -> String {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).unwrap_or_default()
    };
    let (id, timestamp) = (header("easylink-id"), header("easylink-timestamp"));
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{timestamp}.{id}.{body}").as_bytes());
    let signed = header("easylink-signature") == format!("sha256={}", HEXLOWER.encode(&mac.finalize().into_bytes()));
    let message: Value = serde_json::from_str(&body).unwrap_or_default();
    let mood = {
        let mut state = state.lock().unwrap();
        let mood = state.moods.pop_front();
        state.calls.push(Call { id: id.clone(), body: message.clone(), signed });
        let text = |key: &str| message[key].as_str().unwrap_or_default().to_owned();
        let sends = signed && matches!(mood, None | Some(Mood::BreaksOff));
        if sends && !state.sent.iter().any(|(known, ..)| *known == id) {
            state.sent.push((id, text("to"), text("text")));
        }
        mood
    };
    let answer = match mood {
        None if signed => "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n".to_owned(),
        None => "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n".to_owned(),
        Some(Mood::Says(status)) => {
            format!("HTTP/1.1 {status} As told\r\ncontent-length: 0\r\nlocation: /elsewhere\r\n\r\n")
        }
        Some(Mood::Babbles) => "good day\r\n\r\n".to_owned(),
        Some(Mood::BreaksOff) => return,
        Some(Mood::Hangs) => {
            // Until the other side has had enough.
            let _ = stream.read(&mut [0; 16]).await;
            return;
        }
    };
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// Head and body of a request.
async fn request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut all = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).await.ok().filter(|read| *read > 0)?;
        all.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&all).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length: Option<usize> =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return Some((head.to_owned(), body.to_owned()));
        }
    }
}
