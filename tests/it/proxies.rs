//! Whose word about the caller's address is believed (EN7): that of a trusted proxy, and only what it wrote itself. What
//! the portal took for the caller's network stands on the record of a wrong sign-in.

use diesel::prelude::*;
use easylink::base::db::schema::records;
use reqwest::header::HeaderValue;

use crate::accounts_in::registers;
use crate::support::people::Visitor;
use crate::support::portal::Portal;

/// The network under which a sign-in with this header is recorded.
async fn network(portal: &Portal, mut visitor: Visitor, forwarded: &[&[u8]]) -> String {
    // Limits of guesses are no matter of this test.
    portal.minutes(24 * 60);
    let form = visitor.opens("/login").await.form("/login");
    let form = form.answered(&[("email", "li@example.com"), ("password", "not the password")]);
    let client = reqwest::Client::builder().no_proxy().local_address(visitor.address()).build().unwrap();
    let cookies: Vec<String> = visitor.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut request = client
        .post(format!("{}/login", portal.base))
        .header("cookie", cookies.join("; "))
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded");
    for value in forwarded {
        request = request.header("x-forwarded-for", HeaderValue::from_bytes(value).unwrap());
    }
    portal.later(std::time::Duration::from_secs(3));
    let answer = request.body(form.urlencoded()).send().await.unwrap();
    assert_eq!(answer.status(), 422);
    let newest = records::table.filter(records::event.eq("sign_in_failed")).order(records::id.desc());
    portal.read(move |conn| newest.select(records::network).first(conn).unwrap()).await
}

const SETTINGS: &[(&str, &str)] = &[("EASYLINK_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8, fd00::/8")];

/// What the proxy at 127.0.0.1 sent on, and which network is believed then.
const BELIEVED: &[(&[&[u8]], &str)] = &[
    (&[b"203.0.113.7"], "203.0.113.0/24"),
    // Several hops: from the right, past all that are trusted.
    (&[b"203.0.113.7, 10.1.2.3, 10.0.0.9"], "203.0.113.0/24"),
    (&[b"203.0.113.7", b"10.1.2.3"], "203.0.113.0/24"),
    // What the caller wrote to the left of the proxy's word counts for nothing.
    (&[b"198.51.100.1, 203.0.113.7"], "203.0.113.0/24"),
    (&[b"10.0.0.1, 127.0.0.1, 203.0.113.7"], "203.0.113.0/24"),
    (&[b"198.51.100.1", b"203.0.113.7"], "203.0.113.0/24"),
    (&[b"<script>, , 1.2.3, 203.0.113.7"], "203.0.113.0/24"),
    (&[b"\xff\xfe\x80, 203.0.113.7"], "203.0.113.0/24"),
    (&[b"\xff\xfe\x80", b"203.0.113.7"], "203.0.113.0/24"),
    // IPv6, bare and in brackets; ports of either.
    (&[b"2001:db8:1:2::3"], "2001:db8:1::/48"),
    (&[b"[2001:db8:1:2::3]"], "2001:db8:1::/48"),
    (&[b"[2001:db8:1:2::3]:4711"], "2001:db8:1::/48"),
    (&[b"2001:db8:1:2::3, fd00::7"], "2001:db8:1::/48"),
    (&[b"203.0.113.7:4711"], "203.0.113.0/24"),
    (&[b"::ffff:203.0.113.7"], "203.0.113.0/24"),
    // What the nearest hop wrote cannot be read: the peer stands in, and no limit is skipped.
    (&[b"203.0.113.7, unknown"], "127.0.0.0/24"),
    (&[b"203.0.113.7, \xff"], "127.0.0.0/24"),
    (&[b"203.0.113.7, 10.0.0.1:99999"], "127.0.0.0/24"),
    (&[b"fe80::1%eth0"], "127.0.0.0/24"),
    (&[b""], "127.0.0.0/24"),
    (&[], "127.0.0.0/24"),
];

async fn believes_a_trusted_proxy(portal: Portal) {
    registers(&portal, "li@example.com").await;
    for (forwarded, expected) in BELIEVED {
        let shown: Vec<_> = forwarded.iter().map(|value| String::from_utf8_lossy(value)).collect();
        assert_eq!(network(&portal, portal.visitor(), forwarded).await, *expected, "{shown:?}");
        // Whoever comes from elsewhere may write what they want.
        let stranger = portal.visitor_from([127, 0, 9, 1]);
        assert_eq!(network(&portal, stranger, forwarded).await, "127.0.9.0/24", "{shown:?}");
    }
    let others = ["x-real-ip", "forwarded", "cf-connecting-ip", "true-client-ip", "x-client-ip"];
    for name in others {
        let mut visitor = portal.visitor();
        visitor.headers.push((name.into(), "for=203.0.113.7".into()));
        visitor.headers.push(("x-forwarded-host".into(), "evil.example".into()));
        visitor.headers.push(("x-forwarded-proto".into(), "https".into()));
        let page = visitor.opens("/login").await;
        assert_eq!(page.status, 200);
        assert!(!page.html.contains("evil.example"));
        assert_eq!(network(&portal, visitor, &[]).await, "127.0.0.0/24", "{name}");
    }
    portal.careless();
}

#[tokio::test]
async fn a_trusted_proxy_is_believed_and_nobody_else_sqlite() {
    believes_a_trusted_proxy(Portal::sqlite_with(SETTINGS).await).await;
}

#[tokio::test]
async fn a_trusted_proxy_is_believed_and_nobody_else_postgresql() {
    believes_a_trusted_proxy(Portal::postgresql_with(SETTINGS).await).await;
}

on_both!(
    async fn without_a_trusted_proxy_the_header_says_nothing(portal) {
        registers(&portal, "li@example.com").await;
        for forwarded in [&[&b"203.0.113.7"[..]][..], &[b"203.0.113.7, 10.0.0.1"], &[b"\xff"]] {
            assert_eq!(network(&portal, portal.visitor(), forwarded).await, "127.0.0.0/24");
        }
        portal.careless();
    }
);
