//! Attachments: what is taken, what is refused, how they are served.

use std::io::Write;
use std::net::TcpStream;

use diesel::prelude::*;
use easylink::base::db::schema::{ticket_files, uploads};

use super::{filled, pdf, png};
use crate::faults::files_in;
use crate::support::page::Page;
use crate::support::portal::Portal;
use crate::support::until::until;

/// The addresses of the files on a page, each once.
fn files(page: &Page) -> Vec<String> {
    page.links().into_iter().map(|(_, to)| to).filter(|to| to.contains("/files/")).collect()
}

/// How many files lie in the storage.
fn stored(portal: &Portal) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        let count_one = |entry: std::fs::DirEntry| {
            let path = entry.path();
            if path.is_dir() { count(&path) } else { 1 }
        };
        entries.filter_map(Result::ok).map(count_one).sum()
    }
    count(&portal.folder().join("files"))
}

on_both!(
    async fn files_are_served_whole_in_parts_and_harmlessly(portal) {
        let mut li = portal.enters("li@example.com").await;
        let document = pdf(100_000);
        let form = filled(&mut li, "Files").await;
        let form = form
            .file("files", "../../发票.pdf", "text/html", &document)
            .file("files", "a.png", "image/png", &png(40));
        let page = li.submits(&form).await;
        let [pdf_at, png_at] = <[String; 2]>::try_from(files(&page)).unwrap();
        let whole = li.gets(&format!("{pdf_at}?disposition=inline")).await;
        assert_eq!((whole.status, whole.html.as_bytes()), (200, document.as_slice()));
        for (name, value) in [
            ("content-type", "application/pdf"),
            ("content-disposition", "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E5%8F%91%E7%A5%A8.pdf"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("accept-ranges", "bytes"),
            ("content-length", "100009"),
        ] {
            assert_eq!(whole.header(name), Some(value), "{name}");
        }
        assert_eq!((whole.header("etag"), whole.header("content-encoding")), (None, Some("identity")));
        let shown = li.gets(&png_at).await;
        assert_eq!(shown.header("content-type"), Some("image/png"));
        assert!(shown.header("content-disposition").unwrap().starts_with("inline"));

        li.headers.push(("range".into(), "bytes=9-34".into()));
        let part = li.gets(&pdf_at).await;
        assert_eq!((part.status, part.html.as_str()), (206, "abcdefghijklmnopqrstuvwxyz"));
        assert_eq!(part.header("content-range"), Some("bytes 9-34/100009"));
        li.headers.last_mut().unwrap().1 = "bytes=100009-".into();
        let none = li.gets(&pdf_at).await;
        assert_eq!((none.status, none.header("content-range")), (416, Some("bytes */100009")));
        li.headers.pop();
        let mut nobody = portal.visitor();
        assert_eq!(nobody.gets(&pdf_at).await.status, 303);
        assert_eq!(li.gets(&pdf_at.replace("/files/F", "/files/X")).await.status, 404);
    }
);

on_both!(
    async fn a_picture_loses_what_is_not_picture(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut bytes = png(12);
        bytes.extend_from_slice(b"canary-behind-the-picture");
        let form = filled(&mut li, "Canary").await.file("files", "a.png", "image/png", &bytes);
        let page = li.submits(&form).await;
        let shown = li.gets(&files(&page)[0]).await;
        assert!(shown.status == 200 && !shown.html.contains("canary"));
        let mut cut = png(200);
        cut.truncate(60);
        let form = filled(&mut li, "Cut").await.file("files", "a.png", "image/png", &cut);
        let refused = li.posts(&form).await;
        assert_eq!(refused.wrong_fields(), ["files"]);
        assert!(refused.text().contains("cannot be read"), "{}", refused.text());
        assert_eq!(stored(&portal), 1, "what was refused is gone");
    }
);

on_both!(
    async fn more_than_ten_and_the_wrong_kind_are_refused(portal) {
        let mut li = portal.enters("li@example.com").await;
        let form = filled(&mut li, "Many").await;
        let eleven = (0..11).fold(form, |form, at| form.file("files", &format!("{at}.pdf"), "application/pdf", &pdf(at + 1)));
        let page = li.posts(&eleven).await;
        assert_eq!((page.status, page.wrong_fields()), (422, vec!["files".to_string()]));
        assert!(page.text().contains("at most 10"), "{}", page.text());
        // The ten are kept; another one beside them is one too many again.
        let again = page.form("/account/tickets/new").file("files", "late.pdf", "application/pdf", &pdf(99));
        let page = li.posts(&again).await;
        assert_eq!((page.status, page.wrong_fields()), (422, vec!["files".to_string()]));
        let mut rest = page.form("/account/tickets/new");
        rest.fields.retain(|(name, _)| name != "kept");
        for (name, bytes) in [
            ("a.exe", b"MZ\x90\0".to_vec()),
            ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()),
            ("a.zip", b"PK\x03\x04".to_vec()),
            ("a.pdf.exe", pdf(3)),
            ("a", pdf(3)),
            ("a.png", pdf(3)),
            ("empty.pdf", Vec::new()),
            ("file", Vec::new()),
        ] {
            let form = filled(&mut li, "Wrong").await.file("files", name, "application/pdf", &bytes);
            let page = li.posts(&form).await;
            assert_eq!((page.status, page.wrong_fields()), (422, vec!["files".to_string()]), "{name}");
        }
    }
);

