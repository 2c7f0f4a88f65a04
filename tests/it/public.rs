//! What everybody sees: start page, products, help, announcements, policy, cookies, leaving, contact, and what machines
//! ask.

use easylink::base::db::Conn;
use easylink::base::types::{Moment, Money};
use easylink::features::catalogue::seeding::{NewPlan, NewProduct, add_plan, add_product};
use easylink::features::catalogue::{Category, Period};
use easylink::features::help::Topic;
use easylink::features::help::seeding::{NewAnnouncement, NewArticle, add_announcement, add_article};
use easylink::web::cookies;

use crate::support::page::Page;
use crate::support::portal::Portal;

const FORM: &str = "application/x-www-form-urlencoded";
const NOW: &str = "2026-11-23T02:00:00Z";

/// A product with one plan; `position` also makes the price.
fn product(conn: &mut Conn, slug: &str, category: Category, name: &str, keywords: &str, position: i64) {
    let body = "## What it is\n\nA *fine* thing. <b onclick=x>bold</b> [docs](https://docs.example/a?b=c)";
    let summary = "Does what it says.";
    let new = NewProduct { slug, category, name, summary, body, keywords, position };
    let id = add_product(conn, &new, Moment::parse(NOW).unwrap()).unwrap();
    let plan = |name, price, position| NewPlan { name, summary: "1 core", price, period: Period::Month, position };
    add_plan(conn, id, &plan("Large", Money(9900 + position), 2)).unwrap();
    add_plan(conn, id, &plan("Small", Money(4200 + position), 1)).unwrap();
}

fn article(conn: &mut Conn, slug: &str, topic: Topic, title: &str, body: &str) {
    let new = NewArticle { slug, topic, title, summary: "In short.", body, keywords: "" };
    add_article(conn, &new, Moment::parse(NOW).unwrap()).unwrap();
}

async fn shelves(portal: &Portal) {
    let filled = portal.write(|conn| {
        product(conn, "server", Category::Compute, "Cloud server", "云服务器", 1);
        product(conn, "disk", Category::Storage, "Block disk", "100%_ssd 云硬盘", 2);
        product(conn, "wall", Category::Security, "Web firewall", "C:\\rules 防火墙", 3);
        article(conn, "remit", Topic::Money, "How to pay by remittance", "Use the reference. 如何汇款充值到账户");
        article(conn, "codes", Topic::Account, "A code does not arrive", "Look into the folder for junk.");
    });
    filled.await;
}

fn names(page: &Page) -> Vec<String> {
    page.all("main .item-title a")
}

on_both!(
    async fn the_start_page_shows_two_of_each_category_and_the_news(portal) {
        portal.write(|conn| {
            for (at, category) in Category::ALL.iter().enumerate() {
                for n in 0..3 {
                    let slug = format!("p-{at}-{n}");
                    product(conn, &slug, *category, &format!("Thing {at} {n}"), "", n);
                }
            }
            for (slug, at) in [("old", "2026-11-01T00:00:00Z"), ("new", NOW), ("ahead", "2026-11-23T05:00:00Z")] {
                let published_at = Moment::parse(at).unwrap();
                let new = NewAnnouncement { slug, title: &format!("News {slug}"), body: "Some *text*.", published_at };
                add_announcement(conn, &new).unwrap();
            }
        })
        .await;
        let mut visitor = portal.visitor();
        let home = visitor.gets("/").await;
        assert_eq!(home.status, 200);
        let shown = names(&home);
        assert_eq!(shown.len(), 8, "{shown:?}");
        assert!(shown.contains(&"Thing 3 1".to_string()) && !shown.contains(&"Thing 3 2".to_string()));
        assert!(home.text().contains("from ¥ 42.00 a month"), "{}", home.text());
        assert_eq!(home.all("main .dated a"), ["News new", "News old"]);
        assert_eq!(home.header("cache-control"), Some("public, max-age=60"));
        assert_eq!(home.header("vary").map(|vary| vary.to_lowercase().contains("cookie")), Some(true));
        assert!(home.header("set-cookie").is_none());
        let list = visitor.gets("/announcements").await;
        assert_eq!(names(&list), ["News new", "News old"]);
        assert_eq!(visitor.gets("/announcements/ahead").await.status, 404);
        portal.minutes(181);
        assert_eq!(visitor.gets("/announcements/ahead").await.h1(), "News ahead");
    }
);

