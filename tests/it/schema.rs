//! Both live databases agree with each other and with `schema.rs`, every reference has a foreign key and an index, and
//! every column that may hold personal data is classed.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::Text;
use easylink::app::features::personal;
use easylink::base::db::Conn;

use crate::support::portal::Portal;

#[derive(QueryableByName, Debug)]
struct Row {
    #[diesel(sql_type = Text)]
    a: String,
    #[diesel(sql_type = Text)]
    b: String,
    #[diesel(sql_type = Text)]
    c: String,
    #[diesel(sql_type = Text)]
    d: String,
}

/// Table, column → type and nullability, in the words of `schema.rs`.
type Shape = BTreeMap<(String, String), String>;

fn columns(conn: &mut Conn) -> Shape {
    let sql = match conn {
        Conn::Sqlite(_) => {
            "select m.name as a, p.name as b, lower(p.type) as c, \
             case when p.\"notnull\" = 1 or p.pk > 0 then 'no' else 'yes' end as d \
             from sqlite_master m join pragma_table_info(m.name) p where m.type = 'table' \
             and m.name not like 'sqlite_%' and m.name not like '\\_\\_%' escape '\\'"
        }
        Conn::Pg(_) => {
            "select table_name::text as a, column_name::text as b, data_type::text as c, lower(is_nullable)::text as d \
             from information_schema.columns where table_schema = 'public' and table_name not like '\\_\\_%'"
        }
    };
    let rows: Vec<Row> = diesel::sql_query(sql).load(conn).unwrap();
    rows.into_iter()
        .map(|row| {
            // `integer primary key` is SQLite's name for a bigint that counts itself.
            let kind = match (row.c.as_str(), row.b.as_str()) {
                ("integer", "id") | ("bigint", _) => "BigInt",
                ("integer", _) => "Integer",
                ("text", _) => "Text",
                ("blob" | "bytea", _) => "Binary",
                ("boolean", _) => "Bool",
                (other, _) => panic!("{}.{} is {other}", row.a, row.b),
            };
            let kind = if row.d == "yes" { format!("Nullable<{kind}>") } else { kind.to_string() };
            ((row.a, row.b), kind)
        })
        .collect()
}

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

/// (table, column, the table it refers to).
fn references(conn: &mut Conn) -> BTreeSet<(String, String, String)> {
    let sql = match conn {
        Conn::Sqlite(_) => {
            "select m.name as a, f.\"from\" as b, f.\"table\" as c, '' as d from sqlite_master m \
             join pragma_foreign_key_list(m.name) f where m.type = 'table' and f.seq = 0"
        }
        Conn::Pg(_) => {
            "select t.relname::text as a, c.attname::text as b, r.relname::text as c, '' as d from pg_constraint k \
             join pg_class t on t.oid = k.conrelid join pg_class r on r.oid = k.confrelid \
             join pg_attribute c on c.attrelid = t.oid and c.attnum = k.conkey[1] where k.contype = 'f'"
        }
    };
    let rows: Vec<Row> = diesel::sql_query(sql).load(conn).unwrap();
    rows.into_iter().map(|row| (row.a, row.b, row.c)).collect()
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

/// Words in a column's name that say that it holds something of a person.
const TELLING: [&str; 22] = [
    "address", "name", "phone", "network", "device", "sealed", "hash", "body", "subject", "text", "contact",
    "remitter", "company", "industry", "position", "masked", "refusal", "file", "slip", "bank", "tail", "bucket",
];
/// Columns that are named so and hold nothing of a person.
const IMPERSONAL: [&str; 24] = [
    "accounts.subject_id",
    "people.subject_id",
    "records.subject_id",
    "announcements.body",
    "articles.body",
    "articles.search_text",
    "consents.notice_hash",
    "jobs.name",
    "marks.name",
    "plans.name",
    "plans.position",
    "policy_versions.body",
    "policy_versions.body_hash",
    "products.body",
    "products.name",
    "products.position",
    "products.search_text",
    "receiving_accounts.bank_name",
    "remittances.slip_media_kind",
    "remittances.slip_size",
    "remittances.slip_key",
    "statement_entries.bank_serial",
    "activations.token_hash",
    "known_browsers.token_hash",
];

#[tokio::test]
async fn every_table_has_one_owner_and_every_personal_column_a_class() {
    let portal = Portal::sqlite().await;
    let columns = portal.read(columns).await;
    let tables: BTreeSet<&String> = columns.keys().map(|(table, _)| table).collect();
    let mut owners: BTreeMap<&str, usize> = BTreeMap::new();
    let mut classed = BTreeSet::new();
    for personal in personal() {
        for table in personal.tables {
            *owners.entry(table).or_insert(0) += 1;
        }
        for column in personal.columns {
            assert!(
                personal.tables.contains(&column.table),
                "{}.{} is classed by another's list",
                column.table,
                column.column
            );
            assert!(!column.purpose.is_empty() && !column.term.is_empty());
            let key = (column.table.to_string(), column.column.to_string());
            assert!(columns.contains_key(&key), "{}.{} is classed and does not exist", column.table, column.column);
            assert!(classed.insert(key), "{}.{} is classed twice", column.table, column.column);
        }
    }
    for table in &tables {
        assert_eq!(owners.get(table.as_str()), Some(&1), "owners of {table}");
    }
    let unclassed: Vec<String> = columns
        .keys()
        .filter(|(_, column)| TELLING.iter().any(|word| column.contains(word)))
        .filter(|key| !classed.contains(*key))
        .map(|(table, column)| format!("{table}.{column}"))
        .filter(|name| !IMPERSONAL.contains(&name.as_str()))
        .collect();
    assert!(unclassed.is_empty(), "columns without a class: {unclassed:#?}");
}
