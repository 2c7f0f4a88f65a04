//! Every list is read along an index: what the pages of the demo really ask is explained by both databases. A statement
//! that reads a table from end to end, or sorts all that it found to show a page of it, is a fault, unless it is named
//! here with its reason.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError, RwLock};

use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection, set_default_instrumentation};
use diesel::prelude::*;
use diesel::sql_types::Text;
use easylink::base::config::DatabaseUrl;
use easylink::base::db::Conn;
use easylink::base::types::Number;

use crate::crawl::{WALKERS, walk, walker};
use crate::support::portal::Portal;

/// Tables of a few rows, whatever the portal grows to: reading one from end to end is the shortest way.
const SMALL: [&str; 6] = ["receiving_accounts", "policy_versions", "marks", "jobs", "products", "plans"];
/// Statements that may do so all the same, by a part of their text without quotes, and why.
const EXCUSED: [(&str, &str); 10] = [
    ("cast(sum(balance", "the trial balance is about every account"),
    ("FROM articles WHERE (articles.state", "help articles are few, and a page shows them all"),
    ("((records.actor_id =", "an auditor's search for one person goes along two indexes"),
    (
        "((records.object = ANY",
        "an auditor's search for one thing's few spellings sorts what the index of things finds",
    ),
    ("SELECT activations.expires_at FROM activations WHERE ((((activations.person_id", "one person's links are few"),
    ("SELECT sessions.signed_in_at FROM sessions WHERE (sessions.person_id", "one person's sessions are few"),
    ("WHERE ((consents.person_id", "one person's consents are few"),
    ("WHERE (consents.person_id", "one person's consents are few"),
    (CLOSING, "each permanent reference is asked once when an account closes"),
    ("FROM (consents LEFT OUTER JOIN policy_versions", "one person's consents are few"),
];

/// Whose standing orders go to an account that closes: what is asked of each permanent reference goes along an index.
const CLOSING: &str = "from permanent_references p where exists";

/// What was asked: the connection's address and the statement.
static ASKED: Mutex<BTreeSet<(String, String)>> = Mutex::new(BTreeSet::new());
/// The databases that are listened to, by a part of their address.
static HEARD: RwLock<BTreeSet<String>> = RwLock::new(BTreeSet::new());

/// Listens to one connection.
#[derive(Default)]
struct Listener {
    address: String,
}

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => url.clone_into(&mut self.address),
            InstrumentationEvent::StartQuery { query, .. } => {
                let heard = HEARD.read().unwrap_or_else(PoisonError::into_inner);
                let Some(name) = heard.iter().find(|name| self.address.contains(*name)) else { return };
                let text = query.to_string();
                let statement = text.split(" -- binds").next().unwrap_or_default().to_string();
                ASKED.lock().unwrap_or_else(PoisonError::into_inner).insert((name.clone(), statement));
            }
            _ => {}
        }
    }
}

/// From now on every new connection has a listener.
fn listen() {
    set_default_instrumentation(|| Some(Box::<Listener>::default())).unwrap();
}

/// What of a database's address no other has.
fn name_of(portal: &Portal) -> String {
    match &portal.house.config.database_url {
        DatabaseUrl::Sqlite(path) => path.display().to_string(),
        DatabaseUrl::Postgres(url) => url::Url::parse(url).unwrap().path().to_string(),
    }
}

#[derive(QueryableByName)]
struct Detail {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

/// How the database would answer a statement, as it would with a million rows: where an index can be used, it is.
fn plan(conn: &mut Conn, statement: &str) -> Vec<String> {
    match conn {
        Conn::Sqlite(conn) => {
            let lines: Vec<Detail> = diesel::sql_query(format!("explain query plan {statement}")).load(conn).unwrap();
            lines.into_iter().map(|line| line.detail).collect()
        }
        Conn::Pg(conn) => {
            // A table of few pages is read along its key as cheaply as along a fitting index, so pages cost nothing and
            // what counts is how many rows are passed over: as with a million.
            conn.batch_execute(
                "begin; set local enable_seqscan = off; set local enable_bitmapscan = off; set local enable_sort = off; \
                 set local enable_incremental_sort = off; set local plan_cache_mode = force_generic_plan; \
                 set local random_page_cost = 0; set local seq_page_cost = 0;",
            )
            .unwrap();
            conn.batch_execute(&format!("prepare explained as {statement}")).unwrap();
            let most = (1..200).rev().find(|n| statement.contains(&format!("${n}"))).unwrap_or(0);
            let nothing = vec!["null"; most].join(", ");
            let execute = if most == 0 { "explained".to_string() } else { format!("explained({nothing})") };
            let lines: Vec<Line> = diesel::sql_query(format!("explain execute {execute}")).load(conn).unwrap();
            conn.batch_execute("deallocate explained; rollback").unwrap();
            lines.into_iter().map(|line| line.line).collect()
        }
    }
}

fn excused(statement: &str) -> bool {
    let plain = statement.replace(['`', '"'], "");
    EXCUSED.iter().any(|(part, _)| plain.contains(part))
}

/// What is wrong with a plan.
fn faults(statement: &str, plan: &[String]) -> Vec<String> {
    let paged = statement.contains("LIMIT");
    plan.iter()
        .filter(|line| {
            let whole = line.contains("Seq Scan on ")
                || (line.contains("SCAN ") && !line.contains(" USING ") && !line.contains("CONSTANT"));
            let small = SMALL.iter().any(|table| line.contains(table));
            // A list of all that a table holds comes by its key, newest first, until the page is full.
            let by_key =
                paged && statement.contains("ORDER BY") && !statement.contains(" WHERE ") && line.starts_with("SCAN");
            let sorts = line.contains("USE TEMP B-TREE FOR ORDER BY") || line.contains("Sort  (");
            (whole && !small && !by_key) || (sorts && paged)
        })
        .cloned()
        .chain(passed_over(plan).filter(|_| paged))
        .collect()
}

/// The lines at which PostgreSQL walks a table along its key alone and passes over what is not asked for: a page of few
/// rows would read all of them.
fn passed_over(plan: &[String]) -> impl Iterator<Item = String> + '_ {
    let walks = |line: &&(usize, &String)| line.1.contains("_pkey on ") && line.1.contains("Index");
    plan.iter().enumerate().collect::<Vec<_>>().into_iter().filter(move |line| walks(&line)).filter_map(|(at, line)| {
        let below = || plan[at + 1..].iter().take_while(|next| !next.contains("->"));
        let filters = below().any(|next| next.trim_start().starts_with("Filter:"));
        let sought = below().any(|next| next.trim_start().starts_with("Index Cond:"));
        (filters && !sought && !SMALL.iter().any(|table| line.contains(table))).then(|| line.clone())
    })
}