on_both!(
    async fn products_are_found_in_english_chinese_and_by_signs_of_patterns(portal) {
        shelves(&portal).await;
        let mut visitor = portal.visitor();
        let all = visitor.gets("/products").await;
        assert_eq!(names(&all), ["Cloud server", "Web firewall", "Block disk"]);
        for (query, found) in [
            ("CLOUD", vec!["Cloud server"]),
            ("server+cloud", vec!["Cloud server"]),
            ("cloud+disk", vec![]),
            ("%E4%BA%91", vec!["Cloud server", "Block disk"]),
            ("%E7%A1%AC%E7%9B%98", vec!["Block disk"]),
            ("%25", vec!["Block disk"]),
            ("_", vec!["Block disk"]),
            ("%5C", vec!["Web firewall"]),
            ("c%3A%5Crules", vec!["Web firewall"]),
            ("%EF%BC%A3%EF%BC%AC%EF%BC%AF%EF%BC%B5%EF%BC%A4", vec!["Cloud server"]),
            ("%27+OR+1%3D1--", vec![]),
            ("%00", vec!["Cloud server", "Web firewall", "Block disk"]),
            ("%FF%FE", vec![]),
        ] {
            let page = visitor.gets(&format!("/products?q={query}")).await;
            assert_eq!((page.status, names(&page)), (200, found.iter().map(ToString::to_string).collect()), "{query}");
        }
        let network = visitor.gets("/products?category=network").await;
        assert_eq!((network.status, names(&network).len()), (200, 0));
        assert_eq!(names(&visitor.gets("/products?category=storage").await), ["Block disk"]);
        assert_eq!(names(&visitor.gets("/products?category=none").await).len(), 3);
        assert_eq!(visitor.gets(&format!("/products?q={}", "a".repeat(3000))).await.status, 200);
    }
);

on_both!(
    async fn every_product_is_reached_once_by_turning_pages(portal) {
        portal.write(|conn| {
            for n in 0..45 {
                let category = Category::ALL[n % 4];
                product(conn, &format!("p{n}"), category, &format!("P{n}"), "many", i64::try_from(n).unwrap() % 3);
            }
        })
        .await;
        let mut visitor = portal.visitor();
        for start in ["/products", "/products?q=many"] {
            let (mut seen, mut path, mut pages) = (Vec::new(), start.to_string(), 0);
            loop {
                let page = visitor.gets(&path).await;
                seen.extend(names(&page));
                pages += 1;
                match page.attribute("a[rel=next]", "href") {
                    Some(next) => path = next,
                    None => break,
                }
            }
            let total = seen.len();
            seen.sort();
            seen.dedup();
            assert_eq!((total, seen.len(), pages), (45, 45, 3), "{start}");
        }
    }
);

on_both!(
    async fn a_product_page_tells_plans_and_stays_clean(portal) {
        shelves(&portal).await;
        let mut visitor = portal.visitor();
        let page = visitor.gets("/products/disk").await;
        assert_eq!((page.h1(), page.title()), ("Block disk".into(), "Block disk · Products · Easy Link".into()));
        assert_eq!(page.all("tbody th"), ["Small", "Large"]);
        assert!(page.text().contains("¥ 42.02 a month"), "{}", page.text());
        let canonical = format!("{}/products/disk", portal.base);
        assert_eq!(page.attribute("link[rel=canonical]", "href"), Some(canonical.clone()));
        assert_eq!(page.attribute("meta[property='og:url']", "content"), Some(canonical));
        assert_eq!(page.attribute("meta[property='og:title']", "content"), Some("Block disk".into()));
        assert!(!page.html.contains("<b onclick") && page.html.contains("&lt;b onclick=x&gt;"));
        assert_eq!(page.link("docs"), "/leave?to=https%3A%2F%2Fdocs%2Eexample%2Fa%3Fb%3Dc");
        for missing in ["/products/none", "/products/%00", "/help/none", "/announcements/none", "/privacy/versions/2"] {
            assert_eq!(visitor.gets(missing).await.status, 404, "{missing}");
        }
        portal.write(|conn| withdraw(conn, "disk", "retired")).await;
        let page = visitor.gets("/products/disk").await;
        assert!(page.text().contains("No longer sold") && page.all("tbody th").is_empty());
        assert!(!names(&visitor.gets("/products").await).contains(&"Block disk".to_string()));
        portal.write(|conn| withdraw(conn, "disk", "draft")).await;
        assert_eq!(visitor.gets("/products/disk").await.status, 404);
    }
);

