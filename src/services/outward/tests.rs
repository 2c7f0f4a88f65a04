//! Ways against a small server on a socket of this machine.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use url::Url;

use super::*;
use crate::base::clock::{Clock, Hands};
use crate::base::config::OutwardRules;
use crate::base::types::Moment;

const RULES: OutwardRules = OutwardRules { private: false, patience: Duration::from_millis(500) };

/// A server that gives one answer after the other, each on a connection of its own, and tells what it was sent. An empty
/// answer is silence until the other side hangs up.
fn server(answers: Vec<String>) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap();
    let (tell, heard) = channel();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut request, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                    break;
                }
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                request.push_str(&line);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            request.push_str(&String::from_utf8(body).unwrap());
            let _ = tell.send(request);
            if answer.is_empty() {
                let _ = reader.read(&mut [0]);
            }
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (format!("http://{place}/check?k=v"), heard)
}

fn said(status: &str, more: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{more}\r\n{body}", body.len())
}

fn way(url: &str) -> (Way, Hands) {
    let (clock, hands) = Clock::movable(Moment(0));
    (Way::to(&Url::parse(url).unwrap(), RULES, clock).unwrap(), hands)
}

async fn posted(way: &Way) -> Result<Answer, Failed> {
    way.post("application/json", &[("x-key", "k")], b"{}".to_vec()).await
}

#[tokio::test]
async fn what_is_posted_arrives_and_what_is_answered_comes_back() {
    let (url, heard) = server(vec![said("200 OK", "x-sign: s\r\nx-twice: a\r\nx-twice: b\r\n", "fine")]);
    let (way, _) = way(&url);
    let answer = posted(&way).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"fine".as_slice()));
    assert_eq!((answer.header("X-Sign"), answer.header("x-twice"), answer.header("x-none")), (Some("s"), None, None));
    let request = heard.recv().unwrap();
    assert!(request.starts_with("POST /check?k=v HTTP/1.1\r\n") && request.ends_with("{}"), "{request}");
    assert!(request.contains("x-key: k\r\n") && request.contains("content-type: application/json\r\n"), "{request}");
    assert!(!request.to_lowercase().contains("cookie"), "{request}");
}

#[tokio::test]
async fn redirects_are_not_followed_and_cookies_not_kept() {
    let (elsewhere, heard) = server(vec![said("200 OK", "", "")]);
    let (url, asked) = server(vec![
        said("302 Found", &format!("location: {elsewhere}\r\nset-cookie: a=b\r\n"), ""),
        said("200 OK", "", ""),
    ]);
    let (way, _) = way(&url);
    assert_eq!(posted(&way).await.unwrap().status, 302);
    assert_eq!(posted(&way).await.unwrap().status, 200);
    asked.recv().unwrap();
    assert!(!asked.recv().unwrap().to_lowercase().contains("cookie"));
    assert!(heard.try_recv().is_err(), "it went elsewhere");
}

#[tokio::test]
async fn answers_end_at_their_limit() {
    let (url, _heard) = server(vec![
        said("200 OK", "", &"x".repeat(64 * 1024)),
        said("200 OK", "", &"x".repeat(64 * 1024 + 1)),
        // Without a length, as long as the connection stands.
        format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", "x".repeat(200_000)),
    ]);
    let (way, _) = way(&url);
    assert_eq!(posted(&way).await.unwrap().body.len(), 64 * 1024);
    assert_eq!(posted(&way).await.unwrap_err(), Failed::TooLong);
    assert_eq!(posted(&way).await.unwrap_err(), Failed::TooLong);
}

#[tokio::test]
async fn silence_refusal_and_nonsense_are_no_answers() {
    let (url, _heard) = server(vec![
        String::new(),
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort".into(),
        "220 smtp.example ready\r\n".into(),
    ]);
    let (way, _) = way(&url);
    assert_eq!(posted(&way).await.unwrap_err(), Failed::Slow);
    assert_eq!(posted(&way).await.unwrap_err(), Failed::Unreachable);
    assert_eq!(posted(&way).await.unwrap_err(), Failed::Unreachable);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (way, _) = self::way(&format!("http://{closed}/"));
    assert_eq!(posted(&way).await.unwrap_err(), Failed::Unreachable);
    assert_eq!(way.answers().await.unwrap_err(), Failed::Unreachable);
}

#[tokio::test]
async fn a_server_without_tls_is_none_for_https() {
    let (url, _heard) = server(vec![said("200 OK", "", "")]);
    let (way, _) = way(&url.replace("http://", "https://"));
    assert_eq!(posted(&way).await.unwrap_err(), Failed::Unreachable);
}

#[tokio::test]
async fn who_fails_again_and_again_is_left_alone_and_tried_once_after_a_while() {
    let mut answers = vec![said("503 Service Unavailable", "", ""); 5];
    answers.extend([said("429 Too Many Requests", "", ""), said("400 Bad Request", "", ""), said("200 OK", "", "")]);
    let (url, heard) = server(answers);
    let (way, hands) = way(&url);
    for _ in 0..5 {
        assert_eq!(posted(&way).await.unwrap().status, 503);
    }
    assert_eq!(posted(&way).await.unwrap_err(), Failed::Resting(Duration::from_secs(60)));
    hands.forward(Duration::from_secs(60));
    assert_eq!(posted(&way).await.unwrap().status, 429);
    assert!(matches!(posted(&way).await.unwrap_err(), Failed::Resting(_)));
    hands.forward(Duration::from_secs(60));
    // What is wrong with the request is no failure of the other side.
    assert_eq!(posted(&way).await.unwrap().status, 400);
    assert_eq!(posted(&way).await.unwrap().status, 200);
    assert_eq!(heard.iter().count(), 8, "nobody connected while it was left alone");
}

#[test]
fn addresses_that_no_way_may_lead_to() {
    let rules = |private| OutwardRules { private, ..RULES };
    for (url, private, fault) in [
        ("http://verify.example/", false, WayFault::Unprotected),
        ("http://10.0.0.1/", true, WayFault::Unprotected),
        ("https://10.0.0.1/", false, WayFault::Inside),
        ("https://[fd00::1]/", false, WayFault::Inside),
        ("https://169.254.169.254/", true, WayFault::Inside),
        ("https://[::ffff:169.254.169.254]/", true, WayFault::Inside),
        ("https://user:key@verify.example/", false, WayFault::Malformed),
        ("https://verify.example/#x", false, WayFault::Malformed),
        ("ftp://verify.example/", false, WayFault::Malformed),
        ("data:text/plain,x", false, WayFault::Malformed),
    ] {
        assert_eq!(Way::allowed(&Url::parse(url).unwrap(), rules(private)), Err(fault), "{url}");
    }
    for (url, private) in [
        ("https://verify.example/check", false),
        ("https://8.8.8.8/", false),
        ("https://10.0.0.1/", true),
        ("http://localhost:9/x", false),
        ("http://[::1]:9/", false),
    ] {
        assert_eq!(Way::allowed(&Url::parse(url).unwrap(), rules(private)), Ok(()), "{url}");
    }
}

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_not_followed() {
    // A name of the internet that leads inside: made by a resolver for everything but this machine.
    let (url, heard) = server(vec![said("200 OK", "", "")]);
    let names = std::sync::Arc::new(places::Names(places::Reach::Public));
    let client = reqwest::Client::builder().dns_resolver(names).no_proxy().build().unwrap();
    let fault = client.get(url.replace("127.0.0.1", "localhost")).send().await.unwrap_err();
    assert!(format!("{fault:?}").contains("Inside"), "{fault:?}");
    assert!(heard.try_recv().is_err());
}
