//! Both live databases agree with each other and with `schema.rs`, every reference has a foreign key and an index, and
//! every column that may hold personal data is classed.

mod filled;
mod guards;
mod kept;
mod personal;
mod plans;
mod references;
mod shape;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::Text;
use easylink::base::db::Conn;

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
