//! Uploads that are cut off: no row and no file stay behind, and the portal lives on.

use std::io::Write;
use std::net::TcpStream;

use diesel::prelude::*;
use easylink::base::db::schema::{ticket_files, tickets, uploads};

use super::files_in;
use crate::support::entered::Entered;
use crate::support::portal::Portal;
use crate::support::until::until;
use crate::tickets::{filled, opened, pdf, png};

/// Where the sender hangs up.
#[derive(Debug, Clone, Copy)]
enum Cut {
    /// In the text before the files.
    Text,
    /// In the header of a file.
    Head,
    /// In a file of some bytes, less than are written at once.
    Small,
    /// In a file of several megabytes, part of which is on the disk by then.
    Large,
    /// In the second file, when the first is whole.
    Second,
    /// In the second file, when the first is a whole picture.
    AfterPicture,
    /// Behind the last file, before the end of the form.
    End,
}

const CUTS: [Cut; 7] = [Cut::Text, Cut::Head, Cut::Small, Cut::Large, Cut::Second, Cut::AfterPicture, Cut::End];

/// The beginning of a form of this token, up to where it is cut.
fn body(token: &str, cut: Cut) -> Vec<u8> {
    let field = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes()
    };
    let file = |name: &str, bytes: &[u8]| {
        let head = format!("--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n");
        [head.as_bytes(), bytes].concat()
    };
    let start = [field("token", token), field("subject", "Cut off")].concat();
    let rest = match cut {
        Cut::Text => b"--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nSince no".to_vec(),
        Cut::Head => b"--b\r\nContent-Disposition: form-da".to_vec(),
        Cut::Small => file("a.pdf", &pdf(500)),
        Cut::Large => file("a.pdf", &pdf(3_000_000)),
        Cut::Second => [file("a.pdf", &pdf(500)), b"\r\n".to_vec(), file("b.pdf", &pdf(1_500_000))].concat(),
        Cut::AfterPicture => [file("a.png", &png(30)), b"\r\n".to_vec(), file("b.pdf", &pdf(500))].concat(),
        Cut::End => [file("a.pdf", &pdf(500)), b"\r\n--b".to_vec()].concat(),
    };
    [start, rest].concat()
}

/// Sends the beginning of a form and hangs up; `hard` resets the connection, as a lost network does.
async fn hangs_up(portal: &Portal, who: &mut Entered, cut: Cut, hard: bool) {
    let form = filled(who, "Cut off").await;
    let body = body(form.value("token").unwrap(), cut);
    let jar: Vec<String> = who.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let host = portal.base.strip_prefix("http://").unwrap().to_string();
    let head = format!(
        "POST /account/tickets/new HTTP/1.1\r\nHost: {host}\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {}\r\n\r\n",
        jar.join("; "),
        body.len() + 1000
    );
    let sent = move || {
        let mut wire = TcpStream::connect(host).unwrap();
        if hard {
            wire.set_nodelay(true).unwrap();
        }
        wire.write_all(head.as_bytes()).unwrap();
        wire.write_all(&body).unwrap();
        wire
    };
    let wire = tokio::task::spawn_blocking(sent).await.unwrap();
    if matches!(cut, Cut::Second | Cut::AfterPicture | Cut::End) {
        // Only once the first file is kept is there something to forget.
        let kept = until(async || rows(portal).await.0 > 0 || matches!(cut, Cut::End)).await;
        assert!(kept, "{cut:?}: the first file was never kept");
    } else if matches!(cut, Cut::Large) {
        assert!(until(async || !stored(portal).is_empty()).await, "{cut:?}: nothing was ever written");
    }
    if hard {
        let linger = socket_linger(&wire);
        assert!(linger, "the connection cannot be reset");
    }
    drop(wire);
}

/// Closing will reset the connection.
fn socket_linger(wire: &TcpStream) -> bool {
    tokio::net::TcpSocket::from_std_stream(wire.try_clone().unwrap()).set_zero_linger().is_ok()
}

/// Files of any kind below the storage.
fn stored(portal: &Portal) -> Vec<std::path::PathBuf> {
    files_in(&portal.folder().join("files"))
}

/// Rows of uploads, of attachments, of work orders.
async fn rows(portal: &Portal) -> (i64, i64, i64) {
    portal
        .read(|conn| {
            (
                uploads::table.count().get_result(conn).unwrap(),
                ticket_files::table.count().get_result(conn).unwrap(),
                tickets::table.count().get_result(conn).unwrap(),
            )
        })
        .await
}

on_both!(
    async fn a_form_that_is_cut_off_leaves_nothing(portal) {
        let mut li = portal.enters("li@example.com").await;
        for cut in CUTS {
            for hard in [false, true] {
                hangs_up(&portal, &mut li, cut, hard).await;
                let gone = until(async || rows(&portal).await == (0, 0, 0) && stored(&portal).is_empty()).await;
                assert!(gone, "{cut:?}, hard {hard}: {:?} and {:?} stay", rows(&portal).await, stored(&portal));
            }
        }
        // Nothing comes late, and the portal takes the next form.
        let page = opened(&mut li, "Whole").await;
        assert_eq!(page.status, 200);
        let gone = until(async || rows(&portal).await == (0, 0, 1) && stored(&portal).is_empty()).await;
        assert!(gone, "{:?} and {:?} stay", rows(&portal).await, stored(&portal));
    }
);

on_both!(
    async fn many_that_hang_up_at_once_leave_the_portal_alive(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut others = Vec::new();
        for at in 0..6 {
            others.push(portal.enters(&format!("wu{at}@example.com")).await);
        }
        let all = others.iter_mut().enumerate().map(|(at, other)| hangs_up(&portal, other, Cut::Large, at % 2 == 0));
        futures_util::future::join_all(all).await;
        assert_eq!(portal.visitor().gets("/healthz").await.status, 200);
        let form = filled(&mut li, "With a file").await.file("files", "a.pdf", "application/pdf", &pdf(50));
        let page = li.submits(&form).await;
        assert_eq!((page.status, page.h1().as_str()), (200, "With a file"), "{}", page.text());
        let gone = until(async || rows(&portal).await == (0, 1, 1) && stored(&portal).len() == 1).await;
        assert!(gone, "{:?} and {:?} stay", rows(&portal).await, stored(&portal));
    }
);
