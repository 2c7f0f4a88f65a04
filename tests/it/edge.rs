//! Where the portal meets the network: what a redirect may say, and what came through a proxy.

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
        ] {
            let mut behind = portal.visitor();
            behind.headers.push((header.to_string(), "127.0.0.1".to_string()));
            assert_eq!(behind.gets("/dev/mailbox").await.status, 404, "{header}");
        }
    }
);
