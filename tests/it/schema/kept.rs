//! What was published or recorded stays as it is.

use diesel::prelude::*;
use easylink::base::db::Conn;

/// What a published text, a record or a consent is worth: it stays as it is.
const KEPT: [&str; 3] = ["policy_versions", "records", "consents"];

on_both!(
    async fn what_was_published_or_recorded_is_never_changed(portal) {
        use easylink::base::db::End;
        portal.enters("li@example.com").await;
        let mut visitor = portal.visitor();
        visitor.gets("/privacy").await;
        let ctx = portal.ctx();
        portal
            .write(move |conn| {
                use easylink::services::{consent, records};
                records::keep(conn, &ctx, records::Entry::new(records::Event::DemoMade)).unwrap();
                let given = consent::ConsentEvent::Given;
                consent::keep(conn, &ctx, 1, consent::Purpose::Agreement, given, None, "words").unwrap();
            })
            .await;
        for table in KEPT {
            let rows = portal.read(move |conn| count(conn, table)).await;
            assert!(rows > 0, "{table} is empty");
            for sql in [format!("delete from {table}"), format!("update {table} set id = id + 1000")] {
                let refused = portal.house.db.write(move |conn| End::Undo(diesel::sql_query(&sql).execute(conn).is_err()));
                assert!(refused.await.unwrap(), "{table} was changed");
            }
            assert_eq!(portal.read(move |conn| count(conn, table)).await, rows);
        }
    }
);

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

fn count(conn: &mut Conn, table: &str) -> i64 {
    diesel::sql_query(format!("select count(*) as n from {table}")).get_result::<Counted>(conn).unwrap().n
}
