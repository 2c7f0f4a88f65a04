//! What every page stands on: probes, headers, error pages, hosts, methods.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, test, web};
use easylink::web::trickle::Rate;
use easylink::web::{Error, errors, headers, session, shield};
use futures_util::StreamExt;
use futures_util::stream::{iter, pending};

use crate::support::portal::Portal;

on_both!(
    async fn probes_and_error_pages(portal) {
        let mut visitor = portal.visitor();
        assert_eq!(visitor.gets("/healthz").await.status, 200);
        assert_eq!(visitor.gets("/readyz").await.status, 200);
        let missing = visitor.gets("/there/is/nothing").await;
        assert_eq!(missing.status, 404);
        assert_eq!(missing.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(missing.header("content-security-policy").unwrap().contains("script-src 'none'"));
        assert_eq!(missing.header("x-content-type-options"), Some("nosniff"));
        let sent = visitor.gets("/account/identity").await;
        assert_eq!((sent.status, sent.header("location")), (303, Some("/login?next=%2Faccount%2Fidentity")));
    }
);

on_both!(
    async fn another_host_and_another_method_are_refused(portal) {
        let mut visitor = portal.visitor();
        visitor.headers.push(("host".into(), "evil.example".into()));
        assert_eq!(visitor.gets("/account").await.status, 421);
        // The target in absolute form names the portal, the header another host: neither is believed.
        let own = portal.base.strip_prefix("http://").unwrap().to_string();
        for (target, host, status) in [
            (portal.base.clone() + "/login", "evil.example", "421"),
            ("http://evil.example/login".to_string(), own.as_str(), "421"),
            (portal.base.clone() + "/login", own.as_str(), "200"),
        ] {
            let mut wire = std::net::TcpStream::connect(&own).unwrap();
            let asked = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            std::io::Write::write_all(&mut wire, asked.as_bytes()).unwrap();
            let answer = tokio::task::spawn_blocking(move || {
                let mut first = [0; 12];
                std::io::Read::read_exact(&mut wire, &mut first).unwrap();
                String::from_utf8_lossy(&first).into_owned()
            });
            assert_eq!(answer.await.unwrap(), format!("HTTP/1.1 {status}"), "{target} {host}");
        }
        let mut visitor = portal.visitor();
        let posted = visitor.posts_raw("/healthz", "text/plain", "x").await;
        assert_eq!((posted.status, posted.header("allow")), (405, Some("GET, HEAD")));
        visitor.headers.push(("sec-fetch-site".into(), "cross-site".into()));
        assert_eq!(visitor.posts_raw("/healthz", "text/plain", "x").await.status, 403);
    }
);

#[actix_web::test]
async fn a_request_that_takes_too_long_gets_a_page_and_its_headers() {
    let portal = Portal::sqlite().await;
    let slow = web::get().to(|| async { std::future::pending::<HttpResponse>().await });
    let app = App::new().app_data(portal.house.clone()).route("/slow", slow);
    let hasty = from_fn(|req, next| shield::within(Duration::from_millis(20), Rate::USUAL, req, next));
    let app = app.wrap(hasty).wrap(from_fn(errors::draw)).wrap(from_fn(headers::dress));
    let app = test::init_service(app).await;
    let host = portal.base.strip_prefix("http://").unwrap().to_string();
    let asked = test::TestRequest::get().uri("/slow").insert_header(("host", host)).to_request();
    let answer = test::try_call_service(&app, asked).await.unwrap_err().error_response();
    assert_eq!(answer.status(), 408);
    assert_eq!(answer.headers().get("cache-control").unwrap(), "no-store");
    assert!(answer.headers().get("content-security-policy").unwrap().to_str().unwrap().contains("default-src 'none'"));
    let page = actix_web::body::to_bytes(answer.into_body()).await.unwrap();
    assert!(String::from_utf8_lossy(&page).contains("This took too long"));
}

#[actix_web::test]
async fn an_upload_that_falls_silent_gets_the_same_page_and_ends() {
    let portal = Portal::sqlite().await;
    let takes = web::post().to(|mut body: web::Payload| async move {
        while let Some(chunk) = body.next().await {
            chunk.map_err(|_| Error::BadRequest)?;
        }
        Ok::<_, Error>(HttpResponse::Ok().finish())
    });
    let app = App::new().app_data(portal.house.clone()).route("/files", takes);
    let rate = Rate { silence: Duration::from_millis(20), ..Rate::USUAL };
    let hasty = from_fn(move |req, next| shield::within(Duration::from_secs(60), rate, req, next));
    let app = app.wrap(hasty).wrap(from_fn(errors::draw)).wrap(from_fn(headers::dress));
    let app = test::init_service(app).await;
    let host = portal.base.strip_prefix("http://").unwrap().to_string();
    let sent = |silent: bool| {
        let asked = test::TestRequest::post().uri("/files").insert_header(("host", host.clone()));
        let asked = asked.insert_header(("content-type", "multipart/form-data; boundary=x")).to_request();
        let begun = iter([Ok(web::Bytes::from_static(b"--x"))]);
        let body: Payload = if silent {
            Payload::Stream { payload: Box::pin(begun.chain(pending())) }
        } else {
            Payload::Stream { payload: Box::pin(begun) }
        };
        asked.replace_payload(body).0
    };
    assert_eq!(test::call_service(&app, sent(false)).await.status(), 200);
    let answer = test::try_call_service(&app, sent(true)).await.unwrap_err().error_response();
    assert_eq!((answer.status().as_u16(), answer.head().keep_alive()), (408, false));
    let page = actix_web::body::to_bytes(answer.into_body()).await.unwrap();
    assert!(String::from_utf8_lossy(&page).contains("This took too long"));
}

on_both!(
    async fn a_post_after_the_session_ended_says_so_and_leads_back(portal) {
        let mut li = portal.enters("li@example.com").await;
        let form = li.opens("/account/profile").await.form("/account/profile");
        let (person, now) = (li.person_id, portal.house.clock.now());
        portal.write(move |conn| session::end_all(conn, person, None, now).unwrap()).await;
        for (referer, to) in [
            (portal.base.clone() + "/account/profile", "/login?next=%2Faccount%2Fprofile"),
            ("https://evil.example/account".to_string(), "/login"),
        ] {
            li.headers = vec![("referer".into(), referer)];
            let sent = li.posts(&form).await;
            assert_eq!((sent.status, sent.header("location")), (303, Some(to)));
            assert!(li.gets("/login").await.all(".flash.wait").concat().contains("You were signed out meanwhile"));
        }
    }
);
