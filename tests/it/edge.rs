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
