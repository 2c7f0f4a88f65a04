//! The database is locked, restarted or gone: a clear page, nothing by halves, and it goes on by itself afterwards.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use easylink::base::config::DatabaseUrl;
use futures_util::future::join_all;

use super::books::{Change, times, whole};
use super::wire::Wire;
use crate::support::entered::Entered;
use crate::support::given::given;
use crate::support::page::Page;
use crate::support::portal::Portal;
use crate::tickets::{filled, opened, png};

/// The page of a portal that lacks its database: it says so in words, tells what to do, and is dressed as every page.
fn is_clear(page: &Page) {
    assert_eq!(page.status, 503, "{}: {}", page.url, page.text());
    assert_eq!(page.h1(), "This is not available at the moment");
    assert!(page.text().contains("Try again in a few minutes") && page.text().contains("Request "), "{}", page.text());
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    assert!(page.header("content-security-policy").unwrap().contains("script-src 'none'"));
    assert!(page.header("cache-control").unwrap().contains("no-store"), "{:?}", page.headers);
    for word in ["database", "sqlite", "postgres", "diesel", "connection"] {
        assert!(!page.html.to_lowercase().contains(word), "`{word}` is told to strangers: {}", page.text());
    }
}

/// How many work orders of this subject there are; everything else is whole.
async fn orders(portal: &Portal, subject: &str) -> i64 {
    let change = Change::Opened(subject.to_string());
    portal
        .read(move |conn| {
            whole(conn);
            times(conn, &change)
        })
        .await
}

/// How many files lie in the storage.
fn files(portal: &Portal) -> usize {
    super::files_in(&portal.folder().join("files")).len()
}

#[tokio::test]
async fn a_locked_file_is_told_and_nothing_waits_in_line() {
    let portal = Portal::sqlite().await;
    let mut li = portal.enters("li@example.com").await;
    let one = filled(&mut li, "While locked").await;
    let two = filled(&mut li, "With a picture").await.file("files", "a.png", "image/png", &png(20));
    let DatabaseUrl::Sqlite(path) = portal.house.config.database_url.clone() else { panic!("no file") };
    let mut other = SqliteConnection::establish(&path.display().to_string()).unwrap();
    other.batch_execute("begin immediate").unwrap();

    let begun = Instant::now();
    let (mut first, mut second, mut third) = (li.twin(), li.twin(), li.twin());
    let reader = async {
        // Who reads does not wait for who writes.
        let page = third.gets("/account/tickets").await;
        (page.status, begun.elapsed())
    };
    let (first_page, second_page, (read, read_after)) = tokio::join!(first.posts(&one), second.posts(&two), reader);
    let waited = begun.elapsed();
    is_clear(&first_page);
    is_clear(&second_page);
    assert_eq!(read, 200);
    assert!(read_after < Duration::from_secs(4), "reading waited {read_after:?} for the lock");
    assert!(waited < Duration::from_secs(9), "they waited one after the other, {waited:?} in all");
    assert_eq!((orders(&portal, "While locked").await, orders(&portal, "With a picture").await), (0, 0));
    assert_eq!(files(&portal), 0, "a file without a row");

    other.batch_execute("rollback").unwrap();
    for (form, subject) in [(&one, "While locked"), (&two, "With a picture")] {
        let page = li.submits(form).await;
        assert_eq!((page.status, page.h1().as_str()), (200, subject), "{}", page.text());
        assert_eq!(orders(&portal, subject).await, 1);
    }
}

/// Ends every connection of the portal on the server, as a restart does; answers how many there were.
fn ends_connections(url: &str) -> i64 {
    let mut conn = PgConnection::establish(url).unwrap();
    diesel::select(diesel::dsl::sql::<BigInt>(
        "(select count(pg_terminate_backend(pid)) from pg_stat_activity \
         where datname = current_database() and pid <> pg_backend_pid())",
    ))
    .get_result(&mut conn)
    .unwrap()
}

const PAGES: [&str; 6] =
    ["/account", "/account/tickets", "/account/security", "/account/records", "/products", "/help"];

/// Several pages at once, so that the portal has several connections.
async fn opens_many(who: &Entered) -> Vec<Page> {
    let all = (0..12).map(|at| {
        let mut twin = who.twin();
        async move { twin.gets(PAGES[at % PAGES.len()]).await }
    });
    join_all(all).await
}

#[tokio::test]
async fn a_restarted_server_costs_one_page_at_most() {
    let portal = Portal::postgresql().await;
    let mut li = portal.enters("li@example.com").await;
    let DatabaseUrl::Postgres(url) = portal.house.config.database_url.clone() else { panic!("no server") };
    for round in 0..5 {
        let subject = format!("Round {round}");
        let form = filled(&mut li, &subject).await;
        assert!(opens_many(&li).await.iter().all(|page| page.status == 200));
        let ended = ends_connections(&url);
        assert!(ended >= 2, "only {ended} connections were open: nothing is tested");
        let mut lost = 0;
        // Rounds begin with different pages, the first ones with a post.
        let posted = li.posts(&form).await;
        if posted.status == 303 {
            assert_eq!(orders(&portal, &subject).await, 1);
        } else {
            is_clear(&posted);
            lost += 1;
            assert_eq!(li.posts(&form).await.status, 303);
            assert_eq!(orders(&portal, &subject).await, 1);
        }
        for path in PAGES {
            let page = li.gets(path).await;
            if page.status != 200 {
                is_clear(&page);
                lost += 1;
            }
        }
        assert!(lost <= 1, "{lost} pages were lost in round {round}");
    }
    for path in PAGES {
        opens_many(&li).await;
        ends_connections(&url);
        let page = li.gets(path).await;
        if page.status != 200 {
            is_clear(&page);
        }
        let page = li.gets(path).await;
        assert_eq!(page.status, 200, "a second page was lost: {}", page.text());
    }
}

#[tokio::test]
async fn a_server_that_is_gone_is_told_and_comes_back() {
    let server = url::Url::parse(&given("EASYLINK_TEST_POSTGRES")).unwrap();
    let server = server.socket_addrs(|| Some(5432)).unwrap()[0];
    let wire = Wire::to(server);
    let portal = Portal::postgresql_behind(wire.address).await;
    let mut li = portal.enters("li@example.com").await;
    opened(&mut li, "Before").await;
    for silent in [false, true] {
        let subject = format!("Silent: {silent}");
        let form = filled(&mut li, &subject).await.file("files", "a.png", "image/png", &png(20));
        opens_many(&li).await;
        if silent {
            wire.silence();
        } else {
            wire.cut();
        }

        let (mut writer, mut reader) = (li.twin(), li.twin());
        let (posted, read, mut visitor) = (writer.posts(&form), reader.gets("/account"), portal.visitor());
        let (posted, read, public, alive, ready) = tokio::join!(
            posted,
            read,
            visitor.gets("/products"),
            async { portal.visitor().gets("/healthz").await.status },
            async { portal.visitor().gets("/readyz").await.status },
        );
        for page in [posted, read, public] {
            is_clear(&page);
        }
        assert_eq!((alive, ready), (200, 503));

        wire.mend();
        assert_eq!(li.gets("/account").await.status, 200);
        assert_eq!(orders(&portal, &subject).await, 0);
        assert_eq!(files(&portal), usize::from(silent), "a file without a row");
        let page = li.submits(&form).await;
        assert_eq!((page.status, page.h1()), (200, subject.clone()), "{}", page.text());
        assert_eq!(orders(&portal, &subject).await, 1);
    }
    portal.run_jobs().await;
}