fn withdraw(conn: &mut Conn, slug: &str, state: &str) {
    use diesel::prelude::*;
    use easylink::base::db::schema::products;
    let one = products::table.filter(products::slug.eq(slug));
    diesel::update(one).set(products::state.eq(state)).execute(conn).unwrap();
}

on_both!(
    async fn help_is_sorted_by_topic_and_searched(portal) {
        shelves(&portal).await;
        let mut visitor = portal.visitor();
        let help = visitor.gets("/help").await;
        assert_eq!(help.all(".topic h2"), ["Account and security", "Payment and balance"]);
        for (query, found) in [
            ("reference+pay", vec!["How to pay by remittance"]),
            ("%E5%85%85%E5%80%BC", vec!["How to pay by remittance"]),
            ("junk", vec!["A code does not arrive"]),
            ("%25", vec![]),
        ] {
            assert_eq!(names(&visitor.gets(&format!("/help?q={query}")).await), found, "{query}");
        }
        let nothing = visitor.gets("/help?q=zzz").await;
        assert_eq!(nothing.all(".empty-title"), ["Nothing found"]);
        let article = visitor.gets("/help/remit").await;
        assert_eq!(article.h1(), "How to pay by remittance");
    }
);

on_both!(
    async fn announcements_turn_pages_by_time(portal) {
        portal.write(|conn| {
            for n in 0..25 {
                // Pairs of one moment: the order must still be whole.
                let published_at = Moment(Moment::parse(NOW).unwrap().0 - (n / 2) * 1_000_000);
                let (slug, title) = (format!("n{n}"), format!("N{n}"));
                add_announcement(conn, &NewAnnouncement { slug: &slug, title: &title, body: "x", published_at }).unwrap();
            }
        })
        .await;
        let mut visitor = portal.visitor();
        let first = visitor.gets("/announcements").await;
        let second = visitor.gets(&first.attribute("a[rel=next]", "href").unwrap()).await;
        let mut seen = [names(&first), names(&second)].concat();
        assert_eq!((names(&first).len(), seen.len()), (20, 25));
        assert_eq!(second.attribute("a[rel=next]", "href"), None);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 25);
        assert_eq!(visitor.gets("/announcements?after=no-such").await.status, 200);
    }
);

on_both!(
    async fn the_policy_is_cited_by_clause_and_kept_by_version(portal) {
        let mut visitor = portal.visitor();
        let policy = visitor.gets("/privacy").await;
        assert_eq!((policy.status, policy.h1()), (200, "Privacy policy".into()));
        for clause in ["1-2", "2-1-1", "2-1-2", "2-1-4", "2-4", "2-8", "3-3-2", "3-4", "4-2", "4-4"] {
            assert_eq!(policy.all(&format!("#clause-{clause}")).len(), 1, "{clause}");
        }
        let versions = policy.all("#versions li");
        assert_eq!(versions.len(), 1);
        let version = visitor.gets("/privacy/versions/1").await;
        assert_eq!(version.h1(), "Privacy policy, version 1");
        for bad in ["0", "01x", "-1", "+1", "9999999999999999999999"] {
            assert_eq!(visitor.gets(&format!("/privacy/versions/{bad}")).await.status, 404, "{bad}");
        }
        portal.write(|conn| {
            let now = Moment::parse(NOW).unwrap();
            assert!(!easylink::features::privacy::publish_first(conn, now).unwrap());
            let number = easylink::services::consent::publish(conn, now, true, "Names **who**.", "# 1 New").unwrap();
            assert_eq!(number, 2);
        })
        .await;
        let policy = visitor.gets("/privacy").await;
        assert_eq!((policy.all(".prose h2"), policy.all("#versions li").len()), (vec!["1 New".to_string()], 2));
        let old = visitor.gets("/privacy/versions/1").await;
        assert!(old.text().contains("This version no longer holds"));
        assert_eq!(old.all("#clause-2-1-4").len(), 1);
    }
);