on_both!(
    async fn an_upload_that_is_cut_off_leaves_nothing(portal) {
        let mut li = portal.enters("li@example.com").await;
        let form = filled(&mut li, "Cut off").await;
        let token = form.value("token").unwrap().to_string();
        let jar: Vec<String> = li.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let host = portal.base.strip_prefix("http://").unwrap().to_string();
        let mut body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n\
             --b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.pdf\"\r\n\r\n"
        )
        .into_bytes();
        body.extend(pdf(3_000_000));
        let head = format!(
            "POST /account/tickets/new HTTP/1.1\r\nHost: {host}\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 90000000\r\n\r\n",
            jar.join("; ")
        );
        let sent = tokio::task::spawn_blocking(move || {
            let mut wire = TcpStream::connect(host).unwrap();
            wire.write_all(head.as_bytes()).unwrap();
            wire.write_all(&body).unwrap();
            wire
        });
        let wire = sent.await.unwrap();
        assert!(until(async || stored(&portal) > 0).await, "nothing was ever written");
        drop(wire);
        assert!(until(async || stored(&portal) == 0).await, "{} files are left", stored(&portal));
        let rows: i64 = portal
            .read(|conn| {
                let waiting: i64 = uploads::table.count().get_result(conn).unwrap();
                let kept: i64 = ticket_files::table.count().get_result(conn).unwrap();
                waiting + kept
            })
            .await;
        assert_eq!(rows, 0);
    }
);

on_both!(
    async fn a_strangers_file_is_never_read(portal) {
        let mut li = portal.enters("li@example.com").await;
        let form = filled(&mut li, "x").await.file("files", "a.pdf", "application/pdf", &pdf(500_000));
        let mut nobody = portal.visitor();
        let sent = nobody.posts(&form).await;
        assert_eq!((sent.status, sent.header("location")), (303, Some("/login?next=%2Faccount%2Fkept")));
        let without = form.clone().tampered("token", "x");
        assert_eq!(li.posts(&without).await.status, 403);
        assert_eq!(stored(&portal), 0);
    }
);

on_both!(
    async fn what_was_never_used_is_swept_after_a_day(portal) {
        let mut li = portal.enters("li@example.com").await;
        let form = filled(&mut li, "").await.file("files", "a.pdf", "application/pdf", &pdf(50));
        assert_eq!(li.posts(&form).await.status, 422);
        portal.run_jobs().await;
        assert_eq!(stored(&portal), 1);
        portal.minutes(25 * 60);
        portal.run_jobs().await;
        assert_eq!(stored(&portal), 0);
    }
);

on_both!(
    async fn a_file_that_cannot_be_deleted_holds_up_no_other(portal) {
        let mut li = portal.enters("li@example.com").await;
        let form = filled(&mut li, "").await;
        let form = form.file("files", "a.pdf", "application/pdf", &pdf(50)).file("files", "b.pdf", "application/pdf", &pdf(60));
        assert_eq!(li.posts(&form).await.status, 422);
        // A folder stands where the first file was.
        let stuck = files_in(&portal.folder().join("files")).into_iter().next().unwrap();
        std::fs::remove_file(&stuck).unwrap();
        std::fs::create_dir(&stuck).unwrap();
        std::fs::write(stuck.join("inside"), "x").unwrap();
        portal.minutes(25 * 60);
        portal.run_jobs().await;
        let left = async || portal.read(|conn| uploads::table.count().get_result::<i64>(conn).unwrap()).await;
        assert_eq!((left().await, stored(&portal)), (1, 1), "the row stays, so that it is tried again");
        std::fs::remove_dir_all(&stuck).unwrap();
        portal.minutes(60);
        portal.run_jobs().await;
        assert_eq!(left().await, 0);
    }
);

on_both!(
    async fn text_beyond_the_bound_is_refused_however_it_is_cut(portal) {
        let mut li = portal.enters("li@example.com").await;
        filled(&mut li, "Long").await;
        let jar: Vec<String> = li.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let host = portal.base.strip_prefix("http://").unwrap().to_string();
        let part = |name: &str, value: &str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        // The value alone fills the bound; its name is too much, and so is what follows.
        let body = [part(&"n".repeat(100), &"x".repeat(1_048_576)), part("more", "x"), "--b--\r\n".to_string()].concat();
        let head = format!(
            "POST /account/tickets/new HTTP/1.1\r\nHost: {host}\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            jar.join("; "),
            body.len()
        );
        let answer = tokio::task::spawn_blocking(move || {
            let mut wire = TcpStream::connect(host).unwrap();
            wire.write_all(head.as_bytes()).unwrap();
            wire.write_all(body.as_bytes()).unwrap();
            let mut first = [0; 12];
            std::io::Read::read_exact(&mut wire, &mut first).unwrap();
            String::from_utf8_lossy(&first).into_owned()
        })
        .await
        .unwrap();
        assert_eq!(answer, "HTTP/1.1 413");
    }
);
