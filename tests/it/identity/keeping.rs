//! What a decision leaves: nothing of numbers, names and pictures in any byte (B5, UP10).

use std::time::Duration;

use diesel::prelude::*;
use easylink::base::db::Conn;
use easylink::base::db::schema::{identity_cases, identity_files, identity_results};
use easylink::services::ledger;

use super::{NAME, NUMBER, approves, hands_in, reviewer, takes, types};
use crate::support::portal::Portal;

const DAY: Duration = Duration::from_secs(86_400);

/// Every byte of the data folder, database with free pages and log included; on PostgreSQL what a dump would hold.
pub async fn bytes(portal: &Portal) -> Vec<u8> {
    let mut all = Vec::new();
    let mut folders = vec![portal.folder()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { all.extend(std::fs::read(path).unwrap()) }
        }
    }
    all.extend(portal.read(dump).await);
    all
}

#[derive(QueryableByName)]
struct Dumped {
    #[diesel(sql_type = diesel::sql_types::Text)]
    row: String,
}

/// Every row of every table as text; nothing on SQLite, whose file is in the folder.
fn dump(conn: &mut Conn) -> Vec<u8> {
    let Conn::Pg(_) = conn else { return Vec::new() };
    let sql = "select table_name::text as row from information_schema.tables \
               where table_schema = 'public' and table_type = 'BASE TABLE'";
    let tables: Vec<Dumped> = diesel::sql_query(sql).load(conn).unwrap();
    let mut all = Vec::new();
    for table in tables {
        let rows = format!("select t::text as row from \"{}\" t", table.row);
        for row in diesel::sql_query(rows).load::<Dumped>(conn).unwrap() {
            all.extend(row.row.into_bytes());
        }
    }
    all
}

/// Where a text stands in these bytes: as it is, or in the hexadecimal signs of a dump.
pub fn holds(all: &[u8], text: &str) -> bool {
    let hex = data_encoding::HEXLOWER.encode(text.as_bytes());
    let within = |needle: &[u8]| all.windows(needle.len()).any(|window| window == needle);
    within(text.as_bytes()) || within(hex.as_bytes())
}

on_both!(
    async fn nothing_of_a_case_is_ever_in_clear_and_nothing_is_left(portal) {
        let mut li = portal.enters("li@example.com").await;
        let mut rosa = reviewer(&portal, "Rosa").await;
        let case = hands_in(&mut li, NAME, NUMBER).await;
        let before = bytes(&portal).await;
        assert!(!holds(&before, NAME) && !holds(&before, NUMBER), "sealed from the first moment");
        let page = takes(&mut rosa).await;
        let picture = page.attribute("figure img", "src").unwrap();
        assert_eq!(rosa.gets(&picture).await.status, 200);
        approves(&mut rosa, &case).await;
        let after = bytes(&portal).await;
        assert!(!holds(&after, NAME) && !holds(&after, NUMBER));
        let gone = rosa.gets(&picture).await;
        assert_eq!(gone.status, 303, "the case is out of hand");
        let (sealed, files): (Option<Vec<u8>>, i64) = portal
            .read(|conn| {
                let key = identity_cases::table.select(identity_cases::sealed_key).first(conn).unwrap();
                (key, identity_files::table.count().get_result(conn).unwrap())
            })
            .await;
        assert_eq!((sealed, files), (None, 0), "key and bytes are destroyed");
    }
);

on_both!(
    async fn a_case_that_nobody_goes_on_with_ends(portal) {
        let mut li = portal.enters("li@example.com").await;
        types(&mut li, "document", NAME, NUMBER).await;
        portal.later(DAY * 89);
        portal.run_jobs().await;
        assert!(state(&portal).await.0 == "draft");
        portal.later(DAY * 2);
        portal.run_jobs().await;
        assert_eq!(state(&portal).await, ("abandoned".into(), true));
    }
);

async fn state(portal: &Portal) -> (String, bool) {
    portal
        .read(|conn| {
            let row: (String, Option<Vec<u8>>) = identity_cases::table
                .select((identity_cases::state, identity_cases::sealed_details))
                .first(conn)
                .unwrap();
            (row.0, row.1.is_none())
        })
        .await
}

async fn with_appeal(portal: Portal) {
    let mut li = portal.enters("li@example.com").await;
    let mut rosa = reviewer(&portal, "Rosa").await;
    let case = hands_in(&mut li, NAME, NUMBER).await;
    takes(&mut rosa).await;
    approves(&mut rosa, &case).await;
    assert_eq!(state(&portal).await, ("approved".into(), false), "kept for an appeal");
    assert!(li.opens("/account/identity").await.text().contains("so that you can object"));
    portal.later(DAY * 6);
    portal.run_jobs().await;
    assert_eq!(state(&portal).await, ("approved".into(), false));
    portal.later(DAY * 2);
    portal.run_jobs().await;
    assert_eq!(state(&portal).await, ("approved".into(), true), "the window is over");
}

#[tokio::test]
async fn an_appeal_window_keeps_it_for_so_long_sqlite() {
    with_appeal(Portal::sqlite_with(&[("EASYLINK_IDENTITY_APPEAL_DAYS", "7")]).await).await;
}

#[tokio::test]
async fn an_appeal_window_keeps_it_for_so_long_postgresql() {
    with_appeal(Portal::postgresql_with(&[("EASYLINK_IDENTITY_APPEAL_DAYS", "7")]).await).await;
}

/// The states of the account's results, and how many there are.
async fn results(portal: &Portal, account: i64) -> Vec<String> {
    let own = identity_results::table.filter(identity_results::account_id.eq(account));
    let states = own.order(identity_results::id).select(identity_results::state);
    portal.read(move |conn| states.load(conn).unwrap()).await
}

on_both!(
    async fn another_name_takes_the_place_of_the_first(portal) {
        let mut li = crate::remittance::verified(&portal, "li@example.com").await;
        let mut rosa = reviewer(&portal, "Rosa").await;
        let case = hands_in(&mut li, NAME, "11010519491231002X").await;
        takes(&mut rosa).await;
        approves(&mut rosa, &case).await;
        assert_eq!(results(&portal, li.account_id).await, ["standing"], "no money moved: the first is gone");

        // Once money moved under a name, the law makes us keep it.
        let (ctx, account) = (portal.ctx(), li.account_id);
        portal
            .write(move |conn| {
                let holder = crate::ledger::holder(conn, account);
                ledger::wallet(conn, holder, "CNY", ctx.now).unwrap();
            })
            .await;
        let again = hands_in(&mut li, "Another Canary", "440524188001010014").await;
        takes(&mut rosa).await;
        approves(&mut rosa, &again).await;
        assert_eq!(results(&portal, account).await, ["restricted", "standing"]);
        let page = li.opens("/account/identity").await.text();
        assert!(page.contains("A********") && !page.contains("Z********"), "{page}");
        let page = li.opens("/account/identity/withdrawal").await;
        assert!(page.text().contains("the law makes us keep the result"), "{}", page.text());
        li.submits(&page.form("/account/identity/withdrawal")).await;
        assert_eq!(results(&portal, account).await, ["restricted", "restricted"]);
        assert_eq!(li.gets("/account/remittances/new").await.status, 303);
    }
);