on_both!(
    async fn cookies_are_chosen_refused_and_outweighed_by_the_signal(portal) {
        let mut visitor = portal.visitor();
        let page = visitor.gets("/cookies?back=%2Fproducts%3Fq%3Da").await;
        assert_eq!(page.all("tbody th").len(), cookies::TABLE.len());
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert!(page.header("vary").is_some_and(|vary| vary.contains("Sec-GPC")));
        assert_eq!(page.all("button[name=answer]"), ["Save what is ticked", "Refuse both", "Accept both"]);
        let form = page.form("/cookies");
        assert_eq!((form.value("behaviour"), form.value("recommendations")), (None, None));
        let accepted = visitor.posts(&form.clone().pressing("Accept both")).await;
        assert_eq!((accepted.status, accepted.header("location")), (303, Some("/products?q=a")));
        assert_eq!(visitor.jar.get("choice").map(String::as_str), Some("both"));
        let back = visitor.gets("/products?q=a").await;
        assert!(back.all(".cookie-line").is_empty());
        assert_eq!(back.all(".flash.good"), ["Your choice about cookies is kept."]);

        let page = visitor.gets("/cookies").await;
        assert_eq!(page.form("/cookies").value("behaviour"), Some("yes"));
        visitor.submits(&page.form("/cookies").pressing("Refuse both")).await;
        assert_eq!(visitor.jar.get("choice").map(String::as_str), Some("none"));
        let page = visitor.gets("/cookies").await;
        let ticked = page.form("/cookies").with("behaviour", "yes").pressing("Save what is ticked");
        visitor.submits(&ticked).await;
        assert_eq!(visitor.jar.get("choice").map(String::as_str), Some("behaviour"));

        visitor.headers.push(("sec-gpc".into(), "1".into()));
        let page = visitor.gets("/cookies").await;
        assert!(page.text().contains("Global Privacy Control"));
        assert!(!page.form("/cookies").has("behaviour"));
        let forced = page.form("/cookies").urlencoded().replace("answer=refuse", "answer=accept");
        assert_eq!(visitor.posts_raw("/cookies", FORM, forced).await.status, 303);
        assert_eq!(visitor.jar.get("choice").map(String::as_str), Some("none"));
        visitor.headers.pop();
        visitor.headers.push(("sec-gpc".into(), "0".into()));
        assert!(visitor.gets("/cookies").await.form("/cookies").has("behaviour"));

        let wrong = visitor.gets("/cookies").await.form("/cookies").urlencoded();
        let wrong = visitor.posts_raw("/cookies", FORM, wrong.replace("answer=ticked", "answer=maybe")).await;
        assert_eq!((wrong.status, wrong.all(".summary li").len()), (422, 1));
        for back in ["%2F%2Fevil.example", "https%3A%2F%2Fevil.example", "%2F%5Cevil.example"] {
            let page = visitor.gets(&format!("/cookies?back={back}")).await;
            let sent = visitor.posts(&page.form("/cookies").pressing("Refuse both")).await;
            assert_eq!(sent.header("location"), Some("/cookies"), "{back}");
        }
    }
);

