//! Transactions that wait for one another, so that races are run in the order that is to be tested.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use easylink::base::db::Conn;

#[derive(QueryableByName)]
struct Waiting {
    #[diesel(sql_type = BigInt)]
    waiting: i64,
}

/// Waits until so many other transactions of this database wait for a lock, some seconds at most. On SQLite there is one at
/// a time, and nothing to wait for.
pub fn until_others_wait(conn: &mut Conn, count: i64) {
    let Conn::Pg(pg) = conn else { return };
    let asked = "select count(*) as waiting, pg_sleep(0.01)::text as nothing from pg_stat_activity \
                 where datname = current_database() and wait_event_type = 'Lock'";
    for _ in 0..500 {
        diesel::sql_query("select pg_stat_clear_snapshot()").execute(pg).unwrap();
        if diesel::sql_query(asked).get_result::<Waiting>(pg).unwrap().waiting >= count {
            return;
        }
    }
}
