//! What the log says of requests that were refused before any handler saw them.

use std::io::{Read, Write};
use std::net::TcpStream;

use easylink::base::clock::Clock;
use easylink::base::types::Number;
use easylink::web::feature::StaffRole;
use serde_json::Value;

use crate::faults::child::Estate;
use crate::support::portal::Portal;

/// Sends these bytes and answers the first line that comes back.
async fn sends(host: &str, bytes: Vec<u8>) -> String {
    let host = host.to_string();
    let asked = move || {
        let mut wire = TcpStream::connect(host).unwrap();
        wire.write_all(&bytes).unwrap();
        let mut answer = [0; 12];
        match wire.read_exact(&mut answer) {
            Ok(()) => String::from_utf8_lossy(&answer).into_owned(),
            Err(_) => String::new(),
        }
    };
    tokio::task::spawn_blocking(asked).await.unwrap()
}

/// Which database serves makes no difference: no request comes that far.
#[tokio::test]
async fn refused_requests_name_their_route_and_nothing_of_the_caller() {
    let portal = Portal::sqlite().await;
    let estate = Estate::of(&portal);
    let serving = estate.serves_under("unset RUST_LOG").await;
    let host = serving.base.trim_start_matches("http://").to_string();
    let wide = "x".repeat(9000);
    let word = "SECRET".repeat(700);
    for (request, status, method, route) in [
        (
            format!(
                "POST /account/tickets/secret-number HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: cross-site\r\n\r\n"
            ),
            "403",
            "POST",
            "/account/tickets/{number}",
        ),
        (
            "GET /password/not-me/secret-token HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_string(),
            "421",
            "GET",
            "/password/not-me/{token}",
        ),
        (format!("GET /products?q={wide} HTTP/1.1\r\nHost: {host}\r\n\r\n"), "414", "GET", "/products"),
        (
            format!("GET /help/secret HTTP/1.1\r\nHost: {host}\r\nX-Long: {wide}\r\nX-More: {wide}\r\n\r\n"),
            "431",
            "GET",
            "/help/{slug}",
        ),
        (format!("{word} /login HTTP/1.1\r\nHost: {host}\r\n\r\n"), "405", "other", "/login"),
        (format!("GET /secret/nowhere HTTP/1.1\r\nHost: {host}\r\n\r\n"), "404", "GET", "none"),
    ] {
        let answer = sends(&host, request.into_bytes()).await;
        assert_eq!(answer, format!("HTTP/1.1 {status}"), "{route}");
        let log = estate.log();
        let line: Value =
            serde_json::from_str(log.lines().rfind(|line| line.contains("\"answered\"")).unwrap()).unwrap();
        assert_eq!(line["status"].to_string(), status, "{line}");
        assert_eq!(line["route"], route, "{line}");
        assert_eq!(line["spans"][0]["method"], method, "{line}");
    }
    // What is no HTTP at all, and callers who hang up half-way.
    for bytes in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"[..], b"GET / HTTP/9.9\r\n\r\n", b"G\x00T / HTTP/1.1\r\n\r\n"]
    {
        let answer = sends(&host, [bytes, b"\r\n\r\n"].concat()).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
    assert_eq!(
        sends(&host, format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes()).await,
        "HTTP/1.1 200"
    );
    serving.dies();
    let log = estate.log();
    assert!(!log.to_lowercase().contains("secret") && !log.contains("xxxx"), "{log}");
    assert!(!log.contains("\"ERROR\""), "{log}");
    let refused = log.lines().find(|line| line.contains("\"refused\""));
    assert!(refused.is_some_and(|line| line.contains("/account/tickets/{number}")), "{log}");
}

on_both!(
    async fn a_refused_person_can_be_traced_and_is_not_named(portal) {
        portal.hands.set(Clock::system().now());
        let li = portal.enters("li@example.com").await;
        let ana = portal.employs("Ana", &[StaffRole::Support, StaffRole::Editor]).await;
        let estate = Estate::of(&portal);
        let serving = estate.serves_under("unset RUST_LOG").await;
        let host = serving.base.trim_start_matches("http://").to_string();
        let nowhere = format!("/account/tickets/{}", Number::random('T').as_str());
        for (who, path, status, roles) in [
            (&ana, "/staff/people", "403", Some("support editor")),
            (&li, nowhere.as_str(), "404", Some("owner")),
            (&li, "/staff/tickets", "403", Some("owner")),
            (&li, "/account", "200", None),
        ] {
            let cookies: Vec<String> = who.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let cookies = cookies.join("; ");
            let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookies}\r\n\r\n");
            assert_eq!(sends(&host, request.into_bytes()).await, format!("HTTP/1.1 {status}"), "{path}");
            let log = estate.log();
            let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let answered = lines.iter().rfind(|line| line["event"] == "answered").unwrap();
            let refused = lines.iter().rfind(|line| line["event"] == "refused").filter(|_| status == "403");
            for line in [Some(answered), refused].into_iter().flatten() {
                let person = roles.map(|_| who.person_id);
                assert_eq!((line["person"].as_i64(), line["roles"].as_str()), (person, roles), "{line}");
                assert_eq!(line["session"].is_i64(), roles.is_some(), "{line}");
                assert_eq!(line["network"].as_str(), roles.map(|_| "127.0.0.0/24"), "{line}");
            }
        }
        serving.dies();
        let log = estate.log();
        assert!(log.contains("\"refused\""), "{log}");
        assert!(!log.contains("example.com") && !log.contains("127.0.0.1/"), "{log}");
    }
);
