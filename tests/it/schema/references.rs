//! Every reference has a foreign key and an index.

use std::collections::BTreeSet;

use diesel::prelude::*;
use easylink::base::db::Conn;

use super::{Row, columns, references};

/// (table, column) that begin an index or are a key.
fn indexed(conn: &mut Conn) -> BTreeSet<(String, String)> {
    let sql = match conn {
        Conn::Sqlite(_) => {
            "select m.name as a, i.name as b, '' as c, '' as d from sqlite_master m \
             join pragma_index_list(m.name) l join pragma_index_info(l.name) i where m.type = 'table' and i.seqno = 0"
        }
        Conn::Pg(_) => {
            "select t.relname::text as a, c.attname::text as b, '' as c, '' as d from pg_index i \
             join pg_class t on t.oid = i.indrelid join pg_attribute c on c.attrelid = t.oid and c.attnum = i.indkey[0] \
             join pg_namespace n on n.oid = t.relnamespace where n.nspname = 'public'"
        }
    };
    let rows: Vec<Row> = diesel::sql_query(sql).load(conn).unwrap();
    rows.into_iter().map(|row| (row.a, row.b)).collect()
}

on_both!(
    async fn every_reference_has_a_foreign_key_and_an_index(portal) {
        let (columns, indexed) = (portal.read(columns).await, portal.read(indexed).await);
        let references: BTreeSet<(String, String)> =
            portal.read(references).await.into_iter().map(|(table, column, _)| (table, column)).collect();
        // Names that end so and refer to nothing inside the database.
        let free = ["public_id", "message_id"];
        let mut wrong = Vec::new();
        for (table, column) in columns.keys().filter(|(_, column)| column.ends_with("_id") && !free.contains(&column.as_str())) {
            let key = (table.clone(), column.clone());
            if !references.contains(&key) {
                wrong.push(format!("{table}.{column} has no foreign key"));
            }
            if !indexed.contains(&key) {
                wrong.push(format!("{table}.{column} has no index"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
);
