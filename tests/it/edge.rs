//! Where the portal meets the network: what a redirect may say, and what came through a proxy.

use easylink::services::mail::{self, Mail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

on_both!(
    async fn a_redirect_names_its_page_in_ascii(portal) {
        let mut li = portal.enters("li@example.com").await;
        for door in ["/login", "/login/code"] {
            let page = li.gets(&format!("{door}?next=/help/%E5%B1%B1%3Fq%3Da%20b")).await;
            assert_eq!((page.status, page.header("location")), (303, Some("/help/%E5%B1%B1?q=a%20b")), "{door}");
        }
    }
);

on_both!(
    async fn the_mailbox_answers_nobody_behind_a_proxy(portal) {
        assert_eq!(portal.visitor().gets("/dev/mailbox").await.status, 200);
        for header in [
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-forwarded",
            "forwarded",
            "forwarded-for",
            "via",
            "cf-connecting-ip",
            "cf-connecting-ipv6",
            "true-client-ip",
            "x-client-ip",
            "x-real-ip",
            "x-cluster-client-ip",
            "x-original-forwarded-for",
            "x-envoy-external-address",
            "fastly-client-ip",
            "fly-client-ip",
            "x-proxyuser-ip",
        ] {
            let mut behind = portal.visitor();
            behind.headers.push((header.to_string(), "127.0.0.1".to_string()));
            assert_eq!(behind.gets("/dev/mailbox").await.status, 404, "{header}");
        }
        // What a proxy says that was told nothing but where to go.
        let host = portal.base.trim_start_matches("http://").to_string();
        for (version, status) in [("HTTP/1.1", "200"), ("HTTP/1.0", "404")] {
            let mut line = TcpStream::connect(&host).await.unwrap();
            let asked = format!("GET /dev/mailbox {version}\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            line.write_all(asked.as_bytes()).await.unwrap();
            let mut answer = String::new();
            line.read_to_string(&mut answer).await.unwrap();
            assert_eq!(answer.split(' ').nth(1), Some(status), "{version}");
        }
    }
);

on_both!(
    async fn the_mailbox_links_to_this_portal_alone(portal) {
        let ctx = portal.ctx();
        let text = format!("See {}/account/records, not https://evil.example/ nor <a href=\"/x\">this</a>.", portal.house.base_url);
        portal
            .write(move |conn| {
                let (address, html) = ("li@example.com".to_string(), text.clone());
                let mail = Mail { person_id: None, kind: "test", address, subject: "of".into(), html, text, holds_code: false };
                mail::send(conn, &ctx, mail).unwrap();
            })
            .await;
        let page = portal.visitor().gets("/dev/mailbox").await;
        let own = format!("{}/account/records", portal.house.base_url);
        assert_eq!(page.all(".letter a"), std::slice::from_ref(&own), "{}", page.html);
        assert_eq!(page.attribute(".letter a", "href"), Some(own));
        assert!(page.text().contains("<a href=\"/x\">this</a>"), "{}", page.text());
    }
);
