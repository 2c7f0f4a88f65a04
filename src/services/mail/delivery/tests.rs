//! Letters against a small SMTP server, and into a folder.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::*;

/// A server for one connection: answers each line that begins with a key of `says` with its value, everything else with
/// 250, and gives back every line it was sent. An empty answer is silence.
fn sink(says: &'static [(&'static str, &'static str)]) -> (Post, Receiver<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let number = listener.local_addr().unwrap().port();
    let (tell, heard) = channel();
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut write = stream.try_clone().unwrap();
        let mut lines = Vec::new();
        let mut in_data = false;
        let _ = write.write_all(b"220 sink\r\n");
        let mut reader = BufReader::new(stream);
        loop {
            let mut raw = Vec::new();
            if reader.read_until(b'\n', &mut raw).unwrap_or(0) == 0 {
                break;
            }
            let line = String::from_utf8(raw).unwrap();
            let line = line.strip_suffix("\r\n").unwrap_or(&line).to_owned();
            lines.push(line.clone());
            if in_data && line != "." {
                continue;
            }
            let told = says.iter().find(|(key, _)| line.starts_with(key));
            let answer = match (told, line.as_str()) {
                (Some((_, answer)), _) => *answer,
                (None, "DATA") => "354 go on",
                (None, _) => "250 fine",
            };
            in_data = answer.starts_with("354");
            if answer.is_empty() {
                // Silent from here on, until the other side hangs up.
                let _ = reader.read_to_end(&mut Vec::new());
                break;
            }
            let _ = write.write_all(format!("{answer}\r\n").as_bytes());
            if line == "." || line == "QUIT" || answer.starts_with('5') {
                break;
            }
        }
        let _ = tell.send(lines);
    });
    let post = Post::from_url(&format!("smtp://127.0.0.1:{number}")).unwrap();
    (post, heard)
}

fn letter() -> Letter {
    Letter {
        from: "Easy Link <no-reply@portal.example>".into(),
        to: "wei.chen@example.org".into(),
        subject: "Your sign-in code".into(),
        text: "Your code is 123456.\n".into(),
        html: "<p>Your code is 123456.</p>\n".into(),
        message_id: "<k3v9@portal.example>".into(),
        headers: vec![("List-Unsubscribe-Post".into(), "List-Unsubscribe=One-Click".into())],
    }
}

fn heads(lines: &[String]) -> Vec<&str> {
    let start = lines.iter().position(|line| line == "DATA").unwrap() + 1;
    let end = lines[start..].iter().position(String::is_empty).unwrap();
    lines[start..start + end].iter().map(String::as_str).collect()
}

#[tokio::test]
async fn a_letter_arrives_with_its_headers_and_both_bodies() {
    let (post, heard) = sink(&[]);
    let mut new = letter();
    new.subject = "登录验证码".into();
    new.text = ".\nfirst\r\n..second\n".into();
    post.deliver(&new).await.unwrap();
    let lines = heard.recv_timeout(Duration::from_secs(5)).unwrap();
    let all = lines.join("\n");
    assert!(lines.contains(&"MAIL FROM:<no-reply@portal.example>".to_owned()));
    assert!(lines.contains(&"RCPT TO:<wei.chen@example.org>".to_owned()));
    let heads = heads(&lines);
    for head in [
        "Auto-Submitted: auto-generated",
        "Message-ID: <k3v9@portal.example>",
        "To: wei.chen@example.org",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "MIME-Version: 1.0",
    ] {
        assert!(heads.contains(&head), "{head} in {heads:?}");
    }
    assert!(heads.iter().any(|head| head.starts_with("From: ") && head.ends_with("<no-reply@portal.example>")));
    assert!(heads.iter().any(|head| head.starts_with("Subject: =?utf-8?b?")));
    assert!(heads.iter().any(|head| head.starts_with("Date: ")));
    assert!(all.contains("multipart/alternative"));
    assert!(all.contains("text/plain; charset=utf-8") && all.contains("text/html; charset=utf-8"));
    assert!(lines.contains(&"..".to_owned()) && lines.contains(&"...second".to_owned()));
    assert_eq!(lines.iter().filter(|line| *line == ".").count(), 1);
}

