//! Both live databases and `schema.rs` have the same columns, foreign keys and checks.

use std::collections::BTreeMap;

use diesel::prelude::*;
use easylink::base::db::Conn;

use super::{Row, Shape, columns, references};
use crate::support::portal::Portal;

/// `schema.rs` itself, read as text.
fn written() -> Shape {
    let text = std::fs::read_to_string("src/base/db/schema.rs").unwrap();
    let mut shape = Shape::new();
    let mut table = String::new();
    for line in text.lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|(_, rest)| rest.ends_with(") {")) {
            table = name.to_string();
        } else if let Some((column, kind)) = line.trim_end_matches(',').split_once(" -> ")
            && !line.starts_with("diesel::")
        {
            shape.insert((table.clone(), column.to_string()), kind.to_string());
        }
    }
    shape
}

#[tokio::test]
async fn both_databases_and_the_written_schema_agree() {
    let (sqlite, postgresql) = (Portal::sqlite().await, Portal::postgresql().await);
    let (one, other) = (sqlite.read(columns).await, postgresql.read(columns).await);
    assert!(one.len() > 100);
    assert_eq!(one, other, "the two databases differ");
    assert_eq!(one, written(), "schema.rs differs from the databases");
    let (one, other) = (sqlite.read(references).await, postgresql.read(references).await);
    assert_eq!(one, other, "the foreign keys differ");
    let (one, other) = (sqlite.read(checks).await, postgresql.read(checks).await);
    assert_eq!(one, other, "the number of checks differs");
}

/// How many checks each table has.
fn checks(conn: &mut Conn) -> BTreeMap<String, usize> {
    let sql = match conn {
        Conn::Sqlite(_) => {
            "select name as a, sql as b, '' as c, '' as d from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like '\\_\\_%' escape '\\'"
        }
        Conn::Pg(_) => {
            "select t.relname::text as a, 'check (' as b, '' as c, '' as d from pg_constraint k \
             join pg_class t on t.oid = k.conrelid where k.contype = 'c'"
        }
    };
    let rows: Vec<Row> = diesel::sql_query(sql).load(conn).unwrap();
    let mut counted = BTreeMap::new();
    for row in rows {
        let found = row.b.matches("check (").count();
        if found > 0 {
            *counted.entry(row.a).or_insert(0) += found;
        }
    }
    counted
}
