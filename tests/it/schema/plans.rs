//! Searches and sweeps go along an index.

use diesel::prelude::*;
use diesel::sql_types::Text;
use easylink::base::db::Conn;

/// How a statement is answered, in the words of the engine. PostgreSQL reads a small table from end to end unless it is
/// told not to.
fn plan(conn: &mut Conn, sql: &str) -> String {
    #[derive(QueryableByName)]
    struct Detail {
        #[diesel(sql_type = Text)]
        detail: String,
    }
    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
        line: String,
    }
    if let Conn::Sqlite(_) = conn {
        let steps: Vec<Detail> = diesel::sql_query(format!("explain query plan {sql}")).load(conn).unwrap();
        return steps.into_iter().map(|step| step.detail + "\n").collect();
    }
    diesel::sql_query("set local enable_seqscan = off").execute(conn).unwrap();
    let steps: Vec<Step> = diesel::sql_query(format!("explain {sql}")).load(conn).unwrap();
    steps.into_iter().map(|step| step.line + "\n").collect()
}

on_both!(
    async fn searches_and_sweeps_go_along_an_index(portal) {
        let cases = [
            ("select id from records where event = 'listed' order by id desc limit 21", "records_of_event"),
            ("select id from records where actor_id = 1 order by id desc limit 21", "records_by_actor"),
            ("select id from records where person_id = 1 order by id desc limit 21", "records_of_person"),
            ("select id from records where object in ('T1', 'T2') order by id desc limit 21", "records_of_object"),
            (
                "select id from challenges where purpose = 'second_step' and step = 'code' and told_at is null \
                 and created_at <= 5 order by created_at, id limit 200",
                "challenges_untold",
            ),
            ("select id from challenges where expires_at < 5 order by expires_at limit 500", "challenges_by_end"),
            ("select id from known_browsers where expires_at <= 5 order by expires_at limit 500", "known_browsers_by_end"),
            ("select number from uploads where expires_at <= 5 order by expires_at limit 500", "uploads_by_end"),
            ("select bucket from limits where ends_at < 5 order by ends_at limit 500", "limits_by_end"),
            ("select actor from submissions where created_at < 5 order by created_at limit 500", "submissions_by_age"),
            (
                "select id from mails where sealed_text is not null and holds_code and created_at <= 5 \
                 order by created_at, id limit 500",
                "mails_unwiped",
            ),
            ("select id from mails where created_at <= 5 order by created_at, id limit 500", "mails_by_age"),
            (
                "select id from statement_entries where serial_key = 'B71' and state = 'open' and id < 5 \
                 order by id desc limit 21",
                "statement_entries_by_serial_key",
            ),
            (
                "select id from statement_entries where hold = 'no_real_name' and id > 5 order by id limit 500",
                "statement_entries_by_hold",
            ),
            (
                "select id from permanent_references where untold_of_id is not null order by untold_of_id, id limit 500",
                "permanent_references_untold_of_id",
            ),
        ];
        for (sql, index) in cases {
            let plan = portal.write(move |conn| plan(conn, sql)).await;
            assert!(plan.contains(index), "{sql}\n{plan}");
        }
    }
);