#[tokio::test]
async fn nothing_in_a_subject_or_body_becomes_a_header_or_a_message() {
    let (post, heard) = sink(&[]);
    let mut new = letter();
    new.subject = "Hi\r\nBcc: thief@evil.example\u{2028}X: y\n\n.\r\nMAIL FROM:<a@b>\u{85}".into();
    new.text = "one\r.\r\ntwo\n.\nMAIL FROM:<a@evil.example>\r\0\u{1b}[0m".into();
    new.html = "<p>x</p>\r\n.\r\nRCPT TO:<b@evil.example>\r\n".into();
    post.deliver(&new).await.unwrap();
    let lines = heard.recv_timeout(Duration::from_secs(5)).unwrap();
    let commands = |name: &str| {
        let data = lines.iter().position(|line| line == "DATA").unwrap();
        lines[..data].iter().filter(|line| line.starts_with(name)).count()
    };
    assert_eq!((commands("MAIL FROM"), commands("RCPT TO")), (1, 1));
    assert_eq!(lines.iter().filter(|line| *line == ".").count(), 1);
    let heads = heads(&lines);
    assert!(!heads.iter().any(|head| head.to_lowercase().starts_with("bcc") || head.starts_with("X:")));
    assert_eq!(heads.iter().filter(|head| head.starts_with("To:")).count(), 1);
    assert!(!lines.iter().any(|line| line.contains(['\r', '\0', '\u{1b}'])));
}

#[tokio::test]
async fn an_address_is_one_recipient_or_none() {
    let home = tempfile::tempdir().unwrap();
    let post = Post::Folder(home.path().join("mail"));
    for to in [
        "",
        "a",
        "a@",
        "@b.example",
        "a@b.example,c@d.example",
        "a@b.example;c@d.example",
        "a@b.example c@d.example",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example\nRCPT TO:<c@d.example>",
        "a@b.example\0",
        "a@b.example>,<c@d.example",
        "<a@b.example>",
        "Name <a@b.example>",
        "\"a b\"@b.example",
        "\"a\\\"\"@b.example",
        "a@[127.0.0.1]",
        "a@b@c.example",
        "a@b.example(c)",
        "a@b%2eexample",
        "a\u{2028}@b.example",
        "a@b.example\u{202E}",
        "a\u{200B}@b.example",
        "-oQ@b.example",
        "a|b@c.example",
    ] {
        let mut new = letter();
        new.to = to.into();
        let fault = post.deliver(&new).await.unwrap_err();
        assert!(fault.permanent, "{to:?}");
        assert!(!fault.reason.contains('@'), "{to:?}");
    }
    for from in ["a@b.example>\r\nX: y", "A <a@b.example>, B <c@d.example>", "x <y", ""] {
        let mut new = letter();
        new.from = from.into();
        assert!(post.deliver(&new).await.unwrap_err().permanent, "{from:?}");
    }
    assert!(!home.path().join("mail").exists());
}

#[tokio::test]
async fn further_headers_and_message_ids_are_held_to_their_form() {
    let home = tempfile::tempdir().unwrap();
    let post = Post::Folder(home.path().to_owned());
    for (name, value) in [
        ("Bcc", "a@b.example"),
        ("content-type", "text/html"),
        ("Subject", "x"),
        ("X: y\r\nBcc", "x"),
        ("", "x"),
        ("X-A", "x\r\nBcc: a@b.example"),
        ("X-A", "x\n y"),
    ] {
        let mut new = letter();
        new.headers = vec![(name.into(), value.into())];
        assert!(post.deliver(&new).await.is_err(), "{name:?}");
    }
    for id in ["", "x", "../x@y", "a/b@c", ".a@b", "a@b\r\nX: y", "<a@b", "a@b@c", "a b@c"] {
        let mut new = letter();
        new.message_id = id.into();
        assert!(post.deliver(&new).await.is_err(), "{id:?}");
    }
}

#[tokio::test]
async fn a_domain_of_another_script_is_written_in_ascii() {
    let (post, heard) = sink(&[]);
    let mut new = letter();
    new.to = "info@例子.中国".into();
    post.deliver(&new).await.unwrap();
    let lines = heard.recv_timeout(Duration::from_secs(5)).unwrap();
    assert!(lines.contains(&"RCPT TO:<info@xn--fsqu00a.xn--fiqs8s>".to_owned()));
    let (post, _heard) = sink(&[]);
    new.to = "信息@example.org".into();
    let fault = post.deliver(&new).await.unwrap_err();
    assert!(fault.permanent && fault.reason.contains("script"), "{fault:?}");
}