on_both!(
    async fn before_a_choice_only_necessary_cookies_are_set(portal) {
        shelves(&portal).await;
        let mut visitor = portal.visitor();
        for path in ["/", "/products", "/products/disk", "/help", "/help/remit", "/announcements", "/privacy", "/contact"] {
            let page = visitor.gets(path).await;
            assert_eq!(page.status, 200, "{path}");
            assert_eq!(page.header("set-cookie"), None, "{path}");
            assert_eq!(page.header("cache-control"), Some("public, max-age=60"), "{path}");
            assert_eq!(page.all(".cookie-line").len(), 1, "{path}");
            assert!(!page.all("h1").is_empty() && page.attribute("link[rel=canonical]", "href").is_some(), "{path}");
            assert!(page.attribute("meta[name=description]", "content").is_some_and(|text| text.len() > 8), "{path}");
        }
        visitor.gets("/cookies").await;
        let set: Vec<&str> = visitor.jar.keys().map(String::as_str).collect();
        assert_eq!(set, ["form"]);
        assert!(cookies::TABLE.iter().all(|kept| kept.necessary));
    }
);

on_both!(
    async fn leaving_names_the_host_and_never_leads_there(portal) {
        let mut visitor = portal.visitor();
        let page = visitor.gets("/leave?to=https%3A%2F%2Fdocs.example%3A8443%2Fa%3Fb%3D%22%3E%3Cx").await;
        assert_eq!((page.status, page.header("location")), (200, None));
        assert_eq!(page.all(".slip-reference"), ["docs.example:8443"]);
        let link = "a[rel~=noopener][rel~=noreferrer]";
        assert_eq!(page.attribute(link, "href"), Some("https://docs.example:8443/a?b=%22%3E%3Cx".into()));
        assert!(page.header("refresh").is_none() && !page.html.contains("http-equiv"));
        let coded = visitor.gets("/leave?to=https%3A%2F%2F%D0%B0pple.example%2F").await;
        assert_eq!(coded.all(".slip-reference"), ["xn--pple-43d.example"]);
        assert_eq!(coded.all(".notice-title"), ["Look twice at this name"]);
        for bad in [
            "",
            "javascript%3Aalert(1)",
            "data%3Atext%2Fhtml%2Cx",
            "%2F%2Fevil.example",
            "https%3A%2F%2Fbank.example%40evil.example",
            "https%3A%2F%2Fevil.example%5C%40bank.example",
            "https%3A%2F%2Fe%0Avil.example",
            "ftp%3A%2F%2Fevil.example",
        ] {
            let page = visitor.gets(&format!("/leave?to={bad}")).await;
            assert_eq!((page.status, page.header("location")), (404, None), "{bad}");
        }
        assert_eq!(visitor.gets("/leave").await.status, 404);
    }
);

on_both!(
    async fn machines_find_where_to_report_and_that_the_signal_is_honoured(portal) {
        let mut visitor = portal.visitor();
        let text = visitor.gets("/.well-known/security.txt").await;
        assert_eq!(text.header("content-type"), Some("text/plain; charset=utf-8"));
        let expires: Vec<&str> = text.html.lines().filter_map(|line| line.strip_prefix("Expires: ")).collect();
        let (now, until) = (Moment::parse(NOW).unwrap(), Moment::parse(expires[0]).unwrap());
        assert!(expires.len() == 1 && until > now && until.since(now).as_secs() < 365 * 86400);
        let policy = text.html.lines().find_map(|line| line.strip_prefix("Policy: ")).unwrap();
        let page = visitor.gets(policy.strip_prefix(&portal.base).unwrap()).await;
        assert_eq!((page.status, page.all("#security").len()), (200, 1));
        let gpc = visitor.gets("/.well-known/gpc.json").await;
        assert_eq!(gpc.header("content-type"), Some("application/json"));
        assert!(gpc.html.starts_with("{\"gpc\":true,\"lastUpdate\":\"20"), "{}", gpc.html);
        let never = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200";
        assert_eq!(visitor.gets(never).await.status, 404);
    }
);

#[tokio::test]
async fn the_hotline_is_shown_when_there_is_one() {
    let portal = Portal::sqlite_with(&[("EASYLINK_HOTLINE", "+86 400 123 4567")]).await;
    let page = portal.visitor().gets("/contact").await;
    assert_eq!(page.attribute("a[href^='tel:']", "href"), Some("tel:+864001234567".into()));
    let page = Portal::sqlite().await.visitor().gets("/contact").await;
    assert_eq!(page.attribute("a[href^='tel:']", "href"), None);
}
