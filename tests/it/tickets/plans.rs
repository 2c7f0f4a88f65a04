//! How PostgreSQL reads the list of work orders: along the account's own, however many others there are.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use easylink::base::db::Conn;

use super::opened;
use crate::support::portal::Portal;

#[derive(QueryableByName)]
struct Prepared {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    planned_anew: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    #[diesel(column_name = "QUERY PLAN")]
    text: String,
}

/// Many newer work orders of the second account.
const CROWD: &str = "insert into tickets (number, account_id, opened_by_id, state, category, urgency, subject, \
     contact_name, contact_address, contact_phone, contact_company, contact_industry, contact_position, search_text, \
     opened_at, updated_at, due_at) \
     select 'T' || i, t.account_id, t.opened_by_id, t.state, t.category, t.urgency, t.subject, '', '', '', '', '', '', \
     '', 1, 1, 1 from (select * from tickets order by id desc limit 1) t, generate_series(1, 2000) i; analyze tickets";

#[tokio::test]
async fn the_list_of_few_passes_over_nobody_elses_many() {
    let portal = Portal::postgresql().await;
    let mut li = portal.enters("li@example.com").await;
    let mut wu = portal.enters("wu@example.com").await;
    for nth in 0..3 {
        opened(&mut li, &format!("Mine {nth}")).await;
    }
    opened(&mut wu, "One of many").await;
    portal.write(|conn| conn.batch_execute(CROWD).unwrap()).await;
    for _ in 0..3 {
        let text = li.opens("/account/tickets").await.text();
        assert!(text.contains("Mine 2") && !text.contains("One of many"), "{text}");
    }
    // One person opens one page at a time: the connection at hand is the one that served it.
    let plan = portal.read(plan_of_list).await;
    assert!(plan.contains("Index Scan Backward using tickets_of_account on tickets"), "{plan}");
    assert!(plan.contains("account_id >= $") && !plan.contains("Filter"), "{plan}");
}

/// The plan of the list as this connection has prepared it; it was made once.
fn plan_of_list(conn: &mut Conn) -> String {
    let list = "select name, custom_plans as planned_anew from pg_prepared_statements \
         where statement ilike '%from \"tickets\"%between%'";
    let prepared: Prepared = diesel::sql_query(list).get_result(conn).unwrap();
    assert_eq!(prepared.planned_anew, 0, "it is planned anew for each page");
    let Conn::Pg(conn) = conn else { panic!("no PostgreSQL") };
    let values = format!("explain execute {}({}, 1, 1, 21)", prepared.name, i64::MAX);
    let lines: Vec<Line> = diesel::sql_query(values).load(conn).unwrap();
    lines.into_iter().map(|line| line.text).collect::<Vec<_>>().join("\n")
}