#[tokio::test]
async fn a_refusal_says_its_code_and_nothing_of_the_letter() {
    for (says, permanent, reason) in [
        (&[("RCPT", "550 5.1.1 <wei.chen@example.org> unknown")] as &[_], true, "the relay answered 550"),
        (&[("RCPT", "450 4.2.1 wei.chen@example.org is busy")], false, "the relay answered 450"),
        (&[("MAIL", "530 5.7.0 sign in first")], false, "the relay answered 530"),
        (&[("EHLO", "nonsense")], false, "the relay's answer was not understood"),
    ] {
        let (post, _heard) = sink(says);
        let fault = post.deliver(&letter()).await.unwrap_err();
        assert_eq!(fault, Undelivered { permanent, reason: reason.into() });
    }
}

#[tokio::test]
async fn a_relay_that_is_gone_or_silent_is_tried_again_later() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let number = closed.local_addr().unwrap().port();
    drop(closed);
    let post = Post::from_url(&format!("smtp://localhost:{number}")).unwrap();
    let fault = post.deliver(&letter()).await.unwrap_err();
    assert_eq!(fault, Undelivered::later("the relay was not reached"));

    let (post, _heard) = sink(&[("MAIL", "")]);
    let start = std::time::Instant::now();
    let fault = post.deliver(&letter()).await.unwrap_err();
    assert_eq!(fault, Undelivered::later("the relay did not answer in time"));
    assert!(start.elapsed() < Duration::from_secs(13));
}

#[tokio::test]
async fn a_relay_without_encryption_gets_no_letter_when_it_is_required() {
    for scheme in ["smtp", "smtps"] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let number = listener.local_addr().unwrap().port();
        let (tell, heard) = channel();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut all = Vec::new();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let _ = stream.write_all(b"220 plain\r\n");
            while reader.read_until(b'\n', &mut all).unwrap_or(0) > 0 {
                if stream.write_all(b"250 plain\r\n").is_err() {
                    break;
                }
            }
            let _ = tell.send(all);
        });
        let tail = if scheme == "smtp" { "?tls=required" } else { "" };
        let url = format!("{scheme}://user:secret@localhost:{number}{tail}");
        let post = Post::from_url(&url).unwrap();
        let fault = post.deliver(&letter()).await.unwrap_err();
        assert!(!fault.permanent, "{fault:?}");
        assert!(!format!("{post:?} {fault}").contains("secret"));
        drop(post);
        let all = heard.recv_timeout(Duration::from_secs(5)).unwrap();
        let told = String::from_utf8_lossy(&all).to_string();
        assert!(!told.contains("AUTH") && !told.contains("MAIL"), "{told}");
    }
}

#[tokio::test]
async fn only_protected_ways_are_opened() {
    for url in [
        "smtps://mail.example.com",
        "smtps://u:p%40x@mail.example.com:465",
        "smtp://mail.example.com:587?tls=required",
        "smtp://localhost",
        "smtp://127.0.0.2:2525",
    ] {
        assert!(Post::from_url(url).is_ok(), "{url}");
    }
    for (url, fault) in [
        ("smtp://mail.example.com", PostFault::Unprotected),
        ("smtp://localhost.example.com", PostFault::Unprotected),
        ("smtp://127.1", PostFault::Unprotected),
        ("smtp://10.0.0.1", PostFault::Unprotected),
        ("smtp://mail.example.com?tls=opportunistic", PostFault::Parameter),
        ("smtps://mail.example.com?insecure=true", PostFault::Parameter),
        ("smtps://user@mail.example.com", PostFault::Credentials),
        ("https://mail.example.com", PostFault::Scheme),
        ("smtps://", PostFault::Malformed),
        ("smtp://[::1]", PostFault::Malformed),
        ("mail.example.com", PostFault::Malformed),
    ] {
        assert_eq!(Post::from_url(url).unwrap_err(), fault, "{url}");
    }
}

#[tokio::test]
async fn a_letter_in_the_folder_is_private_and_named_by_its_id() {
    let home = tempfile::tempdir().unwrap();
    let post = Post::Folder(home.path().join("mail"));
    post.deliver(&letter()).await.unwrap();
    post.deliver(&letter()).await.unwrap();
    let path = home.path().join("mail/k3v9@portal.example.eml");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("Your code is 123456.") && text.contains("Auto-Submitted: auto-generated"));
    assert_eq!(std::fs::read_dir(home.path().join("mail")).unwrap().count(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&home.path().join("mail"))), (0o600, 0o700));
    }
}