async fn every_list_is_read_along_an_index(portal: Portal) {
    portal.opens_the_demo().await;
    let name = name_of(&portal);
    HEARD.write().unwrap().insert(name.clone());
    for (who, start) in WALKERS {
        let mut visitor = walker(&portal, who).await;
        let seen = walk(&portal, &mut visitor, who != "visitor", start, false).await;
        assert!(seen.seen.len() > 10, "{who}");
    }
    let mut customer = portal.returns("customer@example.com").await;
    for list in ["/account/remittances", "/account/tickets"] {
        let page = customer.opens(list).await;
        let number = page
            .links()
            .into_iter()
            .find_map(|(_, to)| to.strip_prefix(&format!("{list}/")).map(str::to_string))
            .filter(|number| number != "new");
        if let Some(number) = number {
            customer.opens(&format!("{list}?after={number}")).await;
        }
    }
    let mut auditor = portal.returns("auditor@staff.example.com").await;
    let numbers = ['E', 'R', 'M'].map(|kind| Number::random(kind).as_str().to_string());
    for state in ["open", "all"] {
        for sought in numbers.iter().map(String::as_str).chain(["1250.00", "B 71"]) {
            auditor.opens(&format!("/staff/statements?state={state}&q={}", sought.replace(' ', "+"))).await;
        }
    }
    for asked in [
        "from=2026-01-01&until=2030-12-31",
        "from=2026-01-01&after=9",
        "from=2026-01-01&event=listed",
        "until=2030-12-31&object=records",
    ] {
        auditor.opens(&format!("/staff/audit?{asked}")).await;
    }
    let mut finance = portal.returns("finance@staff.example.com").await;
    let page = finance.opens("/staff/receiving").await;
    let closure = page.forms().into_iter().find(|form| form.ends_with("/closure")).unwrap();
    finance.submits(&page.form(&closure)).await;
    assert!(finance.opens(&closure).await.text().contains("Close this receiving account?"));
    HEARD.write().unwrap().remove(&name);
    let asked: Vec<String> =
        ASKED.lock().unwrap().iter().filter(|(own, _)| *own == name).map(|(_, statement)| statement.clone()).collect();
    let closing: Vec<String> = asked.iter().filter(|statement| statement.contains(CLOSING)).cloned().collect();
    assert_eq!(closing.len(), 1, "{closing:?}");
    let closing = portal.read(move |conn| plan(conn, &closing[0])).await;
    // PostgreSQL chooses among indexes by how many rows there are, and in the demo there are few.
    let sqlite = matches!(portal.house.config.database_url, DatabaseUrl::Sqlite(_));
    let along = ["statement_entries_by_reference", "allocations_lately"];
    let chosen = closing.iter().any(|line| along.iter().any(|index| line.contains(index)));
    assert!(chosen || !sqlite, "{closing:#?}");
    let whole = |line: &String| ["SCAN e", "SCAN a", "Seq Scan"].iter().any(|words| line.contains(words));
    assert!(!closing.iter().any(whole), "{closing:#?}");
    let lists: Vec<String> = asked
        .into_iter()
        .filter(|statement| statement.to_lowercase().starts_with("select"))
        .filter(|statement| !excused(statement))
        .collect();
    assert!(lists.len() > 50, "only {} statements were heard", lists.len());
    for table in ["ledger_transfers", "remittances", "statement_entries", "tickets", "records"] {
        assert!(lists.iter().any(|statement| statement.contains(table)), "{table} was not read");
    }
    let wrong: Vec<String> = portal
        .read(move |conn| {
            lists
                .iter()
                .filter_map(|statement| {
                    let found = faults(statement, &plan(conn, statement));
                    (!found.is_empty()).then(|| format!("{statement}\n    {}", found.join("\n    ")))
                })
                .collect()
        })
        .await;
    assert!(wrong.is_empty(), "{} statements without an index:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn every_list_is_read_along_an_index_sqlite() {
    listen();
    every_list_is_read_along_an_index(Portal::sqlite().await).await;
}

#[tokio::test]
async fn every_list_is_read_along_an_index_postgresql() {
    listen();
    every_list_is_read_along_an_index(Portal::postgresql().await).await;
}
